"""`shift-sms`: the groups of commands, and how every command ends.

Exit codes: 0 done; 2 wrong input or refused; 1 AWS or the network failed.
"""

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any

import typer
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)
from typer.core import TyperGroup
from typer.exceptions import TyperException

from shift_sms_cli.commands import campaigns, console, doctor, employees, inbox, queues, shifts
from shift_sms_cli.help import commands_of, explain, make_plain
from shift_sms_cli.output import error
from shift_sms_operator.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

DONE, AWS_FAILED, WRONG_INPUT = 0, 1, 2

COMMAND_ORDER = ("employees", "shifts", "campaigns", "inbox", "console", "doctor", "queues")
_EPILOG = """To begin, load people, add a shift, and text it to them. --env local is the lab of this folder:

shift-sms employees import employees.csv --env local

shift-sms shifts add XYZ123 --info "15/08 5h nightshift" --env local

shift-sms campaigns launch august-1 "Who can work? XYZ123" --env local

Each command has --help with an example. SHIFT_SMS_ENV replaces --env. In a checkout, write bin/shift-sms."""

_ADVICE: "Mapping[type[BotoCoreError], str]" = {
    NoCredentialsError: "sign in, name a profile with --profile, or the running lab with --env local",
    NoRegionError: "name the stack's region with --region, or the running lab with --env local",
    ProfileNotFound: "list the profiles with: aws configure list-profiles",
    EndpointConnectionError: "check the network and --region, then run the command again",
}
_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class _Commands(TyperGroup):
    """Ends every command with one line and an exit code instead of a traceback."""

    def __init__(self, **attributes: Any) -> None:
        """Prepares the help of all commands."""
        super().__init__(**attributes)
        for command in commands_of(self):
            make_plain(command, self.context_settings)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as of Typer
        """Returns the commands in the order in which a new operator needs them."""
        return list(COMMAND_ORDER)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the options of the program itself."""
        # Typer has added those for completion after it made the group.
        make_plain(self, self.context_settings)
        try:
            return super().parse_args(ctx, args)
        except TyperException as failed:
            explain(failed)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except TyperException as failed:
            explain(failed)
            raise
        except Refused as refused:
            error(str(refused))
            raise typer.Exit(WRONG_INPUT) from None
        except ClientError as failed:
            error(f"AWS refused: {failed}; {_advice_of_code(failed.response['Error']['Code'])}")
            raise typer.Exit(AWS_FAILED) from None
        except BotoCoreError as failed:
            advice = next(
                (words for kind, words in _ADVICE.items() if isinstance(failed, kind)),
                "check the credentials, the region and the network, then run the command again",
            )
            error(f"AWS was not reached: {str(failed).rstrip('.')}; {advice}")
            raise typer.Exit(AWS_FAILED) from None
        except KeyboardInterrupt:
            error("stopped; what was done stays done; run the command again to complete it")
            raise typer.Exit(AWS_FAILED) from None


def _advice_of_code(code: str) -> str:
    if code in _EXPIRED:
        return "sign in again, then run the command again"
    if code in _DENIED:
        return "use a role with the permissions of an operator"
    if code == "ResourceNotFoundException":
        return "check --env and --region"
    return "run the command again"


app = typer.Typer(
    name="shift-sms",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Fill shifts by text: shifts, employees, campaigns and what employees write.",
    epilog=_EPILOG,
)
app.add_typer(shifts.app, name="shifts")
app.add_typer(employees.app, name="employees")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(console.app, name="console")
app.add_typer(inbox.app, name="inbox")
app.add_typer(queues.app, name="queues")
app.command()(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(f"shift-sms {version('shift-sms')}")
    except PackageNotFoundError:
        typer.echo("shift-sms (a checkout that is not installed)")
    raise typer.Exit(DONE)


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    # Typer reads the options of the whole program from the parameters of this function.
    return


def run() -> int:
    """Runs the command line of this process; returns the exit code."""
    code: object = DONE
    try:
        app(prog_name="shift-sms")
    except SystemExit as ended:
        code = ended.code
    except OSError as failed:
        error(f"the result could not be printed: {failed.strerror or failed}")
        code = AWS_FAILED
    _end_output()
    return code if isinstance(code, int) else WRONG_INPUT


def _end_output() -> None:
    """Keeps Python from reporting again, at its end, that the reader of the output has gone."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)

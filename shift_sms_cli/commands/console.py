"""`shift-sms console`: the operators who sign in to the console."""

from typing import Annotated

import typer

from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.output import JsonOption, print_json, print_line
from shift_sms_runtime.console_sessions.session import Role

app = typer.Typer(no_args_is_help=True, help="Add operators to the console in the browser.")


@app.callback()
def _group() -> None:
    # With one command, Typer would otherwise make it the group itself.
    return


@app.command("add-user")
def add_user(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The operator's email address.")],
    group: Annotated[Role, typer.Option("--group", help="viewer reads every page; manager also changes.")],
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Adds an operator to the console, or gives one who is there another role.

    A new operator gets a mail with a temporary password, which is valid for three days.

    Example: shift-sms console add-user ann@example.com --group manager
    """
    operator = connect(env, profile, region)
    added = operator.console_users.add(email, group)
    if json:
        print_json({"email": added.email, "group": added.role.value, "invited": added.invited})
        return
    if added.invited:
        print_line(f"{added.email} is a {added.role.value}, and gets a mail with a temporary password.")
    elif added.changed:
        print_line(f"{added.email} is now a {added.role.value}, from the next sign-in.")
    else:
        print_line(f"{added.email} was a {added.role.value} already.")
    if operator.deployment.console_url:
        print_line(f"Console: {operator.deployment.console_url}")

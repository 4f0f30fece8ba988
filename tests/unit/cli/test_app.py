"""Tests how every command connects and ends: errors of AWS, of the network and of the operator."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError
from moto import mock_aws
from typer.testing import CliRunner

from shift_sms_cli import connection
from shift_sms_cli.app import COMMAND_ORDER, app
from shift_sms_cli.campaigns.progress import Watch
from shift_sms_operator.clients import Clients
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_lists import ShiftLists
from tests.support.operator_world import OperatorWorld

COMMANDS = sorted(
    (group.name, command.name or str(command.callback and command.callback.__name__))
    for group in app.registered_groups
    if group.typer_instance
    for command in group.typer_instance.registered_commands
)


@pytest.mark.parametrize(
    ("failure", "code", "printed"),
    [
        (Refused("no"), 2, "shift-sms: no\n"),
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "Query"),
            1,
            "use a role with the permissions of an operator",
        ),
        (ClientError({"Error": {"Code": "ExpiredToken", "Message": "old"}}, "Query"), 1, "sign in again"),
        (
            ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "gone"}}, "Query"),
            1,
            "check --env and --region",
        ),
        (NoCredentialsError(), 1, "name a profile with --profile, or the running lab with --env local"),
        (NoRegionError(), 1, "You must specify a region; name the stack's region with --region, or"),
        (EndpointConnectionError(endpoint_url="https://x"), 1, "check the network"),
        (KeyboardInterrupt(), 1, "stopped; what was done stays done; run the command again"),
    ],
)
def test_given_a_failure_when_a_command_ends_then_one_line_says_what_to_do(
    operator_world: OperatorWorld,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    code: int,
    printed: str,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr(ShiftLists, "page", fail)

    done = operator_world.run("shifts", "list")

    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert printed in done.err


def test_given_wrong_options_when_parsed_then_exit_2(operator_world: OperatorWorld) -> None:
    assert operator_world.run("shifts", "list", "--limit", "0").code == 2
    assert operator_world.run("shifts", "list", "--day", "15/08").code == 2
    assert operator_world.run("shifts", "lizt").code == 2
    assert operator_world.run("--version").out.startswith("shift-sms ")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_given_a_command_when_its_help_is_read_then_it_has_an_example(command: tuple[str, str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])

    assert done.exit_code == 0
    assert "Example: shift-sms " in done.stdout
    assert "--env" in done.stdout
    _assert_has_no_python_type(done.stdout)


def _assert_has_no_python_type(shown: str) -> None:
    for noise in ("<bool>", "<str>", "<path>", "<int", "list[", "{"):
        assert noise not in shown


def test_given_the_program_when_its_help_is_read_then_in_the_order_of_use() -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout

    places = [shown.index(f"│ {name} ") for name in ("employees", "shifts", "campaigns", "inbox", "doctor")]
    assert places == sorted(places)
    assert "shift-sms employees import employees.csv --env local" in shown
    _assert_has_no_python_type(shown)
    assert set(COMMAND_ORDER) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("--env", "local", "shifts", "list"), "--env follows the command"),
        (("shifts", "--json", "list"), "--json follows the command"),
        (("shifts", "cancel", "XYZ123", "--json"), "No such option: --json"),
        (("shifts", "--frm", "list"), "No such option: --frm"),
        (("inbox", "list", "--status", "foo"), "'--status': 'foo' is not one of 'waiting'"),
    ],
)
def test_given_wrong_options_when_parsed_then_the_error_says_what_to_do(
    operator_world: OperatorWorld, arguments: tuple[str, ...], printed: str
) -> None:
    done = operator_world.run(*arguments)

    assert (done.code, done.out) == (2, "")
    assert printed in done.err


def test_given_an_interruption_when_a_campaign_is_watched_then_it_goes_on(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: Watch) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Watch, "follow", interrupt)
    operator_world.put("Campaigns", {"campaign_id": "august", "campaign_status": "launched"})

    done = operator_world.run("campaigns", "watch", "august")

    assert (done.code, done.out) == (1, "")
    assert done.err == "no longer watched; the campaign august goes on until campaigns stop stops it\n"


def test_given_an_id_with_a_space_when_launched_then_the_next_command_can_be_copied(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("SegmentMembers", {"segment": "night", "phone_number": "+14255550101"})

    done = operator_world.run(*("campaigns", "launch", "late august", "Who?", "--segment", "night", "--yes"))

    assert done.out.endswith("Follow it: shift-sms campaigns watch 'late august' --env dev\n")


class CloudFormation:
    """Answers DescribeStacks."""

    def __init__(self, *answers: Any) -> None:
        self.answers = [*answers]

    def make(self, _: str) -> "CloudFormation":
        return self

    def describe_stacks(self, **request: str) -> Any:
        assert request == {"StackName": "ShiftSms-prod"}
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_given_a_stack_when_described_then_its_outputs_are_returned() -> None:
    clients: Any = CloudFormation({"Stacks": [{"Outputs": [{"OutputKey": "A", "OutputValue": "b"}]}]})
    assert connection.stack_outputs(clients, "prod") == {"A": "b"}


@pytest.mark.parametrize(("code", "expected"), [("ValidationError", Refused), ("Throttling", ClientError)])
def test_given_no_stack_when_described_then_only_a_missing_one_is_refused(
    code: str, expected: type[Exception]
) -> None:
    clients: Any = CloudFormation(ClientError({"Error": {"Code": code, "Message": "x"}}, "DescribeStacks"))
    with pytest.raises(expected):
        connection.stack_outputs(clients, "prod")


def test_given_a_running_lab_when_env_is_local_then_its_endpoint_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    folder = tmp_path / "checkout" / "docs"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    with pytest.raises(Refused, match="no lab is running in this folder"):
        connection._clients("local", None, None)
    lab = {
        "endpoint_url": "http://127.0.0.1:1",
        "service_endpoint_urls": {},
        "region": "us-east-1",
        "access_key_id": "a",
        "secret_access_key": "b",
    }
    (folder.parent / ".lab").mkdir()
    (folder.parent / connection.LAB_FILE).write_text(json.dumps(lab), encoding="utf-8")

    client = connection._clients("local", None, None).dynamodb.meta

    assert (client.endpoint_url, client.region_name) == ("http://127.0.0.1:1", "us-east-1")


def test_given_an_endpoint_alone_when_env_is_local_then_nothing_else_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    client = connection._clients("local", None, None).dynamodb.meta

    assert (client.endpoint_url, client.region_name) == ("http://127.0.0.1:2", "us-east-1")
    assert connection._clients("local", None, "eu-west-1").dynamodb.meta.region_name == "eu-west-1"


def test_given_an_operator_when_a_shift_is_changed_then_the_caller_is_asked_once(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws():
        actor = connection._actor(Clients(session))
        assert actor().startswith("arn:aws:sts::123456789012:")
    assert actor().startswith("arn:aws:sts::123456789012:"), "outside of the account, from memory"

    class Unreachable:
        def make(self, _: str) -> Any:
            raise EndpointConnectionError(endpoint_url="https://sts")

    unreachable: Any = Unreachable()
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    assert connection._actor(unreachable)() == "ann"

"""Tests `shift-sms console`. The deployed command is tested with the console, in tests/lab."""

import json

import pytest

from shift_sms_operator.console_users.console_users import AddedUser, ConsoleUsers
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime.console_sessions.session import Role
from tests.support.operator_world import OperatorWorld

ADD = ("console", "add-user", "ann@example.com", "--group")


def results(monkeypatch: pytest.MonkeyPatch, *, invited: bool, changed: bool) -> None:
    def add(_self: ConsoleUsers, email: str, role: Role) -> AddedUser:
        return AddedUser(email, role, invited, changed)

    monkeypatch.setattr(ConsoleUsers, "add", add)


@pytest.mark.parametrize(
    ("invited", "changed", "said"),
    [
        (True, True, "ann@example.com is a manager, and gets a mail with a temporary password."),
        (False, True, "ann@example.com is now a manager, from the next sign-in."),
        (False, False, "ann@example.com was a manager already."),
    ],
)
def test_given_an_operator_when_added_then_the_command_says_what_was_done(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, invited: bool, changed: bool, said: str
) -> None:
    results(monkeypatch, invited=invited, changed=changed)

    done = operator_world.run(*ADD, "manager")

    assert (done.code, " ".join(done.out.split())) == (0, said)


def test_given_json_when_added_then_an_object(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    results(monkeypatch, invited=True, changed=True)

    done = operator_world.run(*ADD, "viewer", "--json")

    assert done.json == {"email": "ann@example.com", "group": "viewer", "invited": True}


def test_given_a_console_when_added_then_its_address_is_printed(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    results(monkeypatch, invited=True, changed=True)
    outputs = {**operator_world.outputs(), "ConsoleUrl": "https://abc123.execute-api.example"}
    monkeypatch.setattr(OperatorWorld, "outputs", lambda _self: outputs)

    assert "https://abc123.execute-api.example" in operator_world.run(*ADD, "manager").out
    assert Deployment.from_outputs(outputs).console_url == "https://abc123.execute-api.example"
    assert json.loads(outputs["OperatorSettings"])


def test_given_no_console_when_added_then_exit_code_2(operator_world: OperatorWorld) -> None:
    done = operator_world.run(*ADD, "manager")

    assert done.code == 2
    assert "console_enabled" in done.err


@pytest.mark.parametrize("group", ["admin", "Manager", ""])
def test_given_an_unknown_group_when_added_then_exit_code_2(
    operator_world: OperatorWorld, group: str
) -> None:
    assert operator_world.run(*ADD, group).code == 2


def test_given_no_group_when_added_then_exit_code_2(operator_world: OperatorWorld) -> None:
    assert operator_world.run("console", "add-user", "ann@example.com").code == 2

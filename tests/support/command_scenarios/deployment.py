"""What `shift-sms queues`, `doctor` and `console` show and change in the deployed system."""

import json
from typing import Any

from lab.lab_system import LabSystem
from tests.support.lab_browser import LabBrowser, set_password
from tests.support.lab_operator import LabOperator


def list_queues(operator: LabOperator) -> None:
    operator.dead_letter("shifts")
    queues = {queue["name"]: queue for queue in operator.json("queues", "list")}
    assert queues["shifts"]["dead_letters"] == operator.system.dead_letters() > 0
    assert queues.keys() == json.loads(operator.system.outputs.queues).keys()
    assert "inbound-texts" in operator.run("queues", "list")
    operator.purge_dead_letters("shifts")


def show_queue(operator: LabOperator) -> None:
    message_id = operator.dead_letter("shifts")
    before = operator.system.dead_letters()
    shown = operator.json("queues", "show", "shifts", "--limit", "100")
    assert message_id in [letter["message_id"] for letter in shown]
    assert message_id in operator.run("queues", "show", "shifts", "--limit", "100")
    assert operator.system.dead_letters() == before
    operator.purge_dead_letters("shifts")


def redrive(operator: LabOperator) -> None:
    message_id = operator.dead_letter("shifts")
    operator.dead_letter("shifts")
    assert "confirm with --yes" in operator.refused("queues", "redrive", "shifts")
    before = operator.system.dead_letters()
    one = operator.run("queues", "redrive", "shifts", "--message", message_id, "--yes")
    assert one.startswith("1 moved back to shifts.")
    operator.system.wait_until_idle()
    assert operator.system.dead_letters() == before - 1
    all_others = operator.run("queues", "redrive", "shifts", "--yes")
    assert all_others.startswith(f"{before - 1} moved back to shifts.")
    operator.system.wait_until_idle()
    assert operator.system.dead_letters() == 0
    assert operator.actions("queue#shifts")[-2:] == ["redriven", "redriven"]


def doctor(operator: LabOperator) -> None:
    administrator = LabOperator(operator.system, operator.folder)
    # The lab has no address that alarms are mailed to.
    assert _wrong(administrator) == {"alarms"}
    assert "1 of " in administrator.refused("doctor")
    two_way = operator.system.network.configuration.numbers["phone-lab"].two_way
    two_way.enabled = False
    try:
        assert _wrong(administrator) == {"alarms", "two-way"}
    finally:
        two_way.enabled = True


def _wrong(operator: LabOperator) -> set[str]:
    findings: list[dict[str, Any]] = json.loads(
        operator.refused("doctor", "--json").partition("failed:\n")[2]
    )
    return {one["check"] for one in findings if one["status"] in ("wrong", "unreadable")}


def add_user(operator: LabOperator) -> None:
    email, system = "uma@example.com", operator.system
    printed = operator.run("console", "add-user", email, "--group", "viewer")
    assert f"{email} is a viewer" in printed
    assert f"Console: {system.outputs.console_url}" in printed
    set_password(system, email)
    assert f"{email} (viewer)" in LabBrowser(system).sign_in(email).body
    assert "is now a manager" in operator.run("console", "add-user", email, "--group", "manager")
    assert f"{email} (manager)" in LabBrowser(system).sign_in(email).body
    assert "was a manager already" in operator.run("console", "add-user", email, "--group", "manager")
    assert operator.actions(f"console-user#{email}") == ["invited", "given a role"]
    assert _groups(system, email) == ["manager"]


def _groups(system: LabSystem, email: str) -> list[str]:
    response = system.cloud.client("cognito-idp").admin_list_groups_for_user(
        UserPoolId=system.outputs.console_user_pool_id, Username=email
    )
    return [group["GroupName"] for group in response["Groups"]]


SCENARIOS = {
    "queues list": list_queues,
    "queues show": show_queue,
    "queues redrive": redrive,
    "doctor": doctor,
    "console add-user": add_user,
}

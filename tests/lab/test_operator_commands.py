"""Tests the commands doctor, inbox and queues on the deployed system, as processes of their own."""

import json
from typing import Any

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.operator_setup import OperatorCommandFailed, run_operator_command
from tests.support.deployed_lab import delete_dead_letters, empty_tables, wait_until
from tests.support.dialogues.dialogue import ANN


@pytest.fixture(autouse=True)
def no_dead_letters(system: LabSystem) -> None:
    """Deletes the dead letters of other tests, which doctor would report."""
    system.wait_until_idle()
    delete_dead_letters(system)


def wrong(system: LabSystem) -> dict[str, str]:
    """Returns what doctor reports, by check."""
    with pytest.raises(OperatorCommandFailed) as failed:
        run_operator_command(system, "doctor", "--json", "--env", "local")
    findings = json.loads(str(failed.value).partition("failed:\n")[2])
    return {one["check"]: one["what"] for one in findings if one["status"] in ("wrong", "unreadable")}


def rows(system: LabSystem) -> list[dict[str, Any]]:
    """Returns the items of the operator inbox."""
    return system.rows(system.outputs.operator_inbox_table_name)


def test_given_the_lab_when_doctor_runs_then_it_reports_what_is_wrong_there(system: LabSystem) -> None:
    # The lab has no address that alarms are mailed to.
    assert wrong(system) == {"alarms": "alarms have no subscriber"}
    configuration = system.network.configuration
    two_way = configuration.numbers["phone-lab"].two_way
    two_way.enabled = False
    system.network.limits.sandbox = True
    try:
        assert set(wrong(system)) == {"alarms", "two-way", "sandbox"}
    finally:
        two_way.enabled = True
        system.network.limits.sandbox = False


def test_given_a_text_for_a_person_when_answered_then_each_text_arrives_once(
    system: LabSystem,
) -> None:
    empty_tables(system)
    received = len(system.network.inbox(ANN))
    message_id = system.network.send_from_phone(ANN, "my dog ate the key of the warehouse", OUR_NUMBER)
    assert wait_until(lambda: any(row["message_id"] == message_id for row in rows(system)), 30)
    system.wait_until_idle()

    assert message_id[:6] in run_operator_command(system, "inbox", "list", "--env", "local")
    for _ in range(2):
        run_operator_command(
            system, "inbox", "reply", message_id, "It is at gate 4", "--yes", "--env", "local"
        )
    assert wait_until(lambda: rows(system)[0]["message_status"] == "replied", 60)
    for _ in range(2):
        run_operator_command(system, "inbox", "follow-up", message_id, "Or gate 5", "--yes", "--env", "local")
    assert wait_until(lambda: all(row["message_status"] == "replied" for row in rows(system)), 60)

    bodies = [text.body for text in system.network.inbox(ANN)[received:]]
    assert [body for body in bodies if "gate" in body] == ["It is at gate 4", "Or gate 5"]
    audit = system.rows(system.outputs.audit_trail_table_name)
    of_message = [row["action"] for row in audit if row["subject"] == f"inbox#{message_id}"]
    assert sorted(of_message) == ["followed up", "replied"]


def test_given_a_dead_letter_when_redriven_then_its_function_handles_it(system: LabSystem) -> None:
    empty_tables(system)
    queues = json.loads(system.outputs.queues)
    system.cloud.client("sqs").send_message(
        QueueUrl=queues["shifts"]["dead_letters"], MessageBody=json.dumps({"shift_id": "no-such-shift"})
    )
    assert "dead-letters" in wrong(system)
    assert "no-such-shift" in run_operator_command(system, "queues", "show", "shifts", "--env", "local")

    moved = run_operator_command(system, "queues", "redrive", "shifts", "--yes", "--env", "local")

    assert moved.startswith("1 moved back to shifts.")
    system.wait_until_idle()
    assert system.dead_letters() == 0

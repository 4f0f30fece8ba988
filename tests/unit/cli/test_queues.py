"""Tests what the commands of dead-letter queues print, ask and change."""

import json

import pytest

from shift_sms_cli import connection
from shift_sms_cli.app import DONE, WRONG_INPUT
from tests.support.operator_queues import QueueWorld
from tests.support.operator_world import OperatorWorld

TEXT = '{"messageBody": "\\u001b[2Jhello"}'


@pytest.fixture
def world(operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch) -> QueueWorld:
    world = QueueWorld(operator_world)
    monkeypatch.setattr(connection, "stack_outputs", lambda _clients, _env: world.outputs())
    return world


def lines(text: str) -> list[str]:
    """Returns lines with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_given_dead_letters_when_listed_then_counts_and_the_way_back_are_printed(world: QueueWorld) -> None:
    world.send("inbound-texts", TEXT, TEXT)
    world.send("table-changes", "{}")

    listed = world.run("queues", "list")

    assert (listed.code, listed.err) == (DONE, "")
    printed = lines(listed.out)
    assert "inbound-texts 2 0 0 texts of employees that were not handled" in printed
    assert "inbound-texts: correct the cause, then: shift-sms queues redrive inbound-texts" in printed
    assert any(line.startswith("table-changes: look at each message") for line in printed)
    assert not any(line.startswith("outbox:") for line in printed)
    assert world.run("queues", "list", "--json").json[0] == {
        "name": "inbound-texts",
        "dead_letters": 2,
        "waiting": 0,
        "in_flight": 0,
    }


def test_given_dead_letters_when_shown_then_bodies_are_text_and_stay(world: QueueWorld) -> None:
    world.send("inbound-texts", "\x1b[2Jhello", "two", "three")

    shown = world.run("queues", "show", "inbound-texts")

    assert "inbound-texts keeps 3 dead letters: texts of employees that were not handled" in shown.out
    assert "\\x1b[2Jhello" in shown.out
    assert "\x1b" not in shown.out
    assert len(world.run("queues", "show", "inbound-texts", "--limit", "2", "--json").json) == 2
    assert world.bodies("inbound-texts", dead=True) == ["\x1b[2Jhello", "three", "two"]


def test_given_a_change_of_a_table_when_shown_then_its_way_back_is_named(world: QueueWorld) -> None:
    function = "arn:aws:lambda:us-east-1:1:function:ShiftSms-dev-ShiftReconcilerDetectA1-x"
    world.send("table-changes", json.dumps({"requestContext": {"functionArn": function}}))
    shown = world.run("queues", "show", "table-changes").out
    assert "what to do: docs/operating/shifts.md: reconcile all shifts" in shown


def test_given_dead_letters_when_redriven_then_they_are_in_their_queue(world: QueueWorld) -> None:
    world.send("inbound-texts", "one", "two")

    refused = world.run("queues", "redrive", "inbound-texts")
    assert refused.code == WRONG_INPUT
    assert "confirm with --yes" in refused.err

    done = world.run("queues", "redrive", "inbound-texts", "--yes")
    assert (done.code, done.err) == (DONE, "")
    assert done.out.startswith("2 moved back to inbound-texts.")
    assert world.bodies("inbound-texts", dead=False) == ["one", "two"]
    again = world.run("queues", "redrive", "inbound-texts", "--yes")
    assert (again.code, again.out) == (DONE, "inbound-texts has no dead letters.\n")


def test_given_one_dead_letter_when_redriven_then_the_others_stay(world: QueueWorld) -> None:
    world.send("inbound-texts", "one", "two")
    chosen = next(
        one for one in world.run("queues", "show", "inbound-texts", "--json").json if one["body"] == "two"
    )
    done = world.run("queues", "redrive", "inbound-texts", "--message", chosen["message_id"], "--yes")
    assert done.out.startswith("1 moved back")
    assert world.bodies("inbound-texts", dead=False) == ["two"]
    assert world.bodies("inbound-texts", dead=True) == ["one"]


@pytest.mark.parametrize(
    ("queue", "why"), [("table-changes", "cannot be moved back"), ("x", "there is no queue x")]
)
def test_given_a_queue_without_a_way_back_when_redriven_then_refused(
    world: QueueWorld, queue: str, why: str
) -> None:
    world.send("table-changes", "{}")
    done = world.run("queues", "redrive", queue, "--yes")
    assert done.code == WRONG_INPUT
    assert why in done.err

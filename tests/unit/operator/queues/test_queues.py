"""Tests that dead letters are looked at without being removed, and move back once."""

import json
from typing import Any

import pytest

from shift_sms_operator.queues.queues import Queues
from shift_sms_operator.refusals import Refused
from tests.support.operator_queues import QueueWorld
from tests.support.operator_world import OperatorWorld

STREAM = {
    "requestContext": {"functionArn": "arn:aws:lambda:us-east-1:1:function:ShiftSms-OperatorInboxReply-X"}
}


@pytest.fixture
def world(operator_world: OperatorWorld) -> QueueWorld:
    return QueueWorld(operator_world)


def queues(world: QueueWorld) -> Queues:
    return world.operator().queues


def test_given_messages_when_counted_then_each_queue_has_its_numbers(world: QueueWorld) -> None:
    world.send("inbound-texts", "dead", "dead too")
    world.send("inbound-texts", "waiting", dead=False)
    world.send("table-changes", json.dumps(STREAM))

    counted = {view.name: (view.dead_letters, view.waiting, view.in_flight) for view in queues(world).all()}

    assert counted == {"inbound-texts": (2, 1, 0), "outbox": (0, 0, 0), "table-changes": (1, None, None)}


def test_given_dead_letters_when_looked_at_then_they_stay_and_are_not_hidden(world: QueueWorld) -> None:
    world.send("inbound-texts", *(f"text {number}" for number in range(13)))

    for _ in range(2):
        found = queues(world).look("inbound-texts", limit=12)
        assert len({letter.message_id for letter in found}) == 12
        assert all(letter.body.startswith("text ") for letter in found)
    assert queues(world).one("inbound-texts").dead_letters == 13
    assert "text " not in repr(found), "a log of the object shows no text"


def test_given_dead_letters_when_redriven_then_all_move_with_their_attributes(world: QueueWorld) -> None:
    world.send("inbound-texts", *(f"text {number}" for number in range(23)), attribute="trace-1")
    counts: list[int] = []

    moved = queues(world).redrive("inbound-texts", on_moved=counts.append)

    assert (moved, counts[-1]) == (23, 23)
    assert world.bodies("inbound-texts", dead=True) == []
    received = world.received("inbound-texts")
    assert sorted(one["Body"] for one in received) == sorted(f"text {number}" for number in range(23))
    assert {one["MessageAttributes"]["trace"]["StringValue"] for one in received} == {"trace-1"}
    (record,) = world.audit("queue#inbound-texts")
    assert (record["action"], record["after"]) == ("redriven", {"messages": 23})


def test_given_an_empty_queue_when_redriven_then_nothing_is_recorded(world: QueueWorld) -> None:
    assert queues(world).redrive("inbound-texts") == 0
    assert world.audit("queue#inbound-texts") == []


def test_given_one_dead_letter_when_redriven_then_the_others_stay(world: QueueWorld) -> None:
    world.send("inbound-texts", *(f"text {number}" for number in range(12)))
    chosen = next(one for one in queues(world).look("inbound-texts", limit=12) if one.body == "text 7")

    assert queues(world).redrive("inbound-texts", message_id=chosen.message_id) == 1

    assert world.bodies("inbound-texts", dead=False) == ["text 7"]
    assert len(queues(world).look("inbound-texts", limit=12)) == 11, "the others are not hidden"
    with pytest.raises(Refused, match="it may have been moved already"):
        queues(world).redrive("inbound-texts", message_id=chosen.message_id)
    assert len(world.audit("queue#inbound-texts")) == 1


def test_given_a_stop_after_sending_when_redriven_again_then_none_is_lost(
    world: QueueWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.send("inbound-texts", "text")
    operations = queues(world)
    delete = operations._sqs.delete_message_batch

    def stop(**_parameters: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(operations._sqs, "delete_message_batch", stop)
    with pytest.raises(KeyboardInterrupt):
        operations.redrive("inbound-texts")
    monkeypatch.setattr(operations._sqs, "delete_message_batch", delete)
    world.show_hidden("inbound-texts")

    assert operations.redrive("inbound-texts") == 1
    assert world.bodies("inbound-texts", dead=False) == ["text", "text"]


def test_given_changes_of_tables_when_redriven_then_refused_with_the_way_back(world: QueueWorld) -> None:
    world.send("table-changes", json.dumps(STREAM), "not JSON")
    with pytest.raises(Refused, match="no queue is behind them"):
        queues(world).redrive("table-changes")
    ways = {letter.body: letter.way_back for letter in queues(world).look("table-changes")}
    assert "touch the open items that have a reply" in ways[json.dumps(STREAM)]
    assert ways["not JSON"] == "docs/operating/index.md: changes of tables"
    assert world.audit("queue#table-changes") == []


def test_given_an_unknown_queue_when_asked_for_then_the_names_are_listed(world: QueueWorld) -> None:
    with pytest.raises(
        Refused, match="there is no queue dead; there are inbound-texts, outbox, table-changes"
    ):
        queues(world).one("dead")

"""Tests that an operator's reply is sent at most once, and that its outcome reaches its item."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, SendResult, Unknown
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.operator_inbox import reply_outcomes, reply_sender, reply_source
from shift_sms_runtime.operator_inbox.inbox_item import (
    FollowUp,
    InboxStatus,
    OperatorReply,
    read_operator_reply,
)
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import OUR_NUMBER, InboundWorld
from tests.support.send_results import OPTED_OUT, THROTTLED

REPLY = OperatorReply("m", ANN, OUR_NUMBER, "Your badge is here")
FOLLOW_UP = FollowUp("m", ANN, OUR_NUMBER, "It is at gate 5", datetime(2026, 8, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "opted_out", "results", "outcome"),
    [
        ("Your badge is here", False, [], (InboxStatus.REPLIED, "")),
        ("\u201cSure\u201d", False, [], (InboxStatus.REPLIED, "")),
        ("x" * 1531, False, [], (InboxStatus.NOT_SENT, reply_sender.TOO_LONG)),
        ("no", True, [], (InboxStatus.NOT_SENT, reply_source.OPTED_OUT)),
        ("no", False, [Unknown("x")], (InboxStatus.NOT_SENT, reply_outcomes.OUTCOME_UNKNOWN)),
        ("no", False, [OPTED_OUT], (InboxStatus.NOT_SENT, "the text was not sent: opted-out")),
    ],
)
def test_given_an_operator_reply_when_delivered_again_then_it_is_sent_once(
    text: str, opted_out: bool, results: list[SendResult], outcome: tuple[InboxStatus, str]
) -> None:
    world = InboundWorld()
    world.employees.rows[ANN].opted_out = opted_out
    world.phones.results = list(results)
    item = {"message_id": "m", "phone_number": ANN, "reply_from": OUR_NUMBER, "reply": text}
    reply = read_operator_reply({**item, "message_status": "open"})
    assert reply is not None
    assert read_operator_reply({**item, "message_status": "replied"}) is None
    for _ in range(2):
        world.operator_replies.handle(reply)
    world.workers.run()
    assert world.operator_inbox.outcomes["m"] == outcome
    assert world.outbox.rows.empty
    # The operator has set the item to open again.
    world.operator_inbox.outcomes.clear()
    world.operator_replies.handle(reply)
    world.workers.run()
    assert world.operator_inbox.outcomes["m"][0] is outcome[0]
    assert len(world.phones.heard(ANN)) == (outcome[0] is InboxStatus.REPLIED)
    assert set(world.operator_reply_counts) == {outcome[0]}


def test_given_a_busy_number_when_the_reply_waits_then_its_item_stays_open() -> None:
    world = InboundWorld()
    world.phones.results = [THROTTLED] * 200
    assert world.operator_replies.handle(REPLY) is DeliveryStatus.QUEUED
    world.workers.run()
    assert world.operator_inbox.outcomes == {}
    edited = OperatorReply("m", ANN, OUR_NUMBER, "Your badge is lost")
    assert world.operator_replies.handle(edited) is DeliveryStatus.QUEUED
    world.phones.results = []
    world.workers.run()
    assert world.phones.heard(ANN) == ["Your badge is here"], "it is sent as it was first written"
    assert world.operator_inbox.outcomes["m"] == (InboxStatus.REPLIED, "")


def test_given_an_employee_who_opts_out_while_the_reply_waits_then_it_is_not_sent() -> None:
    world = InboundWorld()
    world.operator_replies.handle(REPLY)
    world.employees.rows[ANN].opted_out = True
    world.workers.run()
    assert world.phones.heard(ANN) == []
    assert world.operator_inbox.outcomes["m"] == (InboxStatus.NOT_SENT, reply_source.OPTED_OUT)


def test_given_a_reply_withdrawn_for_its_age_when_settled_then_its_item_says_so() -> None:
    world = InboundWorld()
    world.operator_replies.handle(REPLY)
    (text,) = world.outbox.rows.texts(Priority.REPLY)
    world.outbox.withdraw(text, "too old")
    world.workers.run()
    assert world.operator_inbox.outcomes["m"] == (InboxStatus.NOT_SENT, reply_outcomes.WAITED_TOO_LONG)
    assert world.outbox.rows.empty


def test_given_a_reply_and_a_follow_up_when_each_comes_twice_then_each_is_sent_once() -> None:
    world = InboundWorld()
    follow_up = OperatorReply(FOLLOW_UP.message_id, ANN, OUR_NUMBER, FOLLOW_UP.text)
    for reply in (REPLY, follow_up, follow_up, REPLY):
        world.operator_replies.handle(reply)
    world.workers.run()
    assert world.phones.heard(ANN) == [REPLY.text, FOLLOW_UP.text]
    assert world.operator_inbox.outcomes == {
        "m": (InboxStatus.REPLIED, ""),
        FOLLOW_UP.message_id: (InboxStatus.REPLIED, ""),
    }


def test_given_a_closed_item_when_its_record_comes_then_nothing_is_sent() -> None:
    item = {"message_id": "m", "phone_number": ANN, "reply_from": OUR_NUMBER, "reply": "no"}
    assert read_operator_reply({**item, "message_status": "closed"}) is None


def run(world: InboundWorld) -> None:
    world.operator_replies.handle(REPLY)
    world.workers.run()


def steps_of_a_reply() -> Steps:
    world = InboundWorld()
    run(world)
    return world.steps


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(steps_of_a_reply))
def test_given_a_function_that_stops_at_any_step_when_retried_then_recorded(
    step: int, after: bool, stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    world = InboundWorld()
    world.steps.once(step, stop, after=after)
    with pytest.raises(stopped):
        run(world)
    world.clock.pass_time(minutes=2)
    run(world)
    outcome, _ = world.operator_inbox.outcomes["m"]
    assert len(world.phones.heard(ANN)) <= 1
    assert (outcome is InboxStatus.REPLIED) <= (len(world.phones.heard(ANN)) == 1)
    assert world.operator_reply_counts[outcome] >= 1, "its alarm fires"
    assert world.outbox.rows.empty

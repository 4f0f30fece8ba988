"""Tests sending a text of the outbox at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, SendOutcome, SendResult, Unknown
from shift_sms_runtime.messaging.permits import Priority, Reservation
from shift_sms_runtime.outbox.outbox_text import OutboxTurn, RenderedText
from tests.support.clock import Deadline
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.outbox_world import OutboxWorld, reply
from tests.support.send_results import (
    ACCESS_DENIED,
    NO_ORIGINATION_IDENTITY,
    OPTED_OUT,
    SPEND_LIMIT_REACHED,
    THROTTLED,
)

TEXT = reply(1)
RENDERED = RenderedText("1", TEXT.key)


def world_with_text() -> OutboxWorld:
    world = OutboxWorld(messages_per_second=4)
    world.outbox.add(TEXT)
    return world


def send_now(
    world: OutboxWorld, rendered: RenderedText = RENDERED, steps: Steps | None = None
) -> SendOutcome | None:
    return world.sender(steps or Steps()).send_now(TEXT, rendered, Deadline(world.clock, 30))


def reserve(world: OutboxWorld, seconds: float) -> None:
    now = world.clock()
    assert world.permits.reserve(Reservation(Priority.CAMPAIGN, timedelta(seconds=seconds), now)).reserved


@pytest.mark.parametrize("busy_seconds", [0.0, 0.9])
def test_given_a_permit_within_a_second_when_sent_now_then_the_text_is_sent(busy_seconds: float) -> None:
    world = world_with_text()
    if busy_seconds:
        reserve(world, busy_seconds)
    assert send_now(world) == SendOutcome(DeliveryStatus.SENT)
    assert world.sent() == ["1"]
    assert world.sent_after() == [busy_seconds]
    assert world.outbox.rows.empty
    assert world.turns.put_turns == []
    assert world.source.outcomes == []


def test_given_a_busy_number_when_sent_now_then_a_worker_sends_the_text() -> None:
    world = world_with_text()
    reserve(world, 3)
    assert send_now(world) is None
    assert world.clock() == world.functions_began, "the function does not wait"
    assert world.turns.put_turns == [OutboxTurn(0)]
    world.run()
    assert world.sent() == ["1"]


def test_given_an_older_reply_that_waits_when_sent_now_then_it_is_not_overtaken() -> None:
    world = world_with_text()
    older = reply(0, at=-1)
    world.add(older)
    assert send_now(world) is None
    world.run()
    assert world.sent() == ["0", "1"]


@pytest.mark.parametrize(
    "result", [THROTTLED, ACCESS_DENIED, NO_ORIGINATION_IDENTITY, SPEND_LIMIT_REACHED], ids=str
)
def test_given_an_obstacle_when_sent_now_then_the_text_waits_for_a_worker(result: SendResult) -> None:
    world = world_with_text()
    world.phones.refuse = lambda _text: result
    assert send_now(world) is None
    assert world.turns.put_turns == [OutboxTurn(0)]
    assert (world.clock() - world.functions_began).total_seconds() <= 3
    world.phones.refuse = lambda _text: None
    world.run()
    assert world.sent() == ["1"]
    assert world.outbox.rows.empty


@pytest.mark.parametrize(
    ("result", "status"),
    [(OPTED_OUT, DeliveryStatus.OPTED_OUT), (Unknown("ReadTimeoutError"), DeliveryStatus.UNKNOWN)],
    ids=str,
)
def test_given_a_final_outcome_when_sent_now_then_it_is_recorded(
    result: SendResult, status: DeliveryStatus
) -> None:
    world = world_with_text()
    world.phones.refuse = lambda _text: result
    assert send_now(world) == SendOutcome(status)
    assert world.source.outcomes == [(TEXT, status)]
    assert world.outbox.rows.empty
    assert send_now(world) == SendOutcome(status, earlier=True), "a redelivery sends nothing"


def test_given_a_worker_that_sends_the_text_when_sent_now_then_it_is_left_to_it() -> None:
    world = world_with_text()
    world.conversations.claim(TEXT.key, token="worker", now=world.clock(), lease_until=world.lease(30))
    assert send_now(world) is None
    assert world.sent() == []


def test_given_too_little_time_for_a_text_when_sent_now_then_it_is_withdrawn() -> None:
    world = world_with_text()
    rendered = RenderedText("1", TEXT.key, deadline=world.lease(4))
    assert send_now(world, rendered) == SendOutcome(DeliveryStatus.STOPPED)
    assert world.sent() == []
    assert world.outbox.rows.empty


def test_given_a_claimed_text_that_is_too_late_when_sent_now_then_a_worker_ends_it() -> None:
    world = world_with_text()
    world.source.deadlines[TEXT] = world.lease(4)
    world.conversations.claim(TEXT.key, token="dead", now=world.clock(), lease_until=world.lease(10))
    assert send_now(world, RenderedText("1", TEXT.key, deadline=world.lease(4))) is None
    world.run()
    assert world.row(TEXT).status is DeliveryStatus.UNKNOWN
    assert world.outbox.rows.empty


def undisturbed() -> Steps:
    world = world_with_text()
    assert send_now(world, steps=world.steps) == SendOutcome(DeliveryStatus.SENT)
    return world.steps


def test_given_a_free_number_when_sent_now_then_it_takes_four_calls() -> None:
    assert undisturbed().taken == 4, "permit, claim, send, settle"


@pytest.mark.parametrize(("step", "after"), crash_points(undisturbed))
@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_a_stop_at_a_step_when_the_event_returns_then_the_text_is_sent_once(
    stop: Callable[[], None], error: type[BaseException], step: int, *, after: bool
) -> None:
    world = world_with_text()
    world.steps.once(step, stop, after=after)
    with pytest.raises(error):
        send_now(world, steps=world.steps)
    world.clock.pass_time(seconds=60)
    send_now(world)
    world.run()
    assert len(world.sent()) <= 1
    claimed_only = world.row(TEXT).status is DeliveryStatus.UNKNOWN
    assert world.sent() == ["1"] or claimed_only
    assert world.row(TEXT).status.final
    assert world.outbox.rows.empty
    assert world.source.outcomes == ([(TEXT, DeliveryStatus.UNKNOWN)] if claimed_only else [])

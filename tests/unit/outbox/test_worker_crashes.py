"""Stops workers of the outbox at every step, and adds texts at every step."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText, OutboxTurn
from tests.support.crash_points import STOPS, Steps, crash_points, die, throttle
from tests.support.outbox_world import OutboxWorld, notice, outbox_text, reply
from tests.support.send_results import NO_ORIGINATION_IDENTITY, OPTED_OUT


def texts() -> list[OutboxText]:
    operator_reply = outbox_text(3, ReplyKind.OPERATOR_REPLY, Priority.REPLY)
    return [reply(1), reply(2), operator_reply, notice(4)]


def refuse_second(outgoing: OutgoingText) -> SendResult | None:
    return OPTED_OUT if outgoing.body == "2" else None


def world_with_texts() -> OutboxWorld:
    random.seed(1)  # every run takes the same steps
    world = OutboxWorld()
    world.phones.refuse = refuse_second
    world.add(*texts())
    return world


def undisturbed() -> Steps:
    world = world_with_texts()
    world.run()
    assert Counter(world.sent()) == {"1": 1, "3": 1, "4": 1}
    return world.steps


@pytest.mark.parametrize(("step", "after"), crash_points(undisturbed))
@pytest.mark.parametrize("stop", [pytest.param(stop.values[0], id=str(stop.id)) for stop in STOPS])
def test_given_a_worker_stopped_at_a_step_when_run_again_then_no_text_is_lost(
    stop: Callable[[], None], step: int, *, after: bool
) -> None:
    world = world_with_texts()
    world.steps.once(step, stop, after=after)
    world.run()
    sent = Counter(world.sent())
    assert max(sent.values()) == 1
    statuses = {text.body: world.row(text).status for text in texts()}
    unsent = [text for text in texts() if text.body not in sent and text.body != "2"]
    assert len(unsent) <= 1
    assert all(statuses[text.body] is DeliveryStatus.UNKNOWN for text in unsent)
    assert all(status.final for status in statuses.values())
    assert statuses["2"] in (DeliveryStatus.OPTED_OUT, DeliveryStatus.UNKNOWN)
    assert world.outbox.rows.empty
    follow_ups = {text.body: status for text, status in world.source.outcomes}
    assert follow_ups["3"] == statuses["3"]
    assert follow_ups["2"] == statuses["2"]
    assert world.sent_after()[-1] <= 100 or step > 40
    assert world.dead_letters == []


@pytest.mark.parametrize(("step", "after"), crash_points(undisturbed))
def test_given_a_text_added_at_a_step_when_run_then_it_is_sent_soon(step: int, *, after: bool) -> None:
    world = world_with_texts()
    added: list[float] = []

    def add() -> None:
        added.append((world.clock() - world.functions_began).total_seconds())
        world.add(reply(9, at=60))

    world.steps.once(step, add, after=after)
    world.run()
    assert world.sent().count("9") == 1
    assert world.sent_after()[world.sent().index("9")] - added[0] <= 5
    assert world.outbox.rows.empty


def test_given_a_duplicate_turn_when_the_first_worker_dies_then_the_text_is_sent() -> None:
    world = OutboxWorld()
    world.outbox.add(reply(1))
    world.functions.start(lambda: world.drain(OutboxTurn(0)))
    world.functions.start(lambda: world.turns.put([OutboxTurn(0)]), after=0.01)
    world.steps.once(4, die)
    world.run()
    assert world.sent() == ["1"]


def test_given_an_outbox_that_cannot_be_read_when_added_to_then_a_worker_starts() -> None:
    world = OutboxWorld()
    world.steps.once(3, throttle)
    world.add(reply(1))
    world.add_later(2, reply(2, at=2))
    world.run()
    assert world.sent() == ["1", "2"]
    assert world.sent_after()[-1] < 5


def test_given_a_dead_claim_when_a_worker_finds_it_then_other_texts_do_not_wait() -> None:
    world = OutboxWorld()
    claimed, other = reply(1), reply(2, at=1)
    world.outbox.add(claimed)
    noon = world.clock()
    world.conversations.claim(claimed.key, token="dead", now=noon, lease_until=world.lease(20))
    world.add(other)
    world.run()
    assert world.sent() == ["2"]
    assert world.sent_after()[0] < 3
    assert world.row(claimed).status is DeliveryStatus.UNKNOWN
    assert world.source.outcomes == [(claimed, DeliveryStatus.UNKNOWN)]
    assert world.outbox.rows.empty


def test_given_a_reply_with_a_dead_claim_when_notices_wait_then_they_are_sent() -> None:
    world = OutboxWorld()
    claimed = reply(1)
    world.outbox.add(claimed)
    world.conversations.claim(claimed.key, token="dead", now=world.clock(), lease_until=world.lease(20))
    world.add(*(notice(number) for number in range(2, 7)))
    world.run()
    assert sorted(world.sent()) == ["2", "3", "4", "5", "6"]
    assert world.sent_after()[-1] < 5
    assert world.row(claimed).status is DeliveryStatus.UNKNOWN
    assert world.outbox.rows.empty


def test_given_a_blocked_text_when_workers_end_at_every_step_then_it_is_tried_again() -> None:
    def run(step: int, *, after: bool) -> OutboxWorld:
        random.seed(1)
        world = OutboxWorld()
        world.source.broken.add(reply(0))
        world.add(*(reply(number) for number in range(4)))
        world.functions.start(world.source.broken.clear, after=100)
        world.steps.once(step, die, after=after)
        world.run()
        return world

    for step in range(1, 45, 3):
        for after in (False, True):
            world = run(step, after=after)
            assert world.row(reply(0)).status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)
            assert world.outbox.rows.empty
            assert len(world.failed) <= 12


def test_given_a_withdrawn_text_with_a_dead_claim_when_found_then_it_is_unknown() -> None:
    world = OutboxWorld()
    text = notice(1)
    world.source.not_due.add(text)
    world.outbox.add(text)
    world.conversations.claim(text.key, token="dead", now=world.clock(), lease_until=world.lease(20))
    world.add(notice(2))
    world.run()
    assert world.row(text).status is DeliveryStatus.UNKNOWN
    assert world.outbox.rows.empty


def test_given_a_number_without_sender_when_drained_then_others_are_sent_meanwhile() -> None:
    world = OutboxWorld()
    blocked = reply(0)
    solved = 600.0

    def refuse(outgoing: OutgoingText) -> SendResult | None:
        unsolved = (world.clock() - world.functions_began).total_seconds() < solved
        return NO_ORIGINATION_IDENTITY if outgoing.body == "0" and unsolved else None

    world.phones.refuse = refuse
    world.add(blocked, *(reply(number) for number in range(1, 30)))
    world.add_later(60, notice(50))
    world.run()
    assert world.sent()[-1] == "0"
    assert world.sent_after()[28] <= 30 / 4 + 2
    assert world.sent_after()[-2] <= 60 + 2, "a text that is added meanwhile starts a worker"
    assert world.sent_after()[-1] <= solved + 35
    assert set(world.blocked) == {"NO_ORIGINATION_IDENTITIES_FOUND"}
    assert world.phones.attempts <= 31 + 2 * solved / 30 + 4


def test_given_a_text_that_fails_when_drained_then_others_are_sent() -> None:
    world = OutboxWorld()
    broken = reply(0)
    world.source.broken.add(broken)
    world.add(broken, *(reply(number) for number in range(1, 30)))
    world.functions.start(world.source.broken.clear, after=300)
    world.run()
    assert world.sent()[-1] == "0"
    assert world.sent_after()[28] <= 30 / 4 + 2
    assert {type(error) for error in world.failed} == {LookupError}
    assert len(world.failed) <= 300 / 30 + 4
    assert world.dead_letters == []

"""Tests the workers of the outbox under load: the rate, the order and the priorities."""

import random
from datetime import timedelta
from zlib import crc32

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult
from shift_sms_runtime.messaging.permits import Priority, Reservation
from shift_sms_runtime.outbox.outbox_text import OutboxText, OutboxTurn
from tests.support.outbox_world import OutboxWorld, notice, reply
from tests.support.send_results import OPTED_OUT, SPEND_LIMIT_REACHED


def overtaken_by(world: OutboxWorld, texts: list[OutboxText]) -> float:
    """Returns the most seconds by which a text was overtaken by one that arrived later."""
    arrived = {text.body: text.queued_at for text in texts}
    latest, worst = min(arrived.values()), timedelta(0)
    for body in world.sent():
        worst = max(worst, latest - arrived[body])
        latest = max(latest, arrived[body])
    return worst.total_seconds()


def of_worker(worker: int, workers: int, count: int) -> list[str]:
    """Returns phone numbers that belong to one worker."""
    numbers = (f"+1206{5550000 + number:07}" for number in range(100_000))
    return [number for number in numbers if crc32(number.encode()) % workers == worker][:count]


def test_given_far_more_texts_than_the_rate_when_drained_then_all_are_sent_at_it() -> None:
    world = OutboxWorld(messages_per_second=10, workers=3, call_seconds=0)
    texts = [reply(number, at=-1000 + number / 100) for number in range(3_000)]
    world.add(*texts)
    world.run()
    assert sorted(world.sent(), key=int) == [text.body for text in texts]
    assert world.phones.attempts == len(texts)
    assert world.sent_after()[-1] <= 1.03 * 300
    assert world.sent_after()[-1] >= 299, "never above the rate"
    assert overtaken_by(world, texts) <= 10
    assert world.outbox.rows.empty
    assert world.dead_letters == []


@pytest.mark.parametrize("share", [0.8, 1.0])
def test_given_most_texts_of_one_worker_when_drained_then_others_help_in_order(share: float) -> None:
    world = OutboxWorld(messages_per_second=20, workers=5)
    skewed = of_worker(0, 5, int(400 * share))
    others = [number for worker in range(1, 5) for number in of_worker(worker, 5, 100)][: 400 - len(skewed)]
    numbers = [
        number for pair in zip(skewed, [*others, *skewed[len(others) :]], strict=True) for number in pair
    ]
    unique = [*dict.fromkeys(numbers)]
    texts = [reply(place, to=number, at=-100 + place / 4) for place, number in enumerate(unique)]
    world.add(*texts)
    world.run()
    assert len(world.sent()) == len(texts)
    assert world.sent_after()[-1] <= 1.25 * len(texts) / 20 + 1
    assert overtaken_by(world, texts) <= 10


def test_given_several_texts_to_one_number_when_drained_then_none_overtakes_another() -> None:
    world = OutboxWorld(messages_per_second=20, workers=5)
    numbers = of_worker(0, 5, 3)
    texts = [reply(place, to=numbers[place % 3], at=place) for place in range(60)]
    world.add(*texts)
    world.run()
    for number in numbers:
        bodies = [int(text.body) for _, text in world.phones.accepted if text.to == number]
        assert bodies == sorted(bodies)
        assert len(bodies) == 20


def test_given_replies_and_notices_when_drained_then_notices_wait_for_replies() -> None:
    random.seed(1)  # waits are random
    world = OutboxWorld(messages_per_second=4)
    world.add(*(notice(number, at=-60) for number in range(20)))
    world.add(*(reply(number) for number in range(100, 140)))
    late = [reply(number, at=12) for number in range(200, 210)]
    world.add_later(12, *late)
    world.run()
    priorities = ["reply" if int(body) >= 100 else "notice" for body in world.sent()]
    assert priorities[:40] == ["reply"] * 40
    last_late = max(world.sent().index(f"{number}") for number in range(200, 210))
    assert world.sent_after()[last_late] <= 12 + 10 / 4 + 3
    assert len(world.sent()) == 70


def test_given_a_trickle_of_replies_when_notices_wait_then_replies_are_not_held() -> None:
    world = OutboxWorld(messages_per_second=1)
    world.add(*(notice(number) for number in range(5)))
    for number in range(100, 130):
        world.add_later(2.0 * (number - 100), reply(number, at=2.0 * (number - 100)))
    world.run()
    assert len(world.sent()) == 35
    at = dict(zip(world.sent(), world.sent_after(), strict=True))
    assert max(at[f"{number}"] - 2.0 * (number - 100) for number in range(100, 130)) <= 10


def test_given_an_idle_number_when_a_text_is_added_then_it_takes_few_calls() -> None:
    world = OutboxWorld()
    world.add(reply(1))
    world.run()
    assert world.sent() == ["1"]
    assert world.sent_after()[0] < 1
    # Two writes of the lease, render, permit, claim, send, settle; two reads before the lease ends and two after it.
    assert world.steps.taken <= 14
    assert world.permits.workers == {}


def test_given_a_text_past_its_deadline_when_drained_then_it_is_withdrawn() -> None:
    world = OutboxWorld(messages_per_second=1)
    texts = [notice(number) for number in range(20)]
    noon = world.clock()
    for text in texts:
        world.source.deadlines[text] = noon + timedelta(seconds=15)
    world.add(*texts)
    world.run()
    assert 8 <= len(world.sent()) <= 12
    for at, sent in world.phones.accepted:
        assert sent.deadline == noon + timedelta(seconds=15)
        assert at <= noon + timedelta(seconds=10)
    stopped = world.statuses(texts)[DeliveryStatus.STOPPED]
    assert stopped == 20 - len(world.sent())
    assert {world.row(text).reason for text in texts} == {"", "deadline passed"}
    assert world.outbox.rows.empty


def test_given_a_text_not_due_when_drained_then_it_is_withdrawn() -> None:
    world = OutboxWorld()
    text = notice(1)
    world.source.not_due.add(text)
    world.add(text)
    world.run()
    assert world.sent() == []
    assert (world.row(text).status, world.row(text).reason) == (DeliveryStatus.STOPPED, "not due any longer")
    assert world.outbox.rows.empty


def test_given_a_text_of_two_weeks_ago_when_drained_then_it_is_withdrawn() -> None:
    world = OutboxWorld()
    text = reply(1, at=-15 * 24 * 60 * 60)
    world.add(text)
    world.run()
    assert world.row(text).status is DeliveryStatus.STOPPED
    assert world.outbox.rows.empty


def test_given_a_refused_text_when_drained_then_its_outcome_is_recorded() -> None:
    world = OutboxWorld()
    text, other = reply(1), reply(2)

    def refuse(outgoing: OutgoingText) -> SendResult | None:
        return OPTED_OUT if outgoing.body == "1" else None

    world.phones.refuse = refuse
    world.add(text, other)
    world.run()
    assert world.source.outcomes == [(text, DeliveryStatus.OPTED_OUT)]
    assert world.sent() == ["2"]
    assert world.outbox.rows.empty


def test_given_a_number_that_sends_half_the_rate_when_drained_then_all_arrive() -> None:
    world = OutboxWorld(messages_per_second=8, workers=2)
    world.phones.allowed_per_second = 4
    texts = [reply(number) for number in range(200)]
    world.add(*texts)
    world.run()
    assert world.statuses(texts) == {DeliveryStatus.SENT: 200}
    assert world.sent_after()[-1] <= 1.5 * 200 / 4
    assert world.dead_letters == []


def test_given_a_limit_of_the_account_when_reached_then_workers_pause() -> None:
    world = OutboxWorld(messages_per_second=4, workers=2)
    texts = [reply(number) for number in range(40)]
    raised = world.clock() + timedelta(hours=2)
    world.phones.refuse = lambda _text: SPEND_LIMIT_REACHED if world.clock() < raised else None
    world.add(*texts)
    for minute in range(1, 60):
        world.add_later(60.0 * minute, reply(1000 + minute, at=60 * minute))
    world.run()
    assert len(world.sent()) == 99
    assert world.phones.attempts - 99 <= 2 * 2 * 60 * 60 / 30 + 10, "each worker tries one text per pause"
    assert world.sent_after()[-1] <= 2 * 60 * 60 + 32 + 99 / 4 + 1
    assert set(world.blocked) == {"MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"}
    assert world.dead_letters == []


def test_given_a_turn_delivered_twice_when_handled_then_one_worker_runs() -> None:
    world = OutboxWorld()
    texts = [reply(number) for number in range(3)]
    world.add(*texts)
    world.turns.put([OutboxTurn(0), OutboxTurn(0)])
    world.run()
    assert sorted(world.sent()) == ["0", "1", "2"]
    assert world.phones.attempts == 3


def test_given_a_worker_number_of_an_older_setting_when_turned_then_a_worker_runs() -> None:
    world = OutboxWorld(workers=2)
    world.outbox.add(reply(1))
    world.turns.put([OutboxTurn(7)])
    world.run()
    assert world.sent() == ["1"]


def test_given_campaigns_when_replies_wait_then_campaigns_are_refused_meanwhile() -> None:
    world = OutboxWorld(messages_per_second=4)
    world.add(*(reply(number) for number in range(80)))
    refused = []

    def ask() -> None:
        now = world.clock()
        span = timedelta(seconds=0.25)
        refused.append(
            not world.permits.reserve(
                Reservation(Priority.CAMPAIGN, span, now + timedelta(seconds=1))
            ).reserved
        )

    for second in range(1, 19):
        world.functions.start(ask, after=float(second))
    world.run()
    assert all(refused)

"""Tests the rate limiter with many senders of one number on a virtual clock."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from shift_sms_runtime.messaging.permits import Priority
from tests.support.number_in_use import NumberInUse

RATES = [(1, 2), (3, 2), (10, 3), (40, 10)]
"""Message parts per second, and the senders of a campaign."""


def assert_spans_apart(number: NumberInUse, rate: float) -> None:
    """Asserts that no two spans overlap, and that none is shorter than a part takes."""
    spans = sorted(number.permits.reserved)
    assert all(end <= begins for (_, end, _), (begins, _, _) in pairwise(spans))
    shortest = timedelta(seconds=1 / rate) - timedelta(microseconds=1)
    assert all(end - begins >= shortest for begins, end, _ in spans)


@pytest.mark.parametrize(("rate", "senders"), [*RATES, (100, 25)])
@pytest.mark.parametrize("clock_difference", [0, 0.1])
def test_given_a_campaign_alone_when_sent_then_it_uses_the_number_and_no_more(
    rate: float, senders: int, clock_difference: float
) -> None:
    number = NumberInUse(rate, clock_difference=clock_difference)
    number.campaign(senders, int(40 * rate) + 20)
    number.run()
    assert_spans_apart(number, rate)
    first, last = number.permits.reserved[0][0], max(number.permits.reserved)[0]
    used = (len(number.permits.reserved) - 1) / (last - first).total_seconds()
    assert 0.97 * rate <= used <= rate * 1.00001
    assert number.throttled <= 0.05 * number.attempts


def test_given_texts_of_three_parts_when_sent_then_each_has_a_span_of_three() -> None:
    number = NumberInUse(10)
    number.campaign(3, 100, parts=3)
    number.run()
    spans = {end - begins for begins, end, _ in number.permits.reserved}
    assert spans == {timedelta(seconds=0.3)}
    assert number.duration <= 99 * 0.3 / 0.97 + 1


@pytest.mark.parametrize(("rate", "senders"), RATES[1:])
def test_given_a_campaign_alone_when_sent_then_one_write_reserves_a_permit(rate: float, senders: int) -> None:
    number, texts = NumberInUse(rate), int(10 * rate)
    number.campaign(senders, texts)
    number.run()
    assert len(number.accepted) == len(number.permits.reserved) - number.throttled == texts
    assert number.permits.reservations <= 1.02 * texts + senders
    assert number.duration <= 10 / 0.97 + 1


@pytest.mark.parametrize(("rate", "senders"), [(300, 75), (500, 125)])
def test_given_a_fast_number_when_sent_then_a_write_reserves_several_permits(
    rate: float, senders: int
) -> None:
    number, texts = NumberInUse(rate), int(10 * rate)
    number.campaign(senders, texts)
    number.run()
    assert len(number.accepted) == texts
    assert number.permits.reservations <= 0.55 * texts + senders
    assert number.duration <= 10 / 0.97 + 1
    seconds = Counter(at.replace(microsecond=0) for at, _ in number.accepted)
    assert max(seconds.values()) <= 1.05 * rate
    assert number.throttled <= 0.01 * number.attempts


@pytest.mark.parametrize(("crashes", "lost_responses"), [(0.05, 0), (0, 0.05), (0.05, 0.05)])
def test_given_crashes_and_lost_responses_when_sent_then_each_wastes_one_span(
    crashes: float, lost_responses: float
) -> None:
    number = NumberInUse(10, crashes=crashes, lost_responses=lost_responses)
    number.campaign(4, 400)
    number.run()
    assert len(number.accepted) == 400
    assert 400 + number.wasted + number.throttled == len(number.permits.reserved)
    assert number.wasted > 10
    assert_spans_apart(number, 10)
    assert number.duration <= (400 + number.wasted) / 10 / 0.95 + 2


@pytest.mark.parametrize(("rate", "senders"), RATES)
@pytest.mark.parametrize("seed", range(3))
def test_given_a_running_campaign_when_replies_come_then_they_wait_two_seconds(
    rate: float, senders: int, seed: int
) -> None:
    number = NumberInUse(rate, seed=seed)
    number.campaign(senders, int(60 * rate))
    # No two of these replies wait for each other.
    for reply in range(12):
        number.reply(2 + reply * 4.3)
    number.run()
    assert len(number.waits) == 12
    assert max(number.waits) <= 2 + 0.05
    assert_spans_apart(number, rate)


def test_given_many_replies_when_a_campaign_runs_then_they_come_first() -> None:
    number = NumberInUse(10)
    number.campaign(3, 300)
    for reply in range(100):
        number.reply(5 + reply * 0.01)
    number.run()
    replies = [at for at, priority in number.accepted if priority is Priority.REPLY]
    meanwhile = [
        at
        for at, priority in number.accepted
        if priority is Priority.CAMPAIGN and min(replies) < at < max(replies)
    ]
    assert len(replies) == 100
    assert (max(replies) - min(replies)).total_seconds() <= 13
    assert len(meanwhile) <= 10, "only the spans that were reserved before"
    assert number.throttled <= 0.05 * number.attempts


def test_given_notices_when_a_campaign_runs_then_the_campaign_yields_to_them() -> None:
    number = NumberInUse(10)
    number.campaign(3, 100)
    number.notices(20)
    number.run()
    notices = [
        position for position, (_, priority) in enumerate(number.accepted) if priority is Priority.NOTICE
    ]
    assert len(notices) == 20
    assert notices[-1] < 20 + 10 + 3
    assert len(number.accepted) == 120


@pytest.mark.parametrize(("rate", "senders"), [(3, 2), (10, 3), (40, 10)])
@pytest.mark.parametrize("seed", range(3))
def test_given_scattered_throttles_when_sent_then_they_cost_half_the_rate_at_most(
    rate: float, senders: int, seed: int
) -> None:
    texts = int(60 * rate)
    number = NumberInUse(rate, throttled_at_random=0.1, seed=seed)
    number.campaign(senders, texts)
    number.run()
    assert len(number.accepted) == texts
    assert number.duration <= 60 * 2


@pytest.mark.parametrize(
    ("rate", "real_rate", "senders"), [(20, 10, 5), (100, 10, 25), (2, 1, 2), (10, 1, 3)]
)
def test_given_a_setting_that_is_too_high_when_sent_then_the_real_rate_is_used(
    rate: float, real_rate: float, senders: int
) -> None:
    texts = int(200 * real_rate)
    number = NumberInUse(rate, real_rate)
    number.campaign(senders, texts)
    number.run()
    assert len(number.accepted) == texts, "no text is lost"
    assert number.duration <= 200 * 1.25
    late = [at for at, _ in sorted(number.accepted)][texts // 2 :]
    used = (len(late) - 1) / (late[-1] - late[0]).total_seconds()
    assert used >= 0.8 * real_rate
    assert number.throttled <= 0.35 * number.attempts
    assert number.warnings > 0


def test_given_the_right_setting_when_sent_then_no_warning_is_counted() -> None:
    for rate, senders in RATES:
        number = NumberInUse(rate)
        number.campaign(senders, int(30 * rate))
        assert number.run().warnings == 0

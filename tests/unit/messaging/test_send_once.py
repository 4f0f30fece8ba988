"""Tests claims that other senders hold, and senders that die."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.campaign_world import (
    MESSAGE,
    CampaignWorld,
    assert_all_settled,
    numbers,
    planned_campaign,
    sending_of_all,
)
from tests.support.clock import Deadline
from tests.support.crash_points import Killed, Throttled, crash_points, die, throttle
from tests.support.memory.deliveries import miscounted
from tests.support.memory.employees import EmployeeRow
from tests.support.memory.phones import MemoryPhones
from tests.support.send_results import SPENT


def test_given_a_claim_of_another_sender_when_handled_then_it_fails_after_the_rest() -> None:
    business = planned_campaign(3)
    key = Delivery("c", numbers(3)[0], 1)
    lease_until = business.clock() + timedelta(minutes=1)
    business.deliveries.claim(key, token="another", now=business.clock(), lease_until=lease_until)
    with pytest.raises(TryAgainLater):
        business.send()
    assert business.texted() == numbers(3)[1:]
    business.clock.pass_time(minutes=2)
    business.send()
    assert sorted(business.statuses().values()) == ["sent", "sent", "unknown"]
    assert business.texted() == numbers(3)[1:]
    assert_all_settled(business)


def test_given_a_claim_of_another_sender_when_a_limit_is_reached_then_retried() -> None:
    business = planned_campaign(3, phones=MemoryPhones([SPENT]))
    key = Delivery("c", numbers(3)[0], 1)
    lease_until = business.clock() + timedelta(minutes=1)
    business.deliveries.claim(key, token="another", now=business.clock(), lease_until=lease_until)
    with pytest.raises(TryAgainLater):
        business.send()
    assert sorted(business.statuses().values()) == ["sending", "stopped", "stopped"]
    business.clock.pass_time(minutes=2)
    business.send()
    assert sorted(business.statuses().values()) == ["stopped", "stopped", "unknown"]
    assert_all_settled(business)


@pytest.mark.parametrize("segment", ["overtime", "of others"])
def test_given_a_dead_senders_claim_when_its_item_returns_after_relaunch_then_over(
    segment: str,
) -> None:
    business = planned_campaign(1)
    business.roster.segments["of others"] = {"+14255550999"}
    replaced = business.dispatch.waiting.pop()
    key = Delivery("c", numbers(1)[0], 1)
    lease_until = business.clock() + timedelta(minutes=1)
    business.deliveries.claim(key, token="another", now=business.clock(), lease_until=lease_until)
    business.put(campaign_message=MESSAGE, segment=segment, relaunch="remaining")
    business.plan()
    with pytest.raises(TryAgainLater):
        business.sending.handle(replaced, Deadline(business.clock, 60))
    business.clock.pass_time(minutes=2)
    business.sending.handle(replaced, Deadline(business.clock, 60))
    business.send()
    assert business.statuses()[numbers(1)[0]] is DeliveryStatus.UNKNOWN
    assert_all_settled(business)


def test_given_a_sender_thought_dead_when_it_returns_then_unknown_is_corrected_once() -> None:
    for comes_back_twice in (False, True):
        business = planned_campaign(1)
        (item,) = business.dispatch.waiting

        def others(business: CampaignWorld = business, item: Any = item) -> None:
            business.clock.pass_time(minutes=10)
            business.sending.handle(item, Deadline(business.clock, 60))
            assert business.statuses() == {numbers(1)[0]: DeliveryStatus.UNKNOWN}
            assert business.counted()["unknown"] == 1
            assert miscounted(business.rows(), business.counted()) == []

        original = business.phones.send

        def slow(text: OutgoingText, original: Any = original, others: Any = others) -> Any:
            result = original(text)
            others()
            return result

        business.phones.send = slow  # type: ignore[method-assign]
        business.send()
        if comes_back_twice:
            row = business.rows()[numbers(1)[0]]
            business.deliveries.settle(
                Delivery("c", numbers(1)[0], 1), DeliveryStatus.SENT, token=row.token, now=business.clock()
            )
        assert business.statuses() == {numbers(1)[0]: DeliveryStatus.SENT}
        assert (business.counted()["sent"], business.counted()["unknown"]) == (1, 0)
        assert business.counted()["segments_spent"] == 1
        assert business.texted() == numbers(1)
        assert_all_settled(business)


STOPPED_IN = [pytest.param(die, Killed, id="killed"), pytest.param(throttle, Throttled, id="throttled")]


BEFORE_THE_REST: list[Callable[[CampaignWorld], object]] = [
    lambda business: None,
    lambda business: business.board.stop("c", "enough"),
    lambda business: business.board.rows.clear(),
    lambda business: business.employees.rows.update({n: EmployeeRow(opted_out=True) for n in numbers(4)}),
    lambda business: business.phones.results.append(SPENT),
]


@pytest.mark.parametrize(("stop", "error"), STOPPED_IN)
@pytest.mark.parametrize(
    "meanwhile", BEFORE_THE_REST, ids=["nothing", "stopped", "deleted", "opted-out", "limit"]
)
def test_given_a_sender_stopped_at_any_step_when_redelivered_then_nobody_twice(
    stop: Callable[[], None], error: type[BaseException], meanwhile: Callable[[CampaignWorld], object]
) -> None:
    for step, after in crash_points(lambda: sending_of_all(planned_campaign(4))):
        business = planned_campaign(4)
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.send()
        meanwhile(business)
        while business.dispatch.waiting:
            try:
                business.send()
            except TryAgainLater:
                business.clock.pass_time(minutes=6)
        assert_all_settled(business)
        unknown = [row for row in business.rows().values() if row.status is DeliveryStatus.UNKNOWN]
        assert len(unknown) <= 1, "only the one whose sender died"


def test_given_two_senders_of_one_item_at_any_step_when_both_go_on_then_not_twice() -> None:
    for step, after in crash_points(lambda: sending_of_all(planned_campaign(3))):
        business = planned_campaign(3)
        business.dispatch.waiting *= 2

        def another(business: CampaignWorld = business) -> None:
            item = business.dispatch.waiting.pop()
            try:
                business.sending.handle(item, Deadline(business.clock, 60))
            except TryAgainLater:
                business.dispatch.waiting.append(item)

        business.steps.once(step, another, after=after)
        while business.dispatch.waiting:
            try:
                business.send()
            except TryAgainLater:
                business.clock.pass_time(minutes=6)
        assert business.texted() == numbers(3)
        assert set(business.statuses().values()) == {DeliveryStatus.SENT}
        assert_all_settled(business)

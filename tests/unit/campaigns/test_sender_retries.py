"""Tests that what cannot be sent now is sent later, and holds up nobody else."""

from datetime import timedelta

import pytest

from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Sent
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.campaign_world import MESSAGE, CampaignWorld, assert_all_settled, numbers, planned_campaign
from tests.support.clock import Deadline
from tests.support.memory.phones import MemoryPhones
from tests.support.send_results import FORBIDDEN, NO_NUMBER_THERE, SPENT, THROTTLED


def test_given_a_recipient_claimed_by_another_when_time_is_up_then_one_item_has_all() -> None:
    business = CampaignWorld(numbers(5), sends_per_second=1)
    business.put("c", campaign_message=MESSAGE)
    business.plan()
    item = business.dispatch.waiting.pop(0)
    held = item.recipients[0]
    lease_until = business.clock() + timedelta(minutes=5)
    business.deliveries.claim(
        Delivery("c", held, item.segments), token="another", now=business.clock(), lease_until=lease_until
    )
    business.sending.handle(item, Deadline(business.clock, 10))
    rest = [*business.dispatch.waiting, *(one for _, one in business.dispatch.hidden)]
    assert len(rest) == 1
    assert held in rest[0].recipients
    assert set(rest[0].recipients) == set(item.recipients) - set(business.texted())


def test_given_throttling_that_passes_when_sent_then_every_member_is_texted_once() -> None:
    business = planned_campaign(10, phones=MemoryPhones([THROTTLED] * 6))
    business.send()
    assert business.texted() == numbers(10)
    assert set(business.statuses().values()) == {DeliveryStatus.SENT}
    assert_all_settled(business)


def test_given_long_throttling_when_sent_then_the_rest_is_queued_again() -> None:
    business = planned_campaign(5, phones=MemoryPhones([Sent("1"), Sent("2"), *[THROTTLED] * 60]))
    item = business.dispatch.waiting.pop()
    business.sending.handle(item, Deadline(business.clock, 60))
    (rest,) = business.dispatch.waiting
    assert rest.recipients == tuple(numbers(5)[2:]), "who was texted takes no other turn"
    assert (rest.campaign_id, rest.body, rest.segments) == (item.campaign_id, item.body, item.segments)
    assert business.statuses()[numbers(5)[2]] is DeliveryStatus.QUEUED
    business.phones.results.clear()
    business.send()
    assert business.texted() == numbers(5)
    assert_all_settled(business)


@pytest.mark.parametrize("seconds", [1, 7.9, 8.5, 10])
def test_given_an_invocation_that_ends_early_when_sent_then_the_rest_is_requeued(
    seconds: float,
) -> None:
    business = planned_campaign(5, sends_per_second=1)
    item = business.dispatch.waiting.pop()
    business.sending.handle(item, Deadline(business.clock, seconds))
    done = business.texted()
    assert len(done) < 5
    assert business.queued() == [number for number in numbers(5) if number not in done]
    business.send()
    assert business.texted() == numbers(5)
    assert_all_settled(business)


def test_given_a_permit_too_late_for_the_invocation_when_sent_then_it_is_delayed() -> None:
    business = planned_campaign(5)
    business.pace.free_from = free = business.clock() + timedelta(seconds=100)
    business.sending.handle(business.dispatch.waiting.pop(), Deadline(business.clock, 60))
    ((seen_at, item),) = business.dispatch.hidden
    assert item.recipients == tuple(numbers(5))
    assert free - timedelta(seconds=30) <= seen_at <= free
    assert business.pace.free_from == free, "nothing is reserved that nobody will use"
    business.send()
    assert business.texted() == numbers(5)


def test_given_a_failure_to_repair_when_sent_then_the_record_fails_until_repaired() -> None:
    business = planned_campaign(5, phones=MemoryPhones([FORBIDDEN]))
    with pytest.raises(TryAgainLater):
        business.send()
    assert business.phones.attempts == 1
    business.send()
    assert business.texted() == numbers(5)
    assert_all_settled(business)


def fail_repeatedly(business: CampaignWorld, times: int = 4) -> None:
    """Each message that fails comes again, and so often that a queue would set it aside."""
    for _ in range(times):
        with pytest.raises(TryAgainLater):
            business.send()
        business.clock.pass_time(minutes=6)


@pytest.mark.parametrize("recipients_per_item", [6, 20])
def test_given_one_recipient_always_refused_when_sent_then_the_others_get_theirs(
    recipients_per_item: int,
) -> None:
    refused = numbers(6)[1]
    others = [number for number in numbers(6) if number != refused]
    business = planned_campaign(
        6, recipients_per_item=recipients_per_item, phones=MemoryPhones(refusals={refused: NO_NUMBER_THERE})
    )
    fail_repeatedly(business)
    assert business.texted() == others
    assert business.queued() == [refused], "what is set aside names no others"
    assert business.rows()[refused].status is DeliveryStatus.QUEUED
    assert business.rows()[refused].reason == "NO_ORIGINATION_IDENTITIES_FOUND"
    assert business.phones.attempts <= 5 + 5
    business.phones.refusals.clear()
    business.send()
    assert business.texted() == numbers(6)
    assert_all_settled(business)


@pytest.mark.parametrize("seconds", [9, 12, 20, 60])
@pytest.mark.parametrize("refused", [1, 4, 5, 6])
def test_given_many_recipients_always_refused_when_permits_are_rare_then_it_ends(
    seconds: float, refused: int
) -> None:
    bad, good = numbers(6)[:refused], numbers(6)[refused:]
    business = planned_campaign(
        6,
        recipients_per_item=6,
        sends_per_second=0.3,
        phones=MemoryPhones(refusals=dict.fromkeys(bad, NO_NUMBER_THERE)),
    )
    business.steps.happens = lambda _step, _after: business.clock.pass_time(milliseconds=10)
    for _ in range(4):
        with pytest.raises(TryAgainLater):
            business.send(seconds)
        assert business.phones.attempts < 40
    assert business.texted() == good
    assert business.queued() == bad


def test_given_a_refusal_then_throttling_when_sent_then_untried_ones_come_first() -> None:
    business = planned_campaign(5, phones=MemoryPhones([Sent("1"), NO_NUMBER_THERE, *[THROTTLED] * 60]))
    business.sending.handle(business.dispatch.waiting.pop(), Deadline(business.clock, 60))
    (rest,) = business.dispatch.waiting
    assert rest.recipients == (*numbers(5)[2:], numbers(5)[1])
    assert rest.refused == 1
    business.phones.results.clear()
    business.send()
    assert business.texted() == numbers(5)
    assert_all_settled(business)


def test_given_a_refusal_then_a_limit_when_sent_then_the_refused_are_stopped_too() -> None:
    business = planned_campaign(5, phones=MemoryPhones([NO_NUMBER_THERE, Sent("1"), SPENT]))
    business.send()
    assert sorted(business.statuses().values()) == ["sent", *["stopped"] * 4]
    assert_all_settled(business)


def test_given_a_refusal_then_a_general_failure_when_sent_then_nobody_else_is_tried() -> None:
    business = planned_campaign(5, phones=MemoryPhones([NO_NUMBER_THERE, FORBIDDEN]))
    with pytest.raises(TryAgainLater):
        business.send()
    assert business.phones.attempts == 2
    business.send()
    assert business.texted() == numbers(5)
    assert_all_settled(business)

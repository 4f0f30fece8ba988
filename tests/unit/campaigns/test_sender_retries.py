"""Tests that texts that cannot be sent now are sent later and do not delay others."""

from datetime import timedelta

import pytest

from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Sent
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.campaign_world import (
    MESSAGE,
    CampaignWorld,
    assert_all_settled,
    numbers,
    planned_campaign,
    send_all,
)
from tests.support.clock import NOON, Deadline
from tests.support.crash_points import Throttled, crash_points, throttle
from tests.support.memory.phones import MemoryPhones
from tests.support.send_results import ACCESS_DENIED, NO_ORIGINATION_IDENTITY, SPEND_LIMIT_REACHED, THROTTLED


def test_given_a_recipient_claimed_elsewhere_when_time_is_up_then_one_item_has_all() -> None:
    world = CampaignWorld(numbers(5), messages_per_second=1)
    world.put("c", campaign_message=MESSAGE)
    world.plan()
    item = world.dispatch.waiting.pop(0)
    claimed = item.recipients[0]
    lease_until = world.clock() + timedelta(minutes=5)
    world.deliveries.claim(
        Delivery("c", claimed, item.segments_per_text),
        token="another",
        now=world.clock(),
        lease_until=lease_until,
    )
    world.sender.handle(item, Deadline(world.clock, 10))
    (rest,) = [*world.dispatch.waiting, *(item for _, item in world.dispatch.delayed)]
    assert claimed in rest.recipients
    assert set(rest.recipients) == set(item.recipients) - set(world.texted())


def test_given_brief_throttling_when_sent_then_every_member_is_texted_once() -> None:
    world = planned_campaign(10, phones=MemoryPhones([THROTTLED] * 6))
    world.send()
    assert world.texted() == numbers(10)
    assert set(world.statuses().values()) == {DeliveryStatus.SENT}
    assert_all_settled(world)


def test_given_long_throttling_when_sent_then_the_rest_is_queued_again() -> None:
    world = planned_campaign(5, phones=MemoryPhones([Sent("1"), Sent("2"), *[THROTTLED] * 60]))
    item = world.dispatch.waiting.pop()
    world.sender.handle(item, Deadline(world.clock, 60))
    (rest,) = world.dispatch.waiting
    assert rest.recipients == tuple(numbers(5)[2:]), "texted recipients take no further permit"
    assert (rest.campaign_id, rest.body, rest.segments_per_text) == (
        item.campaign_id,
        item.body,
        item.segments_per_text,
    )
    assert world.statuses()[numbers(5)[2]] is DeliveryStatus.QUEUED
    world.phones.results.clear()
    world.send()
    assert world.texted() == numbers(5)
    assert_all_settled(world)


def test_given_a_failed_call_after_progress_when_sent_then_a_new_item_has_the_rest() -> None:
    for step, after in crash_points(lambda: send_all(planned_campaign(3))):
        world = planned_campaign(3)
        world.steps.once(step, throttle, after=after)
        item = world.dispatch.waiting.pop()
        try:
            world.sender.handle(item, Deadline(world.clock, 60))
        except Throttled:
            # No recipient was settled. The queue counts this attempt.
            assert len(world.texted()) <= 1, (step, after)
            world.dispatch.waiting.append(item)
        else:
            assert len(world.failures) == 1, (step, after)
            assert world.texted(), (step, after)
            (rest,) = world.dispatch.waiting
            assert len(rest.recipients) < len(item.recipients), (step, after)
        world.clock.time += timedelta(minutes=6)
        world.send()
        assert_all_settled(world)


@pytest.mark.parametrize("seconds", [1, 7.9, 8.5, 10])
def test_given_an_invocation_that_ends_early_when_sent_then_the_rest_is_requeued(
    seconds: float,
) -> None:
    world = planned_campaign(5, messages_per_second=1)
    item = world.dispatch.waiting.pop()
    world.sender.handle(item, Deadline(world.clock, seconds))
    texted = world.texted()
    assert len(texted) < 5
    assert world.queued() == [number for number in numbers(5) if number not in texted]
    world.send()
    assert world.texted() == numbers(5)
    assert_all_settled(world)


def test_given_a_number_throttled_for_hours_when_sent_then_no_message_fails() -> None:
    world = planned_campaign(5)
    world.phones.refusals = dict.fromkeys(numbers(5), THROTTLED)
    until = world.clock() + timedelta(hours=3)
    while world.clock() < until:
        visible_at = world.dispatch.show_due()
        if world.dispatch.waiting:
            world.sender.handle(world.dispatch.waiting.pop(), Deadline(world.clock, 60))
        else:
            assert visible_at is not None
            world.clock.time = visible_at
    assert world.queued() == numbers(5)
    assert set(world.statuses().values()) == {DeliveryStatus.QUEUED}
    assert world.rates_too_high > 0
    assert world.phones.attempts < 3 * 60 * 60
    world.phones.refusals.clear()
    world.send()
    assert world.texted() == numbers(5)
    assert_all_settled(world)


def test_given_a_waiting_reply_when_sent_then_the_campaign_waits_in_the_invocation() -> None:
    world = planned_campaign(5)
    world.permits.announce(Priority.REPLY, world.clock() + timedelta(seconds=3))
    world.sender.handle(world.dispatch.waiting.pop(), Deadline(world.clock, 60))
    assert world.texted() == numbers(5)
    assert world.permits.reserved[0][0] >= NOON + timedelta(seconds=3)
    assert world.permits.reservations <= 5 + 7


def test_given_replies_that_wait_longer_when_sent_then_the_item_is_put_again() -> None:
    world = planned_campaign(5)
    world.permits.announce(Priority.REPLY, world.clock() + timedelta(minutes=5))
    world.sender.handle(world.dispatch.waiting.pop(), Deadline(world.clock, 60))
    assert world.queued() == numbers(5)
    assert world.permits.reserved == []
    assert world.clock() <= NOON + timedelta(seconds=60)
    world.send()
    assert world.texted() == numbers(5)


def test_given_a_permit_too_late_for_the_invocation_when_sent_then_it_is_delayed() -> None:
    world = planned_campaign(5)
    world.permits.free_from = free = world.clock() + timedelta(seconds=100)
    world.sender.handle(world.dispatch.waiting.pop(), Deadline(world.clock, 60))
    ((visible_at, item),) = world.dispatch.delayed
    assert item.recipients == tuple(numbers(5))
    assert free - timedelta(seconds=30) <= visible_at <= free
    assert world.permits.free_from == free, "nothing is reserved, because it would stay unused"
    world.send()
    assert world.texted() == numbers(5)


def test_given_an_error_for_the_operator_when_sent_then_it_fails_until_corrected() -> None:
    world = planned_campaign(5, phones=MemoryPhones([ACCESS_DENIED]))
    with pytest.raises(TryAgainLater):
        world.send()
    assert world.phones.attempts == 1
    world.send()
    assert world.texted() == numbers(5)
    assert_all_settled(world)


def fail_repeatedly(world: CampaignWorld, times: int = 4) -> None:
    """Redelivers failing messages until a queue would move them to its dead-letter queue."""
    for _ in range(times):
        with pytest.raises(TryAgainLater):
            world.send()
        world.clock.pass_time(minutes=6)


@pytest.mark.parametrize("recipients_per_item", [6, 20])
def test_given_one_recipient_always_refused_when_sent_then_the_others_are_texted(
    recipients_per_item: int,
) -> None:
    refused = numbers(6)[1]
    others = [number for number in numbers(6) if number != refused]
    world = planned_campaign(
        6,
        recipients_per_item=recipients_per_item,
        phones=MemoryPhones(refusals={refused: NO_ORIGINATION_IDENTITY}),
    )
    fail_repeatedly(world)
    assert world.texted() == others
    assert world.queued() == [refused], "the dead letter would have no other recipients"
    assert world.rows()[refused].status is DeliveryStatus.QUEUED
    assert world.rows()[refused].reason == "NO_ORIGINATION_IDENTITIES_FOUND"
    assert world.phones.attempts <= 5 + 5
    world.phones.refusals.clear()
    world.send()
    assert world.texted() == numbers(6)
    assert_all_settled(world)


@pytest.mark.parametrize("seconds", [9, 12, 20, 60])
@pytest.mark.parametrize("refused", [1, 4, 5, 6])
def test_given_recipients_always_refused_when_permits_are_scarce_then_attempts_end(
    seconds: float, refused: int
) -> None:
    refused_numbers, others = numbers(6)[:refused], numbers(6)[refused:]
    world = planned_campaign(
        6,
        recipients_per_item=6,
        messages_per_second=0.3,
        phones=MemoryPhones(refusals=dict.fromkeys(refused_numbers, NO_ORIGINATION_IDENTITY)),
    )
    world.steps.on_step = lambda _step, _after: world.clock.pass_time(milliseconds=10)
    for _ in range(4):
        with pytest.raises(TryAgainLater):
            world.send(seconds)
        assert world.phones.attempts < 40
    assert world.texted() == others
    assert world.queued() == refused_numbers


def test_given_a_refusal_then_throttling_when_requeued_then_untried_ones_come_first() -> None:
    world = planned_campaign(5, phones=MemoryPhones([Sent("1"), NO_ORIGINATION_IDENTITY, *[THROTTLED] * 60]))
    world.sender.handle(world.dispatch.waiting.pop(), Deadline(world.clock, 60))
    (rest,) = world.dispatch.waiting
    assert rest.recipients == (*numbers(5)[2:], numbers(5)[1])
    assert rest.refused_count == 1
    world.phones.results.clear()
    world.send()
    assert world.texted() == numbers(5)
    assert_all_settled(world)


def test_given_a_refusal_then_a_limit_when_sent_then_the_refused_one_is_stopped_too() -> None:
    world = planned_campaign(
        5, phones=MemoryPhones([NO_ORIGINATION_IDENTITY, Sent("1"), SPEND_LIMIT_REACHED])
    )
    world.send()
    assert sorted(world.statuses().values()) == ["sent", *["stopped"] * 4]
    assert_all_settled(world)


def test_given_a_refusal_then_a_general_failure_when_sent_then_no_other_is_tried() -> None:
    world = planned_campaign(5, phones=MemoryPhones([NO_ORIGINATION_IDENTITY, ACCESS_DENIED]))
    with pytest.raises(TryAgainLater):
        world.send()
    assert world.phones.attempts == 2
    world.send()
    assert world.texted() == numbers(5)
    assert_all_settled(world)

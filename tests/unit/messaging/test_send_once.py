"""Tests claims of other senders, and senders that die."""

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
    send_all,
)
from tests.support.clock import Deadline
from tests.support.crash_points import STOPS, crash_points
from tests.support.memory.deliveries import miscounted
from tests.support.memory.employees import EmployeeRow
from tests.support.memory.phones import MemoryPhones
from tests.support.send_results import SPEND_LIMIT_REACHED


def test_given_a_claim_of_another_sender_when_handled_then_it_fails_after_the_rest() -> None:
    world = planned_campaign(3)
    key = Delivery("c", numbers(3)[0], 1)
    lease_until = world.clock() + timedelta(minutes=1)
    world.deliveries.claim(key, token="another", now=world.clock(), lease_until=lease_until)
    with pytest.raises(TryAgainLater):
        world.send()
    assert world.texted() == numbers(3)[1:]
    world.clock.pass_time(minutes=2)
    world.send()
    assert sorted(world.statuses().values()) == ["sent", "sent", "unknown"]
    assert world.texted() == numbers(3)[1:]
    assert_all_settled(world)


def test_given_a_claim_of_another_sender_when_a_limit_is_reached_then_retried() -> None:
    world = planned_campaign(3, phones=MemoryPhones([SPEND_LIMIT_REACHED]))
    key = Delivery("c", numbers(3)[0], 1)
    lease_until = world.clock() + timedelta(minutes=1)
    world.deliveries.claim(key, token="another", now=world.clock(), lease_until=lease_until)
    with pytest.raises(TryAgainLater):
        world.send()
    assert sorted(world.statuses().values()) == ["sending", "stopped", "stopped"]
    world.clock.pass_time(minutes=2)
    world.send()
    assert sorted(world.statuses().values()) == ["stopped", "stopped", "unknown"]
    assert_all_settled(world)


@pytest.mark.parametrize("segment", ["overtime", "other"])
def test_given_a_dead_senders_claim_when_redelivered_after_relaunch_then_settled(
    segment: str,
) -> None:
    world = planned_campaign(1)
    world.segment_members.segments["other"] = {"+14255550999"}
    replaced = world.dispatch.waiting.pop()
    key = Delivery("c", numbers(1)[0], 1)
    lease_until = world.clock() + timedelta(minutes=1)
    world.deliveries.claim(key, token="another", now=world.clock(), lease_until=lease_until)
    world.put(campaign_message=MESSAGE, segment=segment, relaunch="remaining")
    world.plan()
    with pytest.raises(TryAgainLater):
        world.sender.handle(replaced, Deadline(world.clock, 60))
    world.clock.pass_time(minutes=2)
    world.sender.handle(replaced, Deadline(world.clock, 60))
    world.send()
    assert world.statuses()[numbers(1)[0]] is DeliveryStatus.UNKNOWN
    assert_all_settled(world)


def test_given_a_sender_presumed_dead_when_it_settles_then_unknown_is_corrected() -> None:
    for settles_twice in (False, True):
        world = planned_campaign(1)
        (item,) = world.dispatch.waiting

        def handle_elsewhere(world: CampaignWorld = world, item: Any = item) -> None:
            world.clock.pass_time(minutes=10)
            world.sender.handle(item, Deadline(world.clock, 60))
            assert world.statuses() == {numbers(1)[0]: DeliveryStatus.UNKNOWN}
            assert world.counted()["unknown"] == 1
            assert miscounted(world.rows(), world.counted()) == []

        original = world.phones.send

        def slow(
            text: OutgoingText, original: Any = original, handle_elsewhere: Any = handle_elsewhere
        ) -> Any:
            result = original(text)
            handle_elsewhere()
            return result

        world.phones.send = slow  # type: ignore[method-assign]
        world.send()
        if settles_twice:
            row = world.rows()[numbers(1)[0]]
            world.deliveries.settle(
                Delivery("c", numbers(1)[0], 1), DeliveryStatus.SENT, token=row.token, now=world.clock()
            )
        assert world.statuses() == {numbers(1)[0]: DeliveryStatus.SENT}
        assert (world.counted()["sent"], world.counted()["unknown"]) == (1, 0)
        assert world.counted()["segments_spent"] == 1
        assert world.texted() == numbers(1)
        assert_all_settled(world)


BEFORE_THE_RETRY: list[Callable[[CampaignWorld], object]] = [
    lambda world: None,
    lambda world: world.campaigns.stop("c", "enough"),
    lambda world: world.campaigns.rows.clear(),
    lambda world: world.employees.rows.update({n: EmployeeRow(opted_out=True) for n in numbers(4)}),
    lambda world: world.phones.results.append(SPEND_LIMIT_REACHED),
]


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize(
    "meanwhile", BEFORE_THE_RETRY, ids=["nothing", "stopped", "deleted", "opted-out", "limit"]
)
def test_given_a_sender_interrupted_at_any_step_when_redelivered_then_none_twice(
    stop: Callable[[], None], error: type[BaseException], meanwhile: Callable[[CampaignWorld], object]
) -> None:
    for step, after in crash_points(lambda: send_all(planned_campaign(4))):
        world = planned_campaign(4)
        world.steps.once(step, stop, after=after)
        try:
            world.send()
        except (error, TryAgainLater):
            pass
        else:
            assert world.failures, "another work item continues"
        meanwhile(world)
        while world.dispatch.waiting:
            try:
                world.send()
            except TryAgainLater:
                world.clock.pass_time(minutes=6)
        assert_all_settled(world)
        unknown = [row for row in world.rows().values() if row.status is DeliveryStatus.UNKNOWN]
        assert len(unknown) <= 1, "at most the text whose sender died is unknown"


def test_given_two_senders_of_one_item_when_interleaved_at_any_step_then_none_twice() -> None:
    for step, after in crash_points(lambda: send_all(planned_campaign(3))):
        world = planned_campaign(3)
        world.dispatch.waiting *= 2

        def send_elsewhere(world: CampaignWorld = world) -> None:
            item = world.dispatch.waiting.pop()
            try:
                world.sender.handle(item, Deadline(world.clock, 60))
            except TryAgainLater:
                world.dispatch.waiting.append(item)

        world.steps.once(step, send_elsewhere, after=after)
        while world.dispatch.waiting:
            try:
                world.send()
            except TryAgainLater:
                world.clock.pass_time(minutes=6)
        assert world.texted() == numbers(3)
        assert set(world.statuses().values()) == {DeliveryStatus.SENT}
        assert_all_settled(world)

"""Tests that all senders together keep the rate of a number."""

import contextlib
import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.messaging.outgoing_text import OutgoingText
from shift_sms_runtime.messaging.permits import Priority, Reservation
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.campaign_world import CampaignWorld, assert_all_settled, numbers, planned_campaign
from tests.support.clock import Clock
from tests.support.concurrent_functions import ConcurrentFunctions
from tests.support.memory.send_permits import MAX_IDLE, MemorySendPermits


@given(
    spans=st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 3000)), min_size=1, max_size=40),
)
def test_given_any_reservations_when_compared_then_spans_never_overlap(
    spans: list[tuple[int, int]],
) -> None:
    clock = Clock()
    permits = MemorySendPermits(clock)
    for length, idle in spans:
        free = permits.free_from
        span, latest = timedelta(milliseconds=length), clock() + timedelta(days=1)
        begin = permits.reserve(Reservation(Priority.REPLY, span, latest)).begins
        assert begin == (clock() if free is None or free < clock() - MAX_IDLE else free)
        clock.pass_time(milliseconds=idle)
    for (_, end, _), (begin, _, _) in pairwise(permits.reserved):
        assert end <= begin


@pytest.mark.parametrize("segments", [1, 2, 3, 10])
def test_given_a_text_of_several_segments_when_sent_then_its_permit_covers_them_all(segments: int) -> None:
    world = CampaignWorld(numbers(4), messages_per_second=2)
    world.put(campaign_message="x" * (153 * segments - 60))
    world.plan()
    assert world.dispatch.waiting[0].segments_per_text == segments
    world.send(seconds=900)
    assert world.permits.reserved[0][0] == world.permits.reserved[0][1] - timedelta(seconds=segments / 2)
    assert len(world.permits.reserved) == 4
    assert world.counted()["segments_spent"] == 4 * segments


class ConcurrentSenders:
    """Concurrent senders. Every step takes some milliseconds, and a send takes longer."""

    def __init__(self, world: CampaignWorld, senders: int, seed: int) -> None:
        self._world = world
        self._functions = ConcurrentFunctions(world.clock)
        self._rng = random.Random(seed)
        self.sent_at: list[datetime] = []
        self._original_send = world.phones.send
        world.phones.send = self._send  # type: ignore[method-assign]
        world.steps.on_step = self._spend_time
        for _ in range(senders):
            self._functions.start(self._work)

    def run(self) -> None:
        self._functions.run()

    def _spend_time(self, _step: int, after: bool) -> None:
        if not after:
            self._functions.wait(self._rng.uniform(0.004, 0.015))

    def _send(self, text: OutgoingText) -> Any:
        self._functions.wait(self._rng.uniform(0.03, 0.09))
        self.sent_at.append(self._world.clock())
        return self._original_send(text)

    def _work(self) -> None:
        queue, sender = self._world.dispatch, self._world.new_sender()
        while (visible_at := queue.show_due()) is not None or queue.waiting:
            if queue.waiting:
                with contextlib.suppress(TryAgainLater):
                    sender.handle(queue.waiting.pop(0), self._functions.deadline(60))
            else:
                assert visible_at is not None
                self._functions.wait((visible_at - self._world.clock()).total_seconds())


@pytest.mark.parametrize(
    ("rate", "senders", "members", "segments", "minimum_use"),
    [
        (1, 2, 40, 1, 0.97),
        (3, 2, 60, 1, 0.97),
        (3, 2, 60, 3, 0.97),
        (10, 3, 150, 1, 0.97),
        (40, 10, 500, 1, 0.97),
        (100, 25, 1000, 1, 0.97),
        # With a slow number and long texts, few permits or none fit into an invocation.
        (0.8, 2, 20, 3, 0.4),
        (0.8, 2, 20, 10, 0.4),
        (0.4, 2, 12, 10, 0.4),
        (0.1, 2, 12, 1, 0.4),
        (0.1, 2, 12, 10, 0.4),
    ],
)
def test_given_concurrent_senders_of_one_number_when_sending_then_its_rate_is_kept(
    rate: float, senders: int, members: int, segments: int, minimum_use: float
) -> None:
    world = CampaignWorld(
        numbers(members),
        recipients_per_item=min(50, max(5, round(20 * rate / senders))),
        messages_per_second=rate,
    )
    world.put(campaign_message="x" * (153 * segments - 60))
    world.plan()
    concurrent_senders = ConcurrentSenders(world, senders, seed=members)
    concurrent_senders.run()
    assert world.texted() == numbers(members)
    assert_all_settled(world)
    sent_at = sorted(concurrent_senders.sent_at)
    for first, begin in enumerate(sent_at):
        for last in range(first, len(sent_at)):
            # The rate allows one text more than this time has room for. A send may be late by 0.3 seconds.
            available = (sent_at[last] - begin).total_seconds() + 0.3
            assert (last - first) * segments <= rate * available
    begun = [begins for begins, _, _ in world.permits.reserved]
    elapsed = (begun[-1] - begun[0]).total_seconds()
    assert (len(begun) - 1) * segments / elapsed >= rate * minimum_use, "the number is not idle"


def test_given_a_busy_campaign_when_sent_then_a_text_takes_four_calls() -> None:
    # Of the texts of a block, one more call reads the opt-outs and one the status of the campaign.
    texts, blocks = 500, 50
    world = planned_campaign(texts, messages_per_second=40, recipients_per_item=50)
    concurrent_senders = ConcurrentSenders(world, 10, seed=0)
    world.steps.taken = 0
    concurrent_senders.run()
    assert world.texted() == numbers(texts)
    assert world.steps.taken <= 4.05 * texts + 2 * blocks


@pytest.mark.parametrize("seed", range(5))
def test_given_every_work_item_twice_when_senders_are_concurrent_then_none_twice(
    seed: int,
) -> None:
    world = planned_campaign(40, messages_per_second=40, recipients_per_item=10)
    world.dispatch.waiting *= 2
    random.Random(seed).shuffle(world.dispatch.waiting)
    concurrent_senders = ConcurrentSenders(world, 6, seed)
    concurrent_senders.run()
    assert world.texted() == numbers(40)
    assert_all_settled(world)

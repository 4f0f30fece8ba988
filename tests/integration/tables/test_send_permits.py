"""Tests permits, announcements and the leases of outbox workers."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import boto3
import pytest

from shift_sms_runtime.messaging.permits import Announcement, Permit, Priority, Reservation
from shift_sms_runtime.tables.send_permits import DynamoSendPermits
from tests.support.clock import NOON, Clock
from tests.support.crash_points import Steps, stepwise
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.store_pairs import Stores

SECOND = timedelta(seconds=1)
FAR = NOON + timedelta(days=365)
REPLY, NOTICE, CAMPAIGN = (Reservation(priority, SECOND, FAR) for priority in Priority)
IMMEDIATE = replace(REPLY, latest=NOON + SECOND, immediate=True)


def after(seconds: float) -> Permit:
    """Returns the permit of a span that begins some seconds after noon."""
    return Permit(NOON + seconds * SECOND)


def test_given_reservations_when_made_then_their_spans_follow_each_other(stores: Stores) -> None:
    requests = (CAMPAIGN, NOTICE, REPLY, replace(CAMPAIGN, span=3 * SECOND), CAMPAIGN)
    assert [stores.permits.reserve(one) for one in requests] == [*map(after, (0, 1, 2, 3, 6))]


@pytest.mark.parametrize("request_", [REPLY, NOTICE, CAMPAIGN, replace(IMMEDIATE, latest=FAR)])
@pytest.mark.parametrize(("idle", "begins"), [(0, 1), (0.05, 1), (0.051, 1.051), (1, 2), (86400, 86401)])
def test_given_an_idle_number_when_reserved_then_the_span_begins_now(
    stores: Stores, request_: Reservation, idle: float, begins: float
) -> None:
    stores.permits.reserve(request_)
    stores.clock.pass_time(seconds=1 + idle)
    assert stores.permits.reserve(request_) == after(begins)
    assert stores.permits.reserve(request_) == after(begins + 1)


@pytest.mark.parametrize("request_", [REPLY, NOTICE, CAMPAIGN, IMMEDIATE])
def test_given_a_busy_number_when_reserved_too_late_then_it_says_when_it_is_free(
    stores: Stores, request_: Reservation
) -> None:
    stores.permits.reserve(replace(REPLY, span=5 * SECOND))
    for _ in range(2):
        refused = stores.permits.reserve(replace(request_, latest=NOON + 4.9 * SECOND))
        assert refused == replace(after(5), reserved=False)
    assert stores.permits.reserve(replace(request_, latest=NOON + 5 * SECOND)) == after(5)


@pytest.mark.parametrize(
    ("waiting", "yielding"),
    [
        (Priority.REPLY, (IMMEDIATE, NOTICE, CAMPAIGN)),
        (Priority.NOTICE, (CAMPAIGN,)),
        (Priority.CAMPAIGN, ()),
    ],
)
def test_given_a_waiting_text_when_reserved_then_later_texts_of_others_yield(
    stores: Stores, waiting: Priority, yielding: tuple[Reservation, ...]
) -> None:
    for request_ in (IMMEDIATE, REPLY, NOTICE, CAMPAIGN):
        stores.permits.announce(waiting, stores.clock() + SECOND)
        now = Permit(stores.clock())
        request_at = replace(request_, latest=now.begins + SECOND)
        if request_ in yielding:
            assert stores.permits.reserve(request_at) == replace(now, reserved=False, yields=True)
            stores.clock.pass_time(seconds=1)
            request_at, now = replace(request_, latest=stores.clock() + SECOND), Permit(stores.clock())
        assert stores.permits.reserve(request_at) == now
        stores.clock.pass_time(seconds=2)


def test_given_feedback_when_reserved_then_all_see_the_sum_and_refusals_add_none(stores: Stores) -> None:
    first = stores.permits.reserve(replace(CAMPAIGN, slow_down=5))
    assert first.slow_down == 5
    assert stores.permits.reserve(CAMPAIGN).slow_down == 5
    refused = stores.permits.reserve(replace(CAMPAIGN, slow_down=5, latest=NOON))
    assert (refused.reserved, refused.slow_down) == (False, 5)
    assert stores.permits.reserve(replace(CAMPAIGN, slow_down=-2)).slow_down == 3


def test_given_an_announcement_when_reserved_then_both_are_written_or_none(stores: Stores) -> None:
    announcement = Announcement({Priority.REPLY: NOON + SECOND}, 3, NOON + 10 * SECOND)
    refused = stores.permits.reserve(replace(REPLY, span=5 * SECOND))
    assert refused.running_workers == frozenset()
    refused = stores.permits.reserve(replace(REPLY, latest=NOON, announcement=announcement))
    assert (refused.reserved, refused.running_workers) == (False, frozenset())
    assert stores.permits.reserve(replace(REPLY, announcement=announcement)).running_workers == {3}
    assert stores.permits.reserve(CAMPAIGN).yields
    cleared = replace(announcement, waits_until={Priority.REPLY: NOON})
    stores.permits.reserve(replace(REPLY, announcement=cleared))
    assert stores.permits.reserve(CAMPAIGN).reserved


def test_given_worker_leases_when_taken_kept_and_ended_then_all_see_the_running(stores: Stores) -> None:
    permits, until = stores.permits, NOON + 10 * SECOND
    assert permits.announce(Priority.REPLY, NOON) == frozenset()
    assert permits.take_worker(0, "a", until)
    assert permits.take_worker(0, "a", until), "a retry recognizes its own lease"
    assert not permits.take_worker(0, "b", until)
    assert permits.take_worker(12, "b", until)
    assert permits.announce(Priority.NOTICE, NOON) == {0, 12}
    stores.clock.pass_time(seconds=9)
    assert permits.keep_worker(12, NOON + 19 * SECOND) == {0, 12}
    stores.clock.pass_time(seconds=1)
    assert permits.announce(Priority.REPLY, NOON) == {12}
    assert permits.take_worker(0, "c", NOON + 20 * SECOND), "the lease has expired"
    assert not permits.take_worker(12, "c", NOON + 20 * SECOND)
    permits.end_worker(12)
    assert permits.reserve(REPLY).running_workers == {0}
    assert permits.take_worker(12, "c", NOON + 20 * SECOND)


def test_given_a_retry_pause_when_begun_again_then_only_its_own_retry_is_granted(stores: Stores) -> None:
    permits, until = stores.permits, NOON + 28 * SECOND
    assert permits.begin_retry_pause(until)
    assert permits.begin_retry_pause(until), "the SDK retries a lost request"
    assert not permits.begin_retry_pause(until + SECOND)
    assert permits.announce(Priority.REPLY, NOON) == frozenset(), "no worker runs during the pause"
    stores.clock.pass_time(seconds=28)
    assert permits.begin_retry_pause(until + 30 * SECOND)


def test_given_two_numbers_when_reserved_then_neither_waits_for_the_other(system: FunctionsOnMoto) -> None:
    client, clock = boto3.client("dynamodb"), Clock()
    for number in ("one", "two"):
        assert DynamoSendPermits(client, "SendPermits", number, clock).reserve(REPLY) == after(0)


@pytest.mark.parametrize("request_", [REPLY, replace(IMMEDIATE, latest=FAR)])
@pytest.mark.parametrize("idle", [None, 0, 1, 86400])
def test_given_other_reservations_at_any_step_when_reserved_then_no_spans_overlap(
    system: FunctionsOnMoto, request_: Reservation, idle: int | None
) -> None:
    for number, (step, later) in enumerate(itertools.product((1, 2, 3), (False, True))):
        steps, clock = Steps(), Clock()
        client = stepwise(boto3.client("dynamodb"), steps)
        permits = DynamoSendPermits(client, "SendPermits", f"number-{number}", clock)
        if idle is not None:
            permits.reserve(REPLY)
            clock.pass_time(seconds=1 + idle)
        begun: list[datetime] = []
        steps.once(
            step,
            lambda permits=permits, begun=begun: begun.append(permits.reserve(request_).begins),  # type: ignore[misc]
            after=later,
        )
        begun += [permits.reserve(request_).begins for _ in range(3)]
        begun.sort()
        assert begun[0] == clock()
        assert [later - earlier for earlier, later in pairwise(begun)] == [SECOND] * (len(begun) - 1)


@pytest.mark.parametrize("request_", [CAMPAIGN, IMMEDIATE])
@pytest.mark.parametrize("idle", [0.0, 0.05, 1.0])
def test_given_an_earlier_reservation_when_reserved_then_one_write(
    system: FunctionsOnMoto, request_: Reservation, idle: float
) -> None:
    steps, clock = Steps(), Clock()
    permits = DynamoSendPermits(stepwise(boto3.client("dynamodb"), steps), "SendPermits", "number", clock)
    permits.reserve(REPLY)
    clock.pass_time(seconds=1 + idle)
    steps.taken = 0
    assert permits.reserve(request_).reserved
    assert steps.taken == 1


@pytest.mark.parametrize(
    ("request_", "idle", "writes"),
    [(CAMPAIGN, False, 1), (CAMPAIGN, True, 2), (IMMEDIATE, True, 1), (IMMEDIATE, False, 2)],
)
def test_given_a_first_reservation_when_made_then_the_likely_write_comes_first(
    system: FunctionsOnMoto, request_: Reservation, idle: bool, writes: int
) -> None:
    steps, clock = Steps(), Clock()
    if not idle:
        DynamoSendPermits(boto3.client("dynamodb"), "SendPermits", "number", clock).reserve(REPLY)
    permits = DynamoSendPermits(stepwise(boto3.client("dynamodb"), steps), "SendPermits", "number", clock)
    assert permits.reserve(request_).reserved
    assert steps.taken == writes


def test_given_slow_attempts_when_the_number_is_idle_then_a_text_is_sent_at_once(
    system: FunctionsOnMoto,
) -> None:
    steps, clock = Steps(), Clock()
    other = DynamoSendPermits(boto3.client("dynamodb"), "SendPermits", "number", clock)
    permits = DynamoSendPermits(stepwise(boto3.client("dynamodb"), steps), "SendPermits", "number", clock)

    def reserve_elsewhere_slowly() -> None:
        other.reserve(replace(REPLY, span=SECOND / 10))
        clock.pass_time(seconds=2)

    steps.once(1, reserve_elsewhere_slowly)
    assert permits.reserve(IMMEDIATE).reserved


def test_given_texts_twice_a_second_when_reserved_then_each_takes_one_write(
    system: FunctionsOnMoto,
) -> None:
    steps, clock = Steps(), Clock()
    permits = DynamoSendPermits(stepwise(boto3.client("dynamodb"), steps), "SendPermits", "number", clock)
    immediate = replace(IMMEDIATE, span=SECOND / 100)
    permits.reserve(immediate)
    steps.taken = 0
    for texts in range(1, 4):
        clock.pass_time(seconds=0.5)
        assert permits.reserve(immediate).reserved
        assert steps.taken == texts

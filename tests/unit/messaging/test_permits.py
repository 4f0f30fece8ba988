"""Tests what one rate limiter reserves, reports and writes."""

from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.ledger import ReplyKey, SendClaim
from shift_sms_runtime.messaging.outgoing_text import NotSent, OutgoingText, SendResult, Sent
from shift_sms_runtime.messaging.permits import Announcement, Permit, Priority, Reservation
from shift_sms_runtime.messaging.rate_limiter import MAX_SLOW_DOWN, PermitTooLate, RateLimiter
from shift_sms_runtime.messaging.send_once import NumberBusy, SendOnce
from tests.support.campaign_world import OUR_NUMBER
from tests.support.clock import NOON, Clock, Deadline
from tests.support.dialogues.dialogue import ANN
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.phones import MemoryPhones
from tests.support.memory.send_permits import MemorySendPermits
from tests.support.send_results import THROTTLED

SECOND = timedelta(seconds=1)
KEY = ReplyKey(ANN, "m")


class Sender:
    """One sender of a number, by default with ten parts per second."""

    def __init__(
        self,
        priority: Priority = Priority.REPLY,
        *,
        permits: MemorySendPermits | None = None,
        messages_per_second: float = 10,
    ) -> None:
        self.clock = Clock()
        self.permits = permits or MemorySendPermits(self.clock)
        self.announcement = Announcement()
        self.limiter = RateLimiter(
            self.permits,
            self.clock,
            priority=priority,
            messages_per_second=messages_per_second,
            announcement=lambda: self.announcement,
        )
        self.deadline = Deadline(self.clock, 60)
        self.ledger, self.phones = MemoryConversations(), MemoryPhones()
        self.send_once = SendOnce(
            self.ledger, self.phones, self.clock, limiter=self.limiter, max_retry_seconds=12
        )

    def occupy(self, seconds: float) -> None:
        """Reserves time of the number for others."""
        self.permits.reserve(Reservation(Priority.REPLY, seconds * SECOND, NOON))

    def send(self, results: list[SendResult]) -> str:
        """Sends one text; returns its status."""
        self.phones.results = results
        return self.send_once.send(KEY, OutgoingText(ANN, OUR_NUMBER, "x"), self.deadline).status


@pytest.mark.parametrize(
    ("occupied", "sent"), [(0, True), (0.5, True), (1, True), (1.01, False), (30, False)]
)
def test_given_a_busy_number_when_tried_now_then_it_waits_a_second_at_most(
    occupied: float, sent: bool
) -> None:
    sender = Sender()
    sender.occupy(occupied)
    assert sender.limiter.try_now(1, sender.deadline) is sent
    assert sender.clock() == NOON + (occupied if sent else 0) * SECOND
    assert len(sender.permits.reserved) == 1 + sent


def test_given_an_older_reply_when_tried_now_then_nothing_is_reserved() -> None:
    sender = Sender()
    sender.permits.announce(Priority.REPLY, NOON + SECOND)
    assert not sender.limiter.try_now(1, sender.deadline)
    assert sender.permits.reserved == []


@pytest.mark.parametrize(("seconds_left", "sent"), [(7.9, False), (8, True), (8.4, False), (8.6, True)])
def test_given_little_time_when_tried_now_then_a_permit_begins_in_time_or_never(
    seconds_left: float, sent: bool
) -> None:
    sender = Sender()
    if seconds_left > 8:
        sender.occupy(0.5)
    assert sender.limiter.try_now(1, Deadline(sender.clock, seconds_left)) is sent


@pytest.mark.parametrize("priority", Priority)
def test_given_a_permit_after_the_invocation_when_waited_for_then_it_says_when(priority: Priority) -> None:
    sender = Sender(priority)
    sender.occupy(53)
    with pytest.raises(PermitTooLate) as too_late:
        sender.limiter.wait(sender.deadline, 1)
    assert too_late.value.free_at == NOON + 53 * SECOND
    assert sender.clock() == NOON


def test_given_throttled_texts_when_sent_again_then_each_attempt_has_a_permit() -> None:
    sender = Sender()
    sender.limiter.wait(sender.deadline, 1)
    assert sender.send([THROTTLED, THROTTLED, Sent("sms-1")]) == "sent"
    assert len(sender.permits.reserved) == 3
    sender.limiter.wait(sender.deadline, 1)
    assert sender.permits.slow_down == 5 + 5 - 1
    lengths = [end - begins for begins, end, _ in sender.permits.reserved]
    assert lengths[0] == 0.1 * SECOND < lengths[2]


def test_given_no_connection_when_sent_again_then_the_number_is_not_slowed_down() -> None:
    sender = Sender()
    assert sender.send([NotSent("ConnectTimeoutError", transient=True), Sent("sms-1")]) == "sent"
    sender.limiter.wait(sender.deadline, 1)
    assert sender.permits.slow_down == 0


def test_given_no_permit_for_another_attempt_when_throttled_then_the_claim_ends() -> None:
    sender = Sender()
    sender.occupy(15)
    with pytest.raises(NumberBusy):
        sender.send([THROTTLED])
    lease_until = sender.clock() + SECOND
    claim = sender.ledger.claim(KEY, token="another", now=sender.clock(), lease_until=lease_until)
    assert claim is SendClaim.GRANTED
    assert sender.clock() <= NOON + 12 * SECOND
    assert sender.phones.attempts == 1


def test_given_many_senders_when_results_come_at_once_then_slow_down_has_limits() -> None:
    first = Sender()
    senders = [first, *(Sender(permits=first.permits) for _ in range(30))]
    for record, limit in (
        (RateLimiter.record_throttled, MAX_SLOW_DOWN),
        (RateLimiter.record_accepted, 0),
        (RateLimiter.record_throttled, MAX_SLOW_DOWN),
    ):
        for _ in range(40):
            for sender in senders:
                for _ in range(5):
                    record(sender.limiter)
            for sender in senders:
                sender.limiter.wait(Deadline(sender.clock, 1e6), 1)
        for _ in range(2):
            for sender in senders:
                sender.limiter.wait(Deadline(sender.clock, 1e6), 1)
        assert first.permits.slow_down == limit


def test_given_threads_of_one_sender_when_they_reserve_then_results_count_once() -> None:
    sender = Sender()
    reserve = sender.permits.reserve

    def reserve_twice(reservation: Reservation) -> Permit:
        sender.permits.reserve = reserve  # type: ignore[method-assign]
        sender.limiter.try_now(1, sender.deadline)
        return reserve(reservation)

    sender.limiter.record_throttled()
    sender.permits.reserve = reserve_twice  # type: ignore[assignment, method-assign]
    sender.limiter.wait(sender.deadline, 1)
    assert (len(sender.permits.reserved), sender.permits.slow_down) == (2, 5)
    sender.limiter.wait(sender.deadline, 1)
    assert sender.permits.slow_down == 5


def test_given_a_refused_reservation_when_made_again_then_results_are_not_lost() -> None:
    sender = Sender()
    sender.limiter.record_throttled()
    sender.permits.announce(Priority.REPLY, NOON + SECOND)
    assert not sender.limiter.try_now(1, sender.deadline)
    assert sender.permits.slow_down == 0
    sender.limiter.wait(sender.deadline, 1)
    assert sender.permits.slow_down == 5


def test_given_a_worker_when_it_reserves_then_its_announcement_is_written() -> None:
    sender = Sender()
    sender.announcement = Announcement({Priority.NOTICE: NOON + SECOND}, 2, NOON + 10 * SECOND)
    sender.limiter.wait(sender.deadline, 1)
    assert sender.limiter.running_workers == {2}
    campaign = Reservation(Priority.CAMPAIGN, SECOND, NOON + SECOND)
    assert sender.permits.reserve(campaign).yields


def test_given_a_fast_number_when_a_campaign_sends_then_one_write_for_two_texts() -> None:
    sender = Sender(Priority.CAMPAIGN, messages_per_second=500)
    for _ in range(4):
        sender.limiter.wait(sender.deadline, 1)
    assert [end - begins for begins, end, _ in sender.permits.reserved] == 2 * [timedelta(milliseconds=4)]


@pytest.mark.parametrize(("seconds", "parts"), [(11, 1), (1, 2)])
def test_given_the_rest_of_a_span_when_old_or_too_short_then_another_is_reserved(
    seconds: float, parts: int
) -> None:
    sender = Sender(Priority.CAMPAIGN, messages_per_second=500)
    sender.limiter.wait(sender.deadline, 1)
    sender.clock.pass_time(seconds=seconds)
    sender.limiter.wait(sender.deadline, parts)
    assert len(sender.permits.reserved) == 2


def test_given_the_rest_of_a_span_when_no_time_is_left_then_too_late() -> None:
    sender = Sender(Priority.CAMPAIGN, messages_per_second=500)
    sender.limiter.wait(sender.deadline, 1)
    with pytest.raises(PermitTooLate):
        sender.limiter.wait(Deadline(sender.clock, 1), 1)


@pytest.mark.parametrize("priority", [Priority.REPLY, Priority.NOTICE])
def test_given_a_fast_number_when_another_text_is_sent_then_its_span_is_its_own(priority: Priority) -> None:
    sender = Sender(priority, messages_per_second=500)
    sender.limiter.wait(sender.deadline, 1)
    assert [end - begins for begins, end, _ in sender.permits.reserved] == [timedelta(milliseconds=2)]

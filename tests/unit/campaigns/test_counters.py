"""Tests the amounts that status changes add to the counters of a campaign."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, Counter, delivery_delta, reply_deltas
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.messaging.ledger import StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.clock import NOON, seconds_after_noon
from tests.support.memory.campaign_counters import MemoryCampaignCounters

FINAL = [status for status in DeliveryStatus if status.final]
STATUSES = list(DeliveryStatus)


@given(
    st.lists(st.sampled_from(STATUSES), min_size=2, max_size=12),
    st.integers(1, 5),
)
def test_given_recipients_that_change_status_when_counted_then_only_the_last_counts(
    path: list[DeliveryStatus], recipients: int
) -> None:
    counters = MemoryCampaignCounters()
    for before, after in zip([DeliveryStatus.QUEUED, *path], path, strict=False):
        counters.add(delivery_delta("c", StatusChange(before, after, NOON), recipients=recipients))
    summary = summarize(counters.rows("c"))
    nonzero = {counter.value: summary[counter] for counter in STATUS_COUNTERS if summary[counter]}
    assert nonzero == ({Counter.of(path[-1]).value: recipients} if path[-1].final else {})


@pytest.mark.parametrize("status", FINAL)
def test_given_a_final_status_when_its_counter_is_read_then_it_has_the_same_name(
    status: DeliveryStatus,
) -> None:
    assert Counter.of(status).value == status.value.replace("-", "_")
    assert Counter.of(status) in STATUS_COUNTERS


@pytest.mark.parametrize(
    ("before", "after", "segments", "is_send"),
    [
        (DeliveryStatus.SENDING, DeliveryStatus.SENT, 1, True),
        (DeliveryStatus.SENDING, DeliveryStatus.DELIVERED, 1, True),
        (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN, 0, True),
        (DeliveryStatus.SENDING, DeliveryStatus.OPTED_OUT, 0, False),
        (DeliveryStatus.QUEUED, DeliveryStatus.STOPPED, 0, False),
        (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, 0, False),
        (DeliveryStatus.UNKNOWN, DeliveryStatus.DELIVERED, 1, False),
    ],
)
def test_given_a_status_change_when_counted_then_only_a_send_has_a_send_time(
    before: DeliveryStatus, after: DeliveryStatus, segments: int, is_send: bool
) -> None:
    delta = delivery_delta("c", StatusChange(before, after, NOON), segments=segments)
    assert delta.sent_at == (NOON if is_send else None)


def test_given_texts_when_carried_out_then_replies_and_bookings_are_counted() -> None:
    counters = MemoryCampaignCounters()
    for minutes, (campaign_id, bookings) in enumerate([("c", 2), ("c", 1), ("c", 0), (None, 1)]):
        for delta in reply_deltas(campaign_id, at=NOON + timedelta(minutes=minutes), bookings=bookings):
            counters.add(delta)
    summary = summarize(counters.rows("c"))
    assert (summary["replies"], summary["bookings"], summary["seats_filled"]) == (3, 3, 3)
    assert (summary["first_booking_at"], summary["last_booking_at"]) == (
        seconds_after_noon(0),
        seconds_after_noon(60),
    )

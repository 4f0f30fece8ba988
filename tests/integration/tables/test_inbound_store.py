"""Tests the reads and writes of an inbound text."""

from dataclasses import replace
from typing import Any

import pytest

from shift_sms_runtime.bookings.booking import BookingOutcome, BookingStatus, book, drop
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.ledger import ReplyKey, SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.store_operations import LEASE, NOW, carry_out, inbound_text, queued, read_context
from tests.support.store_pairs import Stores


def test_given_one_seat_when_two_employees_book_then_only_the_first_has_it(stores: Stores) -> None:
    stores.put_shift("A1", "early", starts_at="2026-08-02T06:00:00Z", ends_at="2026-08-02T14:00:00Z")
    context_before = read_context(stores, "m2", BOB, "A1")
    assert carry_out(stores, book, "A1", "A2") == (BookingOutcome.BOOKED, BookingOutcome.UNKNOWN)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A1", sender=BOB, message_id="m2", context=context_before)
    assert carry_out(stores, book, "A1", sender=BOB, message_id="m2") == (BookingOutcome.TAKEN,)
    after = read_context(stores, "m", ANN, "A1")
    key = ReplyKey(ANN, "m", bookings=1, has_effect=True)
    assert after.reply == Reply("the reply", key, {"A1": BookingStatus.BOOKED})
    assert after.shifts["A1"].holders == {ANN: NOW}
    (booking,) = after.bookings.by_shift.values()
    assert (booking.shift_id, booking.booked_at) == ("A1", NOW)
    assert booking.span == after.shifts["A1"].span
    assert read_context(stores, "m2", BOB, "A1").reply is None
    assert stores.shifts.existing(["A1", "A2"]) == ["A1"]


@pytest.mark.parametrize(
    "change",
    [
        {"shift_status": "cancelled"},
        {"seats": 3},
        {"employee": BOB, "shift_status": "taken"},
        {"starts_at": "2026-08-03T06:00:00Z"},
        {"respond_by": "2026-08-01T11:00:00Z"},
    ],
)
def test_given_an_edit_by_hand_when_an_employee_books_meanwhile_then_no_booking(
    stores: Stores, change: dict[str, Any]
) -> None:
    stores.put_shift("A1", "early")
    before = read_context(stores, "m", ANN, "A1")
    stores.edit_shift("A1", **change)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A1", context=before)
    assert read_context(stores, "m", ANN, "A1").reply is None
    assert read_context(stores, "m", ANN, "A1").bookings == EmployeeBookings()


def test_given_two_texts_of_one_employee_when_both_book_then_the_second_sees_it(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "", starts_at="2026-08-02T06:00:00Z", ends_at="2026-08-02T14:00:00Z")
    stores.put_shift("A2", "", starts_at="2026-08-02T10:00:00Z", ends_at="2026-08-02T18:00:00Z")
    first, second = read_context(stores, "m1", ANN, "A1"), read_context(stores, "m2", ANN, "A2")
    assert carry_out(stores, book, "A1", message_id="m1", context=first) == (BookingOutcome.BOOKED,)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A2", message_id="m2", context=second)
    assert carry_out(stores, book, "A2", message_id="m2") == (BookingOutcome.OVERLAP,)


def test_given_a_text_delivered_twice_at_once_when_both_write_then_one_effect(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "", seats=2)
    assert carry_out(stores, book, "A1", message_id="m") == (BookingOutcome.BOOKED,)
    again = read_context(stores, "m", ANN, "A1")
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, drop, "A1", message_id="m", context=again)
    assert read_context(stores, "m", ANN, "A1").shifts["A1"].holders == {ANN: NOW}


def test_given_a_text_with_an_effect_when_another_delivery_claims_then_it_is_busy(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    assert carry_out(stores, book, "A1", message_id="m") == (BookingOutcome.BOOKED,)
    context = read_context(stores, "m", ANN, "A1")
    assert context.reply is not None
    assert context.reply.statuses == {"A1": BookingStatus.BOOKED}
    without_effect, with_effect = ReplyKey(ANN, "m"), ReplyKey(ANN, "m", has_effect=True)
    assert stores.replies.claim(without_effect, token="t", now=NOW, lease_until=LEASE) is SendClaim.BUSY
    assert stores.replies.claim(with_effect, token="u", now=NOW, lease_until=LEASE) is SendClaim.GRANTED


@pytest.mark.parametrize("status", [None, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN])
def test_given_a_claimed_reply_when_another_delivery_writes_then_changed_meanwhile(
    stores: Stores, status: DeliveryStatus | None
) -> None:
    stores.put_shift("A1", "")
    key = ReplyKey(ANN, "m")
    stores.replies.claim(key, token="t", now=NOW, lease_until=LEASE)
    if status is not None:
        stores.replies.settle(key, status, token="t", now=NOW)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A1", message_id="m")
    assert read_context(stores, "n", ANN, "A1").shifts["A1"].holders == {}


def test_given_a_released_claim_when_the_text_is_redelivered_then_it_may_write(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    key = ReplyKey(ANN, "m")
    stores.replies.claim(key, token="t", now=NOW, lease_until=LEASE)
    stores.replies.settle(key, DeliveryStatus.QUEUED, token="t", now=NOW, reason="ThrottlingException")
    assert carry_out(stores, book, "A1", message_id="m") == (BookingOutcome.BOOKED,)


def test_given_a_status_removed_by_hand_when_the_shift_is_dropped_then_it_is_free(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    carry_out(stores, book, "A1", message_id="m")
    stores.edit_shift("A1", shift_status=None)
    assert carry_out(stores, drop, "A1", message_id="n") == (BookingOutcome.DROPPED,)
    assert read_context(stores, "o", ANN, "A1").shifts["A1"].holders == {}


def test_given_stored_entries_when_a_text_is_read_then_the_context_has_them(stores: Stores) -> None:
    text = inbound_text("m", ANN)
    assert read_context(stores, "m", ANN) == InboundContext(text, Employee(ANN), NOW)
    for campaign_id in ("earlier", "c"):
        stores.deliveries.add(campaign_id, queued(ANN), requeue_stopped=False, now=NOW)
        stores.sends.claim(Delivery(campaign_id, ANN, 1), token="t", now=NOW, lease_until=LEASE)
    stores.replies.claim(ReplyKey(ANN, "m"), token="t", now=NOW, lease_until=LEASE)
    position = ListingPosition("m", None, "A7")
    context = read_context(stores, "m", ANN)
    stores.inbound.write(context, None, Reply("list", context.reply_key, listing=position))
    assert read_context(stores, "m", ANN) == InboundContext(
        text,
        Employee(ANN),
        NOW,
        reply_status=DeliveryStatus.SENDING,
        listing=position,
        campaign_id="c",
    )
    assert read_context(stores, "another", BOB) == InboundContext(
        inbound_text("another", BOB), Employee(BOB), NOW
    )


def test_given_a_context_when_reloaded_with_shifts_then_all_of_it_is_read_again(stores: Stores) -> None:
    for shift_id in ("A1", "Early-7"):
        stores.put_shift(shift_id, "")
    before = replace(read_context(stores, "m", ANN, "A1"), ids_looked_up=("A1", "Early-7"))
    assert carry_out(stores, book, "A1", message_id="n") == (BookingOutcome.BOOKED,)
    after = stores.inbound.reload(before, ["Early-7", "gone"])
    assert list(after.bookings.by_shift) == ["A1"]
    assert after.shifts["A1"].holders == {ANN: NOW}
    assert set(after.shifts) == {"A1", "Early-7"}
    assert (after.ids_read, after.ids_looked_up) == (
        ("A1", "Early-7", "gone"),
        before.ids_looked_up,
    )

"""Tests the reads and writes of an inbound text."""

from dataclasses import replace
from typing import Any

import pytest

from shift_sms_runtime.bookings.booking import (
    BookingAction,
    BookingOutcome,
    BookingStatus,
    book,
    drop,
    join_waiting_list,
)
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.messaging.hourly_limit import RecentTexts
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.shift_lists.list_filter import ListFilter
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.store_operations import (
    LEASE,
    NOW,
    carry_out,
    inbound_text,
    keep_for_operator,
    queued,
    read_context,
)
from tests.support.store_pairs import Stores, dynamo_stores

FRIDAY = ListFilter(ShiftFilter(DaysWanted.FRIDAY), NOW)

HARBOR = ListFilter(ShiftFilter(None, ("harbor",)), NOW)


def test_given_one_seat_when_two_employees_book_then_only_the_first_has_it(stores: Stores) -> None:
    stores.put_shift("A1", "early", starts_at="2026-08-02T06:00:00Z", ends_at="2026-08-02T14:00:00Z")
    context_before = read_context(stores, "m2", BOB, "A1")
    assert carry_out(stores, book, "A1", "A2") == (BookingOutcome.BOOKED, BookingOutcome.UNKNOWN)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A1", sender=BOB, message_id="m2", context=context_before)
    assert carry_out(stores, book, "A1", sender=BOB, message_id="m2") == (BookingOutcome.TAKEN,)
    after = read_context(stores, "m", ANN, "A1")
    assert after.reply_status is DeliveryStatus.QUEUED
    assert after.shifts["A1"].holders == {ANN: NOW}
    (booking,) = after.bookings.by_shift.values()
    assert (booking.shift_id, booking.booked_at) == ("A1", NOW)
    assert booking.span == after.shifts["A1"].span
    assert set(waiting_replies(stores)) == {"m"}
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
    after = read_context(stores, "m", ANN, "A1")
    assert (after.reply_status, after.bookings) == (None, EmployeeBookings())
    assert waiting_replies(stores) == []
    assert after.recent_texts.texts == 0


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


@pytest.mark.parametrize("status", [*DeliveryStatus])
def test_given_a_decided_text_when_another_delivery_writes_then_changed_meanwhile(
    stores: Stores, status: DeliveryStatus
) -> None:
    stores.put_shift("A1", "")
    undecided = read_context(stores, "m", ANN, "A1")
    stores.inbound.write(undecided, undecided.reply_with("Taken"))
    if status is not DeliveryStatus.QUEUED:
        key = undecided.outbox_text.key
        stores.replies.claim(key, token="t", now=NOW, lease_until=LEASE)
        if status.final:
            stores.replies.settle(key, status, token="t", now=NOW)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A1", message_id="m", context=undecided)
    with pytest.raises(ChangedMeanwhile):
        stores.inbound.write(undecided, undecided.reply_with("Taken"))
    after = read_context(stores, "m", ANN, "A1")
    assert (after.reply_status, after.shifts["A1"].holders) == (status, {})
    assert after.recent_texts.texts == 1, "a text is counted once"


def test_given_a_text_kept_for_an_operator_when_written_then_the_inbox_has_it(stores: Stores) -> None:
    keep_for_operator(stores, "m")
    with pytest.raises(ChangedMeanwhile):
        keep_for_operator(stores, "m")
    assert stores.inbox_texts() == {"m": "where is the key"}
    assert waiting_replies(stores) == ["m"]


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
    position = ListingPosition("m", None, "A7")
    context = read_context(stores, "m", ANN)
    stores.inbound.write(context, Reply("list", listing=position))
    assert read_context(stores, "m", ANN) == InboundContext(
        text,
        Employee(ANN),
        NOW,
        reply_status=DeliveryStatus.QUEUED,
        listing=position,
        campaign_id="c",
        recent_texts=RecentTexts(1, context.counted.digest, 1),
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


def test_given_a_reply_in_the_outbox_when_read_then_with_the_rows_it_depends_on(stores: Stores) -> None:
    stores.put_shift("A1", "")
    stores.put_shift("A2", "")
    assert carry_out(stores, book, "A1", message_id="m") == (BookingOutcome.BOOKED,)
    assert carry_out(stores, book, "A2", message_id="n") == (BookingOutcome.BOOKED,)
    stores.edit_shift("A1", shift_status="cancelled")
    (text, _) = stores.outbox.oldest(Priority.REPLY, 10)
    waiting = stores.waiting_replies.read_reply(text)
    assert waiting is not None
    assert waiting.reply == Reply("the reply", statuses={"A1": BookingStatus.BOOKED})
    assert {shift_id: shift.status for shift_id, shift in waiting.context.shifts.items()} == {
        "A1": "cancelled"
    }
    assert waiting.context.employee == Employee(ANN)
    assert set(waiting.context.bookings.by_shift) == {"A1", "A2"}
    assert stores.waiting_replies.read_reply(replace(text, reply_id="other")) is None


@pytest.mark.parametrize(
    "reply",
    [
        Reply("list", "A1", {}, ReplyView.OPEN_SHIFTS, ListingPosition("m", "A0", "A7")),
        Reply("last page", view=ReplyView.OPEN_SHIFTS, listing=ListingPosition("m", "A0", None)),
        Reply("info", "A1", {"A1": BookingStatus.FREE, "A2": BookingStatus.NONE}, ReplyView.SHIFTS),
        Reply("mine", view=ReplyView.OWN_SHIFTS),
        Reply(
            "mine",
            view=ReplyView.OWN_SHIFTS,
            listing=ListingPosition("m", None, "1#9999#A0", own_shifts=True),
        ),
        Reply("friday", view=ReplyView.OPEN_SHIFTS, listing=ListingPosition("m", None, None, FRIDAY)),
        Reply("harbor", view=ReplyView.OPEN_SHIFTS, listing=ListingPosition("m", "A0", "A7", HARBOR)),
        Reply("stopped", confirms_opt_out=True),
    ],
)
def test_given_a_reply_of_any_view_when_written_then_it_is_read_as_written(
    stores: Stores, reply: Reply
) -> None:
    stores.put_shift("A1", "")
    carry_out(stores, book, "A1", message_id="earlier")
    context = read_context(stores, "m", ANN)
    stores.inbound.write(context, reply)
    text = context.outbox_text
    assert text in stores.outbox.oldest(Priority.REPLY, 10)
    waiting = stores.waiting_replies.read_reply(text)
    assert waiting is not None
    assert waiting.reply == reply
    shown = {"A1"} if "A1" in reply.statuses or reply.view is ReplyView.OWN_SHIFTS else set()
    assert set(waiting.context.shifts) == shown


@pytest.mark.parametrize(
    "position",
    [
        ListingPosition("m", None, "A7", FRIDAY),
        ListingPosition("m", "A0", None, HARBOR),
        ListingPosition("m", "1#A0", "2#A7", own_shifts=True),
    ],
)
def test_given_a_position_when_written_then_the_next_text_reads_it(
    stores: Stores, position: ListingPosition
) -> None:
    stores.inbound.write(read_context(stores, "m", ANN), Reply("list", listing=position))
    assert read_context(stores, "n", ANN).listing == position
    moved = replace(position, next_after="A9")
    stores.waiting_replies.move_listing(ANN, moved)
    assert read_context(stores, "n", ANN).listing == moved
    plain = ListingPosition("n", None, "A7")
    stores.inbound.write(read_context(stores, "n", ANN), Reply("list", listing=plain))
    assert read_context(stores, "o", ANN).listing == plain


def test_given_a_position_of_another_version_when_read_then_it_limits_what_it_can(
    system: FunctionsOnMoto,
) -> None:
    stores, table = dynamo_stores(system), system.dynamodb.Table("Conversations")
    row = {"phone_number": ANN, "entry": "LISTING", "listed_for": "m", "page_after": None, "next_after": "A7"}
    table.put_item(Item=row)
    assert read_context(stores, "n", ANN).listing == ListingPosition("m", None, "A7")
    unknown = {"days": "next-month", "words": ["harbor"], "asked_at": NOW.isoformat()}
    table.put_item(Item={**row, "limited_to": unknown})
    assert read_context(stores, "n", ANN).listing == ListingPosition("m", None, "A7", HARBOR)


def test_given_a_taken_shift_when_joined_then_the_bookings_know_it_with_the_place(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "", shift_status="taken", employee=BOB)
    before = read_context(stores, "m", ANN, "A1")
    assert carry_out(stores, join_waiting_list, "A1", context=before) == (BookingOutcome.WAITING,)
    after = read_context(stores, "n", ANN, "A1")
    assert (after.shifts["A1"].waiting, after.bookings.waiting) == ((ANN,), ("A1",))
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, join_waiting_list, "A1", message_id="o", context=replace(before, text=after.text))
    assert carry_out(stores, drop, "A1", message_id="p") == (BookingOutcome.LEFT_WAITING_LIST,)
    assert read_context(stores, "q", ANN).bookings.waiting == ()


def test_given_a_page_rendered_anew_when_a_later_one_was_listed_then_it_stays(stores: Stores) -> None:
    stores.waiting_replies.move_listing(ANN, ListingPosition("m", None, "A5"))
    assert read_context(stores, "n", ANN).listing == ListingPosition("m", None, "A5")
    stores.waiting_replies.move_listing(ANN, ListingPosition("m", None, "A6"))
    stores.waiting_replies.move_listing(ANN, ListingPosition("earlier", None, "A2"))
    assert read_context(stores, "n", ANN).listing == ListingPosition("m", None, "A6")


def waiting_replies(stores: Stores) -> list[str]:
    """Returns the ids of the replies in the outbox, the oldest first."""
    return [text.reply_id for text in stores.outbox.oldest(Priority.REPLY, 10)]


@pytest.mark.parametrize("removed", [{"only_opt_out": True}, None])
@pytest.mark.parametrize("action", [book, join_waiting_list])
def test_given_an_employee_who_is_removed_when_a_place_is_written_then_it_fails(
    stores: Stores, action: BookingAction, removed: dict[str, bool] | None
) -> None:
    holder = {} if action is book else {"shift_status": "taken", "employee": BOB}
    stores.put_shift("A1", "early", **holder)
    context = read_context(stores, "m", ANN, "A1")
    assert context.employee.on_roster
    if removed is None:
        stores.delete_employee(ANN)
    else:
        stores.put_employee(ANN, **removed)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, action, "A1", context=context)
    shift = stores.shifts.get("A1")
    assert shift is not None
    assert ANN not in shift.holders
    assert not shift.is_awaited_by(ANN)
    assert read_context(stores, "m", ANN).reply_status is None

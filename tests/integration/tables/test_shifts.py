"""Tests the Shifts table."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary

from shift_sms_runtime.bookings.booking import BookingOutcome, book, drop, join_waiting_list
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import ShiftStatus
from shift_sms_runtime.shifts.waiting_list import Offer
from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.store_operations import NOW, carry_out, read_context
from tests.support.store_pairs import Stores


def test_given_an_offer_when_it_is_extended_or_missed_then_it_is_recorded(stores: Stores) -> None:
    stores.put_shift("A1", "")
    carry_out(stores, book, "A1", message_id="m")
    carry_out(stores, join_waiting_list, "A1", sender=BOB, message_id="n")
    carry_out(stores, drop, "A1", message_id="o")
    shift = stores.shifts.get("A1")
    assert shift is not None
    later, duration = NOW + timedelta(minutes=5), BookingPolicy().offer_duration
    stores.shifts.save(shift.with_offer_extended(BOB, later, duration))
    extended = stores.shifts.get("A1")
    assert extended is not None
    assert extended.offers == {BOB: Offer(NOW, later + duration)}
    stores.shifts.save(extended.with_offers_missed(BOB))
    missed = stores.shifts.get("A1")
    assert missed is not None
    assert (missed.offers, missed.waiting) == ({}, (BOB,))


def test_given_a_shift_with_offers_and_waiting_list_when_read_then_it_is_as_written(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "early", seats=2, role="nurse", site="Ward 3", timezone="Europe/Berlin")
    for number, person in enumerate((ANN, BOB)):
        outcomes = carry_out(stores, book, "A1", sender=person, message_id=f"m{number}")
        assert outcomes == (BookingOutcome.WRONG_ROLE,)
    stores.edit_shift("A1", role="")
    for number, person in enumerate((ANN, BOB, EVE, GUS)):
        outcome = BookingOutcome.BOOKED if number < 2 else BookingOutcome.WAITING
        action = book if number < 2 else join_waiting_list
        assert carry_out(stores, action, "A1", sender=person, message_id=f"n{number}") == (outcome,)
    assert carry_out(stores, drop, "A1", sender=ANN, message_id="d") == (BookingOutcome.DROPPED,)
    shift = stores.shifts.get("A1")
    assert shift is not None
    assert (shift.holders, shift.waiting, shift.status) == ({BOB: NOW}, (GUS,), ShiftStatus.TAKEN)
    assert shift.offers == {EVE: Offer(NOW, NOW + BookingPolicy().offer_duration)}
    assert read_context(stores, "d", ANN, "A1").bookings == EmployeeBookings()
    assert (shift.site, str(shift.zone), shift.seats) == ("Ward 3", "Europe/Berlin", 2)


def test_given_a_reconciled_shift_when_saved_twice_then_the_second_write_fails(stores: Stores) -> None:
    stores.put_shift("A1", "", respond_by="2026-08-01T11:00:00Z")
    shift = stores.shifts.get("A1")
    assert shift is not None
    closed = shift.reconciled(NOW, BookingPolicy().offer_duration)
    assert closed.status == ShiftStatus.CLOSED
    stores.shifts.save(closed)
    with pytest.raises(ChangedMeanwhile):
        stores.shifts.save(closed)
    assert stores.shifts.get("A1") == closed
    assert stores.shifts.get("A2") is None


def test_given_more_shifts_than_one_page_when_read_then_all_come_in_order(stores: Stores) -> None:
    for number in range(250):
        stores.put_shift(f"A{number:03}", "x" * 50)
    carry_out(stores, book, "A000", "A200")
    assert [shift.shift_id for shift in stores.shifts.available(after=None)][:2] == ["A001", "A002"]
    assert [shift.shift_id for shift in stores.shifts.available(after="A198")][:2] == ["A199", "A201"]
    assert len(list(stores.shifts.available(after=None))) == 248
    assert len(set(stores.shifts.open_and_taken_ids())) == 250


@pytest.mark.parametrize(
    ("attributes", "line"),
    [
        ({}, "A1"),
        ({"shift_info": Decimal(5)}, "A1 5"),
        ({"shift_info": None}, "A1"),
        ({"shift_info": Binary(b"x")}, "A1"),
        ({"shift_info": {"a": "b"}}, "A1"),
        ({"shift_info": ["a"]}, "A1"),
        ({"shift_info": "a\nb  "}, "A1 a b"),
        ({"shift_info": "x", "employee": "", "claim_message_id": Decimal(1)}, "A1 x"),
    ],
)
def test_given_a_malformed_item_when_shifts_are_listed_then_the_list_is_complete(
    system: FunctionsOnMoto, attributes: Mapping[str, Any], line: str
) -> None:
    system.dynamodb.Table("Shifts").put_item(
        Item={"shift_id": "A1", "shift_status": "available", **attributes}
    )
    system.put_shift("A2", "fine")
    system.text(ANN, "REQUEST")
    system.text(BOB, "A1")
    assert system.network.inbox(ANN)[0].body == f"Reply a code to book:\n{line}\nA2 fine"
    assert system.network.inbox(BOB)[0].body.startswith("Booked: A1")

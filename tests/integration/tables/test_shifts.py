"""Tests the Shifts table."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary

from shift_sms_runtime.bookings.booking import BookingOutcome, book, drop, join_waiting_list, report_sick
from shift_sms_runtime.shift_lists.index_parts import IndexPart
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import ShiftStatus
from shift_sms_runtime.shifts.shift_item import EXPIRES_AT, INDEX_ATTRIBUTES
from shift_sms_runtime.shifts.waiting_list import Offer
from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.store_operations import NOW, carry_out, read_context
from tests.support.store_pairs import Stores, dynamo_stores


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


def test_given_a_sick_call_when_written_then_the_fill_plan_must_be_as_it_was_read(stores: Stores) -> None:
    stores.put_shift("A1", fill_by="2026-08-02T10:00Z", fill_status="exhausted")
    carry_out(stores, book, "A1")
    context = read_context(stores, "n", ANN, "A1")
    stores.edit_shift("A1", fill_order="random")
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, report_sick, "A1", message_id="n", context=context)
    assert carry_out(stores, report_sick, "A1", message_id="n") == (BookingOutcome.SICK,)
    shift = stores.shifts.get("A1")
    assert shift is not None
    assert shift.fill is not None
    assert (shift.fill.order, shift.fill.status, shift.fill.fill_by, shift.fill.urgent) == (
        FillOrder.RANDOM,
        FillStatus.RUNNING,
        datetime(2026, 8, 2, 10, tzinfo=UTC),
        True,
    )
    assert [*shift.sick_calls] == [ANN]


def test_given_open_shifts_when_listed_then_by_role_and_start_in_pages(stores: Stores) -> None:
    for number in range(9):
        stores.put_shift(
            f"A{number}", f"info {number}", starts_at=f"2026-08-{20 - number}T10:00+02:00", seats=2
        )
    stores.put_shift("B1", "later")
    stores.put_shift("C1", "", role="Nurse", starts_at="2026-08-15T10:00Z", site="Ward 3")
    stores.put_shift("D1", shift_status="taken")
    stores.put_shift("E1", starts_at="noon")
    carry_out(stores, book, "A8")
    stores.index_shifts()
    carry_out(stores, book, "A8", sender=BOB)
    first = stores.shifts.open_shifts("", IndexPart("2026-08-01"), most=3)
    assert [shift.shift_id for shift in first.shifts.values()] == ["A7", "A6", "A5"]
    assert max(first.shifts) == first.read_to == "2026-08-15T08:00:00Z##A5"
    rest = stores.shifts.open_shifts("", IndexPart(max(first.shifts)), most=20)
    assert [shift.shift_id for shift in rest.shifts.values()] == ["A4", "A3", "A2", "A1", "A0", "B1"]
    assert rest.read_to is None
    nurses = stores.shifts.open_shifts("nurse", IndexPart("2026-08-01"), most=20)
    ((position, shift),) = nurses.shifts.items()
    assert position == "2026-08-15T10:00:00Z#Ward 3#C1"
    # The index has only what a list shows.
    assert (shift.info, shift.role, shift.site, shift.free_seats) == ("", "Nurse", "Ward 3", 1)
    assert shift.is_open(NOW)


def test_given_a_part_of_the_index_when_read_then_it_alone_and_up_to_its_limit(stores: Stores) -> None:
    for day in range(10, 20):
        zone = {"timezone": "Europe/Berlin"} if day % 3 == 0 else {}
        stores.put_shift(f"A{day}", starts_at=f"2026-08-{day}T10:00:00Z", **zone)
    stores.put_shift("Z1", site="Airport")
    stores.put_shift("B1", site="Harbor")
    stores.put_shift("C1")
    stores.index_shifts()

    def read(after: str, before: str | None, most: int = 20, *, own_zone_only: bool = False) -> list[str]:
        part = IndexPart(after, before, own_zone_only)
        found = stores.shifts.open_shifts("", part, most=most)
        codes = [shift.shift_id for shift in found.shifts.values()]
        return codes if found.read_to is None else [*codes, found.read_to[:10]]

    assert read("2026-08-12T10:00:00Z", "2026-08-15T10:00:00Z") == ["A12", "A13", "A14"]
    assert read("2026-08-12T10:00:00Z##A12", "2026-08-15T10:00:00Z") == ["A13", "A14"]
    assert read("2026-08-12T10:00:00Z", "2026-08-15T10:00:00Z", 2) == ["A12", "A13", "2026-08-13"]
    assert read("2026-08-10", "2026-08-17", own_zone_only=True) == ["A12", "A15"]
    assert read("2026-08-10", "2026-08-17", 4, own_zone_only=True) == ["A12", "2026-08-13"]
    assert read("2026-08-13", "2026-08-17", 1, own_zone_only=True) == ["2026-08-13"]
    assert read("2026-08-20", "2026-08-21") == []
    # Shifts without a start are in the order of their codes, whatever their site.
    assert read("2026-08-19T10:00:00Z##A19", None) == ["B1", "C1", "Z1"]


def test_given_codes_when_read_then_in_order_on_both_sides(stores: Stores) -> None:
    for shift_id in ("Early-7", "EARLY9", "early 8", "Echo-1", "F1", "#!", "E" * 65):
        stores.put_shift(shift_id)
    stores.put_shift("EARLY6", shift_status="cancelled")
    stores.index_shifts()
    assert stores.shifts.ids_from("early8", most=9) == ["early 8", "EARLY9", "Echo-1"]
    assert stores.shifts.ids_from("early8", most=1) == ["early 8"]
    assert stores.shifts.ids_before("early9", most=9) == ["early 8", "Early-7"]
    assert stores.shifts.ids_before("early9", most=1) == ["early 8"]
    assert stores.shifts.ids_from("x1", most=9) == []


def test_given_a_shift_when_its_seats_change_then_its_keys_follow_in_the_same_write(
    system: FunctionsOnMoto,
) -> None:
    stores = dynamo_stores(system)
    stores.put_shift("Early-7", starts_at="2026-08-15T10:00Z")
    carry_out(stores, join_waiting_list, "Early-7", message_id="l")
    assert carry_out(stores, book, "Early-7") == (BookingOutcome.BOOKED,)
    (item,) = system.rows("Shifts")
    found = {
        "code_initial": "e",
        "code": "early7",
        "start_list": "all",
        "start_position": "2026-08-15T10:00:00Z#Early-7",
    }
    assert {name: item.get(name) for name in INDEX_ATTRIBUTES} == dict.fromkeys(INDEX_ATTRIBUTES) | found
    assert carry_out(stores, drop, "Early-7", message_id="n") == (BookingOutcome.DROPPED,)
    (item,) = system.rows("Shifts")
    listed = {"listed_role": "-", "listed_at": "2026-08-15T10:00:00Z##Early-7"}
    assert {name: item[name] for name in INDEX_ATTRIBUTES} == found | listed


def test_given_keys_written_after_the_read_when_booked_then_they_are_removed(
    stores: Stores,
) -> None:
    stores.put_shift("A1")
    context = read_context(stores, "m", ANN, "A1")
    stores.index_shifts()
    assert carry_out(stores, book, "A1", context=context) == (BookingOutcome.BOOKED,)
    assert stores.shifts.open_shifts("", IndexPart("2026-08-01"), most=9).shifts == {}
    assert stores.shifts.ids_from("a1", most=9) == ["A1"]


def test_given_long_attributes_when_booked_then_no_key_is_too_long(system: FunctionsOnMoto) -> None:
    stores = dynamo_stores(system)
    stores.put_shift("A1", site="\u00e9" * 2000, starts_at="2026-08-15T10:00Z")
    stores.put_shift("A2", role="\u00e9" * 2000)
    stores.index_shifts()
    assert carry_out(stores, book, "A1") == (BookingOutcome.BOOKED,)
    listed = stores.shifts.open_shifts("", IndexPart("2026-08-01"), most=9)
    assert listed.shifts == {}
    assert carry_out(stores, drop, "A1", message_id="n") == (BookingOutcome.DROPPED,)
    assert len(stores.shifts.open_shifts("", IndexPart("2026-08-01"), most=9).shifts) == 1


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
    system.reconcile_shifts()
    system.text(ANN, "REQUEST")
    system.text(BOB, "A1")
    assert system.network.inbox(ANN)[0].body == f"Reply with a code to book:\n{line}\nA2 fine"
    assert system.network.inbox(BOB)[0].body.startswith("Booked: A1")


def test_given_a_shift_that_is_over_when_moved_then_it_is_listed_again(
    system: FunctionsOnMoto,
) -> None:
    def keys() -> set[str]:
        (item,) = system.rows("Shifts")
        return {*INDEX_ATTRIBUTES, EXPIRES_AT} & item.keys()

    by_start = {"start_list", "start_position"}

    system.put_shift("A1", starts_at="2025-08-15T10:00Z", ends_at="2025-08-15T18:00Z")
    assert system.reconcile_shifts() == []
    assert keys() == {*by_start, EXPIRES_AT}
    (item,) = system.rows("Shifts")
    assert item["shift_status"] == ShiftStatus.CLOSED
    assert item[EXPIRES_AT] == datetime(2025, 11, 13, 18, tzinfo=UTC).timestamp()
    system.edit_shift("A1", starts_at="2099-08-15T10:00Z", ends_at="2099-08-15T18:00Z")
    assert system.reconcile_shifts() == []
    assert keys() == {*INDEX_ATTRIBUTES, EXPIRES_AT}
    system.edit_shift("A1", shift_status="cancelled")
    assert system.reconcile_shifts() == []
    assert keys() == {*by_start, EXPIRES_AT}
    system.edit_shift("A1", starts_at=None, ends_at=None, shift_status="available")
    assert system.reconcile_shifts() == []
    assert keys() == {*INDEX_ATTRIBUTES}

"""Tests the EmployeeBookings table."""

from datetime import timedelta

import pytest

from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_times import Span
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.store_operations import NOW
from tests.support.store_pairs import Stores, dynamo_stores


def test_given_bookings_when_replaced_then_only_if_they_have_not_changed(stores: Stores) -> None:
    empty, booked = EmployeeBookings(), EmployeeBookings().with_booking(Booking("A1", None, NOW))
    assert stores.employee_bookings.of([ANN, BOB]) == {ANN: empty, BOB: empty}
    stores.employee_bookings.replace(ANN, before=empty, after=booked, now=NOW)
    assert stores.employee_bookings.of([ANN, BOB]) == {ANN: booked, BOB: empty}
    with pytest.raises(ChangedMeanwhile):
        stores.employee_bookings.replace(ANN, before=empty, after=empty, now=NOW)


def test_given_places_when_replaced_then_only_if_they_have_not_changed(stores: Stores) -> None:
    empty = EmployeeBookings()
    one, two = empty.with_waiting("A1"), empty.with_waiting("A1").with_waiting("A2")
    booked = one.with_booking(Booking("A1", None, NOW))
    stores.employee_bookings.replace(ANN, before=empty, after=one, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        stores.employee_bookings.replace(ANN, before=empty, after=empty.with_waiting("A3"), now=NOW)
    stores.employee_bookings.replace(ANN, before=one, after=two, now=NOW)
    assert stores.employee_bookings.of([ANN])[ANN].waiting == ("A1", "A2")
    with pytest.raises(ChangedMeanwhile):
        stores.employee_bookings.replace(ANN, before=one, after=booked, now=NOW)
    stores.employee_bookings.replace(ANN, before=two, after=booked, now=NOW)
    assert stores.employee_bookings.of([ANN]) == {ANN: booked}
    stores.employee_bookings.replace(ANN, before=booked, after=empty, now=NOW)
    assert stores.employee_bookings.of([ANN]) == {ANN: empty}


def test_given_times_of_sickness_when_replaced_then_only_if_they_have_not_changed(stores: Stores) -> None:
    empty = EmployeeBookings()
    span = Span(NOW, NOW + timedelta(hours=8))
    sick, booked = empty.without_sick("A1", span), empty.with_booking(Booking("A2", span, NOW))
    stores.employee_bookings.replace(ANN, before=empty, after=sick, now=NOW)
    assert stores.employee_bookings.of([ANN]) == {ANN: sick}
    with pytest.raises(ChangedMeanwhile):
        stores.employee_bookings.replace(ANN, before=empty, after=booked, now=NOW)
    stores.employee_bookings.replace(ANN, before=sick, after=booked, now=NOW)
    assert stores.employee_bookings.of([ANN]) == {ANN: booked}


def test_given_a_row_of_an_earlier_version_when_a_place_is_added_then_all_stays(
    system: FunctionsOnMoto,
) -> None:
    stores = dynamo_stores(system)
    shifts = {"A1": {"booked_at": NOW.isoformat()}}
    system.dynamodb.Table("EmployeeBookings").put_item(Item={"phone_number": ANN, "shifts": shifts})
    before = stores.employee_bookings.of([ANN])[ANN]
    assert before.waiting == ()
    stores.employee_bookings.replace(ANN, before=before, after=before.with_waiting("A2"), now=NOW)
    (row,) = system.rows("EmployeeBookings")
    assert (row["shifts"], row["waiting_list"]) == (shifts, ["A2"])

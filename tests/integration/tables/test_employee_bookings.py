"""Tests the EmployeeBookings table."""

import pytest

from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.store_operations import NOW
from tests.support.store_pairs import Stores


def test_given_bookings_when_replaced_then_only_if_they_have_not_changed(stores: Stores) -> None:
    empty, booked = EmployeeBookings(), EmployeeBookings().with_booking(Booking("A1", None, NOW))
    assert stores.employee_bookings.of([ANN, BOB]) == {ANN: empty, BOB: empty}
    stores.employee_bookings.replace(ANN, before=empty, after=booked, now=NOW)
    assert stores.employee_bookings.of([ANN, BOB]) == {ANN: booked, BOB: empty}
    with pytest.raises(ChangedMeanwhile):
        stores.employee_bookings.replace(ANN, before=empty, after=empty, now=NOW)

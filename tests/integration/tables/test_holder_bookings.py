"""Tests that a shift and the bookings of holders written by hand are written together."""

import pytest

from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.store_operations import NOW
from tests.support.store_pairs import Stores


@pytest.mark.parametrize("changed", [None, "shift", "bookings"])
def test_given_holders_by_hand_when_added_then_all_is_written_or_nothing(
    stores: Stores, changed: str | None
) -> None:
    stores.put_shift("A1", "", seats=2, employees={ANN: "", BOB: ""})
    shift = stores.shifts.get("A1")
    assert shift is not None
    dated = shift.reconciled(NOW, BookingPolicy().offer_duration)
    empty = EmployeeBookings()
    booked = empty.with_booking(Booking("A1", None, NOW))
    before, after = dict.fromkeys((ANN, BOB), empty), dict.fromkeys((ANN, BOB), booked)
    if changed == "shift":
        stores.edit_shift("A1", seats=3)
    if changed == "bookings":
        stores.employee_bookings.replace(BOB, before=empty, after=empty.with_waiting("B2"), now=NOW)
    if changed is not None:
        with pytest.raises(ChangedMeanwhile):
            stores.holder_bookings.add(dated, before=before, after=after, now=NOW)
        assert stores.employee_bookings.of([ANN]) == {ANN: empty}
        return
    stores.holder_bookings.add(dated, before=before, after=after, now=NOW)
    assert stores.employee_bookings.of([ANN, BOB]) == after
    stored = stores.shifts.get("A1")
    assert stored is not None
    assert stored.holders == dict.fromkeys((ANN, BOB), NOW)
    with pytest.raises(ChangedMeanwhile):
        stores.holder_bookings.add(dated, before=before, after=after, now=NOW)

"""Tests the changes of a shift."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.bookings.booking import BookingOutcome, book, decide
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import ShiftStatus
from tests.support.shift_builders import ANN, BOB, CID, NOW, shift


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ({"starts_at": "2026-08-01T12:00Z"}, ShiftStatus.CLOSED),
        ({"starts_at": "2026-08-01T12:01Z"}, ShiftStatus.AVAILABLE),
        ({"starts_at": "2026-08-02T12:00Z", "respond_by": "2026-08-01T11:59Z"}, ShiftStatus.CLOSED),
        ({"shift_status": "closed", "starts_at": "2026-08-02T12:00Z"}, ShiftStatus.AVAILABLE),
        ({"shift_status": "on hold", "starts_at": "2026-08-01T11:00Z"}, "on hold"),
        ({"shift_status": "taken"}, ShiftStatus.TAKEN),
        ({"shift_status": "taken", "seats": 2, "employees": {ANN: ""}}, ShiftStatus.AVAILABLE),
        ({"shift_status": "available", "seats": 1, "employees": {ANN: ""}}, ShiftStatus.TAKEN),
    ],
)
def test_given_times_and_edits_when_a_shift_is_reconciled_then_its_status_follows(
    attributes: dict[str, Any], status: str
) -> None:
    assert shift(**attributes).reconciled(NOW, timedelta(minutes=30)).status == status


def test_given_an_offer_when_the_shift_closes_before_it_expires_then_it_ends() -> None:
    taken = shift(respond_by="2026-08-01T12:10Z", shift_status="taken", employee=ANN).with_waiting(BOB)
    offered = taken.without_holder(ANN).as_of(NOW, timedelta(minutes=30))
    assert offered.offers[BOB].until == NOW + timedelta(minutes=10)
    closed = offered.as_of(NOW + timedelta(minutes=10), timedelta(minutes=30))
    assert (closed.status, closed.offers) == (ShiftStatus.CLOSED, {})


def test_given_a_shift_that_closes_soon_when_a_seat_is_freed_then_it_is_open() -> None:
    taken = shift(respond_by="2026-08-01T12:01Z", shift_status="taken", employee=ANN).with_waiting(BOB)
    freed = taken.without_holder(ANN)
    offered = freed.as_of(NOW, timedelta(minutes=30))
    assert list(offered.offers) == [BOB]
    too_late = freed.as_of(NOW + timedelta(seconds=1), timedelta(minutes=30))
    assert (too_late.status, too_late.offers, too_late.free_seats) == (ShiftStatus.AVAILABLE, {}, 1)


def test_given_an_offered_seat_when_assigned_by_hand_then_it_is_not_offered() -> None:
    offers = {BOB: {"since": NOW.isoformat(), "until": (NOW + timedelta(minutes=30)).isoformat()}}
    by_hand = {"shift_status": "taken", "employee": ANN, "offers": offers, "waiting_list": [CID]}
    reconciled = shift(**by_hand).reconciled(NOW, timedelta(minutes=30))
    assert (reconciled.status, set(reconciled.holders), reconciled.offers) == (ShiftStatus.TAKEN, {ANN}, {})
    assert reconciled.waiting == (BOB, CID), "the employee who lost the offer is first on the waiting list"
    decision = decide(
        book,
        ["A1"],
        {"A1": shift(**by_hand)},
        employee=Employee(BOB),
        message_id="m",
        campaign_id=None,
        bookings=EmployeeBookings(),
        policy=BookingPolicy(),
        now=NOW,
    )
    assert [result.outcome for result in decision.results] == [BookingOutcome.TAKEN]


def test_given_a_seat_taken_by_hand_when_one_stops_waiting_then_it_stays_taken() -> None:
    taken = shift(shift_status="taken").with_waiting(BOB).with_waiting(CID)
    left = taken.without_waiting(BOB).as_of(NOW, timedelta(minutes=30))
    assert (left.status, left.offers, left.waiting) == (ShiftStatus.TAKEN, {}, (CID,))


def test_given_fewer_seats_than_holders_when_reconciled_then_all_keep_theirs() -> None:
    full = shift(seats=1, shift_status="taken", employees={ANN: "", BOB: ""}, waiting_list=[CID])
    reconciled = full.reconciled(NOW, timedelta(minutes=30))
    assert (set(reconciled.holders), reconciled.offers, reconciled.waiting) == ({ANN, BOB}, {}, (CID,))
    one_left = reconciled.without_holder(ANN).as_of(NOW, timedelta(minutes=30))
    assert (set(one_left.holders), one_left.offers) == ({BOB}, {})

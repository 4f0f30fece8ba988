"""Tests the conversion between items and shifts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.shifts.shift import ShiftStatus
from shift_sms_runtime.shifts.shift_item import written_attributes
from shift_sms_runtime.shifts.waiting_list import Offer
from tests.support.shift_builders import ANN, BOB, CID, NOW, shift


@pytest.mark.parametrize(
    ("attributes", "problems"),
    [
        ({}, 0),
        ({"seats": 3, "starts_at": "2026-08-15T22:00Z", "ends_at": "2026-08-16T03:00Z"}, 0),
        ({"seats": "3"}, 0),
        ({"seats": 0}, 1),
        ({"seats": 501}, 1),
        ({"seats": "many"}, 1),
        ({"starts_at": "15/08 22:00"}, 1),
        ({"starts_at": "2026-08-15"}, 1),
        ({"starts_at": "2026-08-15T22:00Z", "ends_at": "2026-08-15T22:00Z"}, 1),
        ({"ends_at": "2026-08-15T22:00Z"}, 1),
        ({"timezone": "Berlin"}, 1),
        ({"timezone": "../etc/passwd"}, 1),
        ({"respond_by": "soon", "timezone": "Nowhere/Land", "seats": -1}, 3),
    ],
)
def test_given_a_shift_with_mistakes_when_read_then_it_is_refused_until_corrected(
    attributes: dict[str, Any], problems: int
) -> None:
    read = shift(**attributes)
    assert len(read.problems) == problems
    reconciled = read.reconciled(NOW, timedelta(minutes=30))
    assert (reconciled.status == ShiftStatus.REFUSED) is bool(problems)
    assert reconciled.error == "; ".join(read.problems)
    assert read.is_open(NOW) is not bool(problems)
    corrected = shift(shift_status=reconciled.status, shift_error=reconciled.error).reconciled(
        NOW, timedelta(minutes=30)
    )
    assert (corrected.status, corrected.error) == (ShiftStatus.AVAILABLE, "")


@given(
    st.dictionaries(
        st.sampled_from(["seats", "starts_at", "employees", "offers", "waiting_list", "role"]),
        st.one_of(
            st.none(),
            st.text(max_size=8),
            st.integers(),
            st.booleans(),
            st.lists(st.text(max_size=3)),
            st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
        ),
    )
)
def test_given_arbitrary_attributes_when_read_then_no_exception_is_raised(attributes: dict[str, Any]) -> None:
    read = shift(**attributes)
    written_attributes(read.reconciled(NOW, timedelta(minutes=30)))


@pytest.mark.parametrize(
    ("attributes", "holders"),
    [
        ({"employee": ANN, "shift_status": "taken"}, {ANN}),
        ({"employee": "+1 (425) 555-0101", "shift_status": "taken"}, {ANN}),
        ({"employee": ANN}, set()),
        ({"shift_status": "taken"}, set()),
        ({"seats": 2, "employee": ANN, "employees": {BOB: ""}}, {ANN, BOB}),
        ({"employee": CID, "employees": {BOB: ""}, "shift_status": "taken"}, {CID}),
        ({"seats": 1, "employees": {ANN: "", BOB: ""}, "shift_status": "taken"}, {ANN, BOB}),
        ({"seats": 1, "employees": {ANN: "", BOB: ""}}, {ANN, BOB}),
        ({"seats": "to", "employees": {ANN: ""}}, {ANN}),
        ({"employees": {ANN: ""}}, {ANN}),
        ({"employee": ANN, "employees": {ANN: ""}}, set()),
    ],
)
def test_given_holders_written_by_hand_when_read_then_status_and_seats_decide(
    attributes: dict[str, Any], holders: set[str]
) -> None:
    assert set(shift(**attributes).holders) == holders


def test_given_a_changed_shift_when_written_and_read_then_it_is_equal() -> None:
    full = (
        shift(seats=2)
        .with_holder(ANN, NOW)
        .with_holder(BOB, NOW)
        .with_waiting(CID)
        .without_holder(ANN)
        .as_of(NOW, timedelta(minutes=30))
    )
    assert full.offers == {CID: Offer(NOW, NOW + timedelta(minutes=30))}
    again = shift(
        seats=2, **{name: value for name, value in written_attributes(full).items() if value is not None}
    )
    assert again == full


def test_given_times_and_numbers_written_by_hand_when_read_then_they_are_comparable() -> None:
    read = shift(
        seats=3,
        employees={"+1 425 555 0101": "2026-07-20"},
        waiting_list=["+1 (425) 555-0102", BOB, ANN],
        offers={CID: {"since": "2026-08-01T11:00", "until": "2026-08-01T13:00"}},
        shift_status="",
    )
    assert read.holders == {ANN: datetime(2026, 7, 20, tzinfo=UTC)}
    assert read.waiting == (BOB,)
    assert read.offers[CID].until > NOW
    assert written_attributes(read)["shift_status"] is None, "DynamoDB refuses an empty key of an index"


@pytest.mark.parametrize("written", ["9999-12-31T22:00Z", "0001-01-01T00:00Z", "1926-08-15T22:00Z"])
def test_given_a_time_in_an_unlikely_year_when_read_then_it_is_a_problem(written: str) -> None:
    assert len(shift(starts_at=written).problems) == 1

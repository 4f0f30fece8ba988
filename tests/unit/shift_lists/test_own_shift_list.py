"""Tests the list of own shifts: booked, offered and waited for."""

from datetime import timedelta
from typing import Any

from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shift_lists.list_page import MAX_SEGMENTS
from shift_sms_runtime.shift_lists.own_shift_list import (
    MAX_BOOKED_READ,
    list_own_shifts,
    own_shift_ids,
)
from shift_sms_runtime.shifts.employee_bookings import MAX_WAITING, Booking, EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.waiting_list import Offer
from tests.support.shift_builders import ANN, BOB, NOW

ENGLISH = locale("shifts", "en")


def timed(shift_id: str, hours: float, **attributes: Any) -> Shift:
    """Returns a shift of five hours that starts in some hours."""
    starts_at = NOW + timedelta(hours=hours)
    return Shift(shift_id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=5), **attributes)


def pages(bookings: EmployeeBookings, shifts: list[Shift]) -> list[list[str]]:
    """Returns the lines of all pages."""
    found, after = [], None
    for _ in range(100):
        read = own_shift_ids(bookings, after=after, now=NOW)
        by_id = {one.shift_id: one for one in shifts if one.shift_id in read}
        page = list_own_shifts(bookings, by_id, ENGLISH, number=ANN, after=after, now=NOW)
        assert measure(page.text).segments <= MAX_SEGMENTS
        found.append(page.text.splitlines())
        after = page.next_after
        if after is None:
            return found
    raise AssertionError("MORE never came to an end")


def booked(*shifts: Shift) -> EmployeeBookings:
    bookings = EmployeeBookings()
    for one in shifts:
        bookings = bookings.with_booking(Booking(one.shift_id, one.span, NOW))
    return bookings


def test_given_bookings_and_places_when_listed_then_each_section_by_start() -> None:
    offer = Offer(NOW, NOW + timedelta(hours=1))
    mine = [timed(*one, holders={ANN: NOW}) for one in (("B1", 9), ("B2", -1), ("B3", 3))]
    lost, over = timed("B4", 4, holders={BOB: NOW}), timed("B5", -9, holders={ANN: NOW})
    held = timed("H1", 8, offers={ANN: offer})
    awaited = [
        timed(*one, holders={BOB: NOW}, waiting=(BOB, ANN)) for one in (("W1", 7), ("W2", 2), ("W3", -1))
    ]
    left = timed("W4", 5, holders={BOB: NOW}, waiting=(BOB,))
    # The bookings do not know that B5 was moved, and that another shift was deleted.
    bookings = booked(*mine, lost, timed("B5", 1), timed("gone", 1))
    for code in ("W1", "W4", "W3", "H1", "W2", "gone"):
        bookings = bookings.with_waiting(code)
    (lines,) = pages(bookings, [*mine, lost, over, held, *awaited, left])
    assert [line.split()[0] if line[1].isdigit() else line for line in lines] == [
        *("Your shifts:", "B2", "B3", "B1"),
        *("Held for you, reply with the code to book:", "H1"),
        *("On the waiting list for:", "W2", "W1"),
    ]


def test_given_many_shifts_when_listed_then_more_lists_each_once() -> None:
    mine = [Shift(f"B{number:03}", info="x" * (number % 30), holders={ANN: NOW}) for number in range(130)]
    # The operator has given these to others: a page reads them and lists none.
    lost = [Shift(f"B{number:03}a", holders={BOB: NOW}) for number in range(50, 50 + MAX_BOOKED_READ)]
    awaited = [Shift(f"W{number:03}", info="x" * 40, waiting=(ANN,)) for number in range(MAX_WAITING)]
    bookings = booked(*mine, *lost)
    for one in awaited:
        bookings = bookings.with_waiting(one.shift_id)
    assert len(own_shift_ids(bookings, after=None, now=NOW)) == MAX_BOOKED_READ + MAX_WAITING
    lines = [line for page in pages(bookings, [*mine, *lost, *awaited]) for line in page]
    codes = [line.split()[0] for line in lines if line[1].isdigit()]
    assert codes == [one.shift_id for one in (*mine, *awaited)]


def test_given_nothing_when_listed_then_the_reply_says_so() -> None:
    assert pages(EmployeeBookings(), []) == [["You have no shifts. Reply REQUEST for open shifts"]]


def test_given_too_many_places_when_joined_then_the_newest_are_kept() -> None:
    bookings = EmployeeBookings()
    for number in range(MAX_WAITING + 5):
        bookings = bookings.with_waiting(f"W{number}").with_waiting(f"W{number}")
    assert bookings.waiting == tuple(f"W{number}" for number in range(5, MAX_WAITING + 5))
    assert bookings.with_booking(Booking("W7", None, NOW)).waiting[:3] == ("W5", "W6", "W8")

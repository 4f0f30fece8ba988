"""The list of an employee's own shifts: booked, offered and waited for.

Each part begins with the next shift.

The bookings name the shifts. Each shift is read by key, and is listed only if its item confirms what the bookings say.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import make_sendable, with_gsm_substitutes
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.list_page import ListPage
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import order_of_start

MAX_BOOKED_READ = 40
"""The booked shifts that are read for a page."""

_BOOKED, _OFFERED, _WAITING = "1", "2", "3"
"""The sections, in their order. A position is the section, the start and the id."""

_HEADINGS = {
    _BOOKED: Template.MINE,
    _OFFERED: Template.MINE_OFFERED,
    _WAITING: Template.MINE_WAITING,
}


@record
class ListedOwnShifts:
    """One page of the list of an employee's own shifts."""

    text: str
    next_after: str | None
    """The position after which the next page begins; None on the last page."""


def own_shift_ids(bookings: EmployeeBookings, *, after: str | None, now: datetime) -> list[str]:
    """Returns the ids of the shifts that a page after a position may list."""
    booked = [*_booked_after(bookings, after, now).values()][:MAX_BOOKED_READ]
    return [*booked, *bookings.waiting]


def list_own_shifts(
    bookings: EmployeeBookings,
    shifts: Mapping[str, Shift],
    locale: Locale,
    *,
    number: str,
    after: str | None,
    now: datetime,
) -> ListedOwnShifts:
    """Returns a page.

    Args:
        bookings: The employee's bookings.
        shifts: The shifts of `own_shift_ids`.
        locale: The locale of the employee.
        number: The employee's phone number.
        after: The position after which the page begins; None for the first page.
        now: The time.
    """
    page = ListPage(make_sendable(locale.say(Template.LIST_MORE)))
    position, section, next_after = after or "", "", None
    for entry, shift_id in _entries(bookings, shifts, number=number, after=after, now=now):
        if shift_id is None:
            next_after = page.end_before_more(entry)
            break
        headings = () if entry[0] == section else (make_sendable(locale.say(_HEADINGS[entry[0]])),)
        line = with_gsm_substitutes(describe(shifts[shift_id], locale))
        if not page.add(entry, *headings, line):
            next_after = page.end_before_more(position)
            break
        position, section = entry, entry[0]
    empty = Template.MINE_EMPTY if after is None else Template.LIST_END
    text = page.text() or make_sendable(locale.say(empty))
    return ListedOwnShifts(text, next_after)


def _entries(
    bookings: EmployeeBookings,
    shifts: Mapping[str, Shift],
    *,
    number: str,
    after: str | None,
    now: datetime,
) -> Iterator[tuple[str, str | None]]:
    """Yields the positions and ids of the entries after a position, in order.

    If further booked shifts were not read, the last entry is the position up to which they were, without an id.
    """
    booked = _booked_after(bookings, after, now)
    for index, (position, shift_id) in enumerate(booked.items(), 1):
        shift = shifts.get(shift_id)
        if shift is not None and number in shift.holders and not shift.is_over(now):
            yield position, shift_id
        if index == MAX_BOOKED_READ < len(booked):
            yield position, None
            return
    awaited = [shifts[shift_id] for shift_id in bookings.waiting if shift_id in shifts]
    positions = {
        _position(_OFFERED if number in shift.offers else _WAITING, shift.starts_at, shift.shift_id): shift
        for shift in awaited
        if shift.is_awaited_by(number) and shift.is_open(now)
    }
    for position in sorted(positions):
        if after is None or position > after:
            yield position, positions[position].shift_id


def _booked_after(bookings: EmployeeBookings, after: str | None, now: datetime) -> dict[str, str]:
    """Returns the ids of the booked shifts that have not ended, by position, after a position."""
    positions = {
        _position(_BOOKED, booking.span.start if booking.span else None, booking.shift_id): booking.shift_id
        for booking in bookings.by_shift.values()
        if booking.span is None or booking.span.end > now
    }
    return {at: positions[at] for at in sorted(positions) if after is None or at > after}


def _position(section: str, start: datetime | None, shift_id: str) -> str:
    return f"{section}#{order_of_start(start)}#{shift_id}"

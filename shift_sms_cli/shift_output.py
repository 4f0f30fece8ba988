"""Prints shifts: tables, one shift in full, and what employees read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shift_sms_cli.output import Column, print_line, print_table
from shift_sms_cli.text_cost import size_of
from shift_sms_operator.audit.change_texts import DescribedChange
from shift_sms_operator.shifts.shift_views import ChangeNotice, SeatResult, ShiftDetails, TextPreview
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import EXPIRES_AT, INDEX_ATTRIBUTES

_COLUMNS = (
    Column("code", style="bold", no_wrap=True),
    Column("when", no_wrap=True),
    "details",
    "site",
    "role",
    Column("booked", right=True, no_wrap=True),
    Column("offered", right=True),
    Column("waiting", right=True),
    "status",
)
_LONGEST_DETAILS = 60
_LONGEST_ONE_SEGMENT = {"GSM": 160, "UCS-2": 70}

TOLD_WHEN = "Those who may be texted are told 2 minutes after the last edit, or when their quiet hours end."
"""When holders are told of another time or place."""

_INFORMED = {
    DeliveryStatus.QUEUED: "text waits",
    DeliveryStatus.SENDING: "text is being sent",
    DeliveryStatus.SENT: "texted",
    DeliveryStatus.DELIVERED: "texted",
    DeliveryStatus.OPTED_OUT: "NOT texted: opted out",
    DeliveryStatus.STOPPED: "NOT texted",
    DeliveryStatus.UNKNOWN: "perhaps texted",
}


def as_json(shift: Shift) -> Mapping[str, Any]:
    """Returns the attributes of a shift as the table has them, without those that serve its indexes."""
    return {
        name: value
        for name, value in (shift.stored_item or {"shift_id": shift.shift_id}).items()
        if name not in (*INDEX_ATTRIBUTES, EXPIRES_AT)
    }


def print_shifts(shifts: Iterable[Shift]) -> None:
    """Prints a table of shifts. Times are in the zone of each shift."""
    print_table(_COLUMNS, [_row(shift) for shift in shifts])


def print_preview(preview: TextPreview) -> None:
    """Prints what employees read, and its size."""
    print_line(f'An employee reads after booking: "{preview.text}"')
    for line in _size(preview):
        print_line(line, style="dim")


def print_change_notice(notice: ChangeNotice) -> None:
    """Prints what holders are told of another time or place, and its size."""
    print_line(f"{holders(len(notice.numbers))} it. {TOLD_WHEN}", style="yellow")
    print_line(f'They read: "{notice.text.text}"')
    for line in _size(notice.text):
        print_line(line, style="dim")


def print_seat_result(result: SeatResult, done: str) -> None:
    """Prints what became of a seat, and how the employee is informed.

    Args:
        result: What became of the seat.
        done: What became of it, with the employee, such as `N1 is assigned to Ann`.
    """
    shift, employee = result.shift, result.employee
    print_line(f"{done}. {_seats(shift)}.")
    for rule in result.overridden:
        print_line(f"Overridden: {rule}.", style="yellow")
    if result.text is not None:
        print_line(f'Text to the employee: "{result.text.text}"')
        for line in _size(result.text):
            print_line(line, style="dim")
    else:
        print_line(f"No text is sent: {called(employee)} {result.not_informed}.", style="yellow")
    if result.offered_to:
        print_line(f"The seat is offered to {', '.join(result.offered_to)}.")


def print_details(details: ShiftDetails) -> None:
    """Prints one shift in full."""
    shift = details.shift
    print_line(f"{shift.shift_id}  {_status(shift) or 'without status'}", style="bold")
    facts = (
        ("when", when(shift)),
        ("respond by", local(shift.respond_by, shift)),
        ("details", shift.info),
        ("site", shift.site),
        ("role", shift.role),
        ("seats", _seats(shift)),
        ("mistakes", "; ".join(shift.problems)),
    )
    for name, value in facts:
        if value:
            print_line(f"  {name:<11}{value}")
    print_preview(details.preview)
    people = [*_people(details)]
    if people:
        print_table(["", "employee", "number", "since", "informed"], people)
    if details.changes.items:
        rows = [_change(change, shift) for change in details.changes.items]
        print_table(["changed at", "by", "action", "what"], rows)


def when(shift: Shift) -> str:
    """Returns the time of a shift in its zone, such as `2026-08-15 Sat 22:00-06:00 CEST`."""
    if shift.starts_at is None:
        return ""
    start = shift.starts_at.astimezone(shift.zone)
    end = f"-{shift.ends_at.astimezone(shift.zone):%H:%M}" if shift.ends_at else ""
    return f"{start:%Y-%m-%d} {_DAYS[start.weekday()]} {start:%H:%M}{end} {start:%Z}"


# strftime would take the names from the locale of the process.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def local(moment: datetime | None, shift: Shift) -> str:
    """Returns a time in the zone of a shift."""
    return f"{moment.astimezone(shift.zone):%Y-%m-%d %H:%M %Z}" if moment else ""


def called(employee: EmployeeRow) -> str:
    """Returns the name and the number of an employee."""
    return f"{employee.name} ({employee.phone_number})" if employee.name else employee.phone_number


def holders(count: int) -> str:
    """Returns how many employees have a shift, as the beginning of a sentence."""
    return "1 employee has" if count == 1 else f"{count} employees have"


def _row(shift: Shift) -> Sequence[object]:
    details = shift.info.replace("\n", " / ")
    return (
        shift.shift_id,
        when(shift),
        details if len(details) <= _LONGEST_DETAILS else f"{details[: _LONGEST_DETAILS - 3]}...",
        shift.site,
        shift.role,
        f"{_booked(shift)}/{shift.seats}",
        len(shift.offers) or "",
        len(shift.waiting) or "",
        f"{_status(shift)}: {'; '.join(shift.problems)}" if shift.problems else _status(shift),
    )


def _status(shift: Shift) -> str:
    """Returns the status of a shift, in the spelling of the product."""
    return "canceled" if shift.status == ShiftStatus.CANCELED else shift.status


def _booked(shift: Shift) -> int:
    """Returns how many seats have a holder. One that an operator has marked as taken by hand has no number."""
    return max(len(shift.holders), shift.seats - shift.free_seats - len(shift.offers))


def _seats(shift: Shift) -> str:
    parts = [f"{_booked(shift)} of {shift.seats} booked"]
    parts += [f"{len(shift.offers)} offered"] if shift.offers else []
    parts += [f"{len(shift.waiting)} waiting"] if shift.waiting else []
    return ", ".join(parts)


def _size(preview: TextPreview) -> Iterator[str]:
    size = preview.size
    yield size_of(size)
    if size.segments > 1:
        most = _LONGEST_ONE_SEGMENT[size.encoding.value]
        yield f"Each SMS segment is paid for. A text of one has at most {most} {size.encoding} characters."
    if size.not_gsm:
        named = " ".join(f"{one} (U+{ord(one):04X})" for one in size.not_gsm)
        yield f"Not in the GSM alphabet, so that a segment has 70 characters instead of 160: {named}"


def _people(details: ShiftDetails) -> Iterator[Sequence[object]]:
    shift = details.shift

    def name(number: str) -> str:
        employee = details.employees.get(number)
        return "" if employee is None else f"{employee.name}{' (opted out)' if employee.opted_out else ''}"

    for number, since in shift.holders.items():
        status = details.informed.get(number)
        informed = _INFORMED.get(status, f"NOT texted: {status}") if status else ""
        yield "booked", name(number), number, local(since, shift), informed
    for number, offer in shift.offers.items():
        yield "offered", name(number), number, local(offer.since, shift), f"until {local(offer.until, shift)}"
    for place, number in enumerate(shift.waiting, 1):
        yield f"waits, {place}.", name(number), number, "", ""
    for number, at in shift.canceled_for.items():
        yield "canceled for", name(number), number, local(at, shift), ""


def _change(change: DescribedChange, shift: Shift) -> Sequence[object]:
    what = ", ".join(value.words("->") for value in change.values)
    return local(change.at, shift), change.actor.rpartition("/")[2], change.action, what

"""What a file of shifts brings, and how it stands with shifts, for a person to read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from shift_sms_cli.layout import in_columns, on_one_line, shortened
from shift_sms_cli.people import People
from shift_sms_cli.shift_file import Loaded, NewShift
from shift_sms_cli.shift_table import ShiftDefaults
from shift_sms_cli.text_cost import not_in_gsm, size_of
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shifts import descriptions
from shift_sms_runtime.shifts.shift import Shift

_LONGEST_DETAILS = 50


def preview(rows: Sequence[NewShift], lines: Sequence[int]) -> Iterator[str]:
    """Says what somebody who books is answered, and what that takes."""
    if not rows:
        return
    yield from in_columns(
        ("line", "segments", "characters", "text"),
        [(str(line), *_in_preview(row)) for line, row in zip(lines, rows, strict=True)],
    )
    yield from _not_in_gsm([row for row in rows if not row.lacking])


def _in_preview(row: NewShift) -> tuple[str, str, str]:
    if row.lacking:
        return "-", "-", f"fine if the shift is there already; otherwise {row.lacking}"
    size = measure(row.text)
    return str(size.segments), f"{size.characters} {size.encoding}", on_one_line(row.text)


def loading(loaded: Loaded, now: datetime) -> Iterator[str]:
    """Says what became of the rows, and what is dear or strange about the new ones."""
    yield f"{_count(len(loaded.new))} loaded"
    yield from map(str, loaded.changed)
    if loaded.left:
        yield f"left as found, because already there: {', '.join(loaded.left)}"
    if loaded.cancelled:
        yield f"cancelled before, and still are: {', '.join(loaded.cancelled)}"
    for row in loaded.new:
        closed = row.shift.closes_at
        if closed is not None and closed <= now:
            yield f"too late to book {row.shift.shift_id} from the start: it closed at {_time(closed)}"
    dear = [row for row in loaded.new if measure(row.text).segments > 1]
    for row in dear:
        yield f'"{shortened(on_one_line(row.text), _LONGEST_DETAILS)}" takes {size_of(measure(row.text))}'
    yield from _not_in_gsm(loaded.new)


def table(shifts: Sequence[Shift], house: ShiftDefaults, people: People | None) -> Iterator[str]:
    """Says how it stands with shifts, the next one first; with `people` also who has them, or wants to."""
    ordered = sorted(shifts, key=_when)
    rows = [
        (
            shift.shift_id,
            details(shift, house),
            f"{taken(shift)}/{shift.seats}",
            _waiting(shift),
            shift.status or "-",
            "; ".join(shift.problems) or shift.error,
        )
        for shift in ordered
    ]
    header, *lines = in_columns(("code", "details", "seats", "waiting", "status", "problems"), rows)
    yield header
    for shift, line in zip(ordered, lines, strict=True):
        yield line
        if people is not None:
            yield from (f"    {who}" for who in _who(shift, people))
    statuses = Counter(shift.status or "without status" for shift in ordered)
    counted = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    yield f"{_count(len(ordered))}: {counted}"


def details(shift: Shift, house: ShiftDefaults) -> str:
    """Returns the beginning of what people read of a shift."""
    return shortened(on_one_line(descriptions.details(shift, house.locale)), _LONGEST_DETAILS)


def taken(shift: Shift) -> int:
    """Returns how many seats somebody has."""
    return max(len(shift.holders), shift.seats - shift.free_seats - len(shift.offers))


def everybody(shift: Shift) -> tuple[str, ...]:
    """Returns whoever has a seat, is offered one or waits for one, each once: they are told of a cancellation."""
    return tuple(dict.fromkeys((*shift.holders, *shift.offers, *shift.waiting)))


def _who(shift: Shift, people: People) -> Iterator[str]:
    for number, since in shift.holders.items():
        yield f"has it: {people[number]}" + (f", since {_time(since)}" if since else "")
    for number, offer in shift.offers.items():
        yield f"is offered it: {people[number]}, until {_time(offer.until)}"
    for place, number in enumerate(shift.waiting, 1):
        yield f"waits, {place}.: {people[number]}"
    for number in shift.canceled_for:
        yield f"told that it is cancelled: {people[number]}"


def _waiting(shift: Shift) -> str:
    offered = f", {len(shift.offers)} offered" if shift.offers else ""
    return f"{len(shift.waiting)}{offered}"


def _when(shift: Shift) -> tuple[bool, float, str]:
    start = shift.starts_at
    return start is None, start.timestamp() if start else 0, shift.shift_id


def _not_in_gsm(rows: Sequence[NewShift]) -> Iterator[str]:
    for row in rows:
        for told in not_in_gsm(measure(row.text)):
            yield f"{row.shift.shift_id} is {told}"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _count(shifts: int) -> str:
    return f"{shifts} shift{'' if shifts == 1 else 's'}"

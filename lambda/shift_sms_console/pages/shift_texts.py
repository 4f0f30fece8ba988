"""A shift in words, for the pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from shift_sms_operator.shifts.shift_views import ShiftDetails
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.shift import Shift

_INFORMED = {
    DeliveryStatus.QUEUED: "text waits",
    DeliveryStatus.SENDING: "text is being sent",
    DeliveryStatus.SENT: "told by text",
    DeliveryStatus.DELIVERED: "told by text",
    DeliveryStatus.OPTED_OUT: "not told: opted out",
    DeliveryStatus.UNKNOWN: "perhaps told",
}
_SHOWN_HOLDERS = 4
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Person:
    """An employee of a shift."""

    phone_number: str
    name: str
    part: str
    """What the employee has: a seat, an offer or a place."""
    note: str
    can_be_released: bool = False


def booked(shift: Shift) -> int:
    """Returns how many seats have a holder. One that an operator has marked as taken by hand has no number."""
    return max(len(shift.holders), shift.seats - shift.free_seats - len(shift.offers))


def seats(shift: Shift) -> str:
    """Returns the seats in words, such as `2 of 3 booked, 1 offered`."""
    parts = [f"{booked(shift)} of {shift.seats} booked"]
    parts += [f"{len(shift.offers)} offered"] if shift.offers else []
    parts += [f"{len(shift.waiting)} waiting"] if shift.waiting else []
    return ", ".join(parts)


def when(shift: Shift) -> str:
    """Returns the time of a shift in its zone, such as `Sat 2026-08-15 22:00–06:00 CEST`."""
    if shift.starts_at is None:
        return ""
    start = shift.starts_at.astimezone(shift.zone)
    end = f"–{shift.ends_at.astimezone(shift.zone):%H:%M}" if shift.ends_at else ""
    return f"{_DAYS[start.weekday()]} {start:%Y-%m-%d %H:%M}{end} {start:%Z}"


def hours(shift: Shift, zone: tzinfo) -> str:
    """Returns the hours of a shift, such as `22:00–06:00`; the zone, too, if it is not that of the deployment."""
    if shift.starts_at is None:
        return ""
    start = shift.starts_at.astimezone(shift.zone)
    end = f"–{shift.ends_at.astimezone(shift.zone):%H:%M}" if shift.ends_at else ""
    elsewhere = start.utcoffset() != shift.starts_at.astimezone(zone).utcoffset()
    return f"{start:%H:%M}{end}{f' {start:%Z}' if elsewhere else ''}"


def holders(shift: Shift, names: Mapping[str, str]) -> str:
    """Returns who has a seat, such as `Ann, Bob and 3 more`."""
    shown = [names.get(number, number) for number in [*shift.holders][:_SHOWN_HOLDERS]]
    more = len(shift.holders) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else ", ".join(shown)


def campaign_fields(shift: Shift, now: datetime) -> Mapping[str, str]:
    """Returns the fields of a campaign that asks who can take a shift."""
    code = shift.shift_id.casefold().replace(" ", "-")
    details = shift.info or when(shift)
    return {
        "id": f"{code}-{now.astimezone(shift.zone):%m%d-%H%M}",
        "message": f"Who can work? {details} {shift.shift_id}".replace("  ", " "),
    }


def local_input(moment: datetime | None, shift: Shift) -> str:
    """Returns a time in the zone of a shift, as a field of a form has it; empty without one."""
    return f"{moment.astimezone(shift.zone):%Y-%m-%dT%H:%M}" if moment else ""


def local_time(stored: str, zone: tzinfo) -> str:
    """Returns a stored time in a zone; what is no time as it is."""
    try:
        return f"{datetime.fromisoformat(stored).astimezone(zone):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return stored


def people(details: ShiftDetails) -> list[Person]:
    """Returns the employees of a shift, those with a seat first."""
    return list(_people(details))


def _people(details: ShiftDetails) -> Iterator[Person]:
    shift = details.shift

    def name(number: str) -> str:
        employee = details.employees.get(number)
        return employee.name if employee else ""

    def local(moment: datetime | None) -> str:
        return f"{moment.astimezone(shift.zone):%Y-%m-%d %H:%M}" if moment else ""

    for number, since in shift.holders.items():
        status = details.informed.get(number)
        told = _INFORMED.get(status, f"not told: {status.value}") if status else ""
        note = "; ".join(filter(None, (f"since {local(since)}" if since else "", told)))
        yield Person(number, name(number), "booked", note, can_be_released=True)
    for number, offer in shift.offers.items():
        yield Person(number, name(number), "offered", f"until {local(offer.until)}", can_be_released=True)
    for place, number in enumerate(shift.waiting, 1):
        yield Person(number, name(number), "waiting", f"place {place}", can_be_released=True)
    for number, at in shift.canceled_for.items():
        yield Person(number, name(number), "canceled for", local(at))

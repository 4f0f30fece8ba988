"""Builds shifts, spans and bookings."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.shifts.shift_times import Span, read_time

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


ANN, BOB, CID = "+14255550101", "+14255550102", "+14255550103"


def shift(**attributes: Any) -> Shift:
    """Returns a shift read from an item with these attributes."""
    item = {"shift_id": "A1", "shift_status": "available", **attributes}
    return ShiftReader(ZoneInfo("UTC")).read(item)


def span(start: str, end: str, zone: ZoneInfo = BERLIN) -> Span:
    """Returns a span of local times."""
    return Span(read_time(start, zone), read_time(end, zone))


def bookings_at(*spans: Span) -> EmployeeBookings:
    """Returns bookings of shifts S0, S1, … at these times."""
    booked = EmployeeBookings()
    for number, one in enumerate(spans):
        booked = booked.with_booking(Booking(f"S{number}", one, NOW))
    return booked

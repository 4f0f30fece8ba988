"""Describes shifts in the words of a locale."""

from datetime import datetime

from shift_sms_runtime.language.locale import Locale
from shift_sms_runtime.shifts.shift import Shift


def describe(shift: Shift, locale: Locale) -> str:
    """Returns the code and the details of a shift."""
    return f"{shift.shift_id} {details(shift, locale)}".strip()


def details(shift: Shift, locale: Locale) -> str:
    """Returns `shift_info` on one line. If it is empty, returns the time, role and site."""
    if shift.info:
        return shift.info.replace("\n", " ")
    parts = []
    if shift.starts_at is not None:
        until = f"-{shift.ends_at.astimezone(shift.zone):%H:%M}" if shift.ends_at else ""
        parts.append(_local_time(shift.starts_at, shift, locale) + until)
    return " ".join([*parts, *filter(None, (shift.role, shift.site))])


def _local_time(instant: datetime, shift: Shift, locale: Locale) -> str:
    """Returns a time in the shift's time zone, such as "Sat 15 Aug 22:00"."""
    local = instant.astimezone(shift.zone)
    return f"{locale.day(local)} {local:%H:%M}"

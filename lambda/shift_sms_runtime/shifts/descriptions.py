"""Describes shifts in the words of a locale."""

from datetime import datetime

from shift_sms_runtime.language.locale import Locale
from shift_sms_runtime.shifts.shift import Shift


def describe(shift: Shift, locale: Locale) -> str:
    """Returns the code and the details of a shift."""
    return f"{shift.shift_id} {details(shift, locale)}".strip()


def describe_fully(shift: Shift, locale: Locale) -> str:
    """Returns the code, the details, and the time and site of the shift.

    Omits a time and a site that the details contain.
    """
    description = describe(shift, locale)
    missing = []
    if shift.info and shift.starts_at is not None:
        start = f"{shift.starts_at.astimezone(shift.zone):%H:%M}"
        missing += [] if start in shift.info else [time_of(shift, locale)]
    if shift.site.casefold() not in description.casefold():
        missing.append(shift.site)
    return f"{description} ({', '.join(filter(None, missing))})" if missing else description


def details(shift: Shift, locale: Locale) -> str:
    """Returns `shift_info` on one line. If it is empty, returns the time, role and site."""
    if shift.info:
        return shift.info.replace("\n", " ")
    return " ".join(filter(None, (time_of(shift, locale), shift.role, shift.site)))


def time_of(shift: Shift, locale: Locale) -> str:
    """Returns the time of a shift, such as "Sat 15 Aug 22:00-03:00"; empty without a start."""
    if shift.starts_at is None:
        return ""
    until = f"-{shift.ends_at.astimezone(shift.zone):%H:%M}" if shift.ends_at else ""
    return _local_time(shift.starts_at, shift, locale) + until


def _local_time(instant: datetime, shift: Shift, locale: Locale) -> str:
    """Returns a time in the shift's time zone, such as "Sat 15 Aug 22:00"."""
    local = instant.astimezone(shift.zone)
    return f"{locale.day(local)} {local:%H:%M}"

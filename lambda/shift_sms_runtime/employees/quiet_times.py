"""When quiet hours end for a recipient."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.time_zones import time_zone


def quiet_until(
    employee: Employee | None, quiet_hours: QuietHours, now: datetime, default: ZoneInfo
) -> datetime | None:
    """Returns when the quiet hours of a recipient end; None if it is not quiet.

    Args:
        employee: The recipient; None for a number without a row.
        quiet_hours: The quiet hours.
        now: The time.
        default: The time zone of a recipient who has none.
    """
    if not quiet_hours:
        return None
    zone = time_zone([employee.timezone] if employee is not None else [], default)
    return quiet_hours.end(now, zone) if quiet_hours.is_quiet(now, zone) else None

"""Adds up the hours that an employee works in a week.

A week is from Monday to Sunday where the shift is.
"""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from shift_sms_runtime.shifts.shift_times import Span

_NO_TIME = timedelta()


def shifts_filling_week(
    span: Span, others: Mapping[str, Span], zone: ZoneInfo, maximum: timedelta
) -> tuple[str, ...] | None:
    """Returns the booked shifts with which a further shift exceeds the weekly hours.

    Returns None if it does not exceed them.

    Args:
        span: the times of the further shift. A shift over midnight of Sunday counts in both weeks.
        others: the times of the booked shifts, by their ids.
        zone: the time zone of the further shift, which decides when a week begins.
        maximum: the most that an employee may work in a week.
    """
    for monday, length in span.time_by_week(zone):
        worked = {
            shift_id: sum((time for week, time in other.time_by_week(zone) if week == monday), _NO_TIME)
            for shift_id, other in others.items()
        }
        if sum(worked.values(), length) > maximum:
            return tuple(sorted(shift_id for shift_id, time in worked.items() if time))
    return None

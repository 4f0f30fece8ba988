"""Records that a shift is filled, for the managers."""

from datetime import datetime, timedelta

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.manager_notices.event import NOT_REPEATED_FOR, ManagerEvent
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus

_TAKEN_BACK_WITHIN = timedelta(seconds=10)
"""An employee who books a seat again this soon after the drop has not filled the shift.

Managers who have received the notice of the drop by then receive no other one.
"""


def is_filled(shift: Shift) -> bool:
    """Returns whether every seat has a holder, and the fill plan has ended so, if one runs or has run."""
    if shift.unfilled_seats:
        # A seat that was just given back may be free before the plan runs again.
        return False
    if _plan_records_end(shift):
        return shift.fill is not None and shift.fill.status is FillStatus.FILLED
    return shift.status in (ShiftStatus.TAKEN, ShiftStatus.CLOSED)


def _plan_records_end(shift: Shift) -> bool:
    """Returns whether the fill plan records the end. A stopped plan does not."""
    return shift.fill is not None and shift.fill.status is not FillStatus.STOPPED


def with_filling_by(shift: Shift, number: str, now: datetime) -> Shift:
    """Records that the booking of an employee has filled the shift. A fill plan records its end itself.

    An employee who has just given the seat back and takes it again has not filled the shift.
    """
    if _plan_records_end(shift) or not is_filled(shift):
        return shift
    events = shift.manager_events
    filled_at = next((one.at for one in events if one.kind is ManagerNotice.FILLED), None)
    if filled_at is not None and any(
        one.employee == number and one.at >= filled_at and now < one.at + _TAKEN_BACK_WITHIN for one in events
    ):
        return shift
    return shift.with_manager_event(ManagerNotice.FILLED, now)


def is_filled_since_last_event(shift: Shift) -> bool:
    """Returns whether the last event is that the shift is filled. A plan that has run since has removed it."""
    return bool(shift.manager_events) and shift.manager_events[-1].kind is ManagerNotice.FILLED


def with_filled_event(shift: Shift, now: datetime) -> Shift:
    """Records that the shift is full, if the last event of another kind is that it is short, and a booking followed.

    Managers who received a notice about a free seat also receive one when an operator gives that seat. A fill plan
    records its end itself, unless a seat was given back and taken before the plan ran.
    """
    since = max((time for time in shift.holders.values() if time), default=None)
    if since is None or now >= since + NOT_REPEATED_FOR or not is_filled(shift):
        return shift
    short_at = max((one.at for one in shift.manager_events if _is_short(shift, one)), default=None)
    if short_at is None or since < short_at:
        return shift
    if any(one.kind is ManagerNotice.FILLED and one.at >= short_at for one in shift.manager_events):
        return shift
    return shift.with_manager_event(ManagerNotice.FILLED, now)


def _is_short(shift: Shift, event: ManagerEvent) -> bool:
    """Returns whether an event is that the shift is short. An employee who took the own seat back has ended it."""
    return event.kind is not ManagerNotice.FILLED and event.employee not in shift.holders

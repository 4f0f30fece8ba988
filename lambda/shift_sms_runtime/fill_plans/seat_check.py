"""Checks before each text of a fill plan that the plan still runs and a seat is free."""

from shift_sms_runtime.fill_plans.progress import seats_to_fill
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.filling.fill_plan import FILL_CAMPAIGN, FillStatus
from shift_sms_runtime.shifts.ports import Shifts


class SeatCheck:
    """Implements `RunningFillPlans`. Reads the shift alone, which has the status and the start of its plan."""

    def __init__(self, shifts: Shifts, clock: Clock) -> None:
        self._shifts = shifts
        self._clock = clock

    def stop_reason(self, campaign_id: str) -> str | None:
        """See `RunningFillPlans.stop_reason`."""
        shift_id, _, started_at = campaign_id.removeprefix(FILL_CAMPAIGN).rpartition("#")
        shift, now = self._shifts.get(shift_id), self._clock()
        if shift is None or shift.fill is None:
            return "the shift or its fill plan was removed"
        if shift.fill.started_at != started_at:
            return "a later fill plan has replaced this one"
        if shift.fill.status is not FillStatus.RUNNING:
            return f"the fill plan is {shift.fill.status or 'not running'}"
        if not shift.is_open(now):
            return "the shift is not open"
        if shift.fill_by is not None and now >= shift.fill_by:
            return "fill_by has passed"
        return None if seats_to_fill(shift) else "no seat is free"

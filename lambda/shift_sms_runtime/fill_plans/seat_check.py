"""Checks before each text of a fill plan that the plan still runs, a seat is free, and the employee may have it."""

from collections.abc import Mapping
from datetime import datetime

from shift_sms_runtime.campaigns.ports import SendCheck
from shift_sms_runtime.fill_plans.eligibility import SkipReason
from shift_sms_runtime.fill_plans.fill_texts import text_version as version_of
from shift_sms_runtime.fill_plans.progress import seats_to_fill
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.filling.fill_plan import FILL_CAMPAIGN, FillPlan, FillStatus
from shift_sms_runtime.shifts.ports import Shifts
from shift_sms_runtime.shifts.shift import Shift


class SeatCheck:
    """Implements `RunningFillPlans`. Reads the shift alone, which has the status and the start of its plan."""

    def __init__(self, shifts: Shifts, clock: Clock, *, urgent_overrides_quiet_hours: bool) -> None:
        self._shifts = shifts
        self._clock = clock
        self._urgent_overrides_quiet_hours = urgent_overrides_quiet_hours

    def check(self, campaign_id: str, text_version: str) -> SendCheck:
        """See `RunningFillPlans.check`."""
        shift_id, _, started_at = campaign_id.removeprefix(FILL_CAMPAIGN).rpartition("#")
        shift = self._shifts.get(shift_id)
        if shift is None or shift.fill is None:
            return SendCheck("the shift or its fill plan was removed")
        overrides = shift.fill.texts_in_quiet_hours(urgent_overrides=self._urgent_overrides_quiet_hours)
        reason = _stop_reason(shift, shift.fill, started_at, self._clock())
        if reason is None and text_version not in ("", version_of(shift)):
            reason = "the text no longer describes the shift"
        return SendCheck(
            reason,
            None if overrides else shift.zone,
            _skipped(shift),
        )


def _skipped(shift: Shift) -> Mapping[str, str]:
    """Returns why employees are skipped who texted about the shift while their text of the plan waited."""
    places = (*shift.holders, *shift.offers, *shift.waiting)
    return {
        **dict.fromkeys(shift.given_back, SkipReason.GAVE_BACK),
        **dict.fromkeys(shift.sick_calls, SkipReason.SICK),
        **dict.fromkeys(places, SkipReason.HAS_PLACE),
    }


def _stop_reason(shift: Shift, fill: FillPlan, started_at: str, now: datetime) -> str | None:
    if fill.started_at != started_at:
        return "a later fill plan has replaced this one"
    if fill.status is not FillStatus.RUNNING:
        return f"the fill plan is {fill.status or 'not running'}"
    if not shift.is_open(now):
        return "the shift is not open"
    if shift.fill_by is not None and now >= shift.fill_by:
        return "fill_by has passed"
    return None if seats_to_fill(shift) else "no seat is free"

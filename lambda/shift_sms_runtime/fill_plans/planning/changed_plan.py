"""Decides when the next wave is due after the shift or its fill plan has changed during a wait."""

from dataclasses import replace
from datetime import datetime, timedelta

from shift_sms_runtime.fill_plans.fill_contact import PlanDetails, PlanProgress
from shift_sms_runtime.fill_plans.progress import seats_to_fill
from shift_sms_runtime.shifts.filling.fill_plan import FillPlan
from shift_sms_runtime.shifts.shift import Shift

_LONGEST_AFTER_EDIT = timedelta(minutes=15)
"""The longest wait after the last wave if the operator changes the minutes between waves to `auto`."""


def with_decided_wave(progress: PlanProgress, shift: Shift, fill: FillPlan, now: datetime) -> PlanProgress:
    """Returns the progress after the decision of a wave."""
    target_from = now if progress.held else progress.target_from
    decided = replace(progress, last_wave_at=now, held=False, target_from=target_from)
    return _with_details(decided, shift, fill)


def without_audience(progress: PlanProgress, shift: Shift, fill: FillPlan, until: datetime) -> PlanProgress:
    """Returns the progress if no one may be texted now. `until` is when to decide the wave again."""
    return _with_details(replace(progress, next_wave_at=until, held=True), shift, fill)


def with_changes(progress: PlanProgress, shift: Shift, fill: FillPlan, now: datetime) -> PlanProgress:
    """Returns the progress with the time of the next wave that the changes since the last decision require.

    The wave is due now if

    - a seat was freed, or seats were added,
    - the plan became urgent, or ends earlier and has an automatic size or wait, or
    - no one could be texted before, and the operator has changed the plan.

    Other minutes between waves count from the last wave. A change that is taken back and made again is no change, so it
    leads to no further wave.
    """
    if progress.details is None:
        return progress
    seen, details, taken = progress.details, _merged(progress.details, _details(shift, fill)), _taken(shift)
    changed = replace(progress, details=details, taken=taken)
    if seats_to_fill(shift) and (details.seats > seen.seats or taken < progress.taken):
        return replace(changed, next_wave_at=now, target_from=now, freed_at=now)
    if details == replace(seen, seats=details.seats):
        return changed
    return replace(changed, next_wave_at=_after_edit(seen, details, fill, progress, now))


def _after_edit(
    seen: PlanDetails, details: PlanDetails, fill: FillPlan, progress: PlanProgress, now: datetime
) -> datetime | None:
    due, last = progress.next_wave_at, progress.last_wave_at
    ends_earlier = details.ends_at is not None and details.ends_at != seen.ends_at
    is_automatic = fill.wave_size is None or fill.wait is None
    if progress.held or details.urgent is not seen.urgent or (ends_earlier and is_automatic):
        return now
    if due is None or due <= now or last is None or details.wave_minutes == seen.wave_minutes:
        return due
    return min(due, last + _LONGEST_AFTER_EDIT) if fill.wait is None else last + fill.wait


def _merged(seen: PlanDetails, current: PlanDetails) -> PlanDetails:
    """Returns the current details, but keeps the most that was seen of what makes a wave due at once."""
    ends = [time for time in (seen.ends_at, current.ends_at) if time]
    return replace(
        current,
        ends_at=min(ends, default=None),
        urgent=seen.urgent or current.urgent,
        seats=max(seen.seats, current.seats),
    )


def _with_details(progress: PlanProgress, shift: Shift, fill: FillPlan) -> PlanProgress:
    return replace(progress, interrupted=False, details=_details(shift, fill), taken=_taken(shift))


def _details(shift: Shift, fill: FillPlan) -> PlanDetails:
    return PlanDetails(
        shift.fill_by,
        fill.wave_minutes,
        fill.urgent,
        f"{fill.order} {fill.wave_size or 'auto'} {fill.segment}",
        shift.seats,
    )


def _taken(shift: Shift) -> int:
    return shift.seats - seats_to_fill(shift)

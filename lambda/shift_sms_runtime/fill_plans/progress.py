"""Decides the status of a fill plan from its shift and its progress."""

from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.fill_plans.fill_contact import PlanProgress
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus


def due_progress(shift: Shift, progress: PlanProgress | None, now: datetime) -> PlanProgress | None:
    """Returns the progress with the status that is due. A new plan begins with its start.

    The same state always gives the same status, so a repeated request changes nothing.

    - `stopped` by the operator stays until the operator writes another status. The plan then continues.
    - A plan without a seat to fill is `filled`. A free seat resumes it, without a wait for the last wave.
    - After `fill_by` it is `exhausted`, as when no one is left to text. If the operator writes `running` then, a new
      plan starts, and everyone may be texted again.

    Args:
        shift: A shift with a fill plan.
        progress: The progress of its plan; None if the plan has not started.
        now: The time.

    Returns:
        None if there is nothing to do: the operator stopped the plan before it started.
    """
    status = _due_status(shift, progress, now)
    if progress is None:
        return None if status is FillStatus.STOPPED else _new(shift, status, now)
    asked_to_run = shift.fill is not None and shift.fill.status in (None, FillStatus.RUNNING)
    if progress.status is FillStatus.EXHAUSTED and status is FillStatus.RUNNING and asked_to_run:
        return _new(shift, status, now)
    if progress.status is FillStatus.FILLED and status is FillStatus.RUNNING:
        return replace(progress, status=status, next_wave_at=now)
    return replace(progress, status=status)


def is_settled(shift: Shift, progress: PlanProgress) -> bool:
    """Returns whether the shift has the status and the start of the plan."""
    fill = shift.fill
    return fill is not None and (fill.status, fill.started_at) == (progress.status, progress.started_at)


def seats_to_fill(shift: Shift) -> int:
    """Returns the free seats that the waiting list does not take."""
    return max(0, shift.free_seats - len(shift.waiting))


def _due_status(shift: Shift, progress: PlanProgress | None, now: datetime) -> FillStatus:
    written = shift.fill.status if shift.fill else None
    if written is FillStatus.STOPPED or shift.status == ShiftStatus.CANCELED:
        return FillStatus.STOPPED
    # A seat that is offered to the waiting list is not filled yet.
    if not shift.free_seats and not shift.offers:
        return FillStatus.FILLED
    is_over = not shift.is_open(now) or (shift.fill_by is not None and now >= shift.fill_by)
    ended = progress is not None and FillStatus.EXHAUSTED is progress.status is written
    return FillStatus.EXHAUSTED if is_over or ended else FillStatus.RUNNING


def _new(shift: Shift, status: FillStatus, now: datetime) -> PlanProgress:
    return PlanProgress(shift.shift_id, now.isoformat(timespec="milliseconds"), status)

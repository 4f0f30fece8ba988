"""Decides the status of a fill plan from its shift and its progress."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shift_sms_runtime.fill_plans.fill_contact import SPARED_FOR, PlanProgress, SentContact
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus

_FILLED_FOR = timedelta(minutes=3)
"""How long a shift must stay filled before the texts from before it are no offers anymore.

Otherwise each seat that is taken and freed within seconds would text the same employees again.
"""


def due_progress(shift: Shift, progress: PlanProgress | None, now: datetime) -> PlanProgress | None:
    """Returns the progress with the status that is due. A new plan begins with its start.

    The same state always gives the same status, so a repeated request changes nothing.

    - `stopped` by the operator stays until the operator writes another status. The plan then continues.
    - A plan without a seat to fill is `filled`. A free seat resumes it, without a wait for the last wave.
    - After `fill_by` it is `exhausted`, as when no one is left to text. If the operator writes `running` then, a new
      plan starts, and everyone may be texted again.
    - A sick call that the plan does not know starts a new plan.

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
    progress = _with_filled_time(progress, status, now)
    if status is FillStatus.RUNNING:
        return _running(shift, progress, now)
    if status is FillStatus.FILLED:
        # The seats of these calls are taken again, before a plan could start for them.
        known = [progress.last_sick_call] if progress.last_sick_call else []
        progress = replace(progress, last_sick_call=max([*known, *_sick_calls(shift)], default=None))
    return replace(progress, status=status)


def plan_after(
    shift: Shift, progress: PlanProgress, contacts: Mapping[str, SentContact], now: datetime
) -> PlanProgress | None:
    """Returns the plan that follows one without anyone left, if a seat was freed after it has texted someone.

    None if the new plan could not text any of these before its end, too.
    """
    freed_at, end = progress.freed_at, shift.fill_by
    if freed_at is None:
        return None
    new = _renewed(shift, progress, now)
    not_texted = {*shift.holders, *shift.offers, *shift.waiting, *shift.given_back, *shift.sick_calls}
    before = [
        contact.at
        for number, contact in contacts.items()
        if contact.at <= freed_at and number not in not_texted
    ]
    offers = [at + SPARED_FOR for at in before if new.spares_since and at > new.spares_since]
    may_text = len(offers) < len(before) or any(end is None or until < end for until in offers)
    return new if before and may_text else None


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


def _with_filled_time(progress: PlanProgress, status: FillStatus, now: datetime) -> PlanProgress:
    """Returns the progress with what is known of the time in which no seat was free."""
    if progress.status is not FillStatus.FILLED:
        return replace(progress, filled_at=now) if status is FillStatus.FILLED else progress
    filled_at, since = progress.filled_at, progress.spares_since
    if status is FillStatus.FILLED:
        return progress
    if filled_at is None or now - filled_at < _FILLED_FOR:
        return replace(progress, filled_at=None)
    return replace(progress, spares_since=max(since, filled_at) if since else None)


def _running(shift: Shift, progress: PlanProgress, now: datetime) -> PlanProgress:
    """Returns the progress of a plan that is to run, or of the one that follows it."""
    if _new_sick_calls(shift, progress):
        return _renewed(shift, progress, now)
    if progress.status is FillStatus.RUNNING:
        return progress
    resumed = replace(progress, status=FillStatus.RUNNING, target_from=now)
    if progress.status is FillStatus.STOPPED:
        return replace(resumed, interrupted=True)
    asked_to_run = shift.fill is not None and shift.fill.status in (None, FillStatus.RUNNING)
    if progress.status is FillStatus.EXHAUSTED and asked_to_run:
        return _new(shift, FillStatus.RUNNING, now, before=progress)
    return replace(resumed, next_wave_at=now, freed_at=now)


def _renewed(shift: Shift, progress: PlanProgress, now: datetime) -> PlanProgress:
    """Returns a new plan for a seat that was freed after the plan before has texted employees.

    It may text everyone again but those whose text is still an offer: it was sent within `SPARED_FOR`, and the shift
    was not filled for `_FILLED_FOR` since.
    """
    started_at = datetime.fromisoformat(progress.started_at)
    return replace(
        _new(shift, FillStatus.RUNNING, now, before=progress),
        filled_at=progress.filled_at,
        spares_since=progress.filled_at or progress.spares_since or started_at - SPARED_FOR,
    )


def _new(
    shift: Shift, status: FillStatus, now: datetime, *, before: PlanProgress | None = None
) -> PlanProgress:
    """Returns a plan that starts now, and at least a millisecond later than the one before it.

    The start identifies a plan.
    """
    start = now
    if before is not None:
        start = max(now, datetime.fromisoformat(before.started_at) + timedelta(milliseconds=1))
    return PlanProgress(
        shift.shift_id,
        start.isoformat(timespec="milliseconds"),
        status,
        target_from=now,
        last_sick_call=max(_sick_calls(shift), default=None),
    )


def _new_sick_calls(shift: Shift, progress: PlanProgress) -> list[datetime]:
    known = progress.last_sick_call
    return [at for at in _sick_calls(shift) if known is None or at > known]


def _sick_calls(shift: Shift) -> list[datetime]:
    """Returns when employees gave a seat back because of sickness. Others are sick and keep it."""
    return [at for number, at in shift.sick_calls.items() if number not in shift.holders]

"""Reads how far the plan of a shift is."""

from datetime import datetime

from shift_sms_operator.fill_plans.views import FillProgress, NoFillPlan
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.tables.fill_plans.fill_history import DynamoFillHistory


class FillFollower:
    """Follows plans. A look reads two items: the shift, and the progress of its last plan."""

    def __init__(self, finder: ShiftFinder, history: DynamoFillHistory) -> None:
        self._finder = finder
        self._history = history

    def progress(self, shift_id: str) -> FillProgress:
        """Returns how far the plan of a shift is.

        Raises:
            Refused: there is no such shift.
            NoFillPlan: it has no plan.
        """
        progress = self.of(self._finder.get(shift_id))
        if progress is None:
            raise NoFillPlan(f"{shift_id} has no fill plan")
        return progress

    def of(self, shift: Shift) -> FillProgress | None:
        """Returns how far the plan of a shift is; None if it has no plan."""
        fill = shift.fill
        if fill is None:
            return None
        plans = self._history.plans(shift.shift_id, most=1) if fill.started_at else ()
        plan = next((plan for plan in plans if plan.started_at == fill.started_at), None)
        does_not_run, is_running = _does_not_run(shift), fill.status is FillStatus.RUNNING
        return FillProgress(
            shift,
            fill.status,
            fill.started_at,
            waves=plan.waves if plan else 0,
            next_wave_at=plan.next_wave_at if plan and is_running and not does_not_run else None,
            contacted=fill.contacted,
            claimed=_claimed_since(shift, fill.started_at),
            does_not_run=does_not_run,
        )


def _does_not_run(shift: Shift) -> str:
    """Returns the status of a shift that keeps its plan from running. An ended plan has its own status."""
    if shift.fill is None or shift.fill.status not in (None, FillStatus.RUNNING):
        return ""
    if shift.problems:
        return ShiftStatus.REFUSED.value
    if shift.status == ShiftStatus.CANCELED:
        return "canceled"
    # The reconciler makes a refused shift available after its mistakes are corrected.
    return "" if shift.status in (*DERIVED_STATUSES, ShiftStatus.REFUSED) else repr(str(shift.status))


def _claimed_since(shift: Shift, started_at: str) -> int:
    """Returns how many seats of a shift were taken since a plan has started."""
    try:
        start = datetime.fromisoformat(started_at)
    except ValueError:
        return 0
    return sum(since is not None and since >= start for since in shift.holders.values())

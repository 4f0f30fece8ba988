"""What a step of the planner is decided from, and how a request ends."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.fill_plans.fill_contact import PlanProgress
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus


class FillOutcome(StrEnum):
    """The outcome of a request, for the log and metrics."""

    NO_PLAN = "no-plan"
    WAITING = "waiting"
    """The next wave is not due, or the waiting list is asked first."""
    WAVE_QUEUED = "wave-queued"
    ENDED = "ended"


@record
class PlanResult:
    """The end of a request."""

    outcome: FillOutcome
    next_request_at: datetime | None = None
    """None if only a change of the shift leads to the next one."""


@record
class PlanState:
    """A shift and the progress of its plan, as they were read."""

    shift: Shift | None
    progress: PlanProgress | None

    def is_as(self, other: "PlanState") -> bool:
        """Returns whether both lead to the same next request."""
        mine, others = _without_contacted(self.shift), _without_contacted(other.shift)
        return (mine, self.progress) == (others, other.progress)


def may_have_plan(shift: Shift) -> bool:
    """Returns whether the plan of a shift can run or end.

    Any other status that an operator wrote pauses it. A mistake in the item pauses it, too.
    """
    return not shift.problems and shift.status in (*DERIVED_STATUSES, ShiftStatus.CANCELED)


def earlier(*times: datetime | None) -> datetime | None:
    """Returns the earliest of the times that are not None."""
    return min((time for time in times if time), default=None)


def _without_contacted(shift: Shift | None) -> Shift | None:
    fill = shift.fill if shift else None
    return replace(shift, fill=replace(fill, contacted=0)) if shift and fill else shift

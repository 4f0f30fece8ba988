"""Starts and stops fill plans: writes the attributes of the shift that the planner follows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.fill_plans.views import FillAction, FillChange
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_changes import until_unchanged
from shift_sms_operator.shifts.shift_drafts import ShiftDrafts
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_operator.shifts.shift_views import ShiftDraft
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts

_STATUS = "fill_status"


class FillChanges:
    """Starts, resumes and stops plans. A change is written only if the shift is as it was read."""

    def __init__(
        self,
        *,
        finder: ShiftFinder,
        table: DynamoOperatorShifts,
        drafts: ShiftDrafts,
        recorder: AuditRecorder,
        pinpoint: bool,
        default_order: FillOrder,
        clock: Clock,
    ) -> None:
        """Takes what the operations need.

        Args:
            finder: Finds shifts.
            table: Writes them.
            drafts: Makes the shifts of an operator's values.
            recorder: Makes the records of the audit trail.
            pinpoint: Whether the retired engine sends campaigns.
            default_order: The order of a plan that names none.
            clock: The time.
        """
        self._finder = finder
        self._table = table
        self._drafts = drafts
        self._recorder = recorder
        self._pinpoint = pinpoint
        self._default_order = default_order
        self._clock = clock

    def draft(self, shift_id: str, values: Mapping[str, str]) -> tuple[ShiftDraft, FillAction]:
        """Returns the shift with the plan that `start` would write, and what `start` would do.

        Raises:
            Refused: see `start`.
        """
        if self._pinpoint:
            raise Refused(
                "the Pinpoint engine has no fill plans; deploy with campaign_engine end-user-messaging"
            )
        shift = self._finder.get(shift_id)
        if shift.status == ShiftStatus.CANCELED:
            raise Refused(f"{shift.shift_id} is canceled; reopen it first")
        draft = self._drafts.edited(shift, values)
        if draft.shift.fill is None:
            draft = self._drafts.edited(shift, {**values, "fill_order": self._default_order.value})
        _check(draft.shift, self._clock())
        action = _action(shift, draft.shift)
        if action is FillAction.RUNNING and draft.changes:
            raise Refused(
                f"a fill plan of {shift.shift_id} runs already; edit the shift to change the plan, or stop it first"
            )
        return draft, action

    def start(self, shift_id: str, values: Mapping[str, str]) -> FillChange:
        """Starts a plan, or resumes one that was stopped. After an exhausted plan, a new one starts.

        Args:
            shift_id: The code of the shift.
            values: The attributes of the plan. An empty one is removed. Those that are not given stay as they are.

        Raises:
            Refused: there is no such shift, a value is wrong, the shift cannot be filled, or another plan of it runs.
        """
        return until_unchanged(lambda: self._start(shift_id, values), shift_id)

    def stop(self, shift_id: str) -> FillChange:
        """Stops a plan: no one else is texted. Texts already handed to the service still leave.

        An exhausted plan stays as it is: a stop would hide that `start` begins a new plan. A filled one is stopped,
        because a free seat would resume it.

        Raises:
            Refused: there is no such shift, or it has no plan.
        """
        return until_unchanged(lambda: self._stop(shift_id), shift_id)

    def _start(self, shift_id: str, values: Mapping[str, str]) -> FillChange:
        draft, action = self.draft(shift_id, values)
        shift, changes = draft.before, dict(draft.changes)
        if action is FillAction.RUNNING or shift is None:
            return FillChange(draft.shift, changed=False, action=action)
        if _STATUS in shift.stored_item:
            changes[_STATUS] = FillStatus.RUNNING.value
        self._table.edit(shift, changes, self._record(shift, f"fill plan {action}", changes))
        return FillChange(_with_status(draft.shift, FillStatus.RUNNING), changed=True, action=action)

    def _stop(self, shift_id: str) -> FillChange:
        shift = self._finder.get(shift_id)
        if shift.fill is None:
            raise Refused(f"{shift.shift_id} has no fill plan to stop")
        if shift.fill.status in (FillStatus.STOPPED, FillStatus.EXHAUSTED):
            return FillChange(shift, changed=False)
        changes: dict[str, object] = {_STATUS: FillStatus.STOPPED.value}
        self._table.edit(shift, changes, self._record(shift, "fill plan stopped", changes))
        return FillChange(_with_status(shift, FillStatus.STOPPED), changed=True)

    def _record(self, shift: Shift, action: str, changes: Mapping[str, object]) -> AuditRecord:
        before = {name: shift.stored_item[name] for name in changes if name in shift.stored_item}
        return self._recorder.record(Subject.SHIFT.of(shift.shift_id), action, before=before, after=changes)


def _with_status(shift: Shift, status: FillStatus) -> Shift:
    """Returns a shift with the status of its plan. A plan that has not started has none until it is stopped."""
    if shift.fill is None or (shift.fill.status is None and status is FillStatus.RUNNING):
        return shift
    return replace(shift, fill=replace(shift.fill, status=status))


def _check(shift: Shift, now: datetime) -> None:
    """Raises Refused unless a plan of the shift could text someone."""
    shift_id, fill_by = shift.shift_id, shift.fill.fill_by if shift.fill else None
    # The reconciler makes a refused shift available after its mistakes are corrected.
    if shift.status not in (*DERIVED_STATUSES, ShiftStatus.REFUSED):
        raise Refused(f"{shift_id} is {shift.status!r}, so no one can book it; make it available first")
    if shift.closes_at is not None and shift.closes_at <= now:
        raise Refused(f"no one can book {shift_id} any longer: its start or its respond_by has passed")
    if fill_by is not None and fill_by <= now:
        ended = fill_by.astimezone(shift.zone)
        raise Refused(
            f"fill_by is {ended:%Y-%m-%d %H:%M %Z}, which has passed; write a later time, or an empty text for none"
        )
    if not shift.free_seats and not shift.offers:
        raise Refused(f"no seat of {shift_id} is free, so there is nothing to fill")


def _action(before: Shift, after: Shift) -> FillAction:
    status = after.fill.status if after.fill else None
    if before.fill is not None and status in (None, FillStatus.RUNNING, FillStatus.FILLED):
        # A free seat resumes a filled plan at once.
        return FillAction.RUNNING
    if after.fill is None or not after.fill.started_at:
        return FillAction.STARTED
    return FillAction.RESTARTED if status is FillStatus.EXHAUSTED else FillAction.RESUMED

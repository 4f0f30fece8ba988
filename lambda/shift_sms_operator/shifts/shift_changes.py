"""Adds, edits, cancels and reopens shifts. A change is written only if the shift is as it was read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_operator.shifts.shift_drafts import STATUS, ShiftDrafts
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_operator.shifts.shift_views import ShiftChange, ShiftDraft
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import index_attributes, index_keys
from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts

T = TypeVar("T")

_MAX_ATTEMPTS = 8


def until_unchanged(attempt: Callable[[], T], shift_id: str) -> T:
    """Returns the result of an attempt that reads and writes. Repeats it while others write the same rows.

    Raises:
        ChangedByAnother: the rows changed in every attempt.
    """
    for _ in range(_MAX_ATTEMPTS):
        try:
            return attempt()
        except ChangedMeanwhile:
            continue
    raise ChangedByAnother(
        f"{shift_id} keeps changing, because others write it too; look at it, then try again"
    )


def affected(shift: Shift) -> tuple[str, ...]:
    """Returns the employees who have a seat, are offered one or wait for one: they are told of a cancellation."""
    return tuple(dict.fromkeys((*shift.holders, *shift.offers, *shift.waiting)))


class ShiftChanges:
    """Changes shifts."""

    def __init__(
        self,
        *,
        finder: ShiftFinder,
        table: DynamoOperatorShifts,
        drafts: ShiftDrafts,
        recorder: AuditRecorder,
    ) -> None:
        self._finder = finder
        self._table = table
        self._drafts = drafts
        self._recorder = recorder

    def preview(self, shift_id: str, values: Mapping[str, str]) -> ShiftDraft:
        """Returns a new shift without adding it. Raises Refused as `add` does."""
        draft = self._drafts.new(shift_id, values)
        self._finder.check_unlike_others(shift_id)
        return draft

    def preview_edit(self, shift_id: str, values: Mapping[str, str]) -> ShiftDraft:
        """Returns a shift with other values without writing it. Raises Refused as `edit` does."""
        return self._drafts.edited(self._open_for_edits(shift_id), values)

    def add(
        self, shift_id: str, values: Mapping[str, str], *, operation_id: str | None = None
    ) -> ShiftChange:
        """Adds a shift.

        Args:
            shift_id: The code.
            values: The details by attribute.
            operation_id: The id of an operation that adds several shifts.

        Returns:
            The shift. It was not changed if the same shift was added before.

        Raises:
            Refused: a value is wrong, or another shift has the code.
        """
        draft = self.preview(shift_id, values)
        item = {**draft.changes, **index_keys(draft.shift)}
        record = self._record(shift_id, "added", {}, draft.changes, operation_id)
        existing = self._table.add(item, record)
        if existing is None:
            return ShiftChange(draft.shift, changed=True, preview=draft.preview)
        if any(existing.get(name) != value for name, value in draft.changes.items() if name != STATUS):
            raise Refused(f"there is another shift {shift_id} already; edit it, or choose another code")
        return ShiftChange(self._finder.get(shift_id), changed=False, preview=draft.preview)

    def edit(
        self, shift_id: str, values: Mapping[str, str], *, operation_id: str | None = None
    ) -> ShiftChange:
        """Changes details of a shift. An empty value removes one.

        Raises:
            Refused: there is no such shift, it is canceled, a value is wrong, or seats are in use.
        """
        return until_unchanged(lambda: self._edit(shift_id, values, operation_id), shift_id)

    def cancel(self, shift_id: str) -> ShiftChange:
        """Cancels a shift. The employees who have it, are offered it or wait for it are told.

        Raises:
            Refused: there is no such shift.
        """
        return until_unchanged(lambda: self._cancel(shift_id), shift_id)

    def reopen(self, shift_id: str) -> ShiftChange:
        """Makes a canceled shift available again, or one with a status of the operator's own. It has no holders then.

        Raises:
            Refused: there is no such shift, or another one has a similar code.
        """
        return until_unchanged(lambda: self._reopen(shift_id), shift_id)

    def _open_for_edits(self, shift_id: str) -> Shift:
        shift = self._finder.get(shift_id)
        if shift.status == ShiftStatus.CANCELED:
            raise Refused(f"{shift_id} is canceled; reopen it first")
        return shift

    def _edit(self, shift_id: str, values: Mapping[str, str], operation_id: str | None) -> ShiftChange:
        shift = self._open_for_edits(shift_id)
        draft = self._drafts.edited(shift, values)
        if not draft.changes:
            return ShiftChange(shift, changed=False, preview=draft.preview)
        record = self._record(shift.shift_id, "edited", shift.stored_item, draft.changes, operation_id)
        self._table.edit(shift, {**draft.changes, **index_attributes(draft.shift)}, record)
        return ShiftChange(draft.shift, changed=True, preview=draft.preview, notice=draft.notice)

    def _cancel(self, shift_id: str) -> ShiftChange:
        shift = self._finder.get(shift_id)
        if shift.status == ShiftStatus.CANCELED:
            return ShiftChange(shift, changed=False)
        canceled = replace(shift, status=ShiftStatus.CANCELED)
        changes: dict[str, object] = {STATUS: ShiftStatus.CANCELED.value}
        record = self._record(shift.shift_id, "canceled", shift.stored_item, changes)
        self._table.edit(shift, {**changes, **index_attributes(canceled)}, record)
        return ShiftChange(canceled, changed=True, told=affected(shift))

    def _reopen(self, shift_id: str) -> ShiftChange:
        shift = self._finder.get(shift_id)
        if shift.status in (*DERIVED_STATUSES, ShiftStatus.REFUSED):
            return ShiftChange(shift, changed=False)
        self._finder.check_unlike_others(shift_id)
        reopened = replace(shift, status=ShiftStatus.AVAILABLE)
        changes: dict[str, object] = {STATUS: ShiftStatus.AVAILABLE.value}
        record = self._record(shift.shift_id, "reopened", shift.stored_item, changes)
        self._table.edit(shift, {**changes, **index_attributes(reopened)}, record)
        return ShiftChange(reopened, changed=True)

    def _record(
        self,
        shift_id: str,
        action: str,
        stored: Mapping[str, object],
        changes: Mapping[str, object],
        operation_id: str | None = None,
    ) -> AuditRecord:
        before = {name: stored[name] for name in changes if name in stored}
        return self._recorder.record(
            Subject.SHIFT.of(shift_id),
            action,
            before=before,
            after=changes,
            operation_id=operation_id,
            # The changes of an import have one record that stands for all.
            listed_by_day=operation_id is None,
        )

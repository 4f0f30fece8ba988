"""Loads a CSV file of shifts: adds the new ones, and writes what the file says otherwise of those that exist.

Seats, waiting lists and cancellations are no part of the file: loading it again frees no seat. An empty cell leaves
what is there. Loading the same file again changes nothing, so repeating an interrupted import completes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from shift_sms_operator.audit.audit_recorder import AuditRecorder, new_operation_id
from shift_sms_operator.concurrent_work import work_on
from shift_sms_operator.csv_records import Columns, CsvRecord, Problem, read_records
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_changes import ShiftChanges
from shift_sms_operator.shifts.shift_drafts import DETAILS, STATUS, changed_values, stored_text
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_operator.shifts.shift_views import ChangeNotice, ShiftChange, ShiftDraft, TextPreview
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.language.shift_codes import normalize_code
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail

_WRITTEN_BACK = ("fill_status", "fill_contacted")
_ONLY_EXPORTED = (*_WRITTEN_BACK, "booked", "offered", "waiting", "employees")
"""What an export tells besides. An import ignores it."""

COLUMNS = Columns(
    required=("shift_id",),
    optional=(*DETAILS, STATUS, *_ONLY_EXPORTED),
    other_names={
        **dict.fromkeys(("code", "shift", "id"), "shift_id"),
        **dict.fromkeys(("info", "details", "description"), "shift_info"),
        **dict.fromkeys(("start", "starts"), "starts_at"),
        **dict.fromkeys(("end", "ends"), "ends_at"),
        "time_zone": "timezone",
        "status": STATUS,
    },
)


class ImportAction(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CANCELED = "canceled"
    """The shift was canceled before and stays so."""
    REJECTED = "rejected"


@dataclass(frozen=True)
class ImportedRow:
    """What became of a row of a file."""

    line: int
    shift_id: str
    action: ImportAction
    message: str = ""
    """Why the row was rejected, and what would be right."""
    preview: TextPreview | None = None
    notice: ChangeNotice | None = None
    """What holders are told of another time or place; None if they are told nothing."""
    starts_plan: bool = False
    """Whether the row starts a fill plan, or would start one."""

    @property
    def problem(self) -> Problem | None:
        """The problem of a row that was rejected."""
        return Problem(self.line, self.message) if self.action is ImportAction.REJECTED else None


class ShiftImporter:
    """Loads files of shifts."""

    def __init__(
        self,
        *,
        finder: ShiftFinder,
        changes: ShiftChanges,
        recorder: AuditRecorder,
        audit_trail: DynamoAuditTrail,
    ) -> None:
        self._finder = finder
        self._changes = changes
        self._recorder = recorder
        self._audit_trail = audit_trail

    def load(self, path: Path, *, dry_run: bool = False) -> Iterator[ImportedRow]:
        """Loads a file, several rows at a time, and yields what became of each row as it is completed.

        Args:
            path: The file.
            dry_run: Whether the rows are only checked.

        Raises:
            UnusableFile: nothing of the file can be loaded.
        """
        operation_id = new_operation_id()
        counts: dict[str, int] = {}
        try:
            for row in work_on(partial(self._load, operation_id, dry_run), _distinct(path)):
                counts[row.action.value] = counts.get(row.action.value, 0) + 1
                yield row
        finally:
            if not dry_run and {ImportAction.ADDED, ImportAction.CHANGED} & counts.keys():
                subject = Subject.IMPORT.of(operation_id)
                after = {"file": path.name, **counts}
                self._audit_trail.add(
                    self._recorder.record(subject, "imported shifts", before={}, after=after)
                )

    def _load(self, operation_id: str, dry_run: bool, row: "_Row") -> ImportedRow:
        shift_id = row.shift_id
        if row.problem:
            return ImportedRow(row.line, shift_id, ImportAction.REJECTED, row.problem)
        try:
            existing = self._finder.find(shift_id)
            if existing is None:
                return self._add(operation_id, dry_run, row)
            if existing.status == ShiftStatus.CANCELED:
                return ImportedRow(row.line, shift_id, ImportAction.CANCELED)
            return self._edit(operation_id, dry_run, row, existing)
        except Refused as refused:
            return ImportedRow(row.line, shift_id, ImportAction.REJECTED, str(refused))

    def _add(self, operation_id: str, dry_run: bool, row: "_Row") -> ImportedRow:
        values = changed_values(row.values, (*DETAILS, STATUS))
        if dry_run:
            draft = self._changes.preview(row.shift_id, values)
            starts = _starts_plan(None, draft.shift)
            return ImportedRow(
                row.line, row.shift_id, ImportAction.ADDED, preview=draft.preview, starts_plan=starts
            )
        change = self._changes.add(row.shift_id, values, operation_id=operation_id)
        action = ImportAction.ADDED if change.changed else ImportAction.UNCHANGED
        starts = change.changed and _starts_plan(None, change.shift)
        return ImportedRow(row.line, row.shift_id, action, preview=change.preview, starts_plan=starts)

    def _edit(self, operation_id: str, dry_run: bool, row: "_Row", existing: Shift) -> ImportedRow:
        values = changed_values(row.values)
        change: ShiftDraft | ShiftChange
        if dry_run:
            change = self._changes.preview_edit(row.shift_id, values)
            changed = bool(change.changes)
        else:
            change = self._changes.edit(row.shift_id, values, operation_id=operation_id)
            changed = change.changed
        return ImportedRow(
            row.line,
            row.shift_id,
            ImportAction.CHANGED if changed else ImportAction.UNCHANGED,
            preview=change.preview,
            notice=change.notice,
            starts_plan=_starts_plan(existing, change.shift),
        )


@dataclass(frozen=True)
class _Row:
    line: int
    shift_id: str
    values: Mapping[str, str]
    problem: str = ""


def _starts_plan(before: Shift | None, after: Shift) -> bool:
    """Returns whether a shift with a free seat has a fill plan that it had not before."""
    had_plan = before is not None and before.fill is not None
    return after.fill is not None and not had_plan and after.free_seats > 0


def _distinct(path: Path) -> Iterator[_Row]:
    """Yields the rows of a file. One whose code is in the file already has a problem."""
    first_of: dict[str, tuple[int, str]] = {}
    for record in read_records(path, COLUMNS):
        yield _checked(record, first_of)


def _checked(record: CsvRecord, first_of: dict[str, tuple[int, str]]) -> _Row:
    if record.problem:
        return _Row(record.line, "", {}, record.problem)
    shift_id = record.values["shift_id"]
    if not shift_id:
        return _Row(record.line, "", {}, "shift_id is empty; write a code such as XYZ123")
    first, other = first_of.setdefault(normalize_code(shift_id), (record.line, shift_id))
    problem = ""
    if first != record.line:
        alike = f"{shift_id} is on line {first}, too; remove one of the two"
        unlike = f"employees could not tell {shift_id} from {other} on line {first}; choose another code"
        problem = alike if other == shift_id else unlike
    return _Row(record.line, shift_id, record.values, problem)


EXPORT_HEADER = ("shift_id", *DETAILS, STATUS, *_ONLY_EXPORTED)


def exported(shift: Shift) -> Sequence[object]:
    """Returns the cells of a shift under `EXPORT_HEADER`: its details as stored, its seats, and who has them."""
    stored = [stored_text(shift.stored_item, name) for name in (*DETAILS, STATUS, *_WRITTEN_BACK)]
    counts = (len(shift.holders), len(shift.offers), len(shift.waiting))
    return (shift.shift_id, *stored, *counts, ";".join(shift.holders))

"""Writes the details of employees into the tables. Details that are not given stay.

Employees whose rows say the same already are read and not written. So loading a file again is cheap, and continues a
load that was interrupted. Several batches are under way at once, and no more than that is in memory.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.concurrent_work import work_on
from shift_sms_operator.employees.employee_entry import EmployeeEntry
from shift_sms_operator.refusals import ChangedByAnother
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.tables.employees import employee_attributes
from shift_sms_runtime.tables.operator_employees import (
    MAX_ACTIONS,
    DynamoOperatorEmployees,
    EmployeeChange,
    StoredEmployees,
)

OPT_OUTS_COME_FROM = "pinpoint-import"
"""`opt_changed_by` of an opt-out that a file says. Only files of Amazon Pinpoint do."""

_BATCH = 25
"""Employees that are read at once, and written in one transaction if that is allowed to have as many actions."""

_MAX_ATTEMPTS = 20
"""How often an employee is read and written while other programs change the row."""


@dataclass
class LoadCounts:
    """How many employees were loaded so far."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def loaded(self) -> int:
        """The employees whose rows say what the file says."""
        return self.added + self.changed + self.unchanged

    def add(self, other: "LoadCounts") -> None:
        """Adds the counts of a batch."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged


OnProgress = Callable[[LoadCounts], None]
"""Is called with the counts so far after each batch."""


class EmployeeLoader:
    """Loads employees in batches."""

    def __init__(self, table: DynamoOperatorEmployees, recorder: AuditRecorder) -> None:
        self._table = table
        self._recorder = recorder

    def load(
        self,
        entries: Iterable[EmployeeEntry],
        *,
        segment: str | None,
        counts: LoadCounts,
        on_progress: OnProgress = lambda _counts: None,
    ) -> None:
        """Writes what is said about each employee, and adds them to segments.

        The same employee may come twice, in any order, unless the two say different things. If it is interrupted, the
        batches under way are completed.

        Args:
            entries: What is said.
            segment: The segment of those for whom no segment is said; None for no segment.
            counts: Is increased after each batch.
            on_progress: Is called after each batch.
        """
        stopped = threading.Event()
        patient_wait, self._table.wait = self._table.wait, _wait_unless(stopped)
        counting = threading.Lock()

        def load_batch(batch: Sequence[EmployeeEntry]) -> None:
            loaded = self._load_batch(batch, segment)
            with counting:
                counts.add(loaded)

        completed = work_on(load_batch, _batches(entries))
        try:
            for _ in completed:
                on_progress(counts)
        finally:
            stopped.set()
            completed.close()
            self._table.wait = patient_wait

    def load_one(self, entry: EmployeeEntry, *, segment: str | None) -> EmployeeChange | None:
        """Writes what is said about one employee. Returns the change; None if the row says the same already."""
        for _ in range(_MAX_ATTEMPTS):
            change = self._change(entry, segment, self._read([entry], segment), of_import=False)
            if change is None:
                return None
            try:
                self._table.write([change])
            except ChangedMeanwhile:
                continue
            return change
        raise ChangedByAnother(f"{entry.phone_number} keeps changing; run the command again")

    def _load_batch(self, entries: Sequence[EmployeeEntry], segment: str | None) -> LoadCounts:
        counts, left, size = LoadCounts(), list(entries), MAX_ACTIONS
        for _ in range(_MAX_ATTEMPTS):
            stored = self._read(left, segment)
            changes = [self._change(entry, segment, stored, of_import=True) for entry in left]
            counts.unchanged += changes.count(None)
            conflicting = set[str]()
            for transaction in _transactions([change for change in changes if change], size):
                try:
                    self._table.write(transaction)
                except ChangedMeanwhile:
                    conflicting |= {change.after.phone_number for change in transaction}
                else:
                    added = sum(change.before is None for change in transaction)
                    counts.added += added
                    counts.changed += len(transaction) - added
            left = [entry for entry in left if entry.phone_number in conflicting]
            if not left:
                return counts
            # One employee per transaction, so that one that keeps changing does not hold up the others.
            size = 0
        raise ChangedByAnother(f"{left[0].phone_number} keeps changing; run the command again")

    def _read(self, entries: Sequence[EmployeeEntry], segment: str | None) -> StoredEmployees:
        numbers = [entry.phone_number for entry in entries]
        members = [(name, entry.phone_number) for entry in entries for name in _segments_of(entry, segment)]
        return self._table.read(numbers, members)

    def _change(
        self, entry: EmployeeEntry, segment: str | None, stored: StoredEmployees, *, of_import: bool
    ) -> EmployeeChange | None:
        number = entry.phone_number
        before = stored.rows.get(number)
        after = changed_row(before, entry)
        segments = _segments_of(entry, segment)
        new = [name for name in segments if (name, number) not in stored.members]
        if after == before and not new:
            return None
        record = self._recorder.record(
            Subject.EMPLOYEE.of(number),
            "added" if before is None or (after.on_roster and not before.on_roster) else "changed",
            before={
                **employee_attributes(before),
                "segments": [name for name in segments if name not in new] or None,
            },
            after={**employee_attributes(after), "segments": [*segments] or None},
            listed_by_day=not of_import,
        )
        return EmployeeChange(before, after, new, record)


def changed_row(before: EmployeeRow | None, entry: EmployeeEntry) -> EmployeeRow:
    """Returns the row that says what is said about an employee. `before` is None if there is no row."""
    row = before or EmployeeRow(entry.phone_number, on_roster=not entry.only_opt_out)
    if not entry.only_opt_out:
        row = replace(
            row,
            on_roster=True,
            removed_at="",
            name=entry.name or row.name,
            language=entry.language or row.language,
            roles=entry.roles or row.roles,
            hired_at=entry.hired_at or row.hired_at,
            timezone=entry.timezone or row.timezone,
            sites=entry.sites or row.sites,
            notices=entry.notices or row.notices,
        )
    # A later choice of the employee stays, and so does the same one.
    if entry.opted_out_at > row.opt_changed_at:
        row = replace(
            row,
            opted_out=True,
            opt_changed_at=entry.opted_out_at,
            opt_changed_by=OPT_OUTS_COME_FROM,
        )
    return row


def _segments_of(entry: EmployeeEntry, segment: str | None) -> Sequence[str]:
    if entry.only_opt_out:
        return ()
    return entry.segments or ((segment,) if segment else ())


def _batches(entries: Iterable[EmployeeEntry]) -> Iterator[list[EmployeeEntry]]:
    """Yields batches in which each number is once."""
    batch: dict[str, EmployeeEntry] = {}
    for entry in entries:
        if len(batch) == _BATCH or entry.phone_number in batch:
            yield [*batch.values()]
            batch = {}
        batch[entry.phone_number] = entry
    if batch:
        yield [*batch.values()]


def _transactions(changes: Sequence[EmployeeChange], size: int) -> Iterator[list[EmployeeChange]]:
    """Yields changes whose actions are at most `size` together, or one change."""
    transaction: list[EmployeeChange] = []
    for change in changes:
        if transaction and sum(one.actions for one in (*transaction, change)) > size:
            yield transaction
            transaction = []
        transaction.append(change)
    if transaction:
        yield transaction


class _Stopped(Exception):
    """The load was stopped while the tables were throttled."""


def _wait_unless(stopped: threading.Event) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        if stopped.wait(seconds):
            raise _Stopped

    return sleep

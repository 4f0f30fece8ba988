"""The operations on employees."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.csv_records import Problem
from shift_sms_operator.employees.employee_details import EmployeeDetails, EmployeeHistory
from shift_sms_operator.employees.employee_entry import EmployeeEntry
from shift_sms_operator.employees.employee_file import CheckedFile, EmployeeFile
from shift_sms_operator.employees.employee_loader import EmployeeLoader, LoadCounts, OnProgress
from shift_sms_operator.employees.employee_remover import EmployeeRemover, RemovalStep, RemovedEmployee
from shift_sms_operator.employees.pinpoint.endpoints import Endpoints
from shift_sms_operator.pages import DEFAULT_LIMIT, Page, read_page
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.tables.audit_trail import DynamoAuditTrail
from shift_sms_runtime.tables.employees import DynamoEmployeeRows
from shift_sms_runtime.tables.operator_employees import EmployeeChange
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

MAX_REMOVED_SHARE = 0.2
"""The share of the roster that a complete roster may remove without `force`."""

_LONGEST_FILE_NAME = 200
_EXPORTED_AT_ONCE = 100
_MOST_SEARCHED = 1000
_NO_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class PlannedRemovals:
    """The employees whom a complete roster removes, because it does not have them."""

    rows: Sequence[EmployeeRow]
    roster: int
    """The number of employees on the roster."""

    @property
    def is_large(self) -> bool:
        """Whether they are more than `MAX_REMOVED_SHARE` of the roster. A file may be cut off."""
        return len([row for row in self.rows if row.on_roster]) > MAX_REMOVED_SHARE * self.roster


class OperatorEmployees:
    """What an operator can do with employees."""

    def __init__(
        self,
        *,
        rows: DynamoEmployeeRows,
        segment_members: DynamoSegmentMembers,
        loader: EmployeeLoader,
        remover: EmployeeRemover,
        history: EmployeeHistory,
        audit_trail: DynamoAuditTrail,
        recorder: AuditRecorder,
        default_segment: str,
    ) -> None:
        """Creates the operations.

        Args:
            rows: The Employees table.
            segment_members: The SegmentMembers table.
            loader: Loads employees.
            remover: Removes employees.
            history: Reads the bookings and texts of an employee.
            audit_trail: Takes a record of each import.
            recorder: Makes the audit records.
            default_segment: The segment of employees for whom no segment is said.
        """
        self._rows = rows
        self._segment_members = segment_members
        self._loader = loader
        self._remover = remover
        self._history = history
        self._audit_trail = audit_trail
        self._recorder = recorder
        self._default_segment = default_segment

    def add(self, entry: EmployeeEntry, *, segment: str | None = None) -> EmployeeChange | None:
        """Adds an employee, or changes the details of one. Returns the change; None if there was nothing to change.

        Raises:
            ChangedByAnother: the row kept changing.
        """
        return self._loader.load_one(entry, segment=segment or self._default_segment)

    def list(
        self, *, segment: str | None = None, limit: int = DEFAULT_LIMIT, after: str | None = None
    ) -> Page[EmployeeRow]:
        """Returns employees: all in no order, or those of a segment in the order of their numbers.

        Reads at most `limit` rows of a table. A page may have fewer employees: some rows record only an opt-out, and
        some members are no employees.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        if segment is None:
            page = read_page(lambda: self._rows.page(limit=limit, after=after))
            return Page(tuple(row for row in page.items if row.on_roster), page.cursor)
        numbers, cursor = self._segment_members.page(segment, after or "", limit)
        rows = self._rows.of(numbers)
        found = (rows[number] for number in numbers if number in rows)
        return Page(tuple(row for row in found if row.on_roster), cursor)

    def find(self, words: str, *, after: str | None = None) -> Page[EmployeeRow]:
        """Returns the employees whose names or numbers contain these words, in the order of their names.

        Reads at most 1,000 rows of the table: on a longer roster, a page may have no employee and a cursor.

        Raises:
            Refused: `after` is no cursor of this list.
        """
        page = read_page(lambda: self._rows.page(limit=_MOST_SEARCHED, after=after))
        found = [row for row in page.items if row.on_roster and _contains(row, words)]
        return Page(
            tuple(sorted(found, key=lambda row: (row.name.casefold(), row.phone_number))), page.cursor
        )

    def find_number(self, number: str) -> EmployeeRow | None:
        """Returns the row of a number; None if there is none."""
        return self._rows.of([number]).get(number)

    def show(self, number: str) -> EmployeeDetails:
        """Returns everything that the tables have of an employee, or of a number that opted out.

        Raises:
            Refused: the table does not have the number.
        """
        row = self._rows.of([number]).get(number)
        if row is None:
            raise Refused(f"no employee has the number {number}; employees list shows who is on the roster")
        return self._history.details(row, tuple(self._segment_members.segments_of(number)))

    def export(self, *, segment: str | None = None) -> Iterator[tuple[EmployeeRow, tuple[str, ...]]]:
        """Yields all employees, or those of a segment, with their segments. Reads the tables page by page.

        Only the segments of each number are held in memory. With `segment`, no other segments are read.
        """
        if segment is not None:
            yield from self._export_segment(segment)
            return
        segments: dict[int, tuple[str, ...]] = {}
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        for name, number in self._segment_members.all():
            key = int(number[1:]) if number[1:].isdecimal() else 0
            names = (*segments.get(key, ()), name)
            segments[key] = known.setdefault(names, names)
        for row in self._rows.all():
            if row.on_roster:
                number = row.phone_number
                yield row, segments.get(int(number[1:]) if number[1:].isdecimal() else -1, ())

    def _export_segment(self, segment: str) -> Iterator[tuple[EmployeeRow, tuple[str, ...]]]:
        after: str | None = ""
        while after is not None:
            page, after = self._segment_members.page(segment, after, _EXPORTED_AT_ONCE)
            rows = self._rows.of(page)
            for number in page:
                if number in rows and rows[number].on_roster:
                    yield rows[number], (segment,)

    def load(
        self,
        file: EmployeeFile,
        checked: CheckedFile,
        *,
        segment: str | None,
        counts: LoadCounts,
        on_progress: OnProgress,
    ) -> None:
        """Loads the rows of a file that can be loaded. `counts` is increased as they are."""
        segment = segment or self._default_segment
        self._loader.load(file.entries(checked), segment=segment, counts=counts, on_progress=on_progress)

    def load_endpoints(
        self, endpoints: Endpoints, *, segment: str | None, counts: LoadCounts, on_progress: OnProgress
    ) -> None:
        """Loads the employees of a file of Amazon Pinpoint. If its end cannot be read, none joins the segment.

        The last line of a file may say that an employee on the first one has opted out. So they join at the end.
        """
        self._loader.load(endpoints.employees(), segment=None, counts=counts, on_progress=on_progress)
        if not endpoints.cut_off:
            members: Iterable[EmployeeEntry] = map(EmployeeEntry, endpoints.numbers)
            self._loader.load(
                members,
                segment=segment or self._default_segment,
                counts=LoadCounts(),
                on_progress=on_progress,
            )

    def removals(self, checked: CheckedFile) -> PlannedRemovals:
        """Returns the employees who are not in a complete roster, and those whose removal was interrupted."""
        missing, roster = [], 0
        for row in self._rows.all():
            roster += row.on_roster
            if (row.on_roster or row.removed_at) and row.phone_number not in checked:
                missing.append(row)
        return PlannedRemovals(missing, roster)

    def segments(self) -> Mapping[str, int]:
        """Returns the number of members of each segment, in the order of the names. Reads the whole table."""
        members = Counter(segment for segment, _ in self._segment_members.all())
        return dict(sorted(members.items()))

    def leave(self, number: str, segments: Sequence[str]) -> Sequence[str]:
        """Takes an employee out of segments. See `EmployeeRemover.leave`."""
        return self._remover.leave(number, segments)

    def remove(self, number: str) -> RemovedEmployee:
        """Removes an employee, and returns when their seats are free. See `EmployeeRemover.remove`."""
        return self._remover.remove(number)

    def remove_step(self, number: str, after: str | None) -> RemovalStep:
        """Removes an employee step by step. See `EmployeeRemover.remove_step`."""
        return self._remover.remove_step(number, after)

    def remove_all(
        self, numbers: Sequence[str], on_progress: Callable[[int], None]
    ) -> Sequence[RemovedEmployee]:
        """Removes employees. See `EmployeeRemover.remove_all`."""
        return self._remover.remove_all(numbers, on_progress)

    def record_import(
        self,
        path: Path,
        counts: LoadCounts,
        problems: Sequence[Problem] | int,
        *,
        removed: int = 0,
        complete: bool = True,
    ) -> None:
        """Adds the audit record of an import."""
        rejected = problems if isinstance(problems, int) else len(problems)
        after = {
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "rejected": rejected,
            "removed": removed,
        }
        self._audit_trail.add(
            self._recorder.record(
                Subject.IMPORT.of(path.name[:_LONGEST_FILE_NAME]),
                "imported" if complete else "import interrupted",
                before={},
                after=after,
            )
        )


def _contains(row: EmployeeRow, words: str) -> bool:
    """Returns whether a name has all words, or a number all digits. A national number may begin with 0."""
    digits = _NO_DIGITS.sub("", words).lstrip("0")
    if digits and not any(character.isalpha() for character in words):
        return digits in row.phone_number
    return all(word in row.name.casefold() for word in words.casefold().split())

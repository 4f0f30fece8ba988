"""Removes employees: from the roster, from every segment, and from every shift that is not over.

The employee leaves the roster first. From then on the functions treat the number as a stranger's, and refuse a booking
that was under way. So no place is taken behind the removal. Each step is one transaction, and each can be repeated. A
removal that was interrupted is completed by running it again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.concurrent_work import work_on
from shift_sms_operator.pages import read_page
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.audit.audit_record import Subject
from shift_sms_runtime.aws.dynamodb import sortable_time
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables.operator_employees import (
    MAX_ACTIONS,
    DynamoOperatorEmployees,
    EmployeeChange,
)
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

SHIFTS_PER_STEP = 300
"""The shifts that one step of a removal reads. Freeing a place in each of them takes some seconds."""

_MAX_ATTEMPTS = 20
"""How often a row is read and written while other programs change it."""


class PlaceKind(StrEnum):
    """What an employee had in a shift."""

    SEAT = "seat"
    OFFER = "offer"
    WAITING = "waiting"


_ATTRIBUTES = {PlaceKind.SEAT: "employees", PlaceKind.OFFER: "offers", PlaceKind.WAITING: "waiting_list"}


@dataclass(frozen=True)
class FreedPlace:
    """A place that a removed employee had."""

    shift_id: str
    shift_info: str
    starts_at: datetime | None
    place: PlaceKind


@dataclass(frozen=True)
class RemovedEmployee:
    """An employee who was removed, and what that freed. An earlier removal that was interrupted freed the rest."""

    phone_number: str
    name: str
    opted_out: bool
    """Whether the row stays, because it records an opt-out."""
    freed: tuple[FreedPlace, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True)
class RemovalStep:
    """A part of a removal, which reads a limited number of shifts."""

    employee: EmployeeRow
    """As the employee was before the step."""
    segments: tuple[str, ...]
    """The segments that the employee left."""
    freed: tuple[FreedPlace, ...]
    cursor: str | None
    """Where the next step goes on; None if the removal is complete."""


class EmployeeRemover:
    """Removes employees."""

    def __init__(
        self,
        table: DynamoOperatorEmployees,
        segment_members: DynamoSegmentMembers,
        recorder: AuditRecorder,
        *,
        policy: BookingPolicy,
        clock: Clock,
    ) -> None:
        """Creates a remover.

        Args:
            table: The rows of employees and of their shifts.
            segment_members: The segments of each number.
            recorder: Makes the audit records.
            policy: Decides how long a freed seat is offered to the next employee who waits.
            clock: The time.
        """
        self._table = table
        self._segment_members = segment_members
        self._recorder = recorder
        self._policy = policy
        self._clock = clock

    def remove(self, number: str) -> RemovedEmployee:
        """Removes an employee. Returns when their seats are free.

        Raises:
            Refused: there is no such employee, and nothing is left to complete.
        """
        row = self._table.read([number]).rows.get(number)
        known = row is not None and (row.on_roster or bool(row.removed_at))
        [removed] = self.remove_all([number])
        if not known and not removed.freed and not removed.segments:
            raise Refused(f"no employee has the number {number}; employees list shows who is on the roster")
        return removed

    def remove_step(self, number: str, after: str | None) -> RemovalStep:
        """Removes an employee as `remove` does, but reads at most `SHIFTS_PER_STEP` shifts.

        The first step takes the employee off the roster and out of every segment. The last one deletes the row.

        Args:
            number: The number of the employee.
            after: The cursor of the step before; None for the first step.

        Raises:
            Refused: there is no such employee, or the employee was added again since the step before.
        """
        row = self._leave_roster(number) if after is None else self._table.read([number]).rows.get(number)
        if row is None or not (row.removed_at or (after is None and row.on_roster)):
            raise Refused(
                f"no employee has the number {number}"
                if after is None
                else f"the removal of {number} was completed or undone meanwhile"
            )
        segments = self._leave_segments(number) if after is None else ()
        page = read_page(lambda: self._table.page_with_places(number, limit=SHIFTS_PER_STEP, after=after))
        freed = [place for shift in page.items if (place := self._free(number, shift.shift_id))]
        if page.cursor is None:
            self._end(number)
        return RemovalStep(row, segments, tuple(freed), page.cursor)

    def remove_all(
        self, numbers: Sequence[str], on_progress: Callable[[int], None] = lambda _count: None
    ) -> list[RemovedEmployee]:
        """Removes employees. Reads the Shifts table once for all of them.

        Args:
            numbers: The numbers.
            on_progress: Is called with the number of employees whose removal is complete.
        """
        left = work_on(lambda number: (number, self._leave_roster(number)), dict.fromkeys(numbers))
        rows = dict(left)
        shift_ids = self._shift_ids(rows)
        removed = []
        for one in work_on(lambda number: self._complete(number, rows[number], shift_ids[number]), rows):
            removed.append(one)
            on_progress(len(removed))
        return removed

    def _complete(self, number: str, row: EmployeeRow | None, shift_ids: Sequence[str]) -> RemovedEmployee:
        """Completes the removal of an employee who has left the roster."""
        segments = self._leave_segments(number)
        freed = [place for shift_id in shift_ids if (place := self._free(number, shift_id))]
        opted_out = self._end(number)
        return RemovedEmployee(number, row.name if row else "", opted_out, tuple(freed), segments)

    def _leave_roster(self, number: str) -> EmployeeRow | None:
        """Takes an employee off the roster, unless that was done before. Returns the row as it was."""
        for row in self._attempts(number):
            if row is None or not row.on_roster:
                return row
            left = replace(row, on_roster=False, removed_at=sortable_time(self._clock()))
            record = self._recorder.record(
                Subject.EMPLOYEE.of(number),
                "removed",
                before={"name": row.name or None, "language": row.language or None, "roles": [*row.roles]},
                after={},
            )
            try:
                self._table.write([EmployeeChange(row, left, (), record)])
            except ChangedMeanwhile:
                continue
            return row
        raise _keeps_changing(number)

    def _shift_ids(self, numbers: Collection[str]) -> dict[str, list[str]]:
        """Returns the shifts in which each number has a place.

        The bookings of an employee do not have them all: they forget shifts without times after some weeks.
        """
        found: dict[str, list[str]] = defaultdict(list)
        for shift in self._table.shifts_with_places(numbers):
            for number in {*shift.holders, *shift.offers, *shift.waiting}.intersection(numbers):
                found[number].append(shift.shift_id)
        return found

    def leave(self, number: str, segments: Sequence[str]) -> tuple[str, ...]:
        """Takes an employee out of segments, but not off the roster. Returns those of which they were a member."""
        members = self._table.read([], [(segment, number) for segment in segments]).members
        left = [segment for segment in dict.fromkeys(segments) if (segment, number) in members]
        self._delete_memberships(number, left)
        return tuple(left)

    def _leave_segments(self, number: str) -> tuple[str, ...]:
        segments = self._segment_members.segments_of(number)
        self._delete_memberships(number, segments)
        return tuple(segments)

    def _delete_memberships(self, number: str, segments: Sequence[str]) -> None:
        for start in range(0, len(segments), MAX_ACTIONS - 1):
            some = segments[start : start + MAX_ACTIONS - 1]
            record = self._recorder.record(
                Subject.EMPLOYEE.of(number), "left segments", before={"segments": [*some]}, after={}
            )
            self._table.leave_segments(number, some, record)

    def _free(self, number: str, shift_id: str) -> FreedPlace | None:
        """Frees the place of an employee in a shift, as a DROP does. Returns None if there is none any longer.

        The cut-off does not apply. A shift that is over keeps its holders.
        """
        for _ in range(_MAX_ATTEMPTS):
            place = self._table.read_place(number, shift_id)
            kind = _place_of(number, place.shift) if place else None
            if place is None or kind is None:
                return None
            shift, now = place.shift, self._clock()
            if kind is PlaceKind.SEAT and shift.is_over(now):
                return None
            freed = shift.without_holder(number) if kind is PlaceKind.SEAT else shift.without_waiting(number)
            record = self._recorder.record(
                Subject.SHIFT.of(shift_id), "employee removed", before={_ATTRIBUTES[kind]: [number]}, after={}
            )
            try:
                self._table.free_place(number, place, freed.as_of(now, self._policy.offer_duration), record)
            except ChangedMeanwhile:
                continue
            return FreedPlace(shift_id, shift.info, shift.starts_at, kind)
        raise ChangedByAnother(
            f"the shift {shift_id} keeps changing; run the command again to complete the removal"
        )

    def _end(self, number: str) -> bool:
        """Deletes the row, or keeps only the opt-out of it. Returns whether an opt-out is kept.

        An employee who was added again in the meantime keeps the row.
        """
        for row in self._attempts(number):
            if row is None or not row.removed_at:
                return row is not None and row.opted_out
            record = self._recorder.record(
                Subject.EMPLOYEE.of(number),
                "removal completed",
                before={"removed_at": row.removed_at},
                after={},
            )
            try:
                self._table.end_removal(row, record)
            except ChangedMeanwhile:
                continue
            return row.opted_out
        raise _keeps_changing(number)

    def _attempts(self, number: str) -> Iterator[EmployeeRow | None]:
        """Yields the row of an employee, read again for each attempt."""
        for _ in range(_MAX_ATTEMPTS):
            yield self._table.read([number]).rows.get(number)


def _place_of(number: str, shift: Shift) -> PlaceKind | None:
    if number in shift.holders:
        return PlaceKind.SEAT
    if number in shift.offers:
        return PlaceKind.OFFER
    return PlaceKind.WAITING if number in shift.waiting else None


def _keeps_changing(number: str) -> ChangedByAnother:
    return ChangedByAnother(f"{number} keeps changing; run the command again to complete the removal")

"""Assigns seats to employees and releases them. The employee is informed by one text.

The shift, the employee's bookings, the text and the audit record are one transaction. The deadlines that bind employees
do not bind operators: a shift can be assigned after `respond_by`, and released after the drop cut-off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_changes import affected, until_unchanged
from shift_sms_operator.shifts.shift_drafts import preview_of
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_operator.shifts.shift_views import SeatResult, TextPreview
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.bookings.booking import without_lost_shifts
from shift_sms_runtime.bookings.conflicts import ConflictKind, find_conflict
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.employees.recipients import MAX_NUMBER_LENGTH
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import OutboxWorkers
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.notices import Notice, assignment_notice, release_notice
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import written_attributes
from shift_sms_runtime.tables.employees import DynamoEmployeeRows
from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts, SeatChange
from shift_sms_runtime.tables.shifts import DynamoShifts

_RULES = {
    ConflictKind.OVERLAP: "has {ids} at the same time",
    ConflictKind.REST: "would have too little rest before or after {ids}",
    ConflictKind.HOURS: "would exceed the weekly hours, with {ids}",
}


@dataclass(frozen=True)
class TextSettings:
    """How employees are informed."""

    origination_identity: str
    approves_others: bool
    """Whether numbers outside the roster may be approved by a setting."""


class SeatChanges:
    """Gives seats to employees and takes them away."""

    def __init__(
        self,
        *,
        finder: ShiftFinder,
        shifts: DynamoShifts,
        table: DynamoOperatorShifts,
        employees: DynamoEmployeeRows,
        workers: OutboxWorkers,
        locales: Locales,
        policy: BookingPolicy,
        texts: TextSettings,
        recorder: AuditRecorder,
        clock: Clock,
    ) -> None:
        self._finder = finder
        self._shifts = shifts
        self._table = table
        self._employees = employees
        self._workers = workers
        self._locales = locales
        self._policy = policy
        self._texts = texts
        self._recorder = recorder
        self._clock = clock

    def assign(self, shift_id: str, phone_number: str, *, force: bool = False) -> SeatResult:
        """Gives a free seat to an employee.

        Args:
            shift_id: The code of the shift.
            phone_number: The employee, in E.164 format.
            force: Whether the operator overrides the role, the roster and the rules for rest and hours.

        Raises:
            Refused: no seat is free, the shift is over or not open, or a rule is broken and not overridden.
        """
        number = _number(phone_number)
        result = until_unchanged(lambda: self._assign(shift_id, number, force=force), shift_id)
        return self._with_worker(result)

    def release(self, shift_id: str, phone_number: str) -> SeatResult:
        """Takes an employee's seat away, or the place on the waiting list. A freed seat is offered to the next one.

        Raises:
            Refused: there is no such shift, or it is canceled.
        """
        result = until_unchanged(lambda: self._release(shift_id, phone_number.strip()), shift_id)
        return self._with_worker(result)

    def _with_worker(self, result: SeatResult) -> SeatResult:
        """Starts a worker that sends the text. An operation before may have stopped after it wrote the text."""
        self._workers.ensure_running(Priority.NOTICE)
        return result

    def _assign(self, shift_id: str, number: str, *, force: bool) -> SeatResult:
        stored, employee, now = self._finder.get(shift_id), self._employee(number), self._clock()
        if number in stored.holders:
            return SeatResult(stored, employee, changed=False)
        shift = stored.as_of(now, self._policy.offer_duration)
        _check_assignable(shift, number, now)
        before = self._table.bookings_of(number)
        bookings = self._held_bookings(before, number, now)
        broken = (*_broken_rules(shift, employee), *self._conflicts(shift, bookings))
        if broken and not force:
            raise Refused(f"{_called(employee)} {'; '.join(broken)}; --force assigns the seat anyway")
        after = shift.with_holder(number, now).as_of(now, self._policy.offer_duration)
        notice = assignment_notice(after, number, now, self._policy, now)
        text, not_informed = self._text(notice, employee)
        change = SeatChange(
            after,
            number,
            before,
            bookings.with_booking(Booking(shift_id, after.span, now)),
            self._outbox_text(notice, now) if text else None,
            gives_to_employee=employee.on_roster,
        )
        self._table.change_seat(change, self._record(stored, after, "assigned"))
        return SeatResult(after, employee, True, text, not_informed, overridden=tuple(broken))

    def _release(self, shift_id: str, typed: str) -> SeatResult:
        stored, now = self._finder.get(shift_id), self._clock()
        # An operator may have written something else than a phone number by hand.
        number = typed if typed in affected(stored) else _number(typed)
        employee = self._employee(number)
        if stored.status == ShiftStatus.CANCELED:
            raise Refused(f"{shift_id} is canceled, so that nobody has a seat")
        shift = stored.as_of(now, self._policy.offer_duration)
        has_seat = number in shift.holders
        if not has_seat and not shift.is_awaited_by(number):
            return SeatResult(stored, employee, changed=False)
        freed = shift.without_holder(number) if has_seat else shift.without_waiting(number)
        after = freed.as_of(now, self._policy.offer_duration)
        before = self._table.bookings_of(number) if len(number) <= MAX_NUMBER_LENGTH else EmployeeBookings()
        booking = before.by_shift.get(shift_id)
        notice = release_notice(after, number, now, now)
        text, not_informed = self._text(notice, employee) if has_seat else (None, "only a place was given up")
        change = SeatChange(
            after,
            number,
            before,
            before.without(shift_id).without_waiting(shift_id),
            self._outbox_text(notice, now) if text else None,
            campaign_id=booking.campaign_id if booking and has_seat else None,
        )
        self._table.change_seat(change, self._record(stored, after, "released"))
        offered = tuple(one for one in after.offers if one not in stored.offers)
        return SeatResult(after, employee, True, text, not_informed, offered_to=offered)

    def _employee(self, number: str) -> EmployeeRow:
        known = self._employees.of([number]) if len(number) <= MAX_NUMBER_LENGTH else {}
        return known.get(number, EmployeeRow(number, on_roster=False))

    def _held_bookings(self, bookings: EmployeeBookings, number: str, now: datetime) -> EmployeeBookings:
        """Returns the bookings without the seats that the employee has no longer."""
        current = bookings.current(now)
        return without_lost_shifts(current, self._shifts.of([*current.by_shift]), number)

    def _conflicts(self, shift: Shift, bookings: EmployeeBookings) -> Sequence[str]:
        conflict = find_conflict(
            shift.shift_id, shift.span, shift.zone, bookings=bookings, policy=self._policy
        )
        return [_RULES[conflict.kind].format(ids=", ".join(conflict.shift_ids))] if conflict else []

    def _text(self, notice: Notice, employee: EmployeeRow) -> tuple[TextPreview | None, str]:
        """Returns the text that informs the employee, or why there is none."""
        if employee.opted_out:
            return None, "has opted out of texts"
        if not employee.on_roster and not self._texts.approves_others:
            return None, "is not on the roster"
        return preview_of(notice.text(self._locales.of(employee.language))), ""

    def _outbox_text(self, notice: Notice, now: datetime) -> OutboxText:
        return OutboxText(
            notice.phone_number,
            ReplyKind.NOTICE,
            notice.notice_id,
            Priority.NOTICE,
            self._texts.origination_identity,
            queued_at=now,
            shift_id=notice.shift_id,
        )

    def _record(self, before: Shift, after: Shift, action: str) -> AuditRecord:
        return self._recorder.record(
            Subject.SHIFT.of(before.shift_id),
            action,
            before=_recorded(before),
            after=_recorded(after),
        )


def _recorded(shift: Shift) -> Mapping[str, object]:
    """Returns what the audit trail has of a shift. The notices alone need `announced`."""
    return {name: value for name, value in written_attributes(shift).items() if name != "announced"}


def _number(text: str) -> str:
    try:
        return to_e164(text)
    except NotAPhoneNumber as error:
        raise Refused(f"{text!r} is no phone number: {error}; write it like +14255550101") from None


def _called(employee: EmployeeRow) -> str:
    return f"{employee.name} ({employee.phone_number})" if employee.name else employee.phone_number


def _check_assignable(shift: Shift, number: str, now: datetime) -> None:
    """Raises Refused unless a seat can be given to the employee. No operator can override this."""
    if shift.status == ShiftStatus.CANCELED:
        raise Refused(f"{shift.shift_id} is canceled; reopen it first")
    if shift.problems:
        raise Refused(f"{shift.shift_id} has mistakes: {'; '.join(shift.problems)}; edit it first")
    if shift.status not in DERIVED_STATUSES:
        raise Refused(f"{shift.shift_id} has the status {shift.status!r}; reopen it first")
    if shift.is_over(now):
        raise Refused(f"{shift.shift_id} is over")
    offered = number in shift.offers and len(shift.holders) < shift.seats
    if not offered and not shift.free_seats:
        offers = f", {len(shift.offers)} of them offered" if shift.offers else ""
        taken = "1 seat is" if shift.seats == 1 else f"{shift.seats} seats are"
        raise Refused(
            f"no seat of {shift.shift_id} is free: {taken} taken{offers}; release a seat or add one with edit --seats"
        )


def _broken_rules(shift: Shift, employee: EmployeeRow) -> Sequence[str]:
    broken = []
    if not employee.on_roster:
        broken.append("is not on the roster")
    if shift.role and shift.role.casefold() not in {role.casefold() for role in employee.roles}:
        broken.append(f"does not have the role {shift.role}")
    return broken

"""Undoes the bookings of a text whose reply can never arrive.

The employee does not know of the seats.

A booking belongs to the texts whose replies tell about it: the text that made it, and those that were answered with
"Already yours". It is undone when none of these replies can arrive. So an employee who was told of a seat keeps it.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.outbox.follow_ups import NOT_DUE
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift

NOT_SENT = frozenset(
    {
        DeliveryStatus.FAILED,
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.NOT_VERIFIED,
        DeliveryStatus.BLOCKED_COUNTRY,
        DeliveryStatus.STOPPED,
    }
)
"""The final statuses of a reply that its employee never receives."""

_MAX_ATTEMPTS = 20
"""How often the rows are read and written before an outbox worker takes over."""


@record
class ReportedBookings:
    """The bookings that a reply reports, and the rows on which undoing them depends."""

    phone_number: str
    now: datetime
    """The time of the read."""
    bookings: EmployeeBookings = field(default_factory=EmployeeBookings)
    """All bookings of the employee."""
    shifts: Mapping[str, Shift] = field(default_factory=dict)
    """The existing shifts of the bookings that the reply reports, by id."""
    statuses: Mapping[str, DeliveryStatus] = field(default_factory=dict)
    """The statuses of the replies that report these bookings, by inbound message id."""
    reason: str = ""
    """Why the reply was not sent."""


@record
class UndoneBookings:
    """The rows to write."""

    shifts: tuple[Shift, ...]
    bookings: EmployeeBookings
    """All bookings of the employee after the change."""
    campaign_ids: tuple[str, ...]
    """The campaigns that had counted the bookings, one for each such booking."""
    report: str
    """Tells the operator what happened."""


class ReportedBookingsStore(Protocol):
    """Reads the bookings that a reply reports, and writes their undoing."""

    def read(self, text: OutboxText) -> ReportedBookings:
        """Reads the bookings that a reply reports. The read is consistent."""

    def write(self, text: OutboxText, before: ReportedBookings, undone: UndoneBookings) -> None:
        """Writes shifts, bookings, campaign counters and an inbox item, all or nothing.

        Raises:
            ChangedMeanwhile: a row has changed since it was read. Nothing was written.
        """


class BookingUndo:
    """Undoes bookings, as the follow-up of replies that were not sent."""

    def __init__(self, store: ReportedBookingsStore, policy: BookingPolicy) -> None:
        """`policy` decides how long a freed seat is offered to the next employee who waits."""
        self._store = store
        self._policy = policy

    def undo(self, text: OutboxText) -> None:
        """Undoes the bookings that only this reply and others that were not sent report.

        A repeated call does nothing.

        Raises:
            TransientFailure: the rows kept changing. Nothing was written.
        """
        for _ in range(_MAX_ATTEMPTS):
            reported = self._store.read(text)
            undone = undo(text.reply_id, reported, self._policy)
            if undone is None:
                return
            try:
                self._store.write(text, reported, undone)
            except ChangedMeanwhile:
                continue
            return
        raise TransientFailure("the shifts kept changing")


def reported_by(bookings: EmployeeBookings, message_id: str) -> list[Booking]:
    """Returns the bookings that the reply to a text reports."""
    return [booking for booking in bookings.by_shift.values() if message_id in booking.reply_ids]


def undo(message_id: str, reported: ReportedBookings, policy: BookingPolicy) -> UndoneBookings | None:
    """Returns what to write when the reply to a text can never arrive.

    Returns None if nothing is to be undone.

    The drop cut-off does not apply. A seat that the employee gave back, that the operator has given to another employee
    or that the operator has assigned stays as it is.
    """
    status = reported.statuses.get(message_id)
    if status not in NOT_SENT or (status is DeliveryStatus.STOPPED and reported.reason != NOT_DUE):
        # A reply that waited too long could not be sent because of the number or the account, not of the employee.
        return None
    number, now = reported.phone_number, reported.now
    undone = [
        booking for booking in reported_by(reported.bookings, message_id) if _was_not_told(booking, reported)
    ]
    if not undone:
        return None
    held = [reported.shifts[booking.shift_id] for booking in undone]
    return UndoneBookings(
        tuple(shift.without_holder(number).as_of(now, policy.offer_duration) for shift in held),
        reported.bookings.without(*(shift.shift_id for shift in held)),
        tuple(booking.campaign_id for booking in undone if booking.campaign_id is not None),
        _report(held, status),
    )


def _was_not_told(booking: Booking, reported: ReportedBookings) -> bool:
    """Whether the employee has the seat by this booking and no reply about it can arrive.

    A reply that still waits decides later. A reply without a status is so old that its row has expired.
    """
    shift = reported.shifts.get(booking.shift_id)
    has_seat = shift is not None and shift.holders.get(reported.phone_number) == booking.booked_at
    return has_seat and all(reported.statuses.get(one) in NOT_SENT for one in booking.reply_ids)


def _report(shifts: list[Shift], status: DeliveryStatus) -> str:
    named = ", ".join(f"{shift.shift_id} {shift.info}".strip() for shift in shifts)
    reason = DeliveryStatus.OPTED_OUT if status is DeliveryStatus.STOPPED else status
    return (
        f"Booking undone: {named}. The employee was not told of it, because the reply was not sent: {reason}"
    )

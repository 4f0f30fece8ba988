"""An inbound text, and everything stored about it and its sender."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta

from shift_sms_runtime.bookings.booking import booking_status, has_required_role, without_lost_shifts
from shift_sms_runtime.employees.employee import MESSAGING_SERVICE, Employee
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, TextCount, count_text
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.own_shift_list import own_shift_ids
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift

_MAX_OWN_SHIFTS = 40

_MAX_AGE = timedelta(days=1)
"""How old a text counts in the order of replies.

A text from the dead-letter queue may be older, and is still due.
"""


@record
class InboundContext:
    """An inbound text, and the result of one consistent read of the tables."""

    text: InboundText
    employee: Employee
    """The sender. A number without a row in Employees is not on the roster."""
    now: datetime
    """The time of the read. Every decision about the text uses it."""
    bookings: EmployeeBookings = field(default_factory=EmployeeBookings)
    shifts: Mapping[str, Shift] = field(default_factory=dict)
    """The existing shifts of `ids_read`, by id."""
    ids_read: tuple[str, ...] = ()
    """The ids that were read. Ids of missing shifts are among them."""
    reply_status: DeliveryStatus | None = None
    """The status of the reply; None if no delivery of the text has decided on one."""
    listing: ListingPosition | None = None
    """The sender's position in the list that was sent last."""
    campaign_id: str | None = None
    """The campaign that texted the sender last."""
    recent_texts: RecentTexts = field(default_factory=RecentTexts)
    offered_shift_id: str | None = None
    """The one shift that our text offered to which this text replies. YES books it."""
    ids_looked_up: tuple[str, ...] = ()
    """The ids that `ShiftLookup` found for words of the text."""

    @property
    def known_ids(self) -> tuple[str, ...]:
        """The ids that the interpreter looks for in the text."""
        return tuple(dict.fromkeys((*self.ids_looked_up, *self.shifts, *self.bookings.by_shift)))

    def reply_with(
        self,
        text: str,
        *,
        offered_shift_id: str | None = None,
        shifts: Iterable[Shift] = (),
        view: ReplyView | None = None,
    ) -> Reply:
        """Returns a reply without an effect.

        Args:
            text: The body.
            offered_shift_id: The one shift that YES to the reply books.
            shifts: The shifts that the reply describes.
            view: The rows that it shows.
        """
        number = self.employee.phone_number
        statuses = {shift.shift_id: booking_status(shift, number, self.now) for shift in shifts}
        return Reply(text, offered_shift_id, statuses, view=view, campaign_id=self.campaign_id)

    @property
    def outbox_text(self) -> OutboxText:
        """The reply as a text of the outbox."""
        text = self.text
        return OutboxText(
            text.sender,
            ReplyKind.INBOUND,
            text.message_id,
            Priority.REPLY,
            text.reply_from,
            max(text.sent_at or self.now, self.now - _MAX_AGE),
            # If the service accepts a text to a number that it had refused, the number has opted in again.
            follow_up=self.employee.opt_changed_by == MESSAGING_SERVICE,
        )

    @property
    def counted(self) -> TextCount:
        """The text, as it is counted for the hourly limit."""
        return count_text(self.text.sender, self.text.body, self.recent_texts, self.now)

    @property
    def current_bookings(self) -> EmployeeBookings:
        """The bookings, without shifts that the sender does not have or wait for any longer.

        Shifts that were read and are deleted are left out, too.
        """
        deleted = [shift_id for shift_id in self.ids_read if shift_id not in self.shifts]
        number = self.employee.phone_number
        existing = without_lost_shifts(self.bookings, [*self.shifts.values()], number)
        return existing.without(*deleted).without_waiting(*deleted)

    def existing_shifts(self, shift_ids: Iterable[str]) -> list[Shift]:
        """Returns the shifts that were read and exist, in the order of the ids."""
        return [self.shifts[shift_id] for shift_id in shift_ids if shift_id in self.shifts]

    @property
    def ids_of_own_shifts(self) -> list[str]:
        """The ids of the first 40 booked shifts that have not ended, the next one first."""
        bookings = sorted(
            (
                booking
                for booking in self.bookings.by_shift.values()
                if booking.span is None or booking.span.end > self.now
            ),
            key=lambda booking: (booking.span is None, booking.span and booking.span.start, booking.shift_id),
        )
        return [booking.shift_id for booking in bookings[:_MAX_OWN_SHIFTS]]

    @property
    def own_shifts(self) -> list[Shift]:
        """The booked shifts of `ids_of_own_shifts`, if they were read."""
        found = self.existing_shifts(self.ids_of_own_shifts)
        return [shift for shift in found if self.employee.phone_number in shift.holders]

    def ids_shown_by(self, reply: Reply) -> list[str]:
        """Returns the ids of the shifts that a reply shows, or tells something about."""
        match reply.view:
            case ReplyView.OWN_SHIFTS:
                after = reply.listing.page_after if reply.listing else None
                return own_shift_ids(self.bookings, after=after, now=self.now)
            case ReplyView.WHICH_TO_DROP | ReplyView.ABSENCE | ReplyView.SICK_WHICH:
                return self.ids_of_own_shifts
            case _:
                return [*reply.statuses]

    def ids_not_read(self, shift_ids: Iterable[str]) -> tuple[str, ...]:
        """Returns the ids that were not read."""
        return tuple(shift_id for shift_id in shift_ids if shift_id not in self.ids_read)

    def is_bookable(self, shift: Shift) -> bool:
        """Whether the shift lets the sender book it. Conflicts with other shifts are not checked."""
        number = self.employee.phone_number
        return (
            bool(shift.free_seats or number in shift.offers)
            and shift.is_open(self.now)
            and has_required_role(shift, self.employee)
            and number not in shift.holders
        )


@record
class WaitingReply:
    """A reply that was written, and the rows on which it depends."""

    reply: Reply
    context: InboundContext
    """If it was read again, its text has no body: only the reply is stored."""

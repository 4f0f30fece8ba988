"""An inbound text, and everything stored about it and its sender."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shift_sms_runtime.bookings.booking import has_required_role, without_lost_shifts
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


@dataclass(frozen=True)
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
    """The status of the reply; None before its first claim."""
    reply: Reply | None = None
    """The reply that an earlier delivery of the text stored with its effect."""
    listing: ListingPosition | None = None
    """The sender's position in the list of open shifts."""
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

    @property
    def reply_key(self) -> ReplyKey:
        """The key of a reply without an effect."""
        return ReplyKey(self.employee.phone_number, self.text.message_id, campaign_id=self.campaign_id)

    def reply_with(self, text: str, *, offered_shift_id: str | None = None) -> Reply:
        """Returns a reply without an effect. `offered_shift_id` is the one shift that YES to it books."""
        return Reply(text, replace(self.reply_key, offered_shift_id=offered_shift_id))

    @property
    def current_bookings(self) -> EmployeeBookings:
        """The bookings, without shifts that were read and are deleted or no longer the sender's."""
        deleted = [shift_id for shift_id in self.ids_read if shift_id not in self.shifts]
        number = self.employee.phone_number
        return without_lost_shifts(self.bookings, self.shifts.values(), number).without(*deleted)

    def existing_shifts(self, shift_ids: Iterable[str]) -> list[Shift]:
        """Returns the shifts that were read and exist, in the order of the ids."""
        return [self.shifts[shift_id] for shift_id in shift_ids if shift_id in self.shifts]

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

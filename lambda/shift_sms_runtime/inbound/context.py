"""An inbound text and everything on record about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking import has_required_role, without_lost_shifts
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


@dataclass(frozen=True)
class InboundContext:
    """An inbound text and what one consistent read found about it."""

    text: InboundText
    employee: Employee
    """The sender; not on the roster where there is no such employee."""
    now: datetime
    """The time of the read, by which everything is decided."""
    bookings: EmployeeBookings = field(default_factory=EmployeeBookings)
    shifts: Mapping[str, Shift] = field(default_factory=dict)
    """The shifts that were read, by id."""
    looked_up: tuple[str, ...] = ()
    """The ids that were read, whether there are such shifts or not."""
    reply_status: DeliveryStatus | None = None
    """The status of the reply to the text; None before its first claim."""
    reply: Reply | None = None
    """The reply that an earlier delivery of the text stored with its effect."""
    listing: ListingPosition | None = None
    campaign_id: str | None = None
    """The campaign that texted the sender last."""
    recent: RecentTexts = field(default_factory=RecentTexts)
    offered: str | None = None
    """The one shift that was offered by the text of ours which this text answers."""
    all_ids: tuple[str, ...] | None = None
    """The ids of all shifts that are open or taken; None if they were not read."""

    @property
    def known_ids(self) -> tuple[str, ...]:
        """The ids of the shifts that the text may name, in any spelling."""
        return tuple(dict.fromkeys((*(self.all_ids or ()), *self.shifts, *self.bookings.by_shift)))

    @property
    def reply_key(self) -> ReplyKey:
        """The key of a reply to the text that tells of no effect."""
        return ReplyKey(self.employee.phone_number, self.text.message_id, campaign_id=self.campaign_id)

    def reply_with(self, words: str, *, offers: str | None = None) -> Reply:
        """Returns a reply that tells of no effect; `offers` is the one shift that YES to it books."""
        return Reply(words, replace(self.reply_key, offers=offers))

    @property
    def current_bookings(self) -> EmployeeBookings:
        """The bookings without the shifts that the read shows to be no longer the sender's."""
        deleted = [shift_id for shift_id in self.looked_up if shift_id not in self.shifts]
        number = self.employee.phone_number
        return without_lost_shifts(self.bookings, self.shifts.values(), number).without(*deleted)

    def found(self, shift_ids: Iterable[str]) -> list[Shift]:
        """Returns those of the shifts that were found, in the order of the ids."""
        return [self.shifts[shift_id] for shift_id in shift_ids if shift_id in self.shifts]

    def not_looked_up(self, shift_ids: Iterable[str]) -> tuple[str, ...]:
        """Returns those of the ids that were not read."""
        return tuple(shift_id for shift_id in shift_ids if shift_id not in self.looked_up)

    def bookable(self, shift: Shift) -> bool:
        """Whether the sender can book the shift, as far as the shift decides that."""
        number = self.employee.phone_number
        return (
            bool(shift.free_seats or number in shift.offers)
            and shift.is_open(self.now)
            and has_required_role(shift, self.employee)
            and number not in shift.holders
        )

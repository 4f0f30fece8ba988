"""What inbound texts need of the tables."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect
from shift_sms_runtime.shifts.shift import Shift


class FrontDesk(Protocol):
    """What is known about a sender and a text."""

    def look_up(self, question: InboundQuery) -> InboundRecord:
        """Everything on record, in one read that sees every write before it."""

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """Keep where an employee is in the list, for MORE."""

    def opt_out(self, sender: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        """Note that a number wants no texts; False when it was noted before, or a later text says otherwise.

        For a number that is not ``on_roster`` the note is all that is kept: it approves nobody.
        """

    def opt_in(self, sender: str, message_id: str, *, at: datetime) -> bool:
        """Note that a number that is on record wants texts; False when it is not, or a later text says otherwise."""

    def let_through(self, sender: str, message_id: str, *, at: datetime) -> None:
        """The service lets our texts through again to a number that only the service had refused."""


class ShiftBook(Protocol):
    """The Shifts table, and the agendas of those who have shifts."""

    def write(self, effect: Effect) -> None:
        """Write everything that a text changes, in one step.

        Raises:
            ChangedMeanwhile: as it says; also when another delivery of the text has been faster.
        """

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Open shifts by id, from the one after ``after``; read as far as they are asked for."""

    def ids(self) -> Iterator[str]:
        """Ids of all shifts that are open or taken."""

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

    def write(self, effect: Effect) -> None:
        """Write everything that a text changes, in one step.

        Raises:
            ChangedMeanwhile: as it says; also when another delivery of the text has been faster.
        """


class OpenShifts(Protocol):
    """The Shifts table, by status."""

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Open shifts by id, from the one after ``after``; read as far as they are asked for."""

    def ids(self) -> Iterator[str]:
        """Ids of all shifts that are open or taken."""

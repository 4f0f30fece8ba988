"""Protocols of the tables that inbound texts read and write."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from shift_sms_runtime.bookings.booking import BookingDecision
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.shifts.shift import Shift


class InboundStore(Protocol):
    """Reads everything stored about an inbound text, and writes everything that the text changes."""

    def read(self, text: InboundText) -> InboundContext:
        """Reads what is stored about a text, and the shifts that it may name.

        The read is consistent: it sees every earlier write.
        """

    def reload(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """Reads everything in the context again, and these shifts too."""

    def write(self, context: InboundContext, decision: BookingDecision | None, reply: Reply) -> None:
        """Writes the changes of a decision and the reply that reports them, all or nothing.

        Args:
            context: The rows on which the decision is based.
            decision: The changes of shifts and bookings; None if the text changes none.
            reply: The reply. It is stored only with a decision, once for all deliveries of the text. Its position in
                the list of open shifts is always stored.

        Raises:
            ChangedMeanwhile: a row has changed since it was read, or another delivery of the text has stored or is
                sending a reply. Nothing was written.
        """


class ShiftsByStatus(Protocol):
    """Lists the Shifts table by status."""

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Yields open shifts in the order of their ids, after the given id. Reads pages only as needed."""

    def open_and_taken_ids(self) -> Iterator[str]:
        """Yields the ids of all open and taken shifts."""

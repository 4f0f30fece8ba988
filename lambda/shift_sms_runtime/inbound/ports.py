"""What inbound texts need of the tables."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.shifts.booking import BookingDecision
from shift_sms_runtime.shifts.shift import Shift


class InboundStore(Protocol):
    """Everything on record about an inbound text, and everything that the text changes."""

    def read(self, text: InboundText) -> InboundContext:
        """Reads what is on record about a text, and the shifts that it may name.

        One read, which sees every write before it.
        """

    def load(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """Reads everything again, and further shifts with it."""

    def write(self, context: InboundContext, decision: BookingDecision | None, reply: Reply) -> None:
        """Writes what a decision changes, and what a reply says of it, in one step.

        Args:
            context: What the decision was made on.
            decision: The changes of shifts and bookings; None if the text changes none.
            reply: The reply. With a decision it is stored, once for all deliveries of the text. Its position in the
                list of open shifts is stored in any case.

        Raises:
            ChangedMeanwhile: something that the decision was made on has changed, or another delivery of the text has
                stored a reply, or is sending one. Nothing was written.
        """


class OpenShifts(Protocol):
    """The Shifts table, listed by status."""

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Open shifts in the order of their ids, beginning after a shift; read as far as the caller iterates."""

    def ids(self) -> Iterator[str]:
        """The ids of all shifts that are open or taken."""

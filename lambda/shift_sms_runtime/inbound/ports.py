"""Protocols of the tables that inbound texts read and write."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from shift_sms_runtime.bookings.booking import BookingDecision
from shift_sms_runtime.inbound.context import InboundContext, WaitingReply
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.shift_lists.ports import OpenShiftIndex


class InboundStore(Protocol):
    """Reads what is stored about an inbound text, and writes what the text changes."""

    def read(self, text: InboundText) -> InboundContext:
        """Reads what is stored about a text, and the shifts that it may name.

        The read is consistent: it sees every earlier write.
        """

    def reload(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """Reads everything in the context again, and these shifts too."""

    def write(self, context: InboundContext, reply: Reply, decision: BookingDecision | None = None) -> None:
        """Writes a reply, its outbox row and the changes of the text, all or nothing.

        The write counts the text for the hourly limit.

        Args:
            context: The rows on which the reply is based.
            reply: The reply.
            decision: The changes of shifts and bookings; None if the text changes none.

        Raises:
            ChangedMeanwhile: a row has changed since it was read, or another delivery of the text has written a
                reply. Nothing was written.
        """


class WaitingReplies(Protocol):
    """Reads replies that wait in the outbox."""

    def read_reply(self, text: OutboxText) -> WaitingReply | None:
        """Reads a reply that waits in the outbox, and the rows that it depends on.

        Returns None if there is no such reply.

        The read is consistent.
        """

    def move_listing(self, phone_number: str, position: ListingPosition) -> None:
        """Stores where a page ends that was rendered anew, unless a later page was listed since."""


class ShiftIndexes(OpenShiftIndex, Protocol):
    """The indexes of the Shifts table, which may lag behind it.

    A call reads at most `most` items.
    """

    def ids_from(self, code: str, *, most: int) -> Sequence[str]:
        """Returns the ids of open and taken shifts, from a normalized code on.

        They are in the order of their codes, and have the initial of the code.
        """

    def ids_before(self, code: str, *, most: int) -> Sequence[str]:
        """Returns the ids before a normalized code, the nearest first. See `ids_from`."""

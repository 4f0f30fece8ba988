"""What sending needs: the ledger, the SMS client, permits, the deadline of the invocation and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult

Key_contra = TypeVar("Key_contra", contravariant=True)

Clock = Callable[[], datetime]
"""Returns the time now, with a zone."""


class SendLedger(Protocol[Key_contra]):
    """Rows that record the status of each text."""

    def claim(
        self, key: Key_contra, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        """Moves a row that is new or queued to SENDING, in one conditional write.

        Args:
            key: The text.
            token: Identifies the attempt. A write is repeated if its response is lost, and must recognize itself.
            now: The time of the claim.
            lease_until: When the claim counts as abandoned.

        Returns:
            Whether the claim was granted, or the status that the text has come to before.
        """

    def settle(
        self,
        key: Key_contra,
        status: DeliveryStatus,
        *,
        token: str,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        """Writes the status of the text that was claimed with `token`. QUEUED releases the claim.

        A status that a delivery event has written meanwhile stays.
        """

    def settle_abandoned(self, key: Key_contra, *, now: datetime) -> bool:
        """Settles an abandoned claim as UNKNOWN, unless its owner has settled it.

        Returns False while the owner may still be sending.
        """


class SmsSender(Protocol):
    """Sends texts. Each one costs money, so a send is attempted once and every known error is a result."""

    def send(self, text: OutgoingText) -> SendResult:
        """Sends one text."""


class InvocationDeadline(Protocol):
    """The time left in a Lambda invocation."""

    def remaining(self) -> float:
        """Returns the seconds until Lambda stops the invocation."""

    def wait(self, seconds: float) -> None:
        """Lets time pass."""


@dataclass(frozen=True)
class Permit:
    """A span of time reserved for one sender. If it is not `reserved`, the next free span `begins` then."""

    begins: datetime
    reserved: bool = True


class SendPermits(Protocol):
    """The sending time of the origination identity, shared by all senders of campaigns."""

    def reserve(self, span: timedelta, latest: datetime) -> Permit:
        """Reserves the next free span of time, if it begins by `latest`. It may have begun a moment ago."""

"""What sending needs: the ledger, the SMS client, permits, the deadline and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult

Key_contra = TypeVar("Key_contra", contravariant=True)


Clock = Callable[[], datetime]
"""The time now, with a zone."""


class SendLedger(Protocol[Key_contra]):
    """Rows that say where each text stands."""

    def claim(
        self, key: Key_contra, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        """Move a row that is new or queued to sending, in one conditional write; say why not otherwise.

        A status is what has become of the text before.

        ``token`` tells an attempt from all others: a write whose response got lost is repeated and must know itself.
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
        """Write what became of the text that was claimed with ``token``. QUEUED gives the claim back.

        What a delivery event has said of the text meanwhile stands.
        """

    def give_up(self, key: Key_contra, *, now: datetime) -> bool:
        """Settle an abandoned claim as UNKNOWN, unless its owner has settled it meanwhile; False while it still may."""


class SmsSender(Protocol):
    """The one call that costs money. It is tried once; it raises nothing that it can name."""

    def send(self, text: OutgoingText) -> SendResult:
        """Send one text and say what became of it."""


class InvocationDeadline(Protocol):
    """How long this invocation may still wait."""

    def remaining(self) -> float:
        """Seconds until the platform stops this function."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""


@dataclass(frozen=True)
class Permit:
    """A span of time that nobody else has, from ``begins``; or, not ``reserved``, when the next free one begins."""

    begins: datetime
    reserved: bool = True


class SendPermits(Protocol):
    """What the origination identity may send, shared by all senders of campaigns."""

    def reserve(self, span: timedelta, latest: datetime) -> Permit:
        """Reserve the next span of time that nobody has, if it begins by ``latest``: a moment ago, now or later."""

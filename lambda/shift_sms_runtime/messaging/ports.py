"""Protocols for sending: the ledger, the SMS client, permits, the deadline of the invocation, and the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult
from shift_sms_runtime.messaging.permits import Permit

Key_contra = TypeVar("Key_contra", contravariant=True)

Clock = Callable[[], datetime]
"""Returns the current time, with a time zone."""


class SendLedger(Protocol[Key_contra]):
    """Rows that record the status of each text."""

    def claim(
        self, key: Key_contra, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        """Moves a row that is new or queued to SENDING, in one conditional write.

        Args:
            key: The text.
            token: Identifies the attempt, so that a retry of the write recognizes its own claim.
            now: The time of the claim.
            lease_until: When the claim counts as abandoned.

        Returns:
            The result of the claim, or the status of a text that is settled already.
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

        A status that a delivery event has written in the meantime stays.
        """

    def settle_abandoned(self, key: Key_contra, *, now: datetime) -> bool:
        """Settles a claim as UNKNOWN if its lease has expired.

        Returns:
            False if the lease has not expired, so that the owner of the claim may still be sending.
        """


class SmsSender(Protocol):
    """Sends texts, each in one attempt. Known errors are results, not exceptions."""

    def send(self, text: OutgoingText) -> SendResult:
        """Sends one text."""


class InvocationDeadline(Protocol):
    """The time left in a Lambda invocation."""

    def remaining(self) -> float:
        """Returns the seconds until Lambda stops the invocation."""

    def wait(self, seconds: float) -> None:
        """Waits for a number of seconds."""


class SendPermits(Protocol):
    """The sending time of an origination identity, which all senders of campaigns share."""

    def reserve(self, span: timedelta, latest: datetime) -> Permit:
        """Reserves the next free span of time, unless it begins after `latest`.

        The span may begin some milliseconds before the call.
        """

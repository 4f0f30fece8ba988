"""Protocols for sending: ledger, SMS client, rate limiter, permits, deadline, clock and timers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult
from shift_sms_runtime.messaging.permits import Permit, Priority, Reservation

Key_contra = TypeVar("Key_contra", contravariant=True)

Clock = Callable[[], datetime]
"""Returns the current time, with a time zone."""

MIN_TIMER_DELAY = timedelta(seconds=5)
"""How far in the future a timer is at least. A schedule that is created after its time might never fire."""


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


class Limiter(Protocol):
    """Limits the rate of sends. See `RateLimiter`."""

    def wait(self, deadline: InvocationDeadline, parts: int) -> None:
        """Waits for a permit to send a text of this many message parts.

        Raises:
            PermitTooLate: the permit begins too late for the invocation. Nothing is reserved.
        """

    def record_accepted(self) -> None:
        """Records that the service accepted a text."""

    def record_throttled(self) -> None:
        """Records that the service throttled a text."""


class SendPermits(Protocol):
    """The sending time of one origination identity, which all senders of the identity share."""

    def reserve(self, reservation: Reservation) -> Permit:
        """Reserves the next free span of time.

        The span may begin some milliseconds before the call. It is refused if the identity is busy until after
        `latest`, while texts of a higher priority wait, or, for an `immediate` one, while texts of the same priority
        wait. A refused reservation changes nothing.
        """

    def announce(self, priority: Priority, until: datetime) -> frozenset[int]:
        """Makes senders of lower priorities yield to texts of this priority until a time.

        Returns:
            The outbox workers that hold a lease.
        """

    def take_worker(self, worker: int, owner: str, until: datetime) -> bool:
        """Takes the lease of an outbox worker.

        Args:
            worker: The number of the worker.
            owner: Identifies the invocation, so that a retry of the write recognizes its own lease.
            until: When the lease ends, unless it is renewed.

        Returns:
            False if another invocation holds the lease.
        """

    def keep_worker(self, worker: int, until: datetime) -> frozenset[int]:
        """Renews the lease of an outbox worker without a reservation.

        Returns:
            The outbox workers that hold a lease.
        """

    def end_worker(self, worker: int) -> None:
        """Ends the lease of an outbox worker."""

    def begin_retry_pause(self, until: datetime) -> bool:
        """Begins a pause after which the texts that could not be sent are tried again.

        Returns:
            False if another worker has begun such a pause, and it has not ended.
        """

"""Sends a text at most once, through crashes, repeated deliveries and time-outs.

The ledger's row is claimed before the send and settled after it. Of two functions with the same text only one gets the
claim. If a claim is never settled, the text may have gone out: it becomes UNKNOWN and is not sent again, because
`SendTextMessage` has no idempotency token.
"""

from datetime import timedelta
from typing import Generic, TypeVar
from uuid import uuid4

from shift_sms_runtime.backoff import Backoff, doubling
from shift_sms_runtime.messaging.ledger import SendClaim
from shift_sms_runtime.messaging.outgoing_text import (
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    SendOutcome,
    SendResult,
    Sent,
    Unknown,
)
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendLedger, SmsSender

Key = TypeVar("Key")

ATTEMPT_SECONDS = 8.0
"""Seconds that an attempt and its writes may take: no attempt begins with less left."""

_LEASE_MARGIN = timedelta(seconds=5)

_FIRST_WAIT, _LONGEST_WAIT = 0.2, 2.0

_WAITS_FOR_ANOTHER = (0.1, 0.4, 1.5)


class TryAgainLater(Exception):
    """Nothing was sent, and the event should be delivered again."""


class ClaimedElsewhere(TryAgainLater):
    """Another function holds the claim on this text, or died holding it a moment ago."""


class DestinationProblem(TryAgainLater):
    """Something has to be changed first. The reason may be about this destination alone."""


class TransientFailure(TryAgainLater):
    """The service is throttled, or time is up: waiting is enough."""


class AccountLimitReached(TryAgainLater):
    """A limit of the account is reached, and nothing can be sent until it is raised. The message is AWS's reason."""


class SendOnce(Generic[Key]):
    """Sends texts, each at most once. Waits while the service is throttled."""

    def __init__(
        self,
        ledger: SendLedger[Key],
        sender: SmsSender,
        clock: Clock,
        *,
        max_retry_seconds: float = float("inf"),
    ) -> None:
        """Keeps what sending needs.

        Args:
            ledger: Records the status of each text.
            sender: Sends texts.
            clock: Tells the time.
            max_retry_seconds: Seconds after which a throttled text is released, if the invocation lasts as long. A
                function that dies holds its claim for about as long.
        """
        self._ledger = ledger
        self._sender = sender
        self._clock = clock
        self._max_retry_seconds = max_retry_seconds

    def send(self, key: Key, text: OutgoingText, deadline: InvocationDeadline) -> SendOutcome:
        """Sends `text`, unless it was sent or tried before.

        Returns:
            The status of the text, from now or from an earlier attempt.

        Raises:
            TryAgainLater: the text has not gone out and time is up, or another function is sending it.
        """
        if deadline.remaining() < ATTEMPT_SECONDS:
            raise TransientFailure("no time left for a send")
        token = uuid4().hex
        match self._claim(key, token, deadline):
            case SendClaim.BUSY:
                raise ClaimedElsewhere("another function holds the claim on this text")
            case SendClaim.ABANDONED:
                self._ledger.settle_abandoned(key, now=self._clock())
                return SendOutcome(DeliveryStatus.UNKNOWN)
            case DeliveryStatus() as settled:
                return SendOutcome(settled, earlier=True)
        return SendOutcome(self._settle(key, token, self._attempt(text, deadline)))

    def settle_abandoned(self, key: Key) -> bool:
        """Returns whether no function can be sending this text. Settles an abandoned claim as UNKNOWN."""
        return self._ledger.settle_abandoned(key, now=self._clock())

    def _claim(self, key: Key, token: str, deadline: InvocationDeadline) -> SendClaim | DeliveryStatus:
        """Claims the text. Waits for a function that is sending it, which mostly settles it within a moment."""
        backoff = Backoff(
            _WAITS_FOR_ANOTHER,
            jitter=False,
            wait=deadline.wait,
            time_left=lambda: deadline.remaining() - ATTEMPT_SECONDS,
        )
        while True:
            now = self._clock()
            held = min(deadline.remaining(), self._max_retry_seconds + ATTEMPT_SECONDS)
            lease_until = now + timedelta(seconds=held) + _LEASE_MARGIN
            claim = self._ledger.claim(key, token=token, now=now, lease_until=lease_until)
            if claim is not SendClaim.BUSY or not backoff.wait():
                return claim

    def _attempt(self, text: OutgoingText, deadline: InvocationDeadline) -> SendResult:
        """Sends the text, again and again while the service is throttled and time is left."""
        until = max(ATTEMPT_SECONDS, deadline.remaining() - self._max_retry_seconds)
        backoff = Backoff(
            doubling(_FIRST_WAIT, most=_LONGEST_WAIT),
            wait=deadline.wait,
            time_left=lambda: deadline.remaining() - until,
        )
        while True:
            result = self._sender.send(text)
            throttled = isinstance(result, NotSent) and result.transient
            if not throttled or not backoff.wait():
                return result

    def _settle(self, key: Key, token: str, result: SendResult) -> DeliveryStatus:
        now = self._clock()
        match result:
            case Sent(message_id):
                self._ledger.settle(key, DeliveryStatus.SENT, token=token, now=now, sms_message_id=message_id)
                return DeliveryStatus.SENT
            case Refused(status, reason):
                self._ledger.settle(key, status, token=token, now=now, reason=reason)
                return status
            case Unknown(reason):
                self._ledger.settle(key, DeliveryStatus.UNKNOWN, token=token, now=now, reason=reason)
                return DeliveryStatus.UNKNOWN
            case LimitReached(reason):
                self._ledger.settle(key, DeliveryStatus.QUEUED, token=token, now=now, reason=reason)
                raise AccountLimitReached(reason)
            case NotSent(reason, transient, destination_specific):
                self._ledger.settle(key, DeliveryStatus.QUEUED, token=token, now=now, reason=reason)
                if transient:
                    raise TransientFailure(reason)
                raise DestinationProblem(reason) if destination_specific else TryAgainLater(reason)

"""Sends a text at most once, despite crashes, repeated deliveries and timeouts.

The ledger row is claimed before the send and settled after it. Of two functions with the same text, only one is granted
the claim. If a claim is never settled, the text may have been sent. It becomes UNKNOWN and is not sent again, because
`SendTextMessage` has no idempotency token.
"""

from collections.abc import Sequence
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
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, Limiter, SendLedger, SmsSender

Key = TypeVar("Key")

ATTEMPT_SECONDS = 8.0
"""Seconds that one attempt and its writes may take. No attempt begins with less time left."""

_LEASE_MARGIN = timedelta(seconds=5)

_FIRST_WAIT, _MAX_WAIT = 0.2, 2.0

_CLAIM_WAITS = (0.1, 0.4, 1.5)


class TryAgainLater(Exception):
    """Nothing was sent. The record should be delivered again."""


class ClaimedElsewhere(TryAgainLater):
    """Another function holds the claim on this text, or died with it less than a lease ago."""


class DestinationProblem(TryAgainLater):
    """An operator has to act first. The reason may concern this destination alone."""


class TransientFailure(TryAgainLater):
    """The service is throttled, or the invocation has no time left. Waiting is enough."""


class NumberBusy(TransientFailure):
    """The origination identity has no permit in time, or the service keeps throttling it."""


class AccountLimitReached(TryAgainLater):
    """Nothing can be sent until a limit of the account is raised.

    The message is the reason that AWS gives.
    """


class SendOnce(Generic[Key]):
    """Sends texts, each at most once. Waits while the service is throttled."""

    def __init__(
        self,
        ledger: SendLedger[Key],
        sender: SmsSender,
        clock: Clock,
        *,
        limiter: Limiter,
        max_retry_seconds: float = float("inf"),
        claim_waits: Sequence[float] = _CLAIM_WAITS,
    ) -> None:
        """Sets up sending of texts that one ledger records.

        Args:
            ledger: Records the status of each text.
            sender: Sends texts.
            clock: Returns the current time.
            limiter: Gives a permit to each further attempt at a throttled text, and records the results. The caller
                waits for the permit of the first attempt.
            max_retry_seconds: How long a throttled text is retried before its claim is released. The claim of a
                function that stops lasts about as long.
            claim_waits: Seconds to wait between the attempts to claim a text that another function is sending.
        """
        self._ledger = ledger
        self._sender = sender
        self._clock = clock
        self._limiter = limiter
        self._max_retry_seconds = max_retry_seconds
        self._claim_waits = claim_waits

    def send(self, key: Key, text: OutgoingText, deadline: InvocationDeadline) -> SendOutcome:
        """Sends `text`, unless an earlier attempt has settled it.

        Returns:
            The status of the text after this attempt or the earlier one.

        Raises:
            TryAgainLater: the text was not sent and can be sent later, or another function is sending it.
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
        """Settles an abandoned claim on this text as UNKNOWN.

        Returns:
            False if another function may still be sending the text.
        """
        return self._ledger.settle_abandoned(key, now=self._clock())

    def _claim(self, key: Key, token: str, deadline: InvocationDeadline) -> SendClaim | DeliveryStatus:
        """Claims the text.

        By default waits for another function that is sending it, usually for less than a second.
        """
        backoff = Backoff(
            self._claim_waits,
            jitter=False,
            sleep=deadline.wait,
            time_left=lambda: deadline.remaining() - ATTEMPT_SECONDS,
        )
        while True:
            now = self._clock()
            lease_seconds = min(deadline.remaining(), self._max_retry_seconds + ATTEMPT_SECONDS)
            lease_until = now + timedelta(seconds=lease_seconds) + _LEASE_MARGIN
            claim = self._ledger.claim(key, token=token, now=now, lease_until=lease_until)
            if claim is not SendClaim.BUSY or not backoff.wait():
                return claim

    def _attempt(self, text: OutgoingText, deadline: InvocationDeadline) -> SendResult:
        """Sends the text. Retries while the service is throttled and time is left."""
        retries = EarlierDeadline(
            deadline, max(0.0, deadline.remaining() - ATTEMPT_SECONDS - self._max_retry_seconds)
        )
        backoff = Backoff(
            doubling(_FIRST_WAIT, maximum=_MAX_WAIT),
            sleep=deadline.wait,
            time_left=lambda: retries.remaining() - ATTEMPT_SECONDS,
        )
        while True:
            result = self._sender.send(text)
            self._record(result)
            transient = isinstance(result, NotSent) and result.transient
            if not transient or not backoff.wait() or not self._next_permit(text, retries):
                return result

    def _record(self, result: SendResult) -> None:
        if isinstance(result, Sent):
            self._limiter.record_accepted()
        elif isinstance(result, NotSent) and result.throttled:
            self._limiter.record_throttled()

    def _next_permit(self, text: OutgoingText, deadline: InvocationDeadline) -> bool:
        """Waits for the permit of a further attempt; returns False if it begins too late."""
        try:
            self._limiter.wait(deadline, text.parts)
        except NumberBusy:
            return False
        return True

    def _settle(self, key: Key, token: str, result: SendResult) -> DeliveryStatus:
        now = self._clock()
        match result:
            case Sent(sms_message_id):
                self._ledger.settle(
                    key, DeliveryStatus.SENT, token=token, now=now, sms_message_id=sms_message_id
                )
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
            case NotSent(reason, transient, destination_specific, throttled):
                self._ledger.settle(key, DeliveryStatus.QUEUED, token=token, now=now, reason=reason)
                if throttled:
                    raise NumberBusy(reason)
                if transient:
                    raise TransientFailure(reason)
                raise DestinationProblem(reason) if destination_specific else TryAgainLater(reason)


class EarlierDeadline:
    """A deadline some seconds before another one. The seconds are kept for what comes after."""

    def __init__(self, deadline: InvocationDeadline, kept_seconds: float) -> None:
        self._deadline = deadline
        self._kept_seconds = kept_seconds

    def remaining(self) -> float:
        return self._deadline.remaining() - self._kept_seconds

    def wait(self, seconds: float) -> None:
        self._deadline.wait(seconds)

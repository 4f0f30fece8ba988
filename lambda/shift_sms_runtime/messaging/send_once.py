"""Send a text at most once, whatever crashes, is delivered twice or times out.

The ledger row is claimed before the send and settled after it. Of two functions with the same text only one gets the
claim. A claim that was never settled means that nobody can know whether the text went out: it becomes UNKNOWN and is
not sent again, because ``SendTextMessage`` has no idempotency token.
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


_LEASE_MARGIN = timedelta(seconds=5)


_FIRST_WAIT, _LONGEST_WAIT = 0.2, 2.0


_WAITS_FOR_ANOTHER = (0.1, 0.4, 1.5)


TIME_TO_SETTLE = 8.0
"""Seconds an attempt and its bookkeeping may take: no new attempt is begun with less left."""


class TryAgainLater(Exception):
    """Nothing is lost and nothing was sent: the platform should deliver the event again."""


class AnotherIsSending(TryAgainLater):
    """Another function holds the claim on this text, or died holding it a moment ago."""


class OthersMayGo(TryAgainLater):
    """Somebody has to change something first, and maybe for this destination alone."""


class SlowDown(TryAgainLater):
    """The service is throttled, or time is up: nothing is wrong that waiting would not mend."""


class OutOfLimit(TryAgainLater):
    """The account may send nothing any more until somebody raises its limit; the message is AWS's reason."""


class SendOnce(Generic[Key]):
    """Sends texts, each at most once, waiting out throttling as long as it may."""

    def __init__(
        self,
        ledger: SendLedger[Key],
        sender: SmsSender,
        clock: Clock,
        *,
        longest_attempt: float = float("inf"),
    ) -> None:
        """``longest_attempt``: seconds after which a throttled text is given back, if the invocation lasts as long.

        It is also about how long a text stays claimed by a function that died.
        """
        self._ledger = ledger
        self._sender = sender
        self._clock = clock
        self._longest_attempt = longest_attempt

    def send(self, key: Key, text: OutgoingText, patience: InvocationDeadline) -> SendOutcome:
        """Send ``text`` unless it was sent, or tried, before.

        Returns:
            What became of it, now or in an earlier attempt.

        Raises:
            TryAgainLater: the text certainly has not gone out and time is up, or another function is sending it.
        """
        if patience.remaining() < TIME_TO_SETTLE:
            raise SlowDown("no time left for a send")
        token = uuid4().hex
        match self._claim(key, token, patience):
            case SendClaim.BUSY:
                raise AnotherIsSending("another function holds the claim on this text")
            case SendClaim.ABANDONED:
                self._ledger.give_up(key, now=self._clock())
                return SendOutcome(DeliveryStatus.UNKNOWN)
            case DeliveryStatus() as settled:
                return SendOutcome(settled, earlier=True)
        return SendOutcome(self._settle(key, token, self._attempt(text, patience)))

    def settled(self, key: Key) -> bool:
        """Whether nobody can be sending this text any more; a claim whose owner has died is settled as UNKNOWN."""
        return self._ledger.give_up(key, now=self._clock())

    def _claim(self, key: Key, token: str, patience: InvocationDeadline) -> SendClaim | DeliveryStatus:
        """Claim the text; wait for whoever is sending it, who mostly has settled it in a moment."""
        backoff = Backoff(
            _WAITS_FOR_ANOTHER,
            jitter=False,
            wait=patience.wait,
            time_left=lambda: patience.remaining() - TIME_TO_SETTLE,
        )
        while True:
            now = self._clock()
            held = min(patience.remaining(), self._longest_attempt + TIME_TO_SETTLE)
            lease_until = now + timedelta(seconds=held) + _LEASE_MARGIN
            claim = self._ledger.claim(key, token=token, now=now, lease_until=lease_until)
            if claim is not SendClaim.BUSY or not backoff.wait():
                return claim

    def _attempt(self, text: OutgoingText, patience: InvocationDeadline) -> SendResult:
        until = max(TIME_TO_SETTLE, patience.remaining() - self._longest_attempt)
        backoff = Backoff(
            doubling(_FIRST_WAIT, most=_LONGEST_WAIT),
            wait=patience.wait,
            time_left=lambda: patience.remaining() - until,
        )
        while True:
            result = self._sender.send(text)
            throttled = isinstance(result, NotSent) and result.passing
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
                raise OutOfLimit(reason)
            case NotSent(reason, passing, others_may_go):
                self._ledger.settle(key, DeliveryStatus.QUEUED, token=token, now=now, reason=reason)
                if passing:
                    raise SlowDown(reason)
                raise OthersMayGo(reason) if others_may_go else TryAgainLater(reason)

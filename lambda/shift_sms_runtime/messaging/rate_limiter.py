"""Limits the rate of sends: each text waits for a permit of the origination identity."""

from datetime import datetime, timedelta

from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendPermits
from shift_sms_runtime.messaging.send_once import ATTEMPT_SECONDS, TransientFailure

_RESERVATION = timedelta(milliseconds=10)

_MAX_PERMITS_PER_RESERVATION = 10

_MAX_LATENESS = timedelta(milliseconds=100)


class PermitTooLate(TransientFailure):
    """The next permit begins too late for this invocation. The identity is free at `free_at`."""

    def __init__(self, free_at: datetime) -> None:
        super().__init__("the next permit begins too late for this invocation")
        self.free_at = free_at


class RateLimiter:
    """Reserves the permits of one sender, a few at a time.

    A permit that the sender misses is lost. A text sent for it later would add to what other senders send then. So the
    texts sent in any span of time fit the permits reserved for that span and for the tenth of a second before it.
    """

    def __init__(self, permits: SendPermits, clock: Clock, time_per_text: timedelta) -> None:
        self._permits = permits
        self._clock = clock
        self._time_per_text = time_per_text
        self._permits_per_reservation = max(
            1, min(_MAX_PERMITS_PER_RESERVATION, int(_RESERVATION / time_per_text))
        )
        self._reserved = 0
        self._next_permit_at = clock()

    def wait(self, deadline: InvocationDeadline, texts: int) -> None:
        """Waits for the next permit.

        Args:
            deadline: The deadline of the invocation.
            texts: How many texts the sender still has, this one included.

        Raises:
            PermitTooLate: the permit begins too late for the invocation. Nothing is reserved.
        """
        lateness = self._clock() - self._next_permit_at
        if self._reserved == 0 or lateness > max(_MAX_LATENESS, self._time_per_text / 2):
            self._reserve(min(self._permits_per_reservation, texts), deadline)
        deadline.wait(max(0.0, (self._next_permit_at - self._clock()).total_seconds()))
        self._reserved -= 1
        self._next_permit_at += self._time_per_text

    def _reserve(self, texts: int, deadline: InvocationDeadline) -> None:
        latest = self._clock() + timedelta(seconds=deadline.remaining() - ATTEMPT_SECONDS)
        permit = self._permits.reserve(self._time_per_text * texts, latest)
        if not permit.reserved:
            raise PermitTooLate(permit.begins)
        self._reserved, self._next_permit_at = texts, permit.begins

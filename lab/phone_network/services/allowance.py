"""Limits a rate, and allows bursts."""


class Allowance:
    """Allows `rate` parts per second on average, and at most `burst` parts at once.

    Not thread-safe: callers hold a lock.
    AWS counts the throughput of a number in message parts:
    https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
    A single text with more parts than `burst` is allowed once the allowance is full. The time that its parts take
    passes before the next text.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._counted_at = 0.0

    def take(self, now: float, parts: int = 1) -> bool:
        """Takes `parts` at monotonic time `now`.

        Returns False, without effect, if too few are left.
        """
        self._left = min(self._burst, self._left + (now - self._counted_at) * self._rate)
        self._counted_at = now
        # A sum of floats may be too small by a rounding error.
        if self._left < min(parts, self._burst) - 1e-9:
            return False
        self._left -= parts
        return True

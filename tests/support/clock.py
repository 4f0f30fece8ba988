"""Provides the clock and the deadline of an invocation, in time that passes when told."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_time(self, **span: float) -> None:
        """Let so much time pass, in words of ``timedelta``."""
        self.time += timedelta(**span)


class Deadline:
    """An invocation with ``seconds`` left; waiting moves the clock."""

    def __init__(self, clock: Clock, seconds: float = 30) -> None:
        self._clock = clock
        self._end = clock.time + timedelta(seconds=seconds)

    def remaining(self) -> float:
        return (self._end - self._clock.time).total_seconds()

    def wait(self, seconds: float) -> None:
        self._clock.time += timedelta(seconds=seconds)


NOON = Clock().time


def seconds_after_noon(seconds: float) -> str:
    """A time as counters have it."""
    return (NOON + timedelta(seconds=seconds)).isoformat()

"""A clock that tests move, a deadline on that clock, and a wait for a new day of the real clock."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_time(self, **span: float) -> None:
        """Moves the clock forward. Takes the arguments of `timedelta`."""
        self.time += timedelta(**span)


class Deadline:
    """Implements `InvocationDeadline` with `seconds` left. Waiting moves the clock."""

    def __init__(self, clock: Clock, seconds: float = 30) -> None:
        self._clock = clock
        self._end = clock.time + timedelta(seconds=seconds)

    def remaining(self) -> float:
        return (self._end - self._clock.time).total_seconds()

    def wait(self, seconds: float) -> None:
        self._clock.time += timedelta(seconds=seconds)


NOON = Clock().time


def seconds_after_noon(seconds: float) -> str:
    """Returns a time in the format of counter rows."""
    return (NOON + timedelta(seconds=seconds)).isoformat()


def seconds_to_wait_for_one_day(now: datetime, needed: timedelta) -> float:
    """Returns the seconds until midnight UTC if it is nearer than the time that a test needs; otherwise 0."""
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    return (midnight - now).total_seconds() if midnight - now < needed else 0


def wait_for_one_day(needed: timedelta = timedelta(minutes=2)) -> None:
    """Waits for midnight UTC if it is near: a test of "tomorrow" or of a daily limit needs one day."""
    time.sleep(seconds_to_wait_for_one_day(datetime.now(UTC), needed))

"""Counts the steps of functions, and stops a function or acts at one of them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import pytest

Thing = TypeVar("Thing")


class Killed(BaseException):
    """The function is stopped, as by SIGKILL."""


class Throttled(Exception):
    """A store refuses a call, or its response is lost. Lambda then delivers the record again."""


def die() -> None:
    """Stops the function."""
    raise Killed


def throttle() -> None:
    """Makes the call fail."""
    raise Throttled


class Steps:
    """Counts the calls that functions make. A test can act right before or after one of these steps."""

    def __init__(self) -> None:
        self.taken = 0
        self.happens: Callable[[int, bool], None] = lambda _step, _after: None
        """Called with the number of each step, and whether it has taken effect."""

    def once(self, step: int, act: Callable[[], None], *, after: bool = False) -> None:
        """Calls `act` at the `step`-th step from now on, counted from 1."""
        due = self.taken + step

        def happens(number: int, taken: bool) -> None:
            if (number, taken) == (due, after):
                self.happens = lambda _step, _after: None
                act()

        self.happens = happens

    def take(self, effect: Callable[[], Thing]) -> Thing:
        """Takes one step."""
        self.taken += 1
        number = self.taken
        self.happens(number, False)
        result = effect()
        self.happens(number, True)
        return result


def watched(thing: Thing, steps: Steps) -> Thing:
    """Returns a thing that behaves like `thing` and takes a step for each call of a method."""

    class Watched:
        def __getattr__(self, name: str) -> Any:
            attribute = getattr(thing, name)
            if not callable(attribute):
                return attribute
            return lambda *args, **kwargs: steps.take(lambda: attribute(*args, **kwargs))

    return cast("Thing", Watched())


def crash_points(run: Callable[[], Steps]) -> Sequence[tuple[int, bool]]:
    """Returns all steps of a successful run, each before and after it takes effect."""
    return [(step, after) for step in range(1, run().taken + 1) for after in (False, True)]


STOPS = [pytest.param(die, Killed, id="killed"), pytest.param(throttle, Throttled, id="throttled")]

"""Counts the steps of functions, and stops a function or calls another at one of them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import pytest

T = TypeVar("T")


class Killed(BaseException):
    """The function was stopped, as by SIGKILL."""


class Throttled(Exception):
    """A store refused a call, or its response was lost. Lambda then delivers the record again."""


def die() -> None:
    """Stops the function."""
    raise Killed


def throttle() -> None:
    """Makes the call fail."""
    raise Throttled


class Steps:
    """Counts the calls that functions make. A test can act immediately before or after such a step."""

    def __init__(self) -> None:
        self.taken = 0
        self.on_step: Callable[[int, bool], None] = lambda _step, _after: None
        """Called twice per step with its number: with False before the step takes effect, with True after it."""

    def once(self, step: int, act: Callable[[], None], *, after: bool = False) -> None:
        """Calls `act` before the `step`-th step from now on, or after it. Steps are counted from 1."""
        due = self.taken + step

        def act_when_due(number: int, taken: bool) -> None:
            if (number, taken) == (due, after):
                self.on_step = lambda _step, _after: None
                act()

        self.on_step = act_when_due

    def take(self, effect: Callable[[], T]) -> T:
        """Takes one step."""
        self.taken += 1
        number = self.taken
        self.on_step(number, False)
        result = effect()
        self.on_step(number, True)
        return result


def stepwise(thing: T, steps: Steps) -> T:
    """Returns an object that behaves like `thing` and takes a step for each call of a method."""

    class Stepwise:
        def __getattr__(self, name: str) -> Any:
            attribute = getattr(thing, name)
            if not callable(attribute):
                return attribute
            return lambda *args, **kwargs: steps.take(lambda: attribute(*args, **kwargs))

    return cast("T", Stepwise())


def crash_points(run: Callable[[], Steps]) -> Sequence[tuple[int, bool]]:
    """Returns the points before and after each step of a successful run, for `Steps.once`."""
    return [(step, after) for step in range(1, run().taken + 1) for after in (False, True)]


STOPS = [pytest.param(die, Killed, id="killed"), pytest.param(throttle, Throttled, id="throttled")]


def stopped_in_turn(points: Sequence[tuple[int, bool]]) -> list[Any]:
    """Returns a step, whether it stops after it, and a stop, as parameters of a test.

    Steps are stopped in turn by one of `STOPS` before them and by the other after them. `make soak` has the rest.
    """
    return [
        pytest.param(
            step,
            after,
            *stop.values,
            id=f"{step}-{'after' if after else 'before'}-{stop.id}",
            marks=[] if (step + after + number) % 2 else [pytest.mark.soak],
        )
        for step, after in points
        for number, stop in enumerate(STOPS)
    ]

"""Tests how long and how often an operation waits between attempts."""

import itertools
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.backoff import Backoff, doubling
from tests.support.clock import Clock, Deadline

WAITS = (0.1, 0.2, 0.4)


def waited(waits: Iterable[float], *, jitter: bool = True, limit: int = 20) -> list[float]:
    """Returns the waits of an operation that never succeeds, at most `limit` of them."""
    made: list[float] = []
    backoff = Backoff(waits, jitter=jitter, sleep=made.append)
    while len(made) < limit and backoff.wait():
        pass
    return made


def test_given_a_failing_operation_when_retried_then_once_for_each_wait() -> None:
    assert waited(WAITS, jitter=False) == [*WAITS]
    assert waited(()) == []


def test_given_doubling_waits_when_retried_then_they_grow_to_the_maximum() -> None:
    growing = doubling(0.2, maximum=2.0)
    assert list(itertools.islice(growing, 6)) == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


@given(seed=st.integers(), first=st.floats(0.01, 1), maximum=st.floats(1, 10))
def test_given_any_waits_when_jittered_then_between_half_and_one_and_a_half(
    seed: int, first: float, maximum: float
) -> None:
    random.seed(seed)
    planned = list(itertools.islice(doubling(first, maximum=maximum), 20))
    assert planned == sorted(planned)
    for wait, made in zip(planned, waited(doubling(first, maximum=maximum)), strict=True):
        assert 0.5 * wait <= made <= 1.5 * wait <= 1.5 * maximum


def test_given_two_functions_when_they_back_off_then_their_waits_differ() -> None:
    assert waited(WAITS) != waited(WAITS)


def test_given_a_deadline_when_waited_then_no_wait_exceeds_the_time_left() -> None:
    clock = Clock()
    deadline = Deadline(clock, seconds=1)
    backoff = Backoff(
        (0.4, 0.4, 0.4), jitter=False, sleep=deadline.wait, time_left=lambda: deadline.remaining() - 0.1
    )
    assert [backoff.wait() for _ in range(3)] == [True, True, False]
    assert deadline.remaining() == pytest.approx(0.2)


def test_given_no_sleep_function_when_waited_then_time_sleep_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("shift_sms_runtime.backoff.time.sleep", slept.append)
    assert Backoff((0.1,), jitter=False).wait()
    assert slept == [0.1]

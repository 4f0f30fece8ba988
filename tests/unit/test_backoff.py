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


def waited(waits: Iterable[float], *, jitter: bool = True, most: int = 20) -> list[float]:
    """Returns the waits of an operation that never succeeds, at most `most` of them."""
    made: list[float] = []
    backoff = Backoff(waits, jitter=jitter, wait=made.append)
    while len(made) < most and backoff.wait():
        pass
    return made


def test_given_a_failing_operation_when_retried_then_once_for_each_wait() -> None:
    assert waited(WAITS, jitter=False) == [*WAITS]
    assert waited(()) == []


def test_given_doubling_waits_when_retried_then_they_grow_to_the_longest() -> None:
    growing = doubling(0.2, most=2.0)
    assert list(itertools.islice(growing, 6)) == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


@given(seed=st.integers(), first=st.floats(0.01, 1), most=st.floats(1, 10))
def test_given_any_waits_when_jittered_then_between_half_and_one_and_a_half(
    seed: int, first: float, most: float
) -> None:
    random.seed(seed)
    planned = list(itertools.islice(doubling(first, most=most), 20))
    assert planned == sorted(planned)
    for wait, made in zip(planned, waited(doubling(first, most=most)), strict=True):
        assert 0.5 * wait <= made <= 1.5 * wait <= 1.5 * most


def test_given_two_functions_when_they_back_off_then_not_in_step() -> None:
    assert waited(WAITS) != waited(WAITS)


def test_given_a_deadline_when_waited_then_its_time_passes_and_no_wait_outlasts_it() -> None:
    clock = Clock()
    deadline = Deadline(clock, seconds=1)
    backoff = Backoff(
        (0.4, 0.4, 0.4), jitter=False, wait=deadline.wait, time_left=lambda: deadline.remaining() - 0.1
    )
    assert [backoff.wait() for _ in range(3)] == [True, True, False]
    assert deadline.remaining() == pytest.approx(0.2)


def test_given_no_way_to_wait_when_waited_then_it_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("shift_sms_runtime.backoff.time.sleep", slept.append)
    assert Backoff((0.1,), jitter=False).wait()
    assert slept == [0.1]

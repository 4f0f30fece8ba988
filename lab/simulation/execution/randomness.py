"""Makes the process repeat itself: random numbers from the seed, and no wait in real time."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from unittest import mock


class Randomness:
    """Independent sources of random numbers.

    A draw of one part does not shift those of another.
    """

    def __init__(self, seed: int | str) -> None:
        self._seed = seed

    def of(self, purpose: str) -> Random:
        """Returns the source for a purpose."""
        return Random(f"{self._seed}/{purpose}")  # noqa: S311 - repeatable, protects nothing


@contextmanager
def repeatable(randomness: Randomness, sleep: Callable[[float], None]) -> Iterator[None]:
    """Seeds `random` and `os.urandom`, which `uuid4` reads, and replaces `time.sleep`."""
    before = random.getstate()
    random.seed(randomness.of("runtime").random())
    system = randomness.of("urandom")
    with mock.patch.object(os, "urandom", system.randbytes), mock.patch.object(time, "sleep", sleep):
        try:
            yield
        finally:
            random.setstate(before)

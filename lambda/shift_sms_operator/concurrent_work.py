"""Works on many things, several at a time."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_THREADS = 8


def work_on(work: Callable[[T], R], things: Iterable[T]) -> Generator[R, None, None]:
    """Yields the results in the order of their completion. Takes no more things than are under way soon.

    If the caller is interrupted or an error occurs, what is under way is completed, and no further thing is begun.
    """
    threads = ThreadPoolExecutor(_THREADS)
    under_way: set[Future[R]] = set()
    try:
        for thing in things:
            under_way.add(threads.submit(work, thing))
            if len(under_way) >= 2 * _THREADS:
                yield from _completed(under_way)
        while under_way:
            yield from _completed(under_way)
    finally:
        threads.shutdown(cancel_futures=True)


def _completed(under_way: set[Future[R]]) -> Iterator[R]:
    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in done:
        under_way.discard(future)
        yield future.result()

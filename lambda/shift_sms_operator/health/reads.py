"""Reads that are made at the same time."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


def begin(read: Callable[[], T]) -> "Future[T]":
    """Begins a read in a thread of its own. A program that ends does not wait for it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(read())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is taken
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def once(read: Callable[[], T]) -> Callable[[], T]:
    """Returns a function that reads once, also if several threads call it.

    A failure is raised again by each later call, without another read.
    """
    lock = Lock()
    begun: list[Future[T]] = []

    def read_once() -> T:
        with lock:
            if not begun:
                begun.append(begin(read))
        return begun[0].result()

    return read_once

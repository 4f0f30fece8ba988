"""Turns Ctrl-C, `kill` and a closed terminal into one exception.

The lab then stops its processes.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Raises KeyboardInterrupt at the first stop signal.

    Ignores further ones during the cleanup.
    """
    signals = [signal.SIGINT, signal.SIGTERM]
    # A program under `nohup` ignores SIGHUP, and must continue to do so.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signals.append(signal.SIGHUP)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

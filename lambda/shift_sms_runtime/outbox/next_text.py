"""Chooses the text that a worker sends next."""

from collections.abc import Callable, Iterator, Sequence, Set
from datetime import datetime, timedelta

from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.workers import worker_of

_MAX_LEAD = timedelta(seconds=5)
"""A worker whose next text was queued this much after the oldest one helps the worker of the oldest."""

_MAX_OVERTAKEN = timedelta(seconds=9)
"""A helper sends only texts that were queued less than this after the oldest one."""


def next_text(
    texts: Sequence[OutboxText],
    *,
    worker: int,
    running: Set[int],
    workers: int,
    now: datetime,
    skipped: Callable[[OutboxText], bool],
) -> OutboxText | None:
    """Returns the text that a worker sends next; None if other workers send all of them.

    Each text belongs to one worker, so that workers rarely claim the same text. A worker without a text of its own, or
    with newer ones only, sends texts of others. Then each helper takes another text.

    Args:
        texts: The oldest texts of the outbox, in their order.
        worker: The number of the worker.
        running: The numbers of the running workers, this one included.
        workers: How many workers there can be.
        now: The current time.
        skipped: Returns whether a text cannot be sent now. Then later texts to the same number wait too, so that they
            do not overtake it.
    """
    sendable = [*_first_of_each_number(texts, skipped)]
    own = next((text for text in sendable if worker_of(text.phone_number, running, workers) == worker), None)
    others = [text for text in sendable if worker_of(text.phone_number, running, workers) != worker]
    place = sorted(running).index(worker)
    if own is not None:
        overdue = [text for text in others if own.queued_at - text.queued_at > _MAX_LEAD]
        return _to_help_with(overdue, place) if overdue else own
    if place + 1 < len(others):
        # The first text is the next one of its own worker.
        return _to_help_with(others, place + 1)
    overdue = [text for text in others if now - text.queued_at > _MAX_LEAD]
    return _to_help_with(overdue, place) if overdue else None


def _to_help_with(texts: Sequence[OutboxText], place: int) -> OutboxText:
    """Returns the text in a place, or an earlier one if that text would overtake the first one by too much."""
    return [text for text in texts[: place + 1] if text.queued_at - texts[0].queued_at < _MAX_OVERTAKEN][-1]


def _first_of_each_number(
    texts: Sequence[OutboxText], skipped: Callable[[OutboxText], bool]
) -> Iterator[OutboxText]:
    seen: set[str] = set()
    for text in texts:
        if text.phone_number not in seen:
            seen.add(text.phone_number)
            if not skipped(text):
                yield text

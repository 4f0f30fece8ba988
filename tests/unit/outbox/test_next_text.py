"""Tests the choice of the next text, and the worker of a phone number."""

from datetime import timedelta
from zlib import crc32

from shift_sms_runtime.outbox.next_text import next_text
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.workers import worker_of
from tests.support.clock import NOON
from tests.support.outbox_world import reply

WORKERS = 3
ALL = frozenset(range(WORKERS))


def number_of(worker: int, place: int = 0) -> str:
    """Returns the `place`-th phone number of a worker."""
    numbers = (f"+1206{5550000 + number:07}" for number in range(1000))
    return [number for number in numbers if crc32(number.encode()) % WORKERS == worker][place]


def choose(
    texts: list[OutboxText],
    worker: int,
    *,
    running: frozenset[int] = ALL,
    after: float = 0.0,
    skipped: frozenset[OutboxText] = frozenset(),
) -> OutboxText | None:
    return next_text(
        texts,
        worker=worker,
        running=running,
        workers=WORKERS,
        now=NOON + timedelta(seconds=after),
        skipped=skipped.__contains__,
    )


def test_given_texts_of_all_workers_when_chosen_then_each_takes_its_oldest() -> None:
    texts = [reply(number, to=number_of(number % 3, number)) for number in range(9)]
    assert [choose(texts, worker) for worker in range(3)] == texts[:3]


def test_given_a_worker_that_does_not_run_when_asked_then_others_have_its_texts() -> None:
    running = frozenset({0, 2})
    owners = [worker_of(number_of(1, place), running, WORKERS) for place in range(20)]
    assert set(owners) == running
    assert worker_of(number_of(0), running, WORKERS) == 0
    alone = frozenset({2})
    assert {worker_of(number_of(worker), alone, WORKERS) for worker in range(3)} == alone


def test_given_texts_of_another_worker_when_chosen_then_helpers_take_different_ones() -> None:
    texts = [reply(place, to=number_of(0, place)) for place in range(5)]
    assert [choose(texts, worker) for worker in range(3)] == [texts[0], texts[2], texts[3]]


def test_given_one_text_of_another_worker_when_chosen_then_it_is_left_to_it() -> None:
    texts = [reply(0, to=number_of(0))]
    assert choose(texts, 1) is None
    assert choose(texts, 1, after=5.1) == texts[0]


def test_given_a_much_older_text_of_another_worker_when_chosen_then_it_comes_first() -> None:
    old, own = reply(0, to=number_of(0), at=-5.1), reply(1, to=number_of(1))
    assert choose([old, own], 1) == old
    newer = reply(0, to=number_of(0), at=-4.9)
    assert choose([newer, own], 1) == own


def test_given_a_skipped_text_when_chosen_then_later_ones_to_its_number_wait() -> None:
    number, other = number_of(0), number_of(0, 1)
    first, second, third = reply(0, to=number), reply(1, to=number, at=1), reply(2, to=other, at=2)
    assert choose([first, second, third], 0) == first
    assert choose([first, second, third], 0, skipped=frozenset({first})) == third
    assert choose([first, second], 0, skipped=frozenset({first})) is None


def test_given_a_gap_after_the_oldest_text_when_helping_then_it_is_not_overtaken() -> None:
    oldest, newer = reply(0, to=number_of(0), at=-20), reply(1, to=number_of(0, 1))
    assert choose([oldest, newer], 1) == choose([oldest, newer], 2) == oldest
    own = reply(2, to=number_of(2), at=30)
    assert choose([oldest, newer, own], 2) == oldest

"""Measures how many inbound texts per second are answered, and after how long."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lab.bench.figures import Figure
from lab.bench.plain.system import PlainSystem
from lab.lab_system import OUR_NUMBER, LabSystem

CONCURRENT_PHONES = (1, 4, 10)
BURST = 300
_TEXTS_PER_PHONE = 40
_WARM_UP_TEXTS = 20
_WAIT_SECONDS = 20
_PHONES_AT_ONCE = 16
_MIN_BURST_RATIO = 2


@dataclass(frozen=True)
class _Burst:
    answered: int
    texts_per_second: float
    """Until the last reply."""


def inbound_figures(system: LabSystem, plain: PlainSystem, numbers: Sequence[str]) -> Iterator[Figure]:
    """Yields the texts per second of two bursts, and the delays with 1 to 10 phones.

    Every text books a free shift.

    When the first burst arrives, one environment of each function is warm, as after a quiet hour. The cloud starts
    further ones, up to the concurrency of the function. The second burst finds all of them warm.

    Args:
        system: The product.
        plain: The baseline.
        numbers: At least `BURST` approved numbers.
    """
    systems: tuple[LabSystem | PlainSystem, ...] = (system, plain)
    for one in systems:
        _text_in_turn(one, numbers[:1], _put_shifts(system, plain, "W", _WARM_UP_TEXTS))
    for case, prefix, target in (
        (f"{BURST} at once", "BURST", _MIN_BURST_RATIO),
        (f"{BURST} at once, again", "AGAIN", None),
    ):
        product, baseline = (
            _text_at_once(one, numbers[:BURST], _put_shifts(system, plain, f"{prefix}{position}X", BURST))
            for position, one in enumerate(systems)
        )
        yield Figure("texts answered", case, product.answered, BURST, at_least=1, at_most=1)
        yield Figure("texts answered by the baseline", case, baseline.answered, BURST)
        yield Figure(
            "inbound texts per second",
            case,
            product.texts_per_second,
            baseline.texts_per_second,
            at_least=target,
        )
    for phones in CONCURRENT_PHONES:
        codes = _put_shifts(system, plain, f"P{phones}X", phones * _TEXTS_PER_PHONE)
        product_delays, baseline_delays = (_text_in_turn(one, numbers[:phones], codes) for one in systems)
        case = f"{phones} phone{'s' if phones > 1 else ''} in turn"
        for percent in (50, 99):
            yield Figure(
                f"delay of a reply in ms, p{percent}",
                case,
                percentile(product_delays, percent) * 1000,
                percentile(baseline_delays, percent) * 1000,
            )


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns the smallest value that is not exceeded by `percent` percent of the values."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _put_shifts(system: LabSystem, plain: PlainSystem, prefix: str, count: int) -> list[str]:
    codes = [f"{prefix}{number}" for number in range(count)]
    shifts = [{"shift_id": code, "shift_info": "3h", "shift_status": "available"} for code in codes]
    system.put_shifts(shifts)
    plain.put_shifts(shifts)
    system.wait_until_reconciled(300)
    return codes


def _text_at_once(system: LabSystem | PlainSystem, numbers: Sequence[str], codes: Sequence[str]) -> _Burst:
    """Texts one code from each number at once, and waits until no more replies arrive."""
    network = system.network
    before = {number: len(network.inbox(number)) for number in numbers}
    began = time.monotonic()
    with ThreadPoolExecutor(_PHONES_AT_ONCE) as phones:
        for number, code in zip(numbers, codes, strict=True):
            phones.submit(network.send_from_phone, number, code, OUR_NUMBER)
    replies: list[float] = []
    for number in numbers:
        try:
            replies.append(network.wait_for_text(number, before[number], _WAIT_SECONDS).monotonic)
        except TimeoutError:
            # The baseline loses texts whose invocation fails. The others have arrived in the meantime.
            continue
    return _Burst(len(replies), len(replies) / (max(replies) - began))


def _text_in_turn(
    system: LabSystem | PlainSystem, numbers: Sequence[str], codes: Sequence[str]
) -> list[float]:
    """Texts the codes, each phone one after another.

    Returns the delays of the replies in seconds.
    """

    def text(number: str, own_codes: Sequence[str]) -> list[float]:
        delays = []
        for code in own_codes:
            began = time.monotonic()
            system.send_and_wait(number, code)
            delays.append(time.monotonic() - began)
        return delays

    with ThreadPoolExecutor(len(numbers)) as phones:
        runs = [
            phones.submit(text, number, codes[position :: len(numbers)])
            for position, number in enumerate(numbers)
        ]
    return [delay for run in runs for delay in run.result()]

"""Measures how the items read and the time of a text grow with the number of shifts."""

import time
from collections.abc import Callable, Iterator, Sequence

from lab.bench.figures import Figure
from lab.bench.plain_system import PlainSystem, put_items
from lab.lab_system import LabSystem
from lab.phone_network import SentText

DEPLOYED_SHIFTS = (100, 1_000, 10_000)
_REPEATS = 5
_MAX_GROWTH = 1.5
_EMPLOYEE_TEXTS = ("REQUEST", "{code}", "XQZ77", "MINE")
_NAMES = ("REQUEST", "booking", "unknown code", "MINE")
_PLAIN_TEXTS = {"REQUEST", "booking", "unknown code"}


def deployed_reads(system: LabSystem, plain: PlainSystem, number: str) -> Iterator[Figure]:
    """Yields the time of each text, and its growth since the smallest number of shifts."""
    smallest: dict[str, float] = {}
    placed = 0
    for shifts in DEPLOYED_SHIFTS:
        _put_shifts(system, plain, range(placed, shifts))
        placed = shifts
        codes = iter(f"READ{position}" for position in range(shifts - 1, 0, -1))
        for name, text in zip(_NAMES, _EMPLOYEE_TEXTS, strict=True):
            texts = [text.format(code=next(codes)) for _ in range(_REPEATS)]
            product = _median_ms(system.send_and_wait, number, texts)
            if name in _PLAIN_TEXTS:
                baseline = _median_ms(plain.send_and_wait, number, texts)
                yield Figure(f"{name}: ms to the reply", f"{shifts:,} shifts", product, baseline)
            if name in smallest:
                yield Figure(
                    f"{name}: ms, growth since {DEPLOYED_SHIFTS[0]} shifts",
                    f"{shifts:,} shifts",
                    product,
                    smallest[name],
                    at_most=_MAX_GROWTH,
                )
            smallest.setdefault(name, product)


def _put_shifts(system: LabSystem, plain: PlainSystem, positions: Sequence[int]) -> None:
    shifts = [
        {"shift_id": f"READ{position}", "shift_info": "15/08 5h", "shift_status": "available"}
        for position in positions
    ]
    put_items(system, system.outputs.shifts_table_name, shifts)
    plain.put_shifts(shifts)
    system.wait_until_reconciled(300)


def _median_ms(send_and_wait: Callable[[str, str], SentText], number: str, texts: Sequence[str]) -> float:
    times = []
    for text in texts:
        began = time.monotonic()
        send_and_wait(number, text)
        times.append(time.monotonic() - began)
    return sorted(times)[len(times) // 2] * 1000

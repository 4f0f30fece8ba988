"""Measures how the items read and the time of a text grow with the number of shifts."""

import time
from collections.abc import Callable, Iterator, Sequence

from lab.bench.figures import Figure
from lab.bench.plain.system import PlainSystem
from lab.lab_system import LabSystem
from lab.phone_network import SentText
from lab.simulation.execution.deployment import SimulatedSettings
from lab.simulation.people import Expected, Person
from lab.simulation.world import Plan, World
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_keys

DEPLOYED_SHIFTS = (100, 1_000, 10_000)
SHIFTS_IN_MEMORY = (100, 1_000, 10_000, 100_000)
_REPEATS = 5
_SECONDS_PER_TEXT = 30.0
"""Simulated seconds after which a text is answered and its shift is reconciled."""
_MAX_GROWTH = 1.5
_EMPLOYEE_TEXTS = ("REQUEST", "{code}", "XQZ77{marks}", "MINE{marks}")
"""The marks make repeated texts differ.

Otherwise their number is taken for a machine, which gets no reply.
"""
_NAMES = ("REQUEST", "booking", "unknown code", "MINE")
_PLAIN_TEXTS = {"REQUEST", "booking", "unknown code"}
_QUERIES_INDEX = "REQUEST"
"""The embedded cloud reads a whole index for each query.

So its time shows nothing of the product's reads.
"""


def deployed_reads(system: LabSystem, plain: PlainSystem, number: str) -> Iterator[Figure]:
    """Yields the time of each text, and its growth since the smallest number of shifts."""
    smallest: dict[str, float] = {}
    placed = 0
    for shifts in DEPLOYED_SHIFTS:
        _put_shifts(system, plain, range(placed, shifts))
        placed = shifts
        codes = iter(f"READ{position}" for position in range(shifts - 1, 0, -1))
        for name, text in zip(_NAMES, _EMPLOYEE_TEXTS, strict=True):
            texts = [text.format(code=next(codes), marks="!" * repeat) for repeat in range(1, _REPEATS + 1)]
            product = _fastest_ms(system.send_and_wait, number, texts)
            if name in _PLAIN_TEXTS:
                baseline = _fastest_ms(plain.send_and_wait, number, texts)
                yield Figure(f"{name}: ms to the reply", f"{shifts:,} shifts", product, baseline)
            if name in smallest:
                yield Figure(
                    f"{name}: ms, growth since {DEPLOYED_SHIFTS[0]} shifts",
                    f"{shifts:,} shifts",
                    product,
                    smallest[name],
                    at_most=None if name == _QUERIES_INDEX else _MAX_GROWTH,
                )
            smallest.setdefault(name, product)


def reads_in_memory() -> Iterator[Figure]:
    """Yields the items that each text reads on tables in memory.

    Also yields the growth since the smallest number of shifts.

    The baseline of REQUEST is a scan, which reads every shift.
    """
    smallest: dict[str, int] = {}
    settings = SimulatedSettings(connect_enabled=False)
    world = World(Plan(settings=settings, employees=len(SHIFTS_IN_MEMORY), shifts=0), "reads")
    with world.running():
        world.set_up()
        placed = 0
        for shifts, person in zip(SHIFTS_IN_MEMORY, world.people.by_phone.values(), strict=True):
            _put_in_memory(world, range(placed, shifts))
            placed = shifts
            for name, text in zip(_NAMES, _EMPLOYEE_TEXTS, strict=True):
                items = _items_read(world, person, text.format(code=f"READ{shifts - 1}", marks=""))
                smallest.setdefault(name, items)
                case = f"{shifts:,} shifts"
                if name == "REQUEST":
                    yield Figure("REQUEST: items read / a scan", case, items, shifts)
                yield Figure(
                    f"{name}: items read / with {SHIFTS_IN_MEMORY[0]} shifts",
                    case,
                    items,
                    smallest[name],
                    at_most=_MAX_GROWTH,
                )


def _put_in_memory(world: World, numbers: Sequence[int]) -> None:
    """Puts shifts with the keys of the indexes, as the command line does.

    Discards the changes of the stream.
    """
    table = world.database.tables["Shifts"]
    stream, table.stream = table.stream, []
    reader = ShiftReader()
    for number in numbers:
        item = {"shift_id": f"READ{number}", "shift_info": "15/08 5h", "shift_status": "available"}
        world.operators.put("Shifts", {**item, **index_keys(reader.read(item))})
    table.stream = stream
    # Until then the indexes may lag.
    _pass_time(world)


def _items_read(world: World, person: Person, text: str) -> int:
    before = world.database.metrics.items_read
    world.people.text(person, text, Expected.MAYBE)
    _pass_time(world)
    if world.facts.violations:
        raise AssertionError(world.facts.violations[0])
    return world.database.metrics.items_read - before


def _pass_time(world: World) -> None:
    until = world.scheduler.now + _SECONDS_PER_TEXT
    world.scheduler.run(until=until)
    world.scheduler.now = until


def _put_shifts(system: LabSystem, plain: PlainSystem, positions: Sequence[int]) -> None:
    shifts = [
        {"shift_id": f"READ{position}", "shift_info": "15/08 5h", "shift_status": "available"}
        for position in positions
    ]
    system.put_shifts(shifts)
    plain.put_shifts(shifts)
    system.wait_until_reconciled(300)


def _fastest_ms(send_and_wait: Callable[[str, str], SentText], number: str, texts: Sequence[str]) -> float:
    """Returns the shortest time of a text: other load on the machine only adds time."""
    times = []
    for text in texts:
        began = time.monotonic()
        send_and_wait(number, text)
        times.append(time.monotonic() - began)
    return min(times) * 1000

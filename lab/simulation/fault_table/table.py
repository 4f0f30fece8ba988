"""Fills the fault table: plays a story once per call and fault.

Compares each run with the story without faults.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import cache
from operator import itemgetter

from lab.simulation.aws.faults import Fault
from lab.simulation.execution.queues import QueueFaults
from lab.simulation.fault_table.calls import DependencyCall, OneFault, RecordCalls, Use
from lab.simulation.fault_table.stories import STORIES, Story, play
from lab.simulation.world import World

_CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)


class Disorder(Enum):
    """How a queue can deliver. The value is the name in the fault table."""

    DUPLICATE = "duplicate"
    REORDERED = "reordered"
    DELAYED = "delayed"


_QUEUE_FAULTS = {
    Disorder.DUPLICATE: QueueFaults(duplicates=1.0),
    Disorder.REORDERED: QueueFaults(delays=0.5),
    Disorder.DELAYED: QueueFaults(delays=1.0, longest_delay=120.0),
}


class Result(Enum):
    """What a fault changes for employees and operators.

    The value is the entry in the fault table.
    """

    SAME = "same"
    HOLDS = "holds"
    LATER = "later"
    UNKNOWN = "unknown"
    VIOLATED = "violated"


@dataclass(frozen=True)
class Cell:
    """One entry of the table: a call and a fault, or a queue and a disorder."""

    row: DependencyCall | str
    column: Fault | Disorder
    story: str
    after: DependencyCall | None = None
    """A call that ends with a crash first. Some calls are made only then."""


@dataclass(frozen=True)
class Finding:
    """What became of one cell."""

    cell: Cell
    result: Result
    violations: Sequence[str] = ()


@dataclass(frozen=True)
class _Ending:
    """What a story leads to, as far as employees and operators see it."""

    texts: Mapping[tuple[str, str], int]
    unknown: int
    last_text: float


_STORIES = {story.name: story for story in STORIES}
_LATER_SECONDS = 10.0
_TIME_OF_DAY = re.compile(r"\b\d\d:\d\d\b")
"""An offer that is sent later ends later."""


@dataclass(frozen=True)
class _Plain:
    """A story without faults."""

    calls: frozenset[DependencyCall]
    uses: frozenset[Use]
    queues: Sequence[str]
    ending: _Ending


@cache
def _without_faults(story: str) -> _Plain:
    record = RecordCalls()
    world = play(_STORIES[story], record)
    if world.facts.violations:
        raise AssertionError(f"{story}: {world.facts.violations}")
    queues = [name for name, queue in world.system.queues.items() if queue.sent]
    return _Plain(frozenset(record.calls), frozenset(record.uses), queues, _ending(world))


@dataclass(frozen=True)
class _Survey:
    """Every call with its story and its crash, and the permissions used."""

    origins: Mapping[DependencyCall, tuple[str, DependencyCall | None]]
    uses: frozenset[Use]


@cache
def _survey() -> _Survey:
    origins: dict[DependencyCall, tuple[str, DependencyCall | None]] = {}
    uses: set[Use] = set()
    for story in STORIES:
        uses |= _without_faults(story.name).uses
        for call in sorted(_without_faults(story.name).calls):
            origins.setdefault(call, (story.name, None))
    # Some calls are made only after a crash.
    for call, (story_name, _) in sorted(origins.items(), key=itemgetter(0)):
        plan = OneFault(call, Fault.CRASH_AFTER, all_attempts=False)
        play(_STORIES[story_name], plan)
        uses |= plan.uses
        for further in sorted(plan.calls):
            origins.setdefault(further, (story_name, call))
    return _Survey(origins, frozenset(uses))


def uses() -> frozenset[Use]:
    """Returns the permissions that the stories use."""
    return _survey().uses


def cells() -> list[Cell]:
    """Returns all cells: those of calls, sorted by function and call, then those of queues.

    A call is tried in the first story that makes it. A queue is tried in every story that uses it.
    """
    of_calls = [
        Cell(call, fault, story, after)
        for call, (story, after) in sorted(_survey().origins.items(), key=itemgetter(0))
        for fault in Fault
    ]
    of_queues = [
        Cell(queue, disorder, story.name)
        for story in STORIES
        for queue in _without_faults(story.name).queues
        for disorder in Disorder
    ]
    return of_calls + of_queues


def fill(cell: Cell) -> Finding:
    """Plays the story of a cell with its fault.

    The fault is in the first attempt of the call, then in all of them.
    """
    story = _STORIES[cell.story]
    findings = [_finding(cell, world) for world in _worlds(cell, story)]
    worst = max(findings, key=lambda finding: list(Result).index(finding.result))
    return Finding(cell, worst.result, [one for finding in findings for one in finding.violations])


def _worlds(cell: Cell, story: Story) -> Iterator[World]:
    match cell.row, cell.column:
        case DependencyCall() as call, Fault() as fault:
            for all_attempts in (False,) if fault in _CRASHES else (False, True):
                crash = None
                if cell.after is not None:
                    crash = OneFault(cell.after, Fault.CRASH_AFTER, all_attempts=False)
                plan = OneFault(call, fault, all_attempts=all_attempts, after=crash)
                yield play(story, plan)
                if not plan.injected:
                    raise AssertionError(f"{cell} was not injected")
        case str() as queue, Disorder() as disorder:

            def disturb(world: World) -> None:
                world.system.queues[queue].faults = _QUEUE_FAULTS[disorder]

            yield play(story, RecordCalls(), disturb)


def _finding(cell: Cell, world: World) -> Finding:
    if world.facts.violations:
        return Finding(cell, Result.VIOLATED, world.facts.violations)
    ending, expected = _ending(world), _without_faults(cell.story).ending
    if ending.unknown:
        return Finding(cell, Result.UNKNOWN)
    if isinstance(cell.column, Disorder):
        # Texts that arrive in another order have other replies.
        return Finding(cell, Result.HOLDS)
    if ending.texts != expected.texts and cell.after is None:
        lost, added = Counter(expected.texts), Counter(ending.texts)
        difference = f"not sent: {lost - added}, sent instead: {added - lost}"
        return Finding(cell, Result.VIOLATED, [f"the texts differ: {difference}"])
    late = ending.last_text > expected.last_text + _LATER_SECONDS
    return Finding(cell, Result.LATER if late else Result.SAME)


def _ending(world: World) -> _Ending:
    rows = [item for name in ("Conversations", "Deliveries") for item in world.database.tables[name].items]
    sends = world.facts.sends
    return _Ending(
        Counter((send.to, _TIME_OF_DAY.sub("…", send.body)) for send in sends),
        sum(row.get("status") == {"S": "unknown"} for row in rows),
        max((send.at for send in sends), default=0.0),
    )


def fill_all(cells: Iterable[Cell], processes: int) -> Iterator[Finding]:
    """Fills cells in several processes, in their order."""
    if processes == 1:
        yield from map(fill, cells)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(fill, cells, chunksize=8)

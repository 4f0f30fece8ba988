"""Runs scenarios, one seed after another or in several processes."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from lab.simulation.invariants import Outcome
from lab.simulation.scenarios import plan_of
from lab.simulation.trace import Trace
from lab.simulation.world import World


@dataclass(frozen=True)
class Run:
    """One run: a scenario and a seed."""

    scenario: str
    seed: int

    @property
    def command(self) -> str:
        """The command that repeats it."""
        return f"make simulate SCENARIO={self.scenario} SEED={self.seed}"


@dataclass(frozen=True)
class RunResult:
    """What became of a run."""

    run: Run
    outcome: Outcome
    violations: Sequence[str]
    digest: str
    simulated_seconds: float
    seconds: float
    calls: int
    stops: int
    ratio: float
    """The time until the last reply, divided by the ideal time at the rate of the number."""
    trace: Sequence[str] = field(default=(), repr=False)


def carry_out(
    run: Run,
    *,
    keep_trace: bool = False,
    mutation: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> RunResult:
    """Carries out one run."""
    began = time.perf_counter()
    plan = plan_of(run.scenario, run.seed)
    world = World(plan, f"{run.scenario}/{run.seed}", trace=Trace(keep=keep_trace))
    collects = gc.isenabled()
    gc.disable()
    try:
        with mutation(), world.running():
            outcome = world.run()
    finally:
        if collects:
            gc.enable()
    return RunResult(
        run,
        outcome,
        tuple(world.facts.violations),
        world.trace.digest,
        world.scheduler.now,
        time.perf_counter() - began,
        sum(world.system.calls.values()),
        sum(world.system.stops.values()),
        world.ratio,
        world.trace.lines,
    )


def carry_out_all(runs: Sequence[Run], processes: int) -> Iterator[RunResult]:
    """Carries out runs in several processes, and yields each result when it is there."""
    if processes == 1:
        yield from map(carry_out, runs)
        return
    with ProcessPoolExecutor(processes) as pool:
        futures = [pool.submit(carry_out, run) for run in runs]
        for future in as_completed(futures):
            yield future.result()

"""Runs the large scenarios of the simulation: far more texts than the number can answer."""

from collections.abc import Iterator

from lab.bench.figures import Figure
from lab.simulation.runs import Run, carry_out_all
from lab.simulation.scenarios import SCENARIOS

_SEED = 0
_SCENARIOS = ("burst", "steady", "campaign")
_PROCESSES = 2
_MAX_RATIO = 1.25


def overload() -> Iterator[Figure]:
    """Yields, per scenario, the texts answered and the time until the last reply.

    The time is relative to the ideal time.

    Raises:
        AssertionError: an invariant was violated.
    """
    runs = [Run(name, _SEED) for name in _SCENARIOS]
    for result in carry_out_all(runs, _PROCESSES):
        if result.violations:
            raise AssertionError(f"{result.run.command}: {result.violations[0]}")
        case = SCENARIOS[result.run.scenario].describes
        answered, texts = result.outcome.answered, result.outcome.inbound - result.outcome.silent
        yield Figure("texts answered under overload", case, answered, texts, at_least=1, at_most=1)
        yield Figure(
            "time under overload / ideal time at the number's rate", case, result.ratio, 1, at_most=_MAX_RATIO
        )

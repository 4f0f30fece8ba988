"""Runs a small fixed set of seeds. `make simulate` runs many more."""

from functools import cache

import pytest

from lab.simulation.runs import Run, RunResult, carry_out

SEEDS = [
    *(("hostile", seed) for seed in range(4)),
    *(("rush", seed) for seed in range(2)),
    *(("mixed", seed) for seed in (0, 4)),
    *(("fills", seed) for seed in range(2)),
    ("sick-calls", 3),
    ("sick-calls-inform", 1),
    pytest.param("twenty-plans", 0, marks=pytest.mark.soak),
    ("trickle", 0),
    *(("waiting", seed) for seed in (1, 8)),
    ("asleep", 4),
    ("small-burst", 0),
    ("small-campaign", 0),
    ("small-campaign-crashes", 0),
]


CALLS = range(0, 240, 24)
"""Some of the calls of a sick call and its waves. `make simulate` stops the functions at each of them."""


@cache
def run(scenario: str, seed: int) -> RunResult:
    return carry_out(Run(scenario, seed))


@pytest.mark.parametrize(("scenario", "seed"), SEEDS)
def test_given_a_seed_when_run_then_every_invariant_holds(scenario: str, seed: int) -> None:
    result = run(scenario, seed)

    assert result.violations == ()
    assert result.outcome.answered > 0


@pytest.mark.parametrize("call", CALLS)
def test_given_a_sick_call_when_a_function_stops_then_every_invariant_holds(call: int) -> None:
    before = run("sick-call-stops", 2 * call)
    after = run("sick-call-stops", 2 * call + 1)

    assert (before.violations, after.violations) == ((), ())
    assert before.stops + after.stops >= 1


def test_given_a_seed_when_run_twice_then_every_step_is_the_same() -> None:
    first, second = run("hostile", 3), carry_out(Run("hostile", 3))

    assert first.digest == second.digest
    assert first.outcome == second.outcome


def test_given_two_seeds_when_run_then_their_steps_differ() -> None:
    assert run("rush", 0).digest != run("rush", 1).digest


def test_given_a_kept_trace_when_run_then_the_hash_is_the_same() -> None:
    kept = carry_out(Run("rush", 0), keep_trace=True)

    assert kept.digest == run("rush", 0).digest
    assert any("SendTextMessage" in step for step in kept.trace)


def test_given_the_many_faults_when_run_then_functions_were_stopped() -> None:
    assert sum(run("hostile", seed).stops for seed in range(3)) > 0

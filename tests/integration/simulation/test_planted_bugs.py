"""Tests that the simulation finds bugs that are planted in the runtime."""

from functools import cache

import pytest

from lab.simulation.runs import Run, RunResult, carry_out
from tests.support.planted_bugs import BUGS, FURTHER_BUGS, PlantedBug
from tests.support.planted_fill_bugs import FILL_BUGS, FURTHER_FILL_BUGS
from tests.support.planted_outbox_bugs import OUTBOX_BUGS

ALL_BUGS = (
    *(pytest.param(bug, id=bug.name) for bug in (*BUGS, *OUTBOX_BUGS, *FILL_BUGS)),
    *(pytest.param(bug, id=bug.name, marks=pytest.mark.soak) for bug in (*FURTHER_BUGS, *FURTHER_FILL_BUGS)),
)
MOST_SEEDS = 20


@cache
def without_bug(run: Run) -> RunResult:
    return carry_out(run)


@pytest.mark.parametrize("bug", ALL_BUGS)
def test_given_a_planted_bug_when_run_then_a_seed_finds_it(bug: PlantedBug) -> None:
    for seed in range(bug.first_seed, bug.first_seed + MOST_SEEDS):
        run = Run(bug.scenario, seed)
        found = carry_out(run, mutation=bug.plant).violations
        if any(violation.startswith(f"{bug.violates}: ") for violation in found):
            assert without_bug(run).violations == (), "the same seed fails without the bug"
            return
    pytest.fail(f"no seed of {MOST_SEEDS} finds that {bug.name}")

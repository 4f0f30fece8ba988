"""Tests that the page with the fault table has every call, and that its cells hold."""

import re

import pytest

from lab.simulation.aws.faults import Fault
from lab.simulation.execution.faults import Attempt
from lab.simulation.fault_table import COLUMNS, PAGE, Call, cell_of, usual_calls
from lab.simulation.scenarios import plan_of
from lab.simulation.world import World


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """Returns the cells of the page by function, call and fault."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    function = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            function = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(COLUMNS) + 1 and re.match(r"[A-Z]\w+(: |$)", cells[0]):
            found[function, cells[0]] = dict(zip(COLUMNS.values(), cells[1:], strict=True))
    return found


CALLS = usual_calls()


def test_given_the_calls_of_the_functions_when_compared_then_the_page_has_them() -> None:
    assert rows().keys() == {(call.function, call.name) for call in CALLS}


def test_given_the_page_when_read_then_no_cell_is_violated() -> None:
    cells = [cell for row in rows().values() for cell in row.values()]
    assert {"same", "again", "unknown"} >= set(cells)
    assert len(cells) == len(CALLS) * len(COLUMNS)


@pytest.mark.parametrize("number", range(4))
def test_given_cells_of_the_page_when_run_again_then_they_are_the_same(number: int) -> None:
    faults = list(Fault)
    for place, call in enumerate(CALLS[number::8]):
        fault = faults[place % len(faults)]
        cell = cell_of(call, fault)
        assert cell.violations == []
        assert rows()[call.function, call.name][COLUMNS[fault]] == cell.text, (call, fault)


@pytest.mark.parametrize("seed", range(2))
def test_given_random_runs_when_observed_then_their_calls_are_on_the_page(seed: int) -> None:
    world = World(plan_of("hostile", seed), f"hostile/{seed}")
    calls: set[Call] = set()

    def observe(attempt: Attempt) -> None:
        calls.add(Call.of(attempt.environment.function.name, attempt.operation, attempt.request))

    world.system.observers.append(observe)
    with world.running():
        world.run()

    missing = {(call.function, call.name) for call in calls} - rows().keys()
    assert {(function, name) for function, name in missing if not name.startswith("Transact")} == set()

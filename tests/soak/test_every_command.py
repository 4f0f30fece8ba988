"""Repeats every command of the command line on the deployed system, with the documented permissions.

Each scenario runs the command as a process, and looks at the tables and the phones for what it has changed.
"""

from collections.abc import Iterator

import pytest

from lab.lab_system import LabSystem
from tests.support.command_scenarios import campaigns, deployment, employees, filling, inbox, shifts
from tests.support.commands import command_names
from tests.support.lab_operator import LabOperator, documented_operator

pytestmark = pytest.mark.timeout(900)

SCENARIOS = {
    **shifts.SCENARIOS,
    **filling.SCENARIOS,
    **employees.SCENARIOS,
    **campaigns.SCENARIOS,
    **inbox.SCENARIOS,
    **deployment.SCENARIOS,
}


COMMANDS = command_names()


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabOperator]:
    """Texts leave at 10 a second, so that a campaign can be stopped."""
    overrides = {"console_enabled": "true", "messages_per_second": "10", "texts_per_hour": "0"}
    folder = tmp_path_factory.mktemp("files")
    with LabSystem(overrides=overrides) as system, documented_operator(system, folder) as operator:
        yield operator


def test_given_the_commands_when_listed_then_each_has_a_scenario() -> None:
    assert sorted(SCENARIOS) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_given_the_deployed_system_when_a_command_runs_then_it_has_its_effect(
    operator: LabOperator, command: str
) -> None:
    SCENARIOS[command](operator)
    operator.system.wait_until_idle()
    assert operator.system.denied() == {}
    assert operator.system.dead_letters() == 0

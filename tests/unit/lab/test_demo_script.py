"""Tests the demo's expectations in memory, with and without Connect."""

from typing import cast

import pytest

from lab.demo import __main__ as demo
from lab.demo.__main__ import scenes, show_in_browser
from lab.demo.campaign import run_campaign
from lab.demo.checks import Checks
from lab.demo.sick_call import call_in_sick
from lab.demo.stage import Stage
from lab.lab_system import LabSystem
from lab.operator_setup import read_employees, read_shifts
from lab.screen import Screen
from tests.support.inbound_world import InboundWorld
from tests.support.lab_in_memory import MemoryLabSystem
from tests.support.memory.employees import EmployeeRow, MemoryEmployees


@pytest.mark.parametrize("connect", [True, False], ids=["connect on", "connect off"])
def test_given_the_demos_files_when_its_scenes_run_in_memory_then_every_check_holds(
    capsys: pytest.CaptureFixture[str], connect: bool
) -> None:
    roster, shifts = read_employees(), read_shifts()
    employees = MemoryEmployees()
    employees.rows |= {person.phone_number: EmployeeRow(language=person.language) for person in roster}
    world = InboundWorld(connect=connect, employees=employees)
    world.shifts.rows |= {row.shift.shift_id: dict(row.changes) for row in shifts}
    screen = Screen()
    checks = Checks(screen)
    system = cast("LabSystem", MemoryLabSystem(world))
    stage = Stage(system, screen, checks, connect=connect, employees=roster, shifts=shifts)

    for scene in scenes(connect=connect):
        if scene not in (run_campaign, call_in_sick):
            scene(stage)

    capsys.readouterr()
    checks.summarize()
    assert checks.all_passed, capsys.readouterr().out


@pytest.mark.parametrize(
    ("opens", "line"),
    [
        (True, "The phones are shown in a browser window: http://127.0.0.1:1/"),
        (False, "Open this address in a browser to watch the phones: http://127.0.0.1:1/"),
    ],
)
def test_given_a_browser_when_the_demo_is_shown_then_it_says_where_and_slows_down(
    opens: bool, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "open_window", lambda _url: opens)
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    screen = Screen()
    system = cast("LabSystem", MemoryLabSystem(InboundWorld()))
    stage = Stage(system, screen, Checks(screen), connect=True, employees=(), shifts=())

    show_in_browser(stage, "http://127.0.0.1:1/")
    stage.pause()

    assert line in capsys.readouterr().out
    assert len(pauses) == 2
    assert min(pauses) > 0

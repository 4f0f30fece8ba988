"""Tests the demo's expectations in memory, with and without Connect."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from lab.demo import __main__ as demo
from lab.demo.__main__ import FAILED, scenes, show_in_browser
from lab.demo.campaign import run_campaign
from lab.demo.checks import Checks
from lab.demo.sick_call import call_in_sick, cost
from lab.demo.stage import Stage
from lab.lab_system import LabSystem
from lab.operator_setup import read_employees, read_shifts
from lab.screen import Screen
from shift_sms_operator.campaigns.prices import Price
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


def test_given_a_price_when_costs_are_compared_then_both_are_in_money() -> None:
    price = Price(Decimal("0.0075"), Decimal("0.003"), "an invoice", date(2026, 11, 2))
    assert cost(4, 199, price) == "USD 0.0420; a broadcast: USD 2.0895 (price: an invoice, 2026-11-02)"
    assert "make demo PRICES=prices.json" in cost(4, 199, None)


def test_given_a_missing_price_file_when_the_demo_starts_then_it_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert demo.main(["--prices", str(tmp_path / "none.toml")]) == FAILED
    assert "cannot be read" in " ".join(capsys.readouterr().out.split())

"""What the commands on fill plans of `shift-sms shifts` change in the deployed system."""

import csv
import io
from datetime import UTC, datetime, timedelta

from tests.support.deployed_lab import wait_until
from tests.support.lab_operator import LabOperator

BETWEEN_WAVES = timedelta(seconds=25)
"""Longer than the 0.33 minutes between waves, so that a plan that is resumed needs no schedule."""


def _texted(operator: LabOperator, *numbers: str) -> list[str]:
    return [number for number in numbers if operator.texts(number)]


def fill(operator: LabOperator) -> None:
    number, opted_out = operator.new_employee("filled"), operator.new_employee("filled", opted_out=True)
    operator.new_shift("CFI1")
    arguments = ("shifts", "fill", "CFI1", "--segment", "filled", "--order", "seniority")
    assert "confirm with --yes" in operator.refused(*arguments)
    assert "fill_order" not in operator.shift("CFI1")
    printed = operator.run(*arguments, "--yes")
    assert "skipped: opted out" in printed
    assert "CFI1 is being filled." in printed
    assert operator.reads(number, "Open shift: CFI1 night. Reply CFI1 to book it")
    # A command whose response was lost is run again.
    assert "CFI1 is being filled already." in operator.run(*arguments, "--yes")
    operator.book(number, "CFI1")
    assert wait_until(lambda: operator.shift("CFI1").get("fill_status") == "filled", 60)
    assert operator.texts(opted_out) == []
    assert operator.actions("shift#CFI1") == ["fill plan started"]


def stop_fill(operator: LabOperator) -> None:
    numbers = [operator.new_employee("halted") for _ in range(2)]
    operator.new_shift("CSF1")
    operator.run(
        *("shifts", "fill", "CSF1", "--segment", "halted", "--wave-size", "1"),
        *("--wave-minutes", "0.33", "--yes"),
    )
    assert wait_until(lambda: len(_texted(operator, *numbers)) == 1, 60)
    due = datetime.now(UTC) + BETWEEN_WAVES
    assert "The fill plan of CSF1 is stopped." in operator.run("shifts", "stop-fill", "CSF1")
    assert "is stopped already" in operator.run("shifts", "stop-fill", "CSF1")
    assert wait_until(lambda: datetime.now(UTC) > due, 60)
    operator.system.wait_until_idle()
    assert operator.shift("CSF1")["fill_status"] == "stopped"
    assert len(_texted(operator, *numbers)) == 1
    assert "CSF1 is being filled again." in operator.run("shifts", "fill", "CSF1", "--yes")
    assert wait_until(lambda: len(_texted(operator, *numbers)) == 2, 90)
    assert [len(operator.texts(number)) for number in numbers] == [1, 1]
    assert operator.actions("shift#CSF1") == ["fill plan started", "fill plan stopped", "fill plan resumed"]


def watch(operator: LabOperator) -> None:
    operator.new_employee("followed")
    operator.new_shift("CWA1")
    operator.run("shifts", "fill", "CWA1", "--segment", "followed", "--wave-minutes", "0.33", "--yes")
    lines = operator.run("shifts", "watch", "CWA1").splitlines()
    assert any(
        line.startswith("running: wave 1, 1 contacted, 0 claimed, 1 of 1 seats free") for line in lines
    )
    assert lines[-2].startswith("exhausted: wave 1, 1 contacted")
    assert "See why: shift-sms shifts why CWA1" in lines[-1]


def why(operator: LabOperator) -> None:
    number = operator.new_employee("explained", name="=Yvonne", hired_at="2019-05-01")
    skipped = operator.new_employee("explained", name="Wyatt", opted_out=True)
    operator.new_shift("CWY1", fill_order="seniority", fill_segment="explained", fill_wave_size=1)
    assert wait_until(lambda: operator.texts(number) != [], 60)
    operator.book(number, "CWY1")
    printed = operator.run("shifts", "why", "CWY1")
    assert "hired on 2019-05-01, no text in 30 days" in printed
    assert "booked at " in printed
    assert f"skipped, opted out: Wyatt ({skipped})" in printed
    assert "The stored inputs give the same order" in operator.run("shifts", "why", "CWY1", "--check")
    (wave,) = operator.json("shifts", "why", "CWY1")
    assert [(one["phone_number"], one["outcome"]) for one in wave["contacts"]] == [(number, "booked")]
    path = operator.folder / "why.csv"
    operator.run("shifts", "why", "CWY1", "--csv", str(path))
    rows = [*csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))]
    assert [(row["name"], row["outcome"]) for row in rows] == [
        ("'=Yvonne", "booked"),
        ("Wyatt", "skipped: opted-out"),
    ]


SCENARIOS = {
    "shifts fill": fill,
    "shifts stop-fill": stop_fill,
    "shifts watch": watch,
    "shifts why": why,
}

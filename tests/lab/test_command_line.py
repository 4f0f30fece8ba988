"""Tests the command line on the deployed system, as an operator with the documented policy."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from lab.operator_setup import OperatorCommandFailed, run_operator_command
from lab.settings import ENVIRONMENT
from tests.support.deployed_lab import STAFF, empty_tables, wait_until
from tests.support.lab_operator import new_user, permit

ANN, BOB = STAFF[20], STAFF[21]


@pytest.fixture
def keys(system: LabSystem) -> Iterator[dict[str, str]]:
    """The access key of a new user, who may do nothing yet."""
    with new_user(system, "manager") as keys:
        yield keys


def test_given_the_documented_policy_when_an_operator_fills_shifts_then_all_is_done(
    system: LabSystem, keys: dict[str, str]
) -> None:
    def shift_sms(*arguments: str) -> str:
        return run_operator_command(system, *arguments, "--env", ENVIRONMENT, **keys)

    def shift(code: str) -> Any:
        return json.loads(shift_sms("shifts", "show", code, "--json"))

    def texts(number: str) -> list[str]:
        return [text.body for text in system.network.inbox(number)[received[number] :]]

    empty_tables(system)
    received = {number: len(system.network.inbox(number)) for number in (ANN, BOB)}
    with pytest.raises(OperatorCommandFailed, match="use a role with the permissions of an operator"):
        shift_sms("shifts", "list")
    permit(system, "manager")

    assert "J1 added." in shift_sms("shifts", "add", "J1", "--info", "night")
    shift_sms("employees", "add", ANN, "--segment", "journey")
    launch = ("campaigns", "launch", "journey-1", "15/08 night J1", "--segment", "journey")
    assert "confirm with --yes" in refused(lambda: shift_sms(*launch))
    shift_sms(*launch, "--yes")
    assert wait_until(lambda: any(text.startswith("15/08 night J1") for text in texts(ANN)), 60)
    received[ANN] += 1
    assert system.send_and_wait(ANN, "j1").body == "Booked: J1 night"
    assert shift("J1")["employee"] == ANN
    assert "no seat of J1 is free" in refused(lambda: shift_sms("shifts", "assign", "J1", BOB))

    assert f"{ANN} is released from J1." in shift_sms("shifts", "release", "J1", ANN)
    assert wait_until(lambda: texts(ANN)[1:] == ["Taken off your schedule by your manager: J1 night"], 30)
    assert f"J1 is assigned to {BOB}." in shift_sms("shifts", "assign", "J1", BOB)
    assigned = "Booked for you by your manager: J1 night. Reply DROP J1 to give it back"
    assert wait_until(lambda: texts(BOB) == [assigned], 30)

    assert "J1" in [one["shift_id"] for one in json.loads(shift_sms("shifts", "list", "--json"))]
    rows = csv.DictReader(io.StringIO(shift_sms("shifts", "export")))
    assert [(row["booked"], row["employees"]) for row in rows if row["shift_id"] == "J1"] == [
        ("1", f"'{BOB}")
    ]

    assert "1 employee is told" in shift_sms("shifts", "cancel", "J1", "--yes")
    assert wait_until(lambda: texts(BOB)[1:] == ["Canceled by your manager: J1 night"], 30)
    trail = system.rows(system.outputs.audit_trail_table_name)
    records = [row for row in trail if row["subject"] == "shift#J1"]
    assert sorted(row["action"] for row in records) == ["added", "assigned", "canceled", "released"]
    assert all(row["actor"].endswith(":user/manager") for row in records)


@pytest.mark.soak
def test_given_the_documented_policy_when_an_employee_is_removed_then_seat_free(
    system: LabSystem, keys: dict[str, str], tmp_path: Path
) -> None:
    new = "+14255550190"
    file = tmp_path / "employees.csv"
    file.write_text(f"\ufeffphone_number;name;language\n{new};Zoe;Spanish\n12;Bad;\n", encoding="utf-8")

    def shift_sms(*arguments: str) -> Any:
        return json.loads(run_operator_command(system, *arguments, "--json", "--env", ENVIRONMENT, **keys))

    empty_tables(system)
    permit(system, "manager")
    told = refused(lambda: shift_sms("employees", "import", str(file), "--segment", "leavers"))
    assert '"loaded": 1' in told
    assert '"line": 3' in told
    assert [row["name"] for row in shift_sms("employees", "list", "--segment", "leavers")] == ["Zoe"]

    system.put_shifts([{"shift_id": "L1", "shift_info": "night", "shift_status": "available"}])
    assert system.send_and_wait(new, "l1").body == "Reservado: L1 night"
    shown = shift_sms("employees", "show", new)
    assert [one["shift_id"] for one in shown["bookings"]] == ["L1"]
    assert [text["text"] for text in shown["messages"] if text["kind"] == "reply"] == ["Reservado: L1 night"]

    removed = shift_sms("employees", "remove", new, "--yes")
    assert [one["shift_id"] for one in removed["freed"]] == ["L1"]
    assert shift_sms("shifts", "show", "L1")["shift_status"] == "available"
    received = len(system.network.inbox(new))
    system.network.send_from_phone(new, "L1", OUR_NUMBER)
    system.wait_until_idle()
    assert len(system.network.inbox(new)) == received
    assert "employee" not in shift_sms("shifts", "show", "L1")


def refused(command: Callable[[], object]) -> str:
    """Returns the output of a command that fails."""
    with pytest.raises(OperatorCommandFailed) as failed:
        command()
    return str(failed.value)

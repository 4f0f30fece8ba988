"""Tests a complete roster, a dry run, the result as JSON, and an interruption."""

import json
import os
from typing import Any

import pytest

from shift_sms_cli import prompts
from shift_sms_cli.app import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_operator.employees.employee_loader import EmployeeLoader
from tests.support.employees_cli import EmployeesCli

NUMBERS = [f"+1425555{number:04}" for number in range(100, 110)]


def roster(numbers: list[str]) -> str:
    return "phone_number\n" + "\n".join(numbers) + "\n"


def import_records(cli: EmployeesCli) -> list[dict[str, Any]]:
    return [record for record in cli.world.rows("AuditTrail") if record["subject"].startswith("import#")]


@pytest.fixture
def ten(employees_cli: EmployeesCli) -> EmployeesCli:
    """Provides ten employees. The last one has a seat."""
    employees_cli.run("import", employees_cli.file(roster(NUMBERS)))
    employees_cli.put("Shifts", {"shift_id": "A1", "shift_status": "taken", "employee": NUMBERS[-1]})
    return employees_cli


def test_given_a_complete_roster_when_synced_then_the_others_are_removed(ten: EmployeesCli) -> None:
    path = ten.file(roster([*NUMBERS[:8], "+14255550199"]))

    status, printed, told = ten.run("import", path, "--sync", "--yes")

    assert status == DONE
    assert printed == (
        "9 employees loaded (1 added, 0 changed, 8 unchanged), 0 rejected\n2 employees removed; freed: 1 seat\n"
    )
    assert "The file does not have 2 of 10 employees. They are removed:" in told
    assert NUMBERS[-1] in told
    assert ten.numbers() == [*NUMBERS[:8], "+14255550199"]
    assert [number for _, number in ten.members()] == ten.numbers()
    assert ten.world.row("Shifts", "A1")["shift_status"] == "available"
    record = import_records(ten)[-1]
    assert record["after"] == {"added": 1, "changed": 0, "unchanged": 8, "rejected": 0, "removed": 2}


def test_given_more_than_a_fifth_missing_when_synced_then_force_is_needed(ten: EmployeesCli) -> None:
    path = ten.file(roster([*NUMBERS[:7], "+14255550199"]))

    status, printed, complaint = ten.run("import", path, "--sync", "--yes")
    assert (status, printed) == (WRONG_INPUT, "")
    assert (
        "nothing was changed: the file does not have 3 of 10 employees, which is more than 20 %" in complaint
    )
    assert ten.numbers() == NUMBERS

    assert ten.run("import", path, "--sync", "--yes", "--force")[0] == DONE
    assert ten.numbers() == [*NUMBERS[:7], "+14255550199"]


def test_given_no_terminal_when_synced_without_yes_then_nothing_changes(ten: EmployeesCli) -> None:
    status, _, complaint = ten.run("import", ten.file(roster([*NUMBERS[:8], "+14255550199"])), "--sync")

    assert status == WRONG_INPUT
    assert "confirm with --yes" in complaint
    assert ten.numbers() == NUMBERS


def test_given_a_terminal_when_synced_then_it_asks(
    ten: EmployeesCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "is_interactive", lambda: True)
    path = ten.file(roster(NUMBERS[:9]))

    refused = ten.world.run("employees", "import", path, "--sync", input="n\n")
    assert (refused.code, ten.numbers()) == (WRONG_INPUT, NUMBERS)
    assert "Load 9 employees and remove 1? [y/N]" in refused.err

    assert ten.world.run("employees", "import", path, "--sync", input="y\n").code == DONE
    assert ten.numbers() == NUMBERS[:9]


def test_given_a_rejected_row_when_synced_then_no_employee_is_removed(ten: EmployeesCli) -> None:
    path = ten.file(roster([*NUMBERS[:8], "12", "+14255550199"]))

    status, _, told = ten.run("import", path, "--sync", "--yes")

    assert status == WRONG_INPUT
    assert "rows were rejected, so no employee is removed; correct them" in told
    assert ten.numbers() == [*NUMBERS, "+14255550199"]


def test_given_a_row_with_another_key_when_synced_then_it_is_removed(ten: EmployeesCli) -> None:
    ten.put("Employees", {"phone_number": "Ann's phone"})

    assert ten.run("import", ten.file(roster(NUMBERS)), "--sync", "--yes")[0] == DONE

    assert ten.numbers() == NUMBERS


def test_given_an_interrupted_removal_when_synced_again_then_it_is_completed(ten: EmployeesCli) -> None:
    begun = {"phone_number": NUMBERS[-1], "only_opt_out": True, "removed_at": "2026-11-28T10:00:00.000+00:00"}
    ten.put("Employees", begun)

    assert ten.run("import", ten.file(roster(NUMBERS[:9])), "--sync", "--yes")[0] == DONE

    assert ten.numbers() == NUMBERS[:9]
    assert ten.world.row("Shifts", "A1")["shift_status"] == "available"


def test_given_a_dry_run_when_imported_then_nothing_is_written(ten: EmployeesCli) -> None:
    path = ten.file(roster([*NUMBERS[:9], "12", "+14255550199"]))
    before = ten.world.rows("AuditTrail")

    status, printed, complaint = ten.run("import", path, "--dry-run")

    assert status == WRONG_INPUT
    assert printed == "10 employees would be loaded, 1 rejected; nothing was changed (--dry-run)\n"
    assert "line 11: not loaded: the phone_number '12'" in complaint
    assert (ten.numbers(), ten.world.rows("AuditTrail")) == (NUMBERS, before)
    status, printed, _ = ten.run("import", ten.file(roster(NUMBERS[:9])), "--sync", "--dry-run")
    assert (status, printed.split("; ")[0]) == (
        DONE,
        "9 employees would be loaded, 0 rejected, 1 would be removed",
    )
    assert ten.numbers() == NUMBERS


def test_given_json_when_imported_then_counts_and_problems_are_an_object(employees_cli: EmployeesCli) -> None:
    path = employees_cli.file("phone_number,name\n+14255550101,Ann\n12,Bob\n+14255550101,Eve\n")

    status, printed, complaint = employees_cli.run("import", path, "--json")

    assert (status, complaint) == (WRONG_INPUT, "")
    result = json.loads(printed)
    assert (result["loaded"], result["rejected"]) == (1, 2)
    assert [sorted(problem) for problem in result["problems"]] == [["line", "message"]] * 2
    assert [problem["line"] for problem in result["problems"]] == [3, 4]
    assert "+14255550101 is on line 2 already" in result["problems"][1]["message"]
    good = employees_cli.run("import", employees_cli.file("phone_number\n+14255550101\n"), "--json")
    assert (good[0], json.loads(good[1])) == (DONE, {"loaded": 1, "rejected": 0, "problems": []})


def test_given_ctrl_c_when_importing_then_one_line_says_what_is_done(
    employees_cli: EmployeesCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 200)]
    load_batch, batches = EmployeeLoader._load_batch, iter(range(100))

    def stop_in_the_second(loader: Any, *arguments: Any) -> Any:
        if next(batches) == 1:
            raise KeyboardInterrupt
        return load_batch(loader, *arguments)

    monkeypatch.setattr(EmployeeLoader, "_load_batch", stop_in_the_second)
    path = employees_cli.file(roster(numbers))

    status, printed, complaint = employees_cli.run("import", path)

    assert (status, printed) == (AWS_FAILED, "")
    loaded = len(employees_cli.numbers())
    assert complaint == (
        f"shift-sms: stopped: {loaded} of 100 employees are loaded; run the command again to continue\n"
    )
    assert 25 <= loaded < 100
    assert import_records(employees_cli)[-1]["action"] == "import interrupted"
    status, printed, _ = employees_cli.run("import", path)
    assert status == DONE
    assert printed.startswith(f"100 employees loaded ({100 - loaded} added, 0 changed, {loaded} unchanged)")


def test_given_a_pipe_when_imported_then_it_is_refused(employees_cli: EmployeesCli, tmp_path: Any) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    status, _, complaint = employees_cli.run("import", str(pipe))
    assert status == WRONG_INPUT
    assert "it cannot be read twice; save it as a file" in complaint


def test_given_a_terminal_when_importing_then_a_bar_shows_the_progress(
    employees_cli: EmployeesCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[int] = []

    class Bar:
        def __init__(self, *_columns: object, disable: bool, **_options: object) -> None:
            assert disable

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *_error: object) -> None:
            return

        def add_task(self, _what: str, total: int | None) -> int:
            return 0 if total is None else total

        def update(self, task: int, completed: int) -> None:
            shown.append(completed if task else -1)

    monkeypatch.setattr("shift_sms_cli.commands.employee_import.Progress", Bar)
    numbers = [f"+1425555{number:04}" for number in range(100, 160)]
    employees_cli.run("import", employees_cli.file(roster(numbers)))
    assert shown == [25, 50, 60]

"""Tests the commands of `shift-sms shifts`: what they print, write and ask, and how they end."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shift_sms_cli import prompts
from shift_sms_operator.shifts.shift_import import ShiftImporter
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_keys
from tests.support.operator_shifts import ANN, BOB, CY, NIGHT, NIGHT_TAKEN, add_employees
from tests.support.operator_world import OperatorWorld

DONE, AWS_FAILED, WRONG_INPUT = 0, 1, 2
POST = {"shift_id": "XYZ123", "shift_info": "15/08 5h nightshift", "shift_status": "available"}
HOSTILE = "=HYPERLINK(\x1b[31m \u202eevil [red]x[/red] <b>"


def put_indexed(world: OperatorWorld, *items: dict[str, Any]) -> None:
    """Puts shifts with the keys of their indexes, as `detect_shift_changes` writes them."""
    reader = ShiftReader()
    world.put("Shifts", *({**item, **index_keys(reader.read(item))} for item in items))


def test_given_a_new_shift_when_added_then_the_text_and_its_size_are_printed(
    operator_world: OperatorWorld,
) -> None:
    done = operator_world.run(
        *("shifts", "add", "XYZ123", "--info", "15/08 5h nightshift", "--starts", "2099-08-15T22:00"),
        *("--ends", "2099-08-16T03:00", "--timezone", "Europe/Berlin", "--role", "bar", "--seats", "2"),
    )

    assert (done.code, done.err) == (DONE, "")
    assert "2099-08-15 Sat 22:00-03:00 CEST" in done.out
    assert "0/2" in done.out
    assert done.out.splitlines()[-3:] == [
        "XYZ123 added.",
        'An employee reads after booking: "Booked: XYZ123 15/08 5h nightshift (Sat 15 Aug 22:00-03:00)"',
        "59 GSM characters, 1 SMS segment",
    ]
    assert operator_world.row("Shifts", "XYZ123")["seats"] == 2


def test_given_a_dry_run_when_added_or_edited_then_nothing_is_written(operator_world: OperatorWorld) -> None:
    added = operator_world.run("shifts", "add", "A1", "--info", "Day \N{ROCKET}" * 20, "--dry-run")
    assert added.code == DONE
    assert "A1 not added (--dry-run)." in added.out
    assert '"Booked: A1"' in added.out, "the details would need a further segment"
    short = operator_world.run("shifts", "add", "A1", "--info", "Day \N{ROCKET}", "--dry-run").out
    assert "17 UCS-2 characters, 1 SMS segment" in short
    assert "Not in the GSM alphabet, so that a segment has 70 characters" in short
    assert operator_world.rows("Shifts") == []

    operator_world.put("Shifts", POST)
    edited = operator_world.run("shifts", "edit", "XYZ123", "--seats", "3", "--dry-run")
    assert (edited.code, "XYZ123 not changed (--dry-run)." in edited.out) == (DONE, True)
    assert operator_world.rows("Shifts") == [POST]


def test_given_a_wrong_value_when_added_then_exit_2_says_what_is_right(operator_world: OperatorWorld) -> None:
    done = operator_world.run("shifts", "add", "A1", "--info", "Day", "--starts", "15/08")

    assert (done.code, done.out) == (WRONG_INPUT, "")
    assert done.err == ("shift-sms: A1: starts_at is '15/08': write a time like 2026-08-15T22:00\n")


def test_given_holders_when_a_shift_is_edited_then_it_says_what_they_are_told(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("Shifts", NIGHT_TAKEN)

    done = operator_world.run("shifts", "edit", "N1", "--starts", "2099-08-15T23:00")

    assert done.code == DONE
    assert "N1 changed." in done.out
    assert "2 employees have it. Those who may be texted are told 2 minutes after" in done.out
    assert ", now Sat 15 Aug 23:00-06:00. Reply DROP N1 to give it back" in done.out
    assert done.out.count("1 SMS segment") == 2
    assert (
        "N1 is so already." in operator_world.run("shifts", "edit", "N1", "--starts", "2099-08-15T23:00").out
    )
    nothing = operator_world.run("shifts", "edit", "N1")
    assert (nothing.code, "name what to change" in nothing.err) == (WRONG_INPUT, True)


def test_given_shifts_when_listed_then_the_next_is_first_in_the_zone_of_each(
    operator_world: OperatorWorld,
) -> None:
    past = {**POST, "shift_id": "OLD1", "starts_at": "2026-01-01T10:00Z"}
    put_indexed(operator_world, NIGHT_TAKEN, POST, past)

    done = operator_world.run("shifts", "list")

    assert done.code == DONE
    lines = [
        line.split() for line in done.out.splitlines() if line.strip(" \N{BOX DRAWINGS LIGHT HORIZONTAL}")
    ]
    assert [line[0] for line in lines] == ["code", "N1", "XYZ123"]
    assert lines[1][1:6] == ["2099-08-15", "Sat", "22:00-06:00", "CEST", "Night"]
    assert lines[1][6:] == ["Harbor", "bar", "2/3", "1", "available"]
    assert "OLD1" in operator_world.run("shifts", "list", "--all").out
    assert "OLD1" in operator_world.run("shifts", "list", "--from", "2026-01-01").out
    assert "OLD1" in operator_world.run("shifts", "list", "--day", "2026-01-01").out
    assert operator_world.run("shifts", "list", "--day", "2026-01-02").out == "No shift matches.\n"
    by_all = operator_world.run(
        *("shifts", "list", "--site", "harbor", "--role", "BAR", "--status", "available", "--json")
    )
    assert [item["shift_id"] for item in by_all.json] == ["N1"]


def test_given_words_for_a_day_when_listed_then_the_shifts_of_that_day(operator_world: OperatorWorld) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    put_indexed(operator_world, {**POST, "starts_at": f"{tomorrow}T12:00"})

    assert "XYZ123" in operator_world.run("shifts", "list", "--day", "Tomorrow").out
    assert "XYZ123" in operator_world.run("shifts", "list", "--from", "today").out
    assert operator_world.run("shifts", "list", "--day", "today").out == "No shift matches.\n"
    wrong = operator_world.run("shifts", "list", "--day", "15/08")
    assert wrong.err == "shift-sms: '15/08' is no day; write it like 2026-08-15, or today or tomorrow\n"


def test_given_a_time_and_site_when_added_then_the_preview_is_the_reply(
    operator_world: OperatorWorld,
) -> None:
    added = operator_world.run(
        *(
            "shifts",
            "add",
            "N1",
            "--info",
            "Night",
            "--starts",
            "2099-08-15T22:00",
            "--ends",
            "2099-08-16T03:00",
        ),
        *("--site", "Harbor"),
    )

    assert '"Booked: N1 Night (Sat 15 Aug 22:00-03:00, Harbor)"' in added.out


def test_given_a_canceled_shift_when_printed_then_in_the_spelling_of_the_product(
    operator_world: OperatorWorld,
) -> None:
    put_indexed(operator_world, {**POST, "shift_status": "cancelled"})

    assert "canceled" in operator_world.run("shifts", "list", "--status", "canceled").out
    assert operator_world.run("shifts", "show", "XYZ123").out.startswith("XYZ123  canceled\n")
    assert operator_world.run("shifts", "list", "--json").json[0]["shift_status"] == "cancelled"


def test_given_more_than_a_page_when_listed_then_the_next_page_follows(operator_world: OperatorWorld) -> None:
    put_indexed(operator_world, *({**POST, "shift_id": f"S{number}"} for number in range(3)))

    first = operator_world.run("shifts", "list", "--limit", "2", "--json")
    assert [item["shift_id"] for item in first.json] == ["S0", "S1"]
    cursor = first.err.strip().removeprefix("more: --after ")
    assert f"more: --after {cursor}" in operator_world.run("shifts", "list", "--limit", "2").out
    second = operator_world.run("shifts", "list", "--limit", "2", "--after", cursor, "--json")
    assert ([item["shift_id"] for item in second.json], second.err) == (["S2"], "")
    wrong = operator_world.run("shifts", "list", "--after", "x")
    assert (wrong.code, "x is no position in this list" in wrong.err) == (WRONG_INPUT, True)


def test_given_json_when_listed_then_attributes_are_those_of_the_table(operator_world: OperatorWorld) -> None:
    put_indexed(operator_world, NIGHT_TAKEN, POST)

    listed = operator_world.run("shifts", "list", "--json").json

    assert listed == json.loads(json.dumps([NIGHT_TAKEN, POST]))
    assert operator_world.run("shifts", "show", "N1", "--json").json == listed[0]


def test_given_a_shift_when_shown_then_employees_and_changes_are_printed(
    operator_world: OperatorWorld,
) -> None:
    add_employees(operator_world)
    operator_world.put("Employees", {"phone_number": CY, "name": "Cy", "opted_out": True})
    operator_world.put("Shifts", {**NIGHT, "waiting_list": [CY], "seats": 1})
    operator_world.put("Shifts", {**NIGHT, "seats": 2})
    operator_world.run("shifts", "assign", "N1", ANN)
    operator_world.put("Shifts", {**operator_world.row("Shifts", "N1"), "waiting_list": [CY]})

    done = operator_world.run("shifts", "show", "N1")

    assert done.code == DONE
    assert "seats      1 of 2 booked, 1 waiting" in done.out
    words = " ".join(done.out.split())
    assert f"booked Ann {ANN}" in words
    assert "text waits" in words
    assert f"waits, 1. Cy (opted out) {CY}" in words
    assert f"employees: Ann ({ANN}) since 20" in words


def test_given_hostile_texts_when_printed_then_they_are_text(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    put_indexed(operator_world, {**POST, "shift_info": HOSTILE, "site": "@SUM(A1)"})

    for command in (("list",), ("show", "XYZ123")):
        out = operator_world.run("shifts", *command).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert r"=HYPERLINK(\x1b[31m \u202eevil [red]x[/red] <b>" in out
    raw = operator_world.run("shifts", "list", "--json")
    assert "\x1b" not in raw.out
    assert "\u202e" not in raw.out
    assert raw.json[0]["shift_info"] == HOSTILE
    exported = operator_world.run("shifts", "export")
    (row,) = csv.DictReader(io.StringIO(exported.out))
    assert (row["shift_info"], row["site"]) == (f"'{HOSTILE}", "'@SUM(A1)")
    file = tmp_path / "out.csv"
    written = operator_world.run("shifts", "export", "--output", str(file))
    assert (written.code, written.err) == (DONE, f"1 shift in {file}\n")
    again = operator_world.run("shifts", "import", str(file))
    assert again.out.startswith("1 loaded (1 unchanged), 0 rejected")


def test_given_employees_when_a_shift_is_canceled_then_they_are_named_before(
    operator_world: OperatorWorld,
) -> None:
    add_employees(operator_world)
    operator_world.put("Employees", {"phone_number": BOB, "name": "Bob", "opted_out": True})
    operator_world.put("Shifts", NIGHT_TAKEN, {**POST, "shift_status": "cancelled"})

    done = operator_world.run("shifts", "cancel", "N1", "XYZ123", "N1", "--yes")

    assert done.code == DONE
    assert f"Will be told: Ann ({ANN}); Bob ({BOB}), opted out: no text; Cy ({CY})" in done.out
    assert "XYZ123 is canceled already." in done.out
    assert done.out.splitlines()[-1] == "N1 canceled; 3 employees are told."
    assert operator_world.row("Shifts", "N1")["shift_status"] == "cancelled"


def test_given_no_terminal_when_canceled_then_exit_2_changes_nothing(operator_world: OperatorWorld) -> None:
    operator_world.put("Shifts", POST)

    done = operator_world.run("shifts", "cancel", "XYZ123", input="y\n")

    assert done.code == WRONG_INPUT
    assert "there is no terminal to ask on; confirm with --yes" in done.err
    assert operator_world.rows("Shifts") == [POST]
    unknown = operator_world.run("shifts", "cancel", "XYZ123", "XYZ12", "--yes")
    assert (unknown.code, "did you mean" in unknown.err or "list the shifts" in unknown.err) == (
        WRONG_INPUT,
        True,
    )
    assert operator_world.rows("Shifts") == [POST], "all or none of the codes"


@pytest.mark.parametrize(
    ("answer", "status"),
    [("y\n", "cancelled"), ("Yes \n", "cancelled"), ("\n", "available"), ("n\n", "available")],
)
def test_given_a_terminal_when_asked_then_only_yes_cancels(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, answer: str, status: str
) -> None:
    operator_world.put("Shifts", POST)
    monkeypatch.setattr(prompts, "is_interactive", lambda: True)

    done = operator_world.run("shifts", "cancel", "XYZ123", input=answer)

    assert "Cancel this shift? [y/N]" in done.err
    assert done.code == (DONE if status == "cancelled" else WRONG_INPUT)
    assert operator_world.row("Shifts", "XYZ123")["shift_status"] == status


def test_given_a_canceled_shift_when_reopened_then_it_is_available(operator_world: OperatorWorld) -> None:
    operator_world.put("Shifts", {**POST, "shift_status": "cancelled"})

    assert operator_world.run("shifts", "reopen", "XYZ123").out == "XYZ123 is available again.\n"
    assert (
        operator_world.run("shifts", "reopen", "XYZ123").out == "XYZ123 is not canceled: it is available.\n"
    )


def test_given_a_seat_when_assigned_and_released_then_the_text_is_printed(
    operator_world: OperatorWorld,
) -> None:
    add_employees(operator_world)
    operator_world.put("Shifts", {**NIGHT, "seats": 1})

    assigned = operator_world.run("shifts", "assign", "N1", ANN)
    assert assigned.out.splitlines() == [
        f"N1 is assigned to Ann ({ANN}). 1 of 1 booked.",
        'Text to the employee: "Booked for you by your manager: N1 Night. Reply DROP N1 to give it back"',
        "71 GSM characters, 1 SMS segment",
    ]
    assert operator_world.run("shifts", "assign", "N1", ANN).out == f"Ann ({ANN}) has N1 already.\n"
    full = operator_world.run("shifts", "assign", "N1", BOB)
    assert (full.code, "no seat of N1 is free" in full.err) == (WRONG_INPUT, True)
    released = operator_world.run("shifts", "release", "N1", ANN)
    assert released.out.startswith(f"Ann ({ANN}) is released from N1. 0 of 1 booked.\n")
    again = operator_world.run("shifts", "release", "N1", ANN)
    assert again.out == f"Ann ({ANN}) has no seat of N1 and does not wait for one.\n"


def test_given_a_broken_rule_when_forced_then_it_is_named(operator_world: OperatorWorld) -> None:
    add_employees(operator_world)
    operator_world.put("Employees", {"phone_number": ANN, "name": "Ann", "opted_out": True})
    operator_world.put("Shifts", NIGHT)

    refused = operator_world.run("shifts", "assign", "N1", ANN)
    assert (
        refused.err == f"shift-sms: Ann ({ANN}) does not have the role bar; --force assigns the seat anyway\n"
    )
    forced = operator_world.run("shifts", "assign", "N1", ANN, "--force")
    assert "Overridden: does not have the role bar." in forced.out
    assert f"No text is sent: Ann ({ANN}) has opted out of texts." in forced.out


def test_given_a_file_with_a_bad_row_when_imported_then_good_rows_load(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    file = tmp_path / "shifts.csv"
    file.write_text("shift_id,shift_info,seats\nA1,Day,1\nSTOP,Day,1\nA2,Day,x\n", encoding="utf-8")

    done = operator_world.run("shifts", "import", str(file), "--json")

    assert done.code == WRONG_INPUT
    assert (done.json["loaded"], done.json["rejected"]) == (1, 2)
    assert [problem["line"] for problem in done.json["problems"]] == [3, 4]
    assert done.json["problems"][1]["message"] == "A2: seats is 'x': write a whole number from 1 to 500"
    again = operator_world.run("shifts", "import", str(file))
    assert again.out.startswith("1 loaded (1 unchanged), 2 rejected")
    assert f"shift-sms: {file}, line 4: A2: seats is 'x'" in again.err


def test_given_columns_by_other_names_when_imported_then_they_are_known(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    file = tmp_path / "shifts.csv"
    file.write_text("Code,Info,Start,End\nA1,Day,2099-08-15 08:00,2099-08-15 12:00\n", encoding="utf-8")

    assert operator_world.run("shifts", "import", str(file)).code == DONE

    (row,) = operator_world.rows("Shifts")
    assert (row["shift_id"], row["shift_info"], row["ends_at"]) == ("A1", "Day", "2099-08-15 12:00")


def test_given_a_dry_run_when_imported_then_texts_are_shown(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    file = tmp_path / "shifts.csv"
    file.write_text("shift_id;shift_info\nA1;Day\n", encoding="utf-8")

    done = operator_world.run("shifts", "import", str(file), "--dry-run")

    assert done.code == DONE
    assert "Booked: A1 Day" in done.out
    assert done.out.splitlines()[-1] == (
        "1 would be loaded (1 added), 0 rejected; nothing was changed (--dry-run)"
    )
    assert operator_world.rows("Shifts") == []


def test_given_no_file_when_imported_then_one_line_says_so(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    done = operator_world.run("shifts", "import", str(tmp_path / "none.csv"))

    assert done.code == WRONG_INPUT
    assert done.err.startswith(f"shift-sms: {tmp_path / 'none.csv'}: there is no such file")
    output = operator_world.run("shifts", "export", "--output", str(tmp_path))
    assert (output.code, "cannot be written: Is a directory" in output.err) == (WRONG_INPUT, True)


def test_given_control_c_when_importing_then_one_line_says_how_to_go_on(
    operator_world: OperatorWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(importer: ShiftImporter, path: Path, *, dry_run: bool) -> Any:
        yield from original(importer, path, dry_run=dry_run)
        raise KeyboardInterrupt

    original = ShiftImporter.load
    monkeypatch.setattr(ShiftImporter, "load", load)
    file = tmp_path / "shifts.csv"
    file.write_text("shift_id,shift_info\nA1,Day\nA2,Day\n", encoding="utf-8")

    done = operator_world.run("shifts", "import", str(file))

    assert (done.code, done.out) == (AWS_FAILED, "")
    assert done.err == "shift-sms: stopped: 2 rows are loaded; run the command again to load the rest\n"

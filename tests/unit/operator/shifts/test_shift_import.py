"""Tests how files of shifts are loaded: again, in part, with mistakes, and at the same time as others."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from shift_sms_operator.csv_records import UnusableFile
from shift_sms_operator.shifts.shift_import import EXPORT_HEADER, ImportAction, ImportedRow, exported
from tests.support.operator_shifts import ANN, BOB, NIGHT, NIGHT_TAKEN, SINCE, meanwhile
from tests.support.operator_world import OperatorWorld

HEADER = "shift_id,shift_info,starts_at,ends_at,respond_by,timezone,site,role,seats"
NIGHT_ROW = "N1,Night,2099-08-15T22:00,2099-08-16T06:00,,Europe/Berlin,Harbor,bar,3"


def load(
    world: OperatorWorld, path: Path, *rows: str, dry_run: bool = False, header: str = HEADER
) -> list[ImportedRow]:
    file = path / "shifts.csv"
    file.write_text("\n".join((header, *rows)), encoding="utf-8")
    loaded = world.operator().shifts.importer.load(file, dry_run=dry_run)
    return sorted(loaded, key=lambda row: row.line)


def actions(rows: list[ImportedRow]) -> dict[str, str]:
    return {row.shift_id: row.action.value for row in rows}


def test_given_a_file_when_loaded_twice_then_nothing_changes_the_second_time(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    rows = (NIGHT_ROW, "XYZ123,15/08 5h nightshift,,,,,,,")

    assert actions(load(operator_world, tmp_path, *rows)) == {"N1": "added", "XYZ123": "added"}
    stored = operator_world.rows("Shifts")
    assert actions(load(operator_world, tmp_path, *rows)) == {"N1": "unchanged", "XYZ123": "unchanged"}

    assert operator_world.rows("Shifts") == stored
    (record,) = operator_world.audit("shift#N1")
    assert record["action"] == "added"
    imports = [row for row in operator_world.rows("AuditTrail") if row["subject"].startswith("import#")]
    assert [row["after"] for row in imports] == [{"file": "shifts.csv", "added": 2}]


def test_given_shifts_in_use_when_loaded_then_details_change_and_no_seat_is_freed(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    canceled = {**NIGHT, "shift_id": "C1", "shift_status": "cancelled"}
    operator_world.put("Shifts", NIGHT_TAKEN, canceled)

    rows = load(operator_world, tmp_path, "N1,,,,,,Pier,,4", "C1,Other,,,,,,,")

    assert actions(rows) == {"N1": "changed", "C1": "canceled"}
    assert rows[0].notice is not None
    assert rows[0].notice.numbers == (ANN, BOB)
    assert ", now Pier." in rows[0].notice.text.text
    row = operator_world.row("Shifts", "N1")
    assert (row["site"], row["seats"], row["employees"]) == ("Pier", 4, {ANN: SINCE, BOB: SINCE})
    assert operator_world.row("Shifts", "C1") == canceled


def test_given_bad_rows_when_loaded_then_all_are_reported_and_good_ones_load(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    operator_world.put("Shifts", NIGHT_TAKEN)

    rows = load(
        operator_world,
        tmp_path,
        ",Night,,,,,,,",
        "A1,Day,,,,,,,lots",
        "A2,Day,,,,,,,",
        "a2,Day,,,,,,,",
        "A2,Day,,,,,,,",
        "A3,,,,,,,,",
        "STOP,Day,,,,,,,",
        "N1,,,,,,,,1",
        "A4,Day,,,,,,,,,too,many",
    )

    assert {(row.line, row.message.split(";")[0]) for row in rows if row.problem} == {
        (2, "shift_id is empty"),
        (3, "A1: seats is 'lots': write a whole number from 1 to 500"),
        (5, "employees could not tell a2 from A2 on line 4"),
        (6, "A2 is on line 4, too"),
        (7, "A3 has neither shift_info nor starts_at"),
        (8, rows[6].message.split(";")[0]),
        (9, "N1 cannot have 1 seats, because 2 employees have, or are offered, a seat"),
        (10, "12 values for 9 columns"),
    }
    assert {row["shift_id"] for row in operator_world.rows("Shifts")} == {"A2", "N1"}


def test_given_a_dry_run_when_loaded_then_texts_are_shown_and_nothing_is_written(
    operator_world: OperatorWorld, tmp_path: Path
) -> None:
    operator_world.put("Shifts", NIGHT_TAKEN)

    rows = load(operator_world, tmp_path, "N1,,,,,,Pier,,", "A1,Day,,,,,,,", "A2,Day,,,,,,,0", dry_run=True)

    assert actions(rows) == {"N1": "changed", "A1": "added", "A2": "rejected"}
    assert [row.preview.text for row in rows if row.preview] == [
        "Booked: N1 Night (Sat 15 Aug 22:00-06:00, Pier)",
        "Booked: A1 Day",
    ]
    assert operator_world.rows("Shifts") == [NIGHT_TAKEN]
    assert operator_world.rows("AuditTrail") == []


def test_given_an_employee_who_books_meanwhile_when_loaded_then_the_seat_stays(
    operator_world: OperatorWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", NIGHT)
    meanwhile(monkeypatch, "edit", lambda: operator_world.put("Shifts", NIGHT_TAKEN))

    assert actions(load(operator_world, tmp_path, "N1,,,,,,Pier,,")) == {"N1": "changed"}
    row = operator_world.row("Shifts", "N1")
    assert (row["site"], row["employees"]) == ("Pier", {ANN: SINCE, BOB: SINCE})


def test_given_two_operators_when_they_load_one_file_then_each_shift_is_added_once(
    operator_world: OperatorWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    meanwhile(monkeypatch, "add", lambda: load(operator_world, other, NIGHT_ROW))

    assert actions(load(operator_world, tmp_path, NIGHT_ROW)) == {"N1": "unchanged"}
    assert len(operator_world.audit("shift#N1")) == 1


def test_given_an_interrupted_import_when_repeated_then_the_rest_is_loaded(
    operator_world: OperatorWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    rows = [f"A{number},Day,,,,,,," for number in range(30)]
    with monkeypatch.context() as patch:
        meanwhile(patch, "add", *[lambda: None] * 10, interrupt)
        with pytest.raises(KeyboardInterrupt):
            load(operator_world, tmp_path, *rows)
    begun = len(operator_world.rows("Shifts"))
    assert 0 < begun < 30

    repeated = load(operator_world, tmp_path, *rows)

    assert sum(row.action is ImportAction.ADDED for row in repeated) == 30 - begun
    assert len(operator_world.rows("Shifts")) == 30


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("shift_info\nNight", "there is no column shift_id"),
        ("shift_id,place\nN1,Pier", "the column place is unknown"),
        ("", "the first line is empty"),
    ],
)
def test_given_an_unusable_file_when_loaded_then_the_refusal_says_why(
    operator_world: OperatorWorld, tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(UnusableFile, match=message):
        load(operator_world, tmp_path, header=content)


@pytest.mark.parametrize("separator", [",", ";"])
def test_given_an_export_when_loaded_then_it_is_what_is_there(
    operator_world: OperatorWorld, tmp_path: Path, separator: str
) -> None:
    items: list[dict[str, Any]] = [
        NIGHT_TAKEN,
        {"shift_id": "XYZ123", "shift_info": "15/08; 5h, nightshift", "shift_status": "available"},
    ]
    operator_world.put("Shifts", *items)
    shifts = operator_world.operator().shifts.lists.all()
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([EXPORT_HEADER, *map(exported, shifts)])

    header, *rows = file.getvalue().splitlines()
    assert actions(load(operator_world, tmp_path, *rows, header=header)) == {
        "N1": "unchanged",
        "XYZ123": "unchanged",
    }
    for item in items:
        operator_world.dynamodb.Table("Shifts").delete_item(Key={"shift_id": item["shift_id"]})

    assert actions(load(operator_world, tmp_path, *rows, header=header)) == {"N1": "added", "XYZ123": "added"}
    assert {name: operator_world.row("Shifts", "N1")[name] for name in NIGHT} == NIGHT

"""What `shift-sms shifts` changes in the deployed system."""

import csv
import io

from tests.support.lab_operator import LabOperator


def lists(operator: LabOperator) -> None:
    operator.new_shift("CLL1", starts_at="2036-03-01T22:00:00+00:00")
    operator.new_shift("CLL2", starts_at="2036-03-01T06:00:00+00:00")
    operator.new_shift("CLL3", starts_at="2036-03-02T06:00:00+00:00")
    listed = operator.json("shifts", "list", "--day", "2036-03-01")
    assert [shift["shift_id"] for shift in listed] == ["CLL2", "CLL1"]
    first = operator.run("shifts", "list", "--from", "2036-03-01", "--limit", "2")
    rest = operator.run(
        "shifts", "list", "--from", "2036-03-01", "--limit", "2", "--after", first.rpartition("--after ")[2]
    )
    assert ("CLL1" in first, "CLL3" in first) == (True, False)
    assert ("CLL1" in rest, "CLL3" in rest) == (False, True)


def show(operator: LabOperator) -> None:
    number = operator.new_employee(name="Shona")
    operator.new_shift("CSH1", seats=2)
    operator.book(number, "CSH1")
    shown = operator.json("shifts", "show", "CSH1")
    assert {name: shown[name] for name in ("shift_id", "shift_info", "seats")} == {
        "shift_id": "CSH1",
        "shift_info": "night",
        "seats": 2,
    }
    assert "did you mean CSH1?" in operator.refused("shifts", "show", "CSH2")
    printed = operator.run("shifts", "show", "CSH1")
    assert "1 of 2 booked" in printed
    assert "Shona" in printed
    assert number in printed


def add(operator: LabOperator) -> None:
    arguments = ("shifts", "add", "CAD1", "--info", "bar", "--starts", "2036-03-03T22:00", "--seats", "2")
    assert "not added (--dry-run)" in operator.run(*arguments, "--dry-run")
    assert operator.shift("CAD1") == {}
    assert "CAD1 added." in operator.run(*arguments)
    # A command whose response was lost is run again.
    assert "CAD1 exists already." in operator.run(*arguments)
    shift = operator.shift("CAD1")
    assert (shift["shift_info"], shift["seats"], shift["starts_at"][:16]) == ("bar", 2, "2036-03-03T22:00")
    assert operator.actions("shift#CAD1") == ["added"]
    number = operator.new_employee()
    operator.book(number, "CAD1")
    assert number in operator.shift("CAD1")["employees"]


def edit(operator: LabOperator) -> None:
    operator.new_shift("CED1", site="Harbor")
    printed = operator.run("shifts", "edit", "CED1", "--info", "bar", "--seats", "3", "--site", "")
    assert "CED1 changed." in printed
    shift = operator.shift("CED1")
    assert (shift["shift_info"], shift["seats"], "site" in shift) == ("bar", 3, False)
    assert operator.actions("shift#CED1") == ["edited"]


def cancel(operator: LabOperator) -> None:
    number = operator.new_employee()
    operator.new_shift("CCA1")
    operator.book(number, "CCA1")
    assert "confirm with --yes" in operator.refused("shifts", "cancel", "CCA1")
    assert operator.shift("CCA1")["shift_status"] == "taken"
    assert "1 employee is told" in operator.run("shifts", "cancel", "CCA1", "--yes")
    assert operator.shift("CCA1")["shift_status"] == "cancelled"
    assert operator.reads(number, "Canceled by your manager: CCA1 night")
    assert "canceled already" in operator.run("shifts", "cancel", "CCA1", "--yes")
    operator.system.wait_until_idle()
    assert len([text for text in operator.texts(number) if text.startswith("Canceled")]) == 1


def reopen(operator: LabOperator) -> None:
    operator.new_shift("CRE1", shift_status="cancelled")
    assert "CRE1 is available again." in operator.run("shifts", "reopen", "CRE1")
    assert operator.shift("CRE1")["shift_status"] == "available"
    operator.book(operator.new_employee(), "CRE1")
    assert operator.shift("CRE1")["shift_status"] == "taken"


def assign(operator: LabOperator) -> None:
    number, other = operator.new_employee(), operator.new_employee()
    operator.new_shift("CAS1")
    assert f"CAS1 is assigned to {number}." in operator.run("shifts", "assign", "CAS1", number)
    assert operator.shift("CAS1")["employee"] == number
    assert operator.reads(
        number, "Booked for you by your manager: CAS1 night. Reply DROP CAS1 to give it back"
    )
    assert "no seat of CAS1 is free" in operator.refused("shifts", "assign", "CAS1", other)
    assert operator.texts(other) == []
    assert operator.system.send_and_wait(number, "DROP CAS1").body.startswith("Given back: CAS1")


def release(operator: LabOperator) -> None:
    number = operator.new_employee()
    operator.new_shift("CRL1")
    operator.book(number, "CRL1")
    assert f"{number} is released from CRL1." in operator.run("shifts", "release", "CRL1", number)
    shift = operator.shift("CRL1")
    assert (shift["shift_status"], "employee" in shift) == ("available", False)
    assert operator.reads(number, "Taken off your schedule by your manager: CRL1 night")


def imports(operator: LabOperator) -> None:
    file = operator.file(
        "shifts.csv",
        "shift_id,shift_info,starts_at,seats\n"
        "CIM1,bar,2036-03-04T22:00,2\n"
        "CIM2,gate,tomorrow,1\n"
        "CIM3,door,2036-03-05T22:00,1\n",
    )
    told = operator.refused("shifts", "import", file)
    assert "2 loaded (2 added), 1 rejected" in told
    assert "line 3: " in told
    codes = ("CIM1", "CIM2", "CIM3")
    assert [operator.shift(code).get("shift_info") for code in codes] == ["bar", None, "door"]
    operator.book(operator.new_employee(), "CIM1")


def export(operator: LabOperator) -> None:
    number = operator.new_employee()
    operator.new_shift("CEX1", seats=2, site="=2+3")
    operator.book(number, "CEX1")
    path = operator.folder / "exported.csv"
    operator.run("shifts", "export", "--output", str(path))
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
        if row["shift_id"] == "CEX1"
    ]
    assert (row["seats"], row["booked"], row["employees"], row["site"]) == ("2", "1", f"'{number}", "'=2+3")


SCENARIOS = {
    "shifts list": lists,
    "shifts show": show,
    "shifts add": add,
    "shifts edit": edit,
    "shifts cancel": cancel,
    "shifts reopen": reopen,
    "shifts assign": assign,
    "shifts release": release,
    "shifts import": imports,
    "shifts export": export,
}

"""What `shift-sms employees` changes in the deployed system."""

import csv
import io
import json

from tests.support.lab_operator import LabOperator


def add(operator: LabOperator) -> None:
    number = "+14255570001"
    printed = operator.run(
        *("employees", "add", number, "--name", "Ada", "--language", "Spanish"),
        *("--role", "Bar", "--segment", "added"),
    )
    assert printed == f"{number} was added; joined added"
    assert {name: operator.employee(number)[name] for name in ("name", "language", "roles")} == {
        "name": "Ada",
        "language": "es",
        "roles": ["Bar"],
    }
    assert operator.members("added") == {number}
    operator.new_shift("CEA1")
    assert operator.system.send_and_wait(number, "CEA1").body == "Reservado: CEA1 night"


def lists(operator: LabOperator) -> None:
    numbers = [operator.new_employee("listed", name=name) for name in ("Lea", "Leo", "Lou")]
    listed = operator.json("employees", "list", "--segment", "listed")
    assert [(row["phone_number"], row["name"]) for row in listed] == list(
        zip(numbers, ("Lea", "Leo", "Lou"), strict=True)
    )
    first = operator.run("employees", "list", "--segment", "listed", "--limit", "2")
    cursor = first.rpartition("--after ")[2]
    rest = operator.run("employees", "list", "--segment", "listed", "--limit", "2", "--after", cursor)
    assert ("Leo" in first, "Lou" in first, "Leo" in rest, "Lou" in rest) == (True, False, False, True)
    found = operator.json("employees", "list", "--find", "Lea")
    assert [row["phone_number"] for row in found] == numbers[:1]


def show(operator: LabOperator) -> None:
    number = operator.new_employee("shown", name="Shu")
    operator.new_shift("CES1")
    operator.new_shift("CES2", shift_status="taken", employee=operator.new_employee())
    operator.book(number, "CES1")
    assert "On the waiting list" in operator.system.send_and_wait(number, "WAIT CES2").body
    shown = operator.json("employees", "show", number)
    assert (shown["name"], shown["segments"]) == ("Shu", ["shown"])
    assert [one["shift_id"] for one in shown["bookings"]] == ["CES1"]
    assert [(one["shift_id"], one["place"]) for one in shown["waiting_list"]] == [("CES2", 1)]
    assert "Booked: CES1 night" in [text["text"] for text in shown["messages"]]
    assert "Shu" in operator.run("employees", "show", number)


def imports(operator: LabOperator) -> None:
    numbers = ["+14255570011", "+14255570012"]
    file = operator.file(
        "employees.csv",
        f"\ufeffphone_number;name;language;roles\n{numbers[0]};Ina;Spanish;Bar\n12;Bad;;\n(425) 557-0012;Ian;;\n",
    )
    arguments = ("employees", "import", file, "--segment", "imported", "--country", "US")
    told = operator.refused(*arguments)
    assert "line 3: not loaded" in told
    assert "2 employees loaded (2 added, 0 changed, 0 unchanged), 1 rejected" in told
    assert operator.members("imported") == set(numbers)
    assert operator.employee(numbers[0])["language"] == "es"
    again = json.loads(operator.refused(*arguments, "--json").partition("failed:\n")[2])
    assert (again["loaded"], again["rejected"], again["problems"][0]["line"]) == (2, 1, 3)
    assert operator.actions("import#employees.csv") == ["imported", "imported"]
    assert operator.system.send_and_wait(numbers[1], "MINE").body


def import_pinpoint(operator: LabOperator) -> None:
    number, opted_out = "+14255570021", "+14255570022"
    endpoints = [
        {"ChannelType": "SMS", "Address": number, "OptOut": "NONE", "User": {"UserAttributes": {}}},
        {"ChannelType": "SMS", "Address": opted_out, "OptOut": "ALL"},
    ]
    file = operator.file("endpoints.json", "".join(json.dumps(one) + "\n" for one in endpoints))
    assert "2 employees loaded" in operator.run("employees", "import-pinpoint", file, "--segment", "pinpoint")
    assert operator.members("pinpoint") == {number, opted_out}
    assert operator.employee(opted_out)["opted_out"] is True
    assert not operator.employee(number).get("opted_out")


def export(operator: LabOperator) -> None:
    number = operator.new_employee("exported", name="=1+1")
    path = operator.folder / "employees-exported.csv"
    operator.run("employees", "export", "--segment", "exported", "--output", str(path))
    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert (row["phone_number"], row["name"], row["segments"]) == (f"'{number}", "'=1+1", "exported")
    # The roster has other employees, too.
    assert len(operator.run("employees", "export").splitlines()) > 2


def remove(operator: LabOperator) -> None:
    number, other = operator.new_employee("leavers", name="Rex"), operator.new_employee()
    operator.new_shift("CER1")
    operator.book(number, "CER1")
    assert "On the waiting list" in operator.system.send_and_wait(other, "WAIT CER1").body
    assert "confirm with --yes" in operator.refused("employees", "remove", number)
    assert operator.employee(number) != {}
    removed = operator.json("employees", "remove", number, "--yes")
    assert [(one["shift_id"], one["place"]) for one in removed["freed"]] == [("CER1", "seat")]
    assert operator.members("leavers") == set()
    assert number not in operator.shift("CER1").get("employee", "")
    # The seat goes on to the employee who waits.
    operator.system.network.wait_for_text(other, 1, 60)
    received = operator.texts(number)
    operator.system.network.send_from_phone(number, "CER1", operator.our_number)
    operator.system.wait_until_idle()
    assert operator.texts(number) == received


def segments(operator: LabOperator) -> None:
    operator.new_employee("counted")
    operator.new_employee("counted")
    assert {"segment": "counted", "members": 2} in operator.json("employees", "segments")


def leave(operator: LabOperator) -> None:
    number = operator.new_employee("left")
    assert operator.run("employees", "leave", number, "--segment", "left") == f"{number} left left"
    assert operator.members("left") == set()
    assert operator.employee(number) != {}
    assert operator.actions(f"employee#{number}")[-1] == "left segments"


SCENARIOS = {
    "employees add": add,
    "employees list": lists,
    "employees show": show,
    "employees import": imports,
    "employees import-pinpoint": import_pinpoint,
    "employees export": export,
    "employees remove": remove,
    "employees segments": segments,
    "employees leave": leave,
}

"""Tests the pages of people: the roster, one employee, and the form."""

from html import unescape
from urllib.parse import urlencode

import pytest

from shift_sms_operator.employees import employee_remover
from tests.support.console_world import Browser, ConsoleWorld

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e&\"'"
ANN, BOB = "+14255550101", "+14255550102"
FORM = {"number": ANN, "name": "Ann", "language": "Spanish", "roles": "Bar; Door", "segments": "overtime"}


@pytest.fixture
def manager(console_world: ConsoleWorld) -> Browser:
    return console_world.signed_in()


def test_given_an_employee_when_added_then_on_the_roster_and_recorded(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    form = {"csrf_token": console_world.csrf_token(), **FORM}

    went = manager.post("/people", form)

    assert went.status == 303
    page = manager.get(went.location).body
    assert "The employee is saved." in page
    assert "Bar, Door" in page
    assert "overtime" in page
    assert ANN in manager.get("/people").body
    (record,) = console_world.operators.audit(f"employee#{ANN}")
    assert (record["actor"], record["action"]) == ("ann@example.com", "added")
    assert "notice=unchanged" in manager.post("/people", form).location
    assert len(console_world.operators.audit(f"employee#{ANN}")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "12"},
        {"language": "Klingon"},
        {"name": "x" * 101},
        {"segments": "late!shift"},
    ],
)
def test_given_a_wrong_employee_when_added_then_the_form_keeps_what_was_written(
    console_world: ConsoleWorld, manager: Browser, wrong: dict[str, str]
) -> None:
    answer = manager.post("/people", {"csrf_token": console_world.csrf_token(), **FORM, **wrong})

    assert answer.status == 422
    assert 'role="alert"' in answer.body
    assert "Bar; Door" in answer.body
    assert "--country" not in answer.body
    assert console_world.operators.rows("Employees") == []


def test_given_an_employee_when_edited_then_the_form_has_what_is_there(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    manager.post("/people", {"csrf_token": console_world.csrf_token(), **FORM})

    page = unescape(manager.get("/people/new?number=%2B14255550101").body)

    assert 'value="Bar, Door"' in page
    assert 'value="es"' in page


def test_given_a_booking_when_shown_then_the_employee_has_it(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put("Employees", {"phone_number": ANN, "name": "Ann", "opted_out": False})
    operations = console_world.operators.operator()
    operations.shifts.changes.add("N1", {"shift_info": "Night"})
    operations.shifts.seats.assign("N1", ANN)

    page = manager.get("/people/employee?number=%2B14255550101").body

    assert 'href="/shifts/shift?code=N1"' in page
    assert "Ann" in page


def test_given_an_opt_out_when_shown_then_the_pages_say_so(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put("Employees", {"phone_number": ANN, "opted_out": True})

    assert "opted out" in manager.get("/people").body
    assert "opted out" in manager.get("/people/employee?number=%2B14255550101").body


@pytest.mark.parametrize("number", ["", "x", "%2B14255550199"])
def test_given_an_unknown_number_when_shown_then_the_page_says_so(manager: Browser, number: str) -> None:
    assert manager.get(f"/people/employee?number={number}").status == 422


def test_given_many_employees_when_listed_then_in_pages_that_have_all(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    numbers = {f"+1425555{n:04}" for n in range(100, 230)}
    console_world.operators.put("Employees", *({"phone_number": number} for number in numbers))
    found: set[str] = set()
    address = "/people"
    for _ in range(3):
        page = manager.get(address).body
        found |= {number for number in numbers if f">{number}</a>" in page}
        address = unescape(page.partition('id="more" href="')[2].partition('"')[0])

    assert found == numbers
    assert address == ""


def test_given_a_segment_when_listed_then_its_members_alone(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put("Employees", {"phone_number": ANN}, {"phone_number": "+14255550102"})
    console_world.operators.put("SegmentMembers", {"segment": "door", "phone_number": ANN})

    page = manager.get("/people?segment=door").body

    assert ANN in page
    assert "+14255550102" not in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ann", [ANN]),
        ("BELL ann", [ANN]),
        ("(425) 555-0102", [BOB]),
        ("0102", [BOB]),
        ("+14255550103", ["+14255550103"]),
        ("425", [ANN, BOB]),
        ("carl", []),
    ],
)
def test_given_a_name_or_number_when_searched_then_those_employees(
    console_world: ConsoleWorld, manager: Browser, words: str, found: list[str]
) -> None:
    console_world.operators.put(
        "Employees",
        {"phone_number": BOB, "name": "Bob Cruz"},
        {"phone_number": ANN, "name": "Ann Bell"},
        {"phone_number": "+14255550103", "opted_out": True, "only_opt_out": True},
    )

    answer = manager.get(f"/people?{urlencode({'find': words})}")

    if len(found) == 1:
        assert answer.location == f"/people/employee?{urlencode({'number': found[0]})}"
    else:
        assert [number for number in (ANN, BOB, "+14255550103") if f">{number}</td>" in answer.body] == found
        assert ("No employee has this name or number." in answer.body) == (not found)


def test_given_more_that_fit_than_a_page_when_searched_then_it_says_so(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    people = ({"phone_number": f"+1425555{n:04}", "name": f"Ann {n:04}"} for n in range(100, 203))
    console_world.operators.put("Employees", *people)

    page = manager.get("/people?find=ann").body

    assert "3 more fit. Write more of the name." in page
    assert page.index("Ann 0100") < page.index("Ann 0199")
    assert "Ann 0200" not in page


def test_given_a_national_number_when_added_then_of_the_country_of_our_number(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    manager.post("/people", {"csrf_token": console_world.csrf_token(), **FORM, "number": "(425) 555-0101"})

    assert [row["phone_number"] for row in console_world.operators.rows("Employees")] == [ANN]


def test_given_the_number_of_another_when_added_then_the_name_is_not_lost(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put("Employees", {"phone_number": ANN, "name": "Zoe"})
    form = {"csrf_token": console_world.csrf_token(), **FORM}

    refused = manager.post("/people", form)
    edited = manager.post("/people", {**form, "edits": ANN})

    assert (refused.status, f"{ANN} is the number of Zoe" in refused.body) == (422, True)
    assert edited.status == 303
    assert console_world.operators.row("Employees", ANN)["name"] == "Ann"
    page = manager.get("/people/new?number=%2B14255550101").body
    assert f'name="edits" value="{ANN}"' in page
    assert f'name="number" value="{ANN}" required readonly' in page


def test_given_the_form_of_an_employee_when_the_number_differs_then_it_is_refused(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    rows = {"phone_number": ANN, "name": "Ann"}, {"phone_number": "+14255550102", "name": "Bob"}
    console_world.operators.put("Employees", *rows)
    form = {"csrf_token": console_world.csrf_token(), **FORM, "number": "+14255550102", "edits": ANN}

    refused = manager.post("/people", form)

    assert (refused.status, f"the number of {ANN} cannot be changed" in refused.body) == (422, True)
    assert console_world.operators.row("Employees", "+14255550102")["name"] == "Bob"


def test_given_several_roles_when_commas_separate_them_then_each_is_one(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    form = {"csrf_token": console_world.csrf_token(), **FORM, "roles": "Bar, Door", "segments": "day, night"}
    manager.post("/people", form)

    assert console_world.operators.row("Employees", ANN)["roles"] == ["Bar", "Door"]
    segments = [row["segment"] for row in console_world.operators.rows("SegmentMembers")]
    assert segments == ["day", "night"]


def test_given_campaigns_when_a_form_is_opened_then_it_offers_their_segments(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.operator().campaigns.launch("c1", "Who?", "night")

    for address in ("/people", "/people/new", "/campaigns/new"):
        page = manager.get(address).body
        assert '<option value="overtime"></option><option value="night"></option>' in page


def test_given_a_viewer_when_saving_then_403(console_world: ConsoleWorld) -> None:
    viewer = console_world.signed_in("viewer")

    assert viewer.post("/people", {"csrf_token": console_world.csrf_token(), **FORM}).status == 403
    assert "add-employee" not in viewer.get("/people").body
    assert console_world.operators.rows("Employees") == []


def book(world: ConsoleWorld, *codes: str) -> None:
    """Gives Ann a seat of new shifts."""
    world.operators.put(
        "Employees", {"phone_number": ANN, "name": "Ann"}, {"phone_number": BOB, "name": "Bob"}
    )
    world.operators.put("SegmentMembers", {"segment": "door", "phone_number": ANN})
    shifts = world.operators.operator().shifts
    for code in codes:
        shifts.changes.add(code, {"shift_info": f"Night {code}"})
        shifts.seats.assign(code, ANN)


def holders(world: ConsoleWorld) -> set[str]:
    return {str(row["shift_id"]) for row in world.operators.rows("Shifts") if "employee" in row}


def test_given_an_employee_when_removed_then_asked_first_and_places_are_freed(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    book(console_world, "N1", "N2")
    asked = manager.get(f"/people/remove?number={ANN.replace('+', '%2B')}").body
    assert "Remove Ann?" in asked
    assert "N1: seat" in asked
    assert "door" in asked
    assert holders(console_world) == {"N1", "N2"}

    form = {"csrf_token": console_world.csrf_token(), "number": ANN}
    done = manager.post("/people/remove", form)

    assert done.status == 200
    assert 'id="removed"' in done.body
    assert {f"{code}: seat freed, Night {code}" in done.body for code in ("N1", "N2")} == {True}
    assert holders(console_world) == set()
    assert [row["phone_number"] for row in console_world.operators.rows("Employees")] == [BOB]
    assert console_world.operators.rows("SegmentMembers") == []
    records = console_world.operators.audit(f"employee#{ANN}")
    assert [one["action"] for one in records] == ["removed", "left segments", "removal completed"]
    assert {one["actor"] for one in records} == {"ann@example.com"}
    again = manager.post("/people/remove", form)
    assert (again.status, "no employee has the number" in again.body) == (422, True)


def test_given_more_shifts_than_a_step_when_removed_then_the_browser_goes_on(
    console_world: ConsoleWorld, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employee_remover, "SHIFTS_PER_STEP", 2)
    codes = [f"N{number}" for number in range(5)]
    book(console_world, *codes)
    headers = {"HX-Request": "true", "X-CSRF-Token": console_world.csrf_token()}
    freed, steps, form = "", 0, {"number": ANN}
    while form:
        part = manager.post("/people/remove", form, headers).body
        assert "<html" not in part
        freed, steps = freed + part, steps + 1
        after = part.partition('name="after" value="')[2].partition('"')[0]
        form = {"number": ANN, "after": unescape(after)} if after else {}
        if form:
            assert 'hx-trigger="load' in part
            employee = manager.get("/people/employee?number=%2B14255550101").body
            assert "Complete the removal" in employee

    assert steps == 3
    assert all(f"{code}: seat freed" in freed for code in codes)
    assert 'id="removed"' in freed
    assert holders(console_world) == set()


def test_given_an_employee_added_again_when_a_removal_goes_on_then_it_ends(
    console_world: ConsoleWorld, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employee_remover, "SHIFTS_PER_STEP", 1)
    book(console_world, "N1", "N2")
    form = {"csrf_token": console_world.csrf_token(), "number": ANN}
    part = manager.post("/people/remove", form).body
    after = unescape(part.partition('name="after" value="')[2].partition('"')[0])
    manager.post("/people", {**FORM, **form})

    answer = manager.post("/people/remove", {**form, "after": after})

    assert answer.status == 422
    assert "completed or undone meanwhile" in answer.body
    assert console_world.operators.row("Employees", ANN)["name"] == "Ann"
    assert manager.post("/people/remove", {**form, "after": "x"}).status == 422


def test_given_an_opt_out_when_removed_then_it_is_kept(console_world: ConsoleWorld, manager: Browser) -> None:
    console_world.operators.put("Employees", {"phone_number": ANN, "name": "Ann", "opted_out": True})
    form = {"csrf_token": console_world.csrf_token(), "number": ANN}

    assert "The opt-out is kept" in manager.post("/people/remove", form).body

    row = console_world.operators.row("Employees", ANN)
    assert (row["opted_out"], "name" in row) == (True, False)
    employee = manager.get("/people/employee?number=%2B14255550101").body
    assert 'id="remove"' not in employee
    assert manager.get("/people/remove?number=%2B14255550101").status == 422
    assert manager.post("/people/remove", form).status == 422


def test_given_a_viewer_when_removing_then_403(console_world: ConsoleWorld) -> None:
    viewer = console_world.signed_in("viewer")
    book(console_world, "N1")

    form = {"csrf_token": console_world.csrf_token(), "number": ANN}

    assert viewer.post("/people/remove", form).status == 403
    assert holders(console_world) == {"N1"}


def test_given_hostile_texts_when_shown_then_they_appear_as_text(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put(
        "Employees", {"phone_number": ANN, "name": HOSTILE, "language": HOSTILE, "roles": [HOSTILE]}
    )

    pages = ("employee", "new", "remove")
    for path in ("/people", *(f"/people/{page}?number=%2B14255550101" for page in pages)):
        page = manager.get(path).body
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "{{ 7 * 7 }}" in page

"""Tests the pages of people: the roster, one employee, and the form."""

from html import unescape

import pytest

from tests.support.console_world import Browser, ConsoleWorld

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e&\"'"
ANN = "+14255550101"
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
    [{"number": ""}, {"number": "12"}, {"language": "Klingon"}, {"name": "x" * 101}, {"segments": "a,b"}],
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

    assert 'value="Bar; Door"' in page
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


def test_given_a_viewer_when_saving_then_403(console_world: ConsoleWorld) -> None:
    viewer = console_world.signed_in("viewer")

    assert viewer.post("/people", {"csrf_token": console_world.csrf_token(), **FORM}).status == 403
    assert "add-employee" not in viewer.get("/people").body
    assert console_world.operators.rows("Employees") == []


def test_given_hostile_texts_when_shown_then_they_appear_as_text(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put(
        "Employees", {"phone_number": ANN, "name": HOSTILE, "language": HOSTILE, "roles": [HOSTILE]}
    )

    for path in ("/people", "/people/employee?number=%2B14255550101", "/people/new?number=%2B14255550101"):
        page = manager.get(path).body
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "{{ 7 * 7 }}" in page

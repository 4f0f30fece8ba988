"""Tests the pages of shifts: the board, one shift, and every change."""

from html import unescape

import pytest

from shift_sms_operator.employees import employees
from tests.support.console_world import Browser, ConsoleWorld

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e&\"'"
ANN, BOB = "+14255550101", "+14255550102"
N1 = {
    "code": "N1",
    "shift_info": "Night shift",
    "starts_at": "2026-12-01T22:00",
    "ends_at": "2026-12-02T06:00",
    "seats": "2",
}
DAY = "/shifts?day=2026-12-01"


@pytest.fixture
def manager(console_world: ConsoleWorld) -> Browser:
    return console_world.signed_in()


def change(world: ConsoleWorld, browser: Browser, path: str, **form: str) -> str:
    """Sends a change, and returns where the browser goes then."""
    answer = browser.post(path, {"csrf_token": world.csrf_token(), **form})
    assert answer.status == 303, answer.body
    return answer.location


def refused(world: ConsoleWorld, browser: Browser, path: str, **form: str) -> str:
    """Sends a change that is refused, and returns the page."""
    answer = browser.post(path, {"csrf_token": world.csrf_token(), **form})
    assert answer.status == 422, answer.body
    return unescape(answer.body)


def add_employees(world: ConsoleWorld) -> None:
    world.operators.put(
        "Employees", {"phone_number": ANN, "name": "Ann"}, {"phone_number": BOB, "name": "Bob"}
    )


def test_given_a_new_shift_when_added_then_on_the_board_and_recorded(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    went = change(console_world, manager, "/shifts", **N1)

    page = manager.get(went).body
    assert "The shift is added." in page
    assert "Night shift" in page
    board = manager.get(DAY).body
    assert 'id="shift-N1"' in board
    assert "0 of 2 booked" in board
    assert "<p>22:00–06:00</p>" in board
    (record,) = console_world.operators.audit("shift#N1")
    assert (record["actor"], record["action"]) == ("ann@example.com", "added")


def test_given_a_shift_when_added_twice_then_once(console_world: ConsoleWorld, manager: Browser) -> None:
    change(console_world, manager, "/shifts", **N1)
    change(console_world, manager, "/shifts", **N1)

    assert len(console_world.operators.rows("Shifts")) == 1
    assert len(console_world.operators.audit("shift#N1")) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"code": ""}, {"code": "STOP"}, {"starts_at": "soon"}, {"seats": "0"}, {"shift_info": "x" * 600}],
)
def test_given_a_wrong_shift_when_added_then_the_form_keeps_what_was_written(
    console_world: ConsoleWorld, manager: Browser, wrong: dict[str, str]
) -> None:
    page = refused(console_world, manager, "/shifts", **{**N1, **wrong})

    assert 'role="alert"' in page
    assert "2026-12-02T06:00" in page
    assert console_world.operators.rows("Shifts") == []


def test_given_a_form_when_written_then_the_text_and_its_segments_appear(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    headers = {"HX-Request": "true", "X-CSRF-Token": console_world.csrf_token()}

    shown = manager.post("/shifts/preview", N1, headers).body
    empty = manager.post("/shifts/preview", {**N1, "code": ""}, headers).body
    wrong = manager.post("/shifts/preview", {**N1, "starts_at": "soon"}, headers).body

    assert "Night shift" in shown
    assert "Billed as 1 SMS<" in shown
    assert "<html" not in shown
    assert "Write the code" in empty
    assert "soon" in wrong
    assert console_world.operators.rows("Shifts") == []


def test_given_a_shift_when_edited_then_only_what_was_changed_is_written(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    change(console_world, manager, "/shifts", **N1)
    form = fields(manager.get("/shifts/edit?code=N1").body)
    assert form["starts_at"] == "2026-12-01T22:00"
    # Another operator changes something else meanwhile.
    console_world.operators.operator().shifts.changes.edit("N1", {"site": "Harbor"})

    went = change(console_world, manager, "/shifts/edit", **{**form, "seats": "3"})

    assert "notice=edited" in went
    row = console_world.operators.row("Shifts", "N1")
    assert (row["seats"], row["site"], row["starts_at"]) == (3, "Harbor", "2026-12-01T22:00")


def test_given_a_field_that_another_changed_when_edited_then_refused(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    change(console_world, manager, "/shifts", **N1)
    form = fields(manager.get("/shifts/edit?code=N1").body)
    console_world.operators.operator().shifts.changes.edit("N1", {"seats": "4"})

    page = refused(console_world, manager, "/shifts/edit", **{**form, "seats": "3"})

    assert "seats was changed meanwhile to '4'" in page
    assert console_world.operators.row("Shifts", "N1")["seats"] == 4


def test_given_an_edit_when_sent_twice_then_recorded_once(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    change(console_world, manager, "/shifts", **N1)
    form = {**fields(manager.get("/shifts/edit?code=N1").body), "seats": "3"}
    change(console_world, manager, "/shifts/edit", **form)
    went = change(console_world, manager, "/shifts/edit", **form)

    assert "notice=unchanged" in went
    assert [one["action"] for one in console_world.operators.audit("shift#N1")] == ["added", "edited"]


def test_given_a_seat_when_assigned_and_released_then_the_page_shows_it(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    add_employees(console_world)
    change(console_world, manager, "/shifts", **N1)

    assigned = manager.get(change(console_world, manager, "/shifts/assign", code="N1", number=ANN)).body
    assert "The employee is told by text." in assigned
    assert "1 of 2 booked" in assigned
    assert "Ann" in assigned

    released = manager.get(change(console_world, manager, "/shifts/release", code="N1", number=ANN)).body
    assert "0 of 2 booked" in released


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("", "no phone number"),
        ("123", "too short"),
        ("Carl", "no employee is called 'Carl'"),
        (
            "b",
            f"no employee is called 'b'; write the full name or the number: Barbara (+14255550103), Bob ({BOB})",
        ),
        ("barb", "no employee is called 'barb'; write the full name or the number: Barbara (+14255550103)"),
    ],
)
def test_given_no_such_employee_when_assigned_then_refused(
    console_world: ConsoleWorld, manager: Browser, number: str, why: str
) -> None:
    add_employees(console_world)
    console_world.operators.put("Employees", {"phone_number": "+14255550103", "name": "Barbara"})
    change(console_world, manager, "/shifts", **N1)

    assert why in refused(console_world, manager, "/shifts/assign", code="N1", number=number)


@pytest.mark.parametrize("written", ["ann", "(425) 555-0101", ANN])
def test_given_a_name_or_number_when_assigned_then_the_employee_is_on_the_board(
    console_world: ConsoleWorld, manager: Browser, written: str
) -> None:
    add_employees(console_world)
    change(console_world, manager, "/shifts", **N1)
    assert f'<option value="{BOB}">Bob</option>' in manager.get("/shifts/shift?code=N1").body

    change(console_world, manager, "/shifts/assign", code="N1", number=written)
    change(console_world, manager, "/shifts/assign", code="N1", number="bob")

    assert '<p class="text holders">Ann, Bob</p>' in manager.get(DAY).body


def test_given_two_with_a_name_when_assigned_then_the_number_is_asked_for(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    add_employees(console_world)
    console_world.operators.put("Employees", {"phone_number": "+14255550103", "name": "ann"})
    change(console_world, manager, "/shifts", **N1)

    why = refused(console_world, manager, "/shifts/assign", code="N1", number=" Ann ")

    assert f"2 employees are called 'Ann'; write the number of one: Ann ({ANN}), ann (+14255550103)" in why


def test_given_a_roster_longer_than_a_search_when_assigned_by_name_then_refused(
    console_world: ConsoleWorld, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_employees(console_world)
    change(console_world, manager, "/shifts", **N1)
    monkeypatch.setattr(employees, "_MOST_SEARCHED", 1)

    why = refused(console_world, manager, "/shifts/assign", code="N1", number="Ann")

    assert "the roster is too long to find every 'Ann'; write the number" in why
    assert "employees" not in console_world.operators.row("Shifts", "N1")


def test_given_many_seats_when_on_the_board_then_some_names_and_how_many_more(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    numbers = [f"+142555501{n:02}" for n in range(10, 16)]
    console_world.operators.put("Employees", {"phone_number": numbers[0], "name": "Zoe"})
    change(console_world, manager, "/shifts", **N1, timezone="Asia/Tokyo")
    row = console_world.operators.row("Shifts", "N1")
    console_world.operators.put("Shifts", {**row, "seats": 6, "employees": dict.fromkeys(numbers, "")})

    board = manager.get(DAY).body

    assert f"Zoe, {', '.join(numbers[1:4])} and 2 more" in board
    assert "<p>22:00–06:00 JST</p>" in board


def test_given_later_shifts_when_a_day_is_shown_then_their_days_are_named(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    change(console_world, manager, "/shifts", **N1)
    change(console_world, manager, "/shifts", **{**N1, "code": "N2"})
    change(console_world, manager, "/shifts", code="W1", shift_info="Whenever")

    board = manager.get("/shifts?day=2026-11-20").body

    later = board.partition('<p id="later">')[2].partition("</p>")[0]
    assert later == 'Next days with shifts: <a href="/shifts?day=2026-12-01">Tuesday, 2026-12-01</a>'
    assert 'id="later"' not in manager.get("/shifts?day=2026-12-01").body


def test_given_a_shift_when_people_are_texted_about_it_then_the_form_is_filled_in(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    change(console_world, manager, "/shifts", **N1)
    page = unescape(manager.get("/shifts/shift?code=N1").body)
    address = page.partition('id="text-people"')[2].partition('href="')[2].partition('"')[0]

    form = manager.get(address).body

    assert 'name="id" value="n1-' in form
    assert "Who can work? Night shift N1</textarea>" in form
    assert "text-people" not in console_world.signed_in("viewer").get("/shifts/shift?code=N1").body


def test_given_a_cancellation_when_asked_then_it_shows_who_will_be_told(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    add_employees(console_world)
    change(console_world, manager, "/shifts", **N1)
    change(console_world, manager, "/shifts/assign", code="N1", number=ANN)

    asked = manager.get("/shifts/cancel?code=N1").body
    assert "1 employee will be told" in asked
    assert f"Ann ({ANN})" in asked

    page = manager.get(change(console_world, manager, "/shifts/cancel", code="N1")).body
    assert "The shift is canceled." in page
    assert 'id="reopen"' in page
    assert console_world.operators.row("Shifts", "N1")["shift_status"] == "cancelled"
    assert "notice=reopened" in change(console_world, manager, "/shifts/reopen", code="N1")


@pytest.mark.parametrize("path", ["/shifts/shift", "/shifts/edit", "/shifts/cancel"])
def test_given_no_such_shift_when_opened_then_the_page_says_so(manager: Browser, path: str) -> None:
    answer = manager.get(f"{path}?code=NONE")

    assert answer.status == 422
    assert "there is no such shift" in answer.body


@pytest.mark.parametrize("path", ["", "/edit", "/cancel", "/reopen", "/assign", "/release", "/preview"])
def test_given_a_viewer_when_changing_a_shift_then_403(console_world: ConsoleWorld, path: str) -> None:
    viewer = console_world.signed_in("viewer")

    answer = viewer.post(f"/shifts{path}", {"csrf_token": console_world.csrf_token(), **N1})

    assert answer.status == 403
    assert console_world.operators.rows("Shifts") == []


def test_given_a_viewer_when_looking_then_there_is_nothing_to_change_with(
    console_world: ConsoleWorld,
) -> None:
    console_world.operators.operator().shifts.changes.add("N1", {"shift_info": "Night"})
    viewer = console_world.signed_in("viewer")

    for page in (viewer.get("/shifts").body, viewer.get("/shifts/shift?code=N1").body):
        assert "add-shift" not in page
        assert 'action="/shifts' not in page.replace('method="get" action="/shifts"', "")


def test_given_hostile_texts_when_shown_then_they_appear_as_text(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put(
        "Shifts", {"shift_id": HOSTILE, "shift_info": HOSTILE, "shift_status": "available", "site": HOSTILE}
    )
    console_world.operators.operator().shifts.changes.add("N2", {"shift_info": HOSTILE, "site": HOSTILE})

    for page in (
        manager.get("/shifts").body,
        manager.get("/shifts/shift?code=N2").body,
        manager.get("/shifts/edit?code=N2").body,
        manager.get("/shifts/cancel?code=N2").body,
    ):
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "{{ 7 * 7 }}" in page


def test_given_a_shift_without_a_start_when_shown_then_below_the_day(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.operator().shifts.changes.add("XYZ123", {"shift_info": "15/08 5h nightshift"})

    page = manager.get("/shifts").body

    assert "Without a start" in page
    assert "15/08 5h nightshift" in page


def test_given_many_shifts_of_a_day_when_shown_then_in_pages(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    changes = console_world.operators.operator().shifts.changes
    for number in range(60):
        changes.add(f"S{number:02}X", {"starts_at": "2026-12-01T08:00"})

    first = manager.get(DAY).body
    more = unescape(first.partition('id="more" href="')[2].partition('"')[0])
    second = manager.get(more).body

    assert (first.count('class="shift"'), second.count('class="shift"')) == (50, 10)


def test_given_an_open_board_when_a_seat_fills_then_the_poll_shows_it(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    add_employees(console_world)
    change(console_world, manager, "/shifts", **N1)
    again = unescape(manager.get(DAY).body.partition('hx-get="')[2].partition('"')[0])
    assert manager.poll(again).status == 204

    console_world.operators.operator().shifts.seats.assign("N1", BOB)

    assert "1 of 2 booked" in manager.poll(again).body


def fields(page: str) -> dict[str, str]:
    """Returns the fields of the form of a shift."""
    found: dict[str, str] = {}
    for tag in page.partition('id="shift-form"')[2].partition("</form>")[0].split("<input")[1:]:
        name = tag.partition('name="')[2].partition('"')[0]
        found[name] = unescape(tag.partition('value="')[2].partition('"')[0])
    text = page.partition('name="shift_info"')[2].partition(">")[2].partition("</textarea>")[0]
    return {**found, "shift_info": unescape(text)}

"""Tests the pages of fill plans: the form, the question, start, progress, stop, resume and the explanation."""

import csv
import io
from html import unescape

import pytest

from shift_sms_console.pages import fill_plans
from shift_sms_operator.fill_plans import fill_explainer
from tests.support.clock import Clock
from tests.support.console_world import Browser, ConsoleWorld
from tests.support.operator_fills import ANN, BOB, CY, DEE, OPEN_SHIFT, add_employees, run_planner

SHIFT_PAGE = "/shifts/shift?code=N1"


@pytest.fixture
def clock() -> Clock:
    """The clock of the planner."""
    return Clock()


@pytest.fixture
def manager(console_world: ConsoleWorld) -> Browser:
    """A manager, employees and a shift."""
    add_employees(console_world.operators)
    console_world.operators.put("Shifts", OPEN_SHIFT)
    return console_world.signed_in()


def form(world: ConsoleWorld, **values: str) -> dict[str, str]:
    """Returns the fields of a form of the shift."""
    return {"csrf_token": world.csrf_token(), "code": "N1", **values}


def start_plan(world: ConsoleWorld, clock: Clock, **plan: object) -> None:
    """Starts a plan whose waves have two employees, and runs its first wave."""
    attributes = {"fill_order": "seniority", "fill_wave_size": 2, "fill_wave_minutes": 10, **plan}
    world.operators.put("Shifts", {**OPEN_SHIFT, **attributes})
    run_planner(world.operators, clock)


def test_given_the_form_when_reviewed_then_nothing_is_written_yet(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    shown = manager.get("/shifts/fill?code=N1").body
    assert '<option value="rotation" selected>rotation (whose last text is the longest ago first)<' in shown
    assert '<datalist id="known-segments"><option value="overtime">' in shown
    assert 'placeholder="overtime"' in shown

    values = {"fill_order": "seniority", "fill_wave_size": "2", "fill_by": "2099-08-15T18:00"}
    answer = manager.post("/shifts/fill/review", form(console_world, **values))

    assert answer.status == 200
    page = unescape(answer.body)
    assert "Open shift: N1 Night. Reply N1 to book it" in page
    assert '<dd id="eligible">3</dd>' in page
    assert "<dd>1: opted out</dd>" in page
    assert '<dd id="first-wave">2; the next one after ' in page
    assert page.index("Text in English") < page.index("Text in German")
    assert '<th scope="row">A broadcast to everyone</th><td>3</td><td>3</td>' in page
    assert '<input type="hidden" name="fill_wave_size" value="2">' in page
    assert console_world.operators.rows("Shifts") == [OPEN_SHIFT]


def test_given_defaults_of_plans_when_the_form_is_shown_then_it_has_them(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.settings |= {
        "fill_order": "fewest-hours",
        "fill_wave_size": 2,
        "fill_wave_minutes": 7.5,
    }
    shown = manager.get("/shifts/fill?code=N1").body
    assert '<option value="fewest-hours" selected>' in shown
    assert 'name="fill_wave_size" value="" placeholder="2"' in shown
    assert 'name="fill_wave_minutes" value="" placeholder="7.5"' in shown

    page = unescape(manager.post("/shifts/fill/review", form(console_world)).body)
    assert "<dt>Order</dt><dd>fewest-hours</dd>" in page
    assert '<dd id="first-wave">2; the next one after 7.5 minutes' in page


def test_given_the_question_when_answered_twice_then_one_plan_starts(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    values = form(console_world, fill_order="seniority", fill_wave_size="2", fill_urgent="true")
    went = [manager.post("/shifts/fill", values).location for _ in range(2)]

    assert went[0].endswith("code=N1&notice=filling")
    assert went[1].endswith("notice=filling-already")
    assert "The shift is being filled. The first texts" in manager.get(went[0]).body
    assert console_world.operators.row("Shifts", "N1") == {
        **OPEN_SHIFT,
        "fill_order": "seniority",
        "fill_wave_size": 2,
        "fill_urgent": True,
    }
    (record,) = console_world.operators.audit("shift#N1")
    assert (record["actor"], record["action"]) == ("ann@example.com", "fill plan started")


@pytest.mark.parametrize("path", ["/shifts/fill", "/shifts/fill/review"])
def test_given_a_wrong_value_when_sent_then_the_form_keeps_what_was_written(
    console_world: ConsoleWorld, manager: Browser, path: str
) -> None:
    answer = manager.post(path, form(console_world, fill_wave_size="<b>many", fill_segment="bar"))

    assert answer.status == 422
    assert "<b>many" not in answer.body
    page = unescape(answer.body)
    assert "fill_wave_size is '<b>many': write auto, or a whole number of at least 1" in page
    assert 'value="bar"' in page
    assert console_world.operators.rows("Shifts") == [OPEN_SHIFT]


def test_given_a_plan_when_it_goes_on_then_the_open_page_follows_without_a_reload(
    console_world: ConsoleWorld, manager: Browser, clock: Clock
) -> None:
    start_plan(console_world, clock)
    page = manager.get(SHIFT_PAGE).body
    assert '<dd id="fill-status">running</dd>' in page
    assert '<dd id="fill-contacted">2</dd>' in page
    assert "<dt>Next wave</dt><dd>12:10:00</dd>" in page
    assert 'id="stop-fill"' in page
    assert 'id="fill"' not in page

    clock.pass_time(minutes=10)
    run_planner(console_world.operators, clock)

    part = manager.poll(SHIFT_PAGE).body
    assert '<dd id="fill-waves">2</dd>' in part
    assert '<dd id="fill-contacted">3</dd>' in part


def test_given_a_shift_on_hold_when_shown_then_its_plan_does_not_run(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    console_world.operators.put("Shifts", {**OPEN_SHIFT, "fill_order": "random", "shift_status": "hold"})

    page = unescape(manager.get(SHIFT_PAGE).body)

    assert "<dd id=\"fill-status\">does not run: the shift is 'hold'</dd>" in page


def test_given_a_plan_when_stopped_then_the_page_offers_to_resume_it(
    console_world: ConsoleWorld, manager: Browser, clock: Clock
) -> None:
    start_plan(console_world, clock)

    went = manager.post("/shifts/stop-fill", form(console_world)).location
    page = manager.get(went).body
    assert "The fill plan is stopped." in page
    assert "Resume filling" in page
    shown = manager.get("/shifts/fill?code=N1").body
    assert '<option value="seniority" selected>' in shown
    written = {"fill_order": "seniority", "fill_wave_size": "2", "fill_wave_minutes": "10"}
    kept = form(console_world, **written, **{f"was_{name}": value for name, value in written.items()})
    review = unescape(manager.post("/shifts/fill/review", kept).body)
    assert "The stopped plan goes on. It texts no one twice." in review
    assert "<dd>2: texted about this shift before</dd>" in review
    went = manager.post("/shifts/fill", kept).location

    assert "No one is texted twice." in manager.get(went).body
    assert console_world.operators.row("Shifts", "N1")["fill_status"] == "running"
    assert manager.post("/shifts/fill/review", kept).location.endswith("notice=filling-already")


def test_given_an_exhausted_plan_when_filled_then_repeated_texts_are_told(
    console_world: ConsoleWorld, manager: Browser, clock: Clock
) -> None:
    start_plan(console_world, clock)
    operators = console_world.operators
    operators.put("Shifts", {**operators.row("Shifts", "N1"), "fill_status": "exhausted"})

    stopped = manager.post("/shifts/stop-fill", form(console_world)).location
    assert "The fill plan has ended already." in manager.get(stopped).body
    review = manager.post("/shifts/fill/review", form(console_world)).body
    assert "It may text everyone again: 2 of these had a text of the last plan." in review
    went = manager.post("/shifts/fill", form(console_world)).location

    assert "Employees may be texted again." in manager.get(went).body


@pytest.mark.parametrize("order", ["rotation", "broadcast"])
def test_given_a_waiting_list_when_reviewed_then_it_is_asked_first(
    console_world: ConsoleWorld, manager: Browser, order: str
) -> None:
    console_world.operators.put("Shifts", {**OPEN_SHIFT, "waiting_list": [ANN]})

    page = manager.post("/shifts/fill/review", form(console_world, fill_order=order)).body

    assert '<dd id="first-wave">The waiting list is asked first.' in page


def test_given_plans_when_the_board_is_opened_then_some_are_marked(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    operators = console_world.operators
    for code, status in (("A1", "running"), ("A2", "exhausted"), ("A3", "filled"), ("A4", "stopped")):
        operators.operator().shifts.changes.add(code, {"starts_at": "2026-12-01T08:00"})
        plan = {"fill_order": "rotation", "fill_status": status, "fill_contacted": 5}
        operators.put("Shifts", {**operators.row("Shifts", code), **plan})

    board = manager.get("/shifts?day=2026-12-01").body

    assert board.count('class="fill-mark"') == 2
    assert "Being filled, 5 texted" in board
    assert "Not filled: plan exhausted, 5 texted" in board


def test_given_two_waves_when_explained_then_each_person_has_a_rank_and_a_reason(
    console_world: ConsoleWorld, manager: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_plan(console_world, clock)
    clock.pass_time(minutes=10)
    run_planner(console_world.operators, clock)
    monkeypatch.setattr(fill_plans, "_WAVES", 1)

    first = manager.get("/shifts/why?code=N1").body
    reason = "hired on 2019-05-01, no text in 30 days"
    assert f"<tr><td>1</td><td>Bob</td><td>{BOB}</td><td>{reason}</td>" in first
    assert "Skipped, opted out: 1" in first
    assert "The next wave follows after 10 minutes." in first
    assert f"<li>Dee ({DEE})</li>" in first
    assert "Wave 2" not in first
    more = unescape(first.partition('id="more" href="')[2].partition('"')[0])
    second = manager.get(more).body
    assert ("Wave 1," in second, "Wave 2," in second, CY in second) == (False, True, True)
    assert "<b>" not in second
    assert "\u202e" not in second
    assert "&lt;b&gt;" in second
    assert "is no position in this list" in unescape(manager.get("/shifts/why?code=N1&after=x").body)


def test_given_a_role_that_no_one_has_when_explained_then_the_page_has_the_reasons(
    console_world: ConsoleWorld, manager: Browser, clock: Clock
) -> None:
    start_plan(console_world, clock, role="Bar")

    page = manager.get("/shifts/why?code=N1").body

    assert "No one could be texted." in page
    assert "Skipped, does not have the role of the shift: 3" in page
    assert "The next wave" not in page


def test_given_employees_who_were_not_reached_when_explained_then_they_have_pages(
    console_world: ConsoleWorld, manager: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_explainer, "LISTED", 1)
    start_plan(console_world, clock, fill_wave_size=1)

    first = manager.get("/shifts/why?code=N1").body
    assert "Could have been texted, not reached: 2" in first
    assert f"<li>Ann ({ANN}): hired on 2020-01-31, no text in 30 days</li>" in first
    more = unescape(first.partition('id="not-reached-1" href="')[2].partition('"')[0])
    rest = manager.get(more).body
    assert ("<td>3</td>" in rest, CY in rest, "&lt;b&gt;" in rest, "<b>" in rest) == (True, True, True, False)
    whole = more.replace("after=1", "after=x")
    assert (ANN in manager.get(whole).body, CY in manager.get(whole).body) == (True, True)
    assert "No one else." in manager.get(more.replace("after=1", "after=99999")).body
    assert manager.get(more.replace("wave=1", "wave=2")).status == 422


def test_given_the_explanation_when_downloaded_then_it_is_csv_without_formulas(
    console_world: ConsoleWorld, manager: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_plan(console_world, clock, fill_wave_size=3)

    answer = manager.get("/shifts/why/file?code=N1")

    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="fill-plans-N1.csv"'
    rows = [*csv.DictReader(io.StringIO(answer.body))]
    assert [row["phone_number"] for row in rows] == [f"'{number}" for number in (BOB, ANN, CY, DEE)]
    assert rows[2]["name"].startswith("'=cmd|")
    assert rows[3]["outcome"] == "skipped: opted-out"
    monkeypatch.setattr(fill_plans, "_MOST_ROWS", 3)
    too_large = manager.get("/shifts/why/file?code=N1")
    assert (too_large.status, "have more than 3 rows" in too_large.body) == (422, True)


def test_given_a_viewer_when_a_plan_is_shown_then_there_are_no_controls(
    console_world: ConsoleWorld, manager: Browser, clock: Clock
) -> None:
    start_plan(console_world, clock)
    viewer = console_world.signed_in("viewer")

    page = viewer.get(SHIFT_PAGE).body

    assert '<dd id="fill-status">running</dd>' in page
    assert ('id="why"' in page, 'id="stop-fill"' in page, 'id="fill"' in page) == (True, False, False)
    assert viewer.get("/shifts/why/file?code=N1").status == 200
    assert viewer.post("/shifts/stop-fill", {"code": "N1"}).status == 403
    assert console_world.operators.row("Shifts", "N1")["fill_status"] == "running"


def test_given_no_plan_when_explained_then_the_page_says_so(
    console_world: ConsoleWorld, manager: Browser
) -> None:
    for path in ("/shifts/why", "/shifts/why/file"):
        answer = manager.get(f"{path}?code=N1")
        assert (answer.status, "no fill plan of N1 is stored" in answer.body) == (422, True)
    assert manager.get("/shifts/fill?code=N9").status == 422
    assert manager.post("/shifts/stop-fill", form(console_world)).status == 422

"""Fills a shift in a real browser: the form, the question, the plan that runs, and the explanation.

With `SCREENSHOTS`, it takes their pictures for the documentation.
"""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import assert_accessible
from tests.support.clock import Clock
from tests.support.operator_fills import run_planner
from tests.support.operator_world import OperatorWorld
from tests.support.page_errors import record_errors
from tests.support.screenshots import take_screenshots
from tests.support.served_console import ServedConsole

pytestmark = pytest.mark.soak

CODE = "XYZ123"
STAFF = (
    ("Ana Duarte", "2019-03-04", "es"),
    ("Ben Ito", "2016-09-12", "en"),
    ("Carla Neri", "2021-01-18", "en"),
    ("Deniz Aydin", "2018-06-01", "de"),
    ("Emma Roux", "2022-11-07", "fr"),
    ("Farid Haddad", "2017-02-20", "en"),
)


def add_staff_and_shift(world: OperatorWorld, now: datetime) -> None:
    for index, (name, hired_at, language) in enumerate(STAFF):
        number = f"+1425555010{index + 1}"
        world.put(
            "Employees",
            {"phone_number": number, "name": name, "hired_at": hired_at, "language": language},
        )
        world.put("SegmentMembers", {"segment": "overtime", "phone_number": number})
    world.put("Employees", {**world.row("Employees", "+14255550105"), "opted_out": True})
    night = now.replace(hour=22, minute=0) + timedelta(days=1)
    values = {"shift_info": "nightshift", "starts_at": f"{night:%Y-%m-%dT%H:%M}", "seats": "2"}
    world.operator().shifts.changes.add(CODE, values)


def deliver_texts(world: OperatorWorld) -> None:
    for row in world.rows("Deliveries"):
        world.put("Deliveries", {**row, "status": "delivered"})


def test_given_a_shift_when_filled_in_a_browser_then_each_page_shows_the_plan(
    served: ServedConsole,
) -> None:
    operators, clock = served.world.operators, Clock()
    clock.time = datetime.now(UTC)
    add_staff_and_shift(operators, clock.time)
    with served.signed_in() as window:
        page = window.new_page()
        errors = record_errors(page)
        page.goto(f"/shifts/shift?code={CODE}")
        page.locator("#fill").click()
        page.get_by_label("Who is texted first").select_option("seniority")
        page.get_by_label("People of a wave").fill("2")
        page.get_by_label("Minutes between waves").fill("10")
        assert_accessible(page)
        take_screenshots(page, "fill", "light")

        page.locator("#review").click()
        expect(page.locator("#eligible")).to_have_text("5")
        expect(page.locator("#first-wave")).to_have_text("2; the next one after 10 minutes")
        assert_accessible(page)
        take_screenshots(page, "fill-question", "light")

        page.locator("#confirm-fill").click()
        run_planner(operators, clock, CODE)
        deliver_texts(operators)
        operators.operator().shifts.seats.assign(CODE, "+14255550106")
        clock.pass_time(minutes=10)
        run_planner(operators, clock, CODE)
        page.reload()
        expect(page.locator("#fill-status")).to_have_text("running")
        expect(page.locator("#fill-contacted")).to_have_text("4")
        expect(page.locator("#fill-claimed")).to_have_text("1")
        assert_accessible(page)
        take_screenshots(page, "fill-plan", "light")

        page.locator("#why").click()
        expect(page.get_by_role("heading", level=2)).to_have_count(2)
        first = page.get_by_role("region").first.get_by_role("row")
        expect(first.nth(1)).to_contain_text("Ben Ito")
        expect(first.nth(2)).to_contain_text("Farid Haddad")
        expect(first.nth(2)).to_contain_text("booked at")
        assert_accessible(page)
        take_screenshots(page, "why", "light")
        assert errors == []

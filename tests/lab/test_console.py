"""Tests the console with the sign-in of the embedded cloud: with requests, and in a browser."""

from collections.abc import Mapping

from playwright.sync_api import Browser, Page, expect

from lab.lab_system import LabSystem
from lab.operator_setup import add_manager
from tests.support.accessibility import assert_accessible
from tests.support.deployed_lab import wait_until
from tests.support.inbox_items import SICK
from tests.support.lab_browser import LabBrowser, LabPage, add_console_user
from tests.support.pages_in_browser import open_page, sign_in
from tests.support.screenshots import take_screenshots

EMPLOYEE = "+14255550101"


def test_given_the_deployed_console_when_used_then_only_as_the_role_allows(console_system: LabSystem) -> None:
    stranger = LabBrowser(console_system)
    for path in ("/shifts", "/people", "/campaigns", "/inbox", "/no-such-page"):
        assert stranger.get(path, accept="application/json").status == 401
    assert "Sign in" in stranger.get("/").body

    add_console_user(console_system, "ann@example.com", "manager")
    add_console_user(console_system, "vera@example.com", "viewer")

    manager = LabBrowser(console_system)
    page = manager.sign_in("ann@example.com")
    assert (page.status, page.url) == (200, f"{manager.console}/shifts")
    assert "ann@example.com (manager)" in page.body
    for asset in ("htmx.js", "pico.css", "console.css", "icon.svg"):
        assert manager.get(f"/assets/{asset}").status == 200

    use_every_operation(console_system, manager)

    viewer = LabBrowser(console_system)
    token = viewer.sign_in("vera@example.com").form("/signout")
    assert viewer.post("/shifts", token).status == 403

    assert "You are signed out" in manager.post("/signout", manager.get("/activity").form("/signout")).body
    assert manager.get("/activity", accept="*/*").status == 401
    assert console_system.denied() == {}


def change(browser: LabBrowser, path: str, **form: str) -> LabPage:
    """Sends a change, and returns the page that the browser shows then."""
    token: Mapping[str, str] = browser.get("/activity").form("/signout")
    page = browser.post(path, {**token, **form})
    assert page.status == 200, page.body
    return page


def use_every_operation(system: LabSystem, manager: LabBrowser) -> None:
    """Changes something with each form, so that a missing permission shows."""
    change(manager, "/people", number=EMPLOYEE, name="Ann", roles="Bar", segments="overtime")
    assert "Ann" in manager.get("/people").body
    assert "Ann" in manager.get("/people?segment=overtime").body
    shift = {"code": "N1", "shift_info": "Night", "starts_at": "2036-12-01T22:00", "seats": "2"}
    assert "The shift is added." in change(manager, "/shifts", **shift).body
    assert "1 of 2 booked" in change(manager, "/shifts/assign", code="N1", number=EMPLOYEE).body
    assert (
        "The shift is changed." in change(manager, "/shifts/edit", code="N1", seats="3", was_seats="2").body
    )
    assert "0 of 3 booked" in change(manager, "/shifts/release", code="N1", number=EMPLOYEE).body
    assert 'id="shift-N1"' in manager.get("/shifts?day=2036-12-01").body
    assert "Nobody has booked" in manager.get("/shifts/cancel?code=N1").body
    assert "The shift is canceled." in change(manager, "/shifts/cancel", code="N1").body
    assert "can be booked again" in change(manager, "/shifts/reopen", code="N1").body
    # An unknown code is looked for among those that are similar.
    assert manager.get("/shifts/shift?code=N2").status == 422

    campaign = {"id": "night-1", "message": "Night N1", "segment": "overtime"}
    assert "1 of 1 members" in change(manager, "/campaigns/review", **campaign).body
    assert f"The test to {EMPLOYEE}" in change(manager, "/campaigns/test", number=EMPLOYEE, **campaign).body
    assert "The campaign is launched." in change(manager, "/campaigns", **campaign).body
    assert "night-1" in manager.get("/campaigns").body
    # An employee's page has the campaign that texted them last.
    assert wait_until(lambda: "finished" in manager.get("/campaigns/campaign?id=night-1").body, 60)
    assert manager.get("/people/employee?number=%2B14255550101").status == 200
    assert manager.get("/campaigns/relaunch?id=night-1").status == 422

    texts = [{**SICK, "message_id": f"text-{number}"} for number in range(2)]
    system.put(system.outputs.operator_inbox_table_name, texts)
    assert "text-0" in manager.get("/inbox").body
    replied = change(manager, "/inbox/reply", id="text-0", text="Get well soon")
    assert "Get well soon" in replied.body
    change(manager, "/inbox/close", id="text-1")
    assert "text-1" in manager.get("/inbox?status=closed").body
    assert "ann@example.com" in manager.get("/activity").body


def test_given_a_new_manager_when_the_console_is_used_then_each_page_works(
    console_system: LabSystem, browser: Browser
) -> None:
    manager = add_manager(console_system)
    assert console_system.outputs.console_url
    with open_page(browser, console_system.outputs.console_url) as page:
        assert_accessible(page)
        sign_in(page, manager)
        read_activity(page)
        sign_out(page)


def read_activity(page: Page) -> None:
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Activity")
    assert_accessible(page)
    take_screenshots(page, "activity")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    assert_accessible(page)
    page.goto("/activity")
    expect(page.get_by_label("Username")).to_be_visible()

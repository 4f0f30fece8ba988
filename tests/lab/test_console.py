"""Tests the console with the sign-in of the embedded cloud: with requests, and in a browser."""

from playwright.sync_api import Browser, Page, expect

from lab.lab_system import LabSystem
from lab.operator_setup import add_manager
from tests.support.accessibility import assert_accessible
from tests.support.lab_browser import LabBrowser, add_console_user
from tests.support.pages_in_browser import open_page, sign_in
from tests.support.screenshots import take_screenshots


def test_given_the_deployed_console_when_used_then_only_as_the_role_allows(console_system: LabSystem) -> None:
    stranger = LabBrowser(console_system)
    for path in ("/shifts", "/people", "/campaigns", "/inbox", "/no-such-page"):
        assert stranger.get(path, accept="application/json").status == 401
    assert "Sign in" in stranger.get("/").body

    add_console_user(console_system, "ann@example.com", "manager")
    add_console_user(console_system, "vera@example.com", "viewer")

    manager = LabBrowser(console_system)
    page = manager.sign_in("ann@example.com")
    assert (page.status, page.url) == (200, f"{manager.console}/activity")
    assert "ann@example.com (manager)" in page.body
    for asset in ("htmx.js", "pico.css", "console.css", "icon.svg"):
        assert manager.get(f"/assets/{asset}").status == 200

    viewer = LabBrowser(console_system)
    token = viewer.sign_in("vera@example.com").form("/signout")
    assert viewer.post("/shifts", token).status == 403

    assert "You are signed out" in manager.post("/signout", manager.get("/activity").form("/signout")).body
    assert manager.get("/activity", accept="*/*").status == 401


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

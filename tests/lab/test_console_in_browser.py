"""Uses the deployed console in a browser, from the first sign-in to the sign-out."""

from playwright.sync_api import Browser, Page, expect

from lab.console_manager import add_manager
from lab.lab_system import LabSystem
from tests.support.accessibility import assert_accessible
from tests.support.pages_in_browser import open_page, sign_in
from tests.support.screenshots import take_screenshots


def test_given_a_new_manager_when_the_console_is_used_then_each_page_works(
    system: LabSystem, browser: Browser
) -> None:
    manager = add_manager(system)
    assert system.outputs.console_url
    with open_page(browser, system.outputs.console_url) as page:
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

"""Opens pages of the lab in a browser, and signs in to the console as an operator does."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, ViewportSize, expect

from lab.operator_setup import ConsoleManager
from tests.support.page_errors import record_errors

PASSWORD = "Own-Password-2026"
_WINDOW: ViewportSize = {"width": 1280, "height": 800}


@contextmanager
def open_page(browser: Browser, address: str) -> Iterator[Page]:
    """Opens a page in a window of its own. At the end, no script may have failed and no policy been violated."""
    with browser.new_context(base_url=address, viewport=_WINDOW) as window:
        page = window.new_page()
        errors = record_errors(page)
        page.goto("/")
        yield page
    assert errors == []


def enter(page: Page, email: str, password: str) -> None:
    """Signs in with a password."""
    page.goto("/")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Username").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, manager: ConsoleManager) -> None:
    """Signs in for the first time: with the one-time password, and with an own one from then on."""
    enter(page, manager.email, manager.one_time_password)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm new password").fill(PASSWORD)
    page.get_by_role("button", name="Update password").click()
    expect(page.get_by_text(manager.email)).to_be_visible()

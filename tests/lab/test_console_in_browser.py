"""Uses the deployed console and the phone page in a browser, from the first sign-in to the sign-out.

Accessibility is checked for forms that are filled in, and for pages that only a change shows. All other pages have that
check in `tests/integration/console`.
"""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lab.lab_system import LabSystem
from lab.operator_setup import ConsoleManager, add_manager
from lab.phone_page.composition import phone_page
from lab.phone_page.fault_injector import CLAIMANTS
from tests.support.accessibility import assert_accessible
from tests.support.deployed_lab import CROWD
from tests.support.lab_browser import PASSWORD, add_console_user
from tests.support.pages_in_browser import enter, open_page, sign_in
from tests.support.screenshots import are_wanted, take_screenshots

pytestmark = pytest.mark.timeout(600)

ANA, NUMBER = "Ana Duarte", "+14255550101"
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
BUSY_SECONDS = 220
"""Longer than the visibility timeout of a queue, after which a text that failed under load is handled again."""


def test_given_a_new_manager_when_the_console_is_used_then_each_page_works(
    console_system: LabSystem, browser: Browser
) -> None:
    system, manager = console_system, add_manager(console_system)
    system.put(system.outputs.employees_table_name, CROWD)
    assert system.outputs.console_url
    with (
        phone_page(system) as served,
        open_page(browser, system.outputs.console_url) as page,
        open_page(browser, served.url) as phones,
    ):
        assert_accessible(page)
        sign_in(page, manager)
        add_employee(page)
        add_shift(page, "BAR1", "bar at Mike's", hours=(18, 23))
        launch_campaign(page, phones, "Who can work tomorrow? BAR1")
        relaunch_campaign(system, page)
        read_report(page)
        book_on_a_phone(page, phones, "BAR1")
        reply_to_text(page, phones, "Is there a place to park?", "Yes, behind the house")
        cancel_shift(page, phones, "BAR1")
        claim_at_once(system, page, phones, "RUSH1")
        read_activity(page, manager)
        take_picture_of_health(page)
        sign_out(page)


@pytest.mark.soak
def test_given_a_large_campaign_when_stopped_then_the_rest_waits_for_a_relaunch(
    console_system: LabSystem, browser: Browser
) -> None:
    system, email = console_system, "stop@example.com"
    add_console_user(system, email, "manager")
    areas = ("206", "213", "253", "312", "360", "415", "425", "503", "509", "541", "564", "619")
    numbers = [f"+1{area}5550{number}" for area in areas for number in range(100, 200)]
    members = [{"segment": "many", "phone_number": number} for number in numbers]
    system.put(system.outputs.segment_members_table_name, members)
    before = len(system.network.texts)
    assert system.outputs.console_url
    with open_page(browser, system.outputs.console_url) as page:
        enter(page, email, PASSWORD)
        page.goto("/campaigns/new")
        page.get_by_label("Name of the campaign").fill("many")
        page.get_by_label("Group to text").fill("many")
        page.get_by_label("Message").fill("Who can work?")
        page.get_by_role("button", name="Review before launch").click()
        page.locator("#confirm").click()
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("will not be texted")).to_be_visible()
        assert system.network.wait_until(lambda: len(system.network.texts) > before, BUSY_SECONDS)
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.locator("#status")).to_contain_text("stopped")
        system.wait_until_idle(BUSY_SECONDS)
        assert 0 < len(system.network.texts) - before < len(numbers)

        page.get_by_role("button", name="Relaunch").click()
        expect(page.get_by_text("tried before")).to_be_visible()
        page.locator("#confirm").click()
        expect(page.locator("#status")).to_have_text("finished", timeout=BUSY_SECONDS * 1000)
        page.get_by_role("button", name="Report").click()
        expect(page.locator("#countries tbody")).to_contain_text(str(len(numbers)))
    texted = sorted(text.destination for text in system.network.texts[before:])
    assert texted == sorted(numbers)


def add_employee(page: Page) -> None:
    page.get_by_role("link", name="People").click()
    page.get_by_role("button", name="Add an employee").click()
    page.get_by_label("Phone number").fill(NUMBER)
    page.get_by_label("Name", exact=True).fill(ANA)
    page.get_by_label("Groups").fill("bar")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ANA)


def launch_campaign(page: Page, phones: Page, message: str) -> None:
    page.get_by_role("link", name="Campaigns").click()
    page.get_by_role("button", name="New campaign").click()
    page.get_by_label("Name of the campaign").fill("friday")
    page.get_by_label("Group to text").fill("bar")
    page.get_by_label("Message").fill(message)
    expect(page.locator("#preview")).to_contain_text(message)
    expect(page.locator("#recipients")).to_have_text("1 of 1 members")
    assert_accessible(page)
    take_screenshots(page, "campaign", "light")
    page.get_by_role("button", name="Review before launch").click()
    expect(page.locator("#cost")).to_contain_text("not known")
    assert_accessible(page)
    page.locator("#confirm").click()
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    open_phone(phones, ANA)
    expect(messages(phones).last).to_contain_text(message)


def relaunch_campaign(system: LabSystem, page: Page) -> None:
    """Relaunches the campaign for an employee who joined the segment later."""
    newcomer = {"segment": "bar", "phone_number": CROWD[0]["phone_number"]}
    system.put(system.outputs.segment_members_table_name, [newcomer])
    page.get_by_role("button", name="Relaunch").click()
    expect(page.locator("#recipients")).to_have_text("1 of 2 members")
    expect(page.get_by_text("1 tried before")).to_be_visible()
    page.locator("#confirm").click()
    expect(page.get_by_text("2 of 2 done")).to_be_visible()


def read_report(page: Page) -> None:
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Report of friday")
    expect(page.get_by_text("2 recipients done")).to_be_visible()
    expect(page.locator("#countries")).to_contain_text("US")
    assert_accessible(page)
    take_screenshots(page, "report", "light")


def add_shift(page: Page, code: str, info: str, *, hours: tuple[int, int]) -> None:
    page.get_by_role("link", name="Shifts", exact=True).click()
    page.get_by_role("button", name="Add a shift").click()
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_label("What employees read", exact=True).fill(info)
    for label, hour in zip(("Start", "End"), hours, strict=True):
        page.get_by_label(label, exact=True).fill(f"{TOMORROW}T{hour:02}:00")
    expect(page.locator("#preview")).to_contain_text(f"Booked: {code} {info}")
    expect(page.locator("#preview")).to_contain_text("Billed as 1 SMS")
    assert_accessible(page)
    take_screenshots(page, "add-shift", "light")
    page.get_by_role("button", name="Add the shift").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(code)


def book_on_a_phone(page: Page, phones: Page, code: str) -> None:
    open_board(page)
    card = page.get_by_role("article", name=f"Shift {code}")
    expect(card).to_contain_text("0 of 1 booked")
    open_phone(phones, ANA)
    text(phones, code)
    expect(messages(phones).last).to_contain_text(f"Booked: {code}")
    expect(card).to_contain_text("1 of 1 booked")
    assert page.evaluate("window.neverReloaded")
    take_screenshots(page, "shifts", "light", "dark", "phone")


def claim_at_once(system: LabSystem, page: Page, phones: Page, code: str) -> None:
    add_shift(page, code, "early shift", hours=(6, 12))
    open_board(page)
    before = len(system.network.texts)
    phones.goto("/")
    phones.get_by_label("Shift that 100 people claim").fill(code)
    phones.get_by_role("button", name="Claim at once").click()
    expect(page.get_by_role("article", name=f"Shift {code}")).to_contain_text("1 of 1 booked")
    assert system.network.wait_until(lambda: len(system.network.texts) - before >= CLAIMANTS, BUSY_SECONDS)
    replies = [reply.body for reply in system.network.texts[before:]]
    assert sum(reply.startswith("Booked") for reply in replies) == 1
    assert sum("already taken" in reply for reply in replies) == CLAIMANTS - 1
    assert page.evaluate("window.neverReloaded")
    take_screenshots(phones, "phones", "light")


def reply_to_text(page: Page, phones: Page, question: str, reply: str) -> None:
    page.get_by_role("link", name="Inbox").click()
    page.evaluate("window.neverReloaded = true")
    open_phone(phones, ANA)
    text(phones, question)
    row = page.get_by_role("row").filter(has_text=question)
    expect(row).to_contain_text(NUMBER)
    assert page.evaluate("window.neverReloaded")
    row.get_by_role("link").click()
    page.get_by_label("Reply", exact=True).fill(reply)
    expect(page.locator("#preview")).to_contain_text("Billed as 1 SMS")
    assert_accessible(page)
    take_screenshots(page, "reply", "dark")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(messages(phones).last).to_contain_text(reply)


def cancel_shift(page: Page, phones: Page, code: str) -> None:
    open_board(page)
    page.get_by_role("link", name=code).click()
    expect(page.get_by_role("table")).to_contain_text(ANA)
    take_screenshots(page, "shift", "light")
    page.get_by_role("button", name="Cancel the shift").click()
    expect(page.get_by_text("1 employee will be told by text")).to_be_visible()
    assert_accessible(page)
    take_screenshots(page, "cancel", "phone")
    page.get_by_role("button", name="Cancel the shift").click()
    expect(page.locator("#status")).to_have_text("canceled")
    open_phone(phones, ANA)
    expect(messages(phones).last).to_contain_text(f"Canceled by your manager: {code}")


def read_activity(page: Page, manager: ConsoleManager) -> None:
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Activity")
    expect(page.get_by_text(manager.email).nth(1)).to_be_visible()
    take_screenshots(page, "activity", "light")


def open_board(page: Page) -> None:
    page.get_by_role("link", name="Shifts", exact=True).click()
    page.get_by_role("button", name="Day after").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{TOMORROW}")
    page.evaluate("window.neverReloaded = true")


def open_phone(phones: Page, name: str) -> None:
    phones.get_by_label("Open the phone of").fill(name)
    phones.get_by_role("button", name="Open").click()
    expect(phones.get_by_role("heading", level=1)).to_contain_text(name)


def text(phones: Page, body: str) -> None:
    phones.get_by_label("Text to the company").fill(body)
    phones.get_by_role("button", name="Send", exact=True).click()


def messages(phones: Page) -> Locator:
    return phones.get_by_role("log", name="Texts, oldest first").get_by_role("listitem")


def take_picture_of_health(page: Page) -> None:
    if are_wanted():
        page.get_by_role("link", name="Health").click()
        expect(page.locator("#summary")).to_contain_text("Examined at", timeout=60_000)
        take_screenshots(page, "health", "light")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    assert_accessible(page)
    page.goto("/activity")
    expect(page.get_by_label("Username")).to_be_visible()

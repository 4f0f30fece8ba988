"""Texts the deployed system on the phone page, in a browser."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from lab.lab_system import LabSystem
from lab.phone_page.composition import phone_page
from tests.support.accessibility import assert_accessible
from tests.support.deployed_lab import STAFF, empty_tables, put_shifts
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.pages_in_browser import open_page

BUSY_SECONDS = 220
"""Longer than the visibility timeout of a queue, after which a text that failed under load is handled again."""


def keep_only_staff(system: LabSystem) -> None:
    """Deletes the employees that other tests have added."""
    table = system.outputs.employees_table_name
    for row in system.rows(table):
        if row["phone_number"] not in STAFF:
            key = {"phone_number": {"S": row["phone_number"]}}
            system.cloud.client("dynamodb").delete_item(TableName=table, Key=key)


@pytest.fixture
def page(system: LabSystem, browser: Browser) -> Iterator[Page]:
    """The phone page, with errors of scripts and of the security policy counted as failures."""
    # The page keeps the names that it has read for some seconds.
    keep_only_staff(system)
    with phone_page(system) as served, open_page(browser, served.url) as page:
        yield page


def open_phone(page: Page, number: str) -> None:
    page.get_by_label("Open the phone of").fill(number)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A stranger")


def test_given_the_phone_page_when_a_code_is_texted_then_the_reply_appears(
    system: LabSystem, page: Page
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"), ("XYZ124", "<b>18/08</b>"))
    open_phone(page, ANN)
    page.evaluate("window.neverReloaded = true")
    text = page.get_by_label("Text to the company")
    text.fill("XYZ123")
    text.press("Enter")

    messages = page.get_by_role("log", name="Texts, oldest first").get_by_role("listitem")
    expect(messages.last).to_contain_text("Booked: XYZ123 15/08 5h nightshift")
    expect(messages.last).to_contain_text("1 segment, price not known")
    row = page.get_by_role("row", name="XYZ123")
    expect(row).to_contain_text("taken")
    expect(row).to_contain_text(ANN)
    expect(text).to_have_value("")
    text.fill("INFO XYZ124 <img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    assert page.evaluate("window.neverReloaded")
    assert_accessible(page)


@pytest.mark.soak
def test_given_one_shift_when_many_claim_it_on_the_page_then_one_gets_it(
    system: LabSystem, page: Page
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ125", "19/08 6h lateshift"))
    page.reload()
    before = len(system.network.texts)
    page.get_by_label("Shift that 100 people claim").fill("XYZ125")
    page.get_by_role("button", name="Claim at once").click()

    expect(page.get_by_text(f"{len(STAFF)} people claim XYZ125")).to_be_visible()
    expect(page.get_by_role("row", name="XYZ125")).to_contain_text("taken")
    system.wait_until_idle(BUSY_SECONDS)
    replies = [text.body for text in system.network.texts[before:]]
    assert len(replies) == len(STAFF)
    assert [reply for reply in replies if reply.startswith("Booked")] == ["Booked: XYZ125 19/08 6h lateshift"]
    expect(page.get_by_role("article")).to_have_count(6)
    assert_accessible(page)


@pytest.mark.soak
def test_given_a_crash_on_the_page_when_a_code_is_texted_then_it_is_answered_once(
    system: LabSystem, page: Page
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ126", "20/08 4h earlyshift"))
    page.get_by_role("button", name="Crash after a booking").click()
    expect(page.get_by_text("waits for the next call")).to_be_visible()
    page.goto(f"/phones/{quote(BOB)}")
    received = len(system.network.inbox(BOB))
    page.get_by_label("Text to the company").fill("XYZ126")
    page.get_by_role("button", name="Send", exact=True).click()

    messages = page.get_by_role("log", name="Texts, oldest first").get_by_role("listitem")
    expect(messages.last).to_contain_text("Booked: XYZ126")
    expect(page.get_by_text("happened 1 of 1 times")).to_be_visible()
    system.wait_until_idle()
    assert len(system.network.inbox(BOB)) == received + 1
    assert system.bookings() == {"XYZ126": BOB}

"""Tests that a viewer sees every page without what changes something, and no form that would be refused."""

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from shift_sms_console.navigation import NAVIGATION, routes
from tests.support.console_world import Browser, ConsoleWorld
from tests.support.health_reports import report_of, show_report
from tests.support.inbox_items import SICK

ANN = "+14255550101"
PAGES: Mapping[str, str] = {
    "/shifts": "day=2026-12-01",
    "/shifts/shift": "code=N1",
    "/shifts/why": "code=N1",
    "/shifts/why/not-reached": "code=N1&plan=2026-12-01T07:00:00.000%2B00:00&wave=1",
    "/inbox": "",
    "/inbox/message": f"id={SICK['message_id']}",
    "/campaigns": "",
    "/campaigns/campaign": "id=august-1",
    "/campaigns/report": "id=august-1",
    "/people": "",
    "/people/employee": "number=%2B14255550101",
    "/activity": "",
    "/doctor": "",
    "/doctor/report": "",
}
"""The pages that only show something, with queries that find something."""
FILES = {"/shifts/why/file"}
"""Addresses of files that every operator may download."""
FORMS = sorted({path for method, path in routes() if method == "GET"} - PAGES.keys() - FILES)


class Links(HTMLParser):
    """The paths that links of a page lead to, and the paths that its forms change."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.paths: set[str] = set()
        self.changes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.paths.add(urlsplit(given.get("href", "")).path)
        if given.get("method") == "post" or "hx-post" in given:
            self.changes.add(given.get("action") or given["hx-post"])


@pytest.fixture
def viewer(console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A viewer of a deployment that has something on each page."""
    show_report(monkeypatch, report_of("two-way SMS is off"))
    world = console_world.operators
    world.put("Employees", {"phone_number": ANN, "name": "Ann"})
    world.operator().shifts.changes.add("N1", {"starts_at": "2026-12-01T08:00"})
    world.operator().shifts.seats.assign("N1", ANN)
    world.put(
        "FillContacts",
        {
            "shift_id": "N1",
            "entry": "plan#2026-12-01T07:00:00.000+00:00",
            "plan_status": "filled",
            "waves": 1,
            "queued": True,
            "version": 1,
        },
        {
            "shift_id": "N1",
            "entry": "wave#2026-12-01T07:00:00.000+00:00#00001",
            "at": "2026-12-01T07:00:00+00:00",
            "fill_order": "rotation",
            "wait_seconds": 600,
            "contacts": [],
        },
    )
    world.put(
        "Campaigns",
        {
            "campaign_id": "august-1",
            "campaign_message": "Night N1",
            "campaign_status": "launched",
            "listing": "campaigns",
            "listed_at": "2026",
        },
    )
    world.put("OperatorInbox", SICK)
    return console_world.signed_in("viewer")


@pytest.mark.parametrize("path", FORMS)
def test_given_a_viewer_when_a_form_is_opened_then_403_says_why(viewer: Browser, path: str) -> None:
    answer = viewer.get(path)

    assert answer.status == 403
    assert "Only the group manager changes." in answer.body


@pytest.mark.parametrize("path", sorted({path for _, path in routes()} & PAGES.keys()))
def test_given_a_viewer_when_a_page_is_shown_then_without_changes(viewer: Browser, path: str) -> None:
    page = viewer.get(f"{path}?{PAGES[path]}")

    assert page.status == 200
    links = Links(page.body)
    assert links.changes == {"/signout"}
    assert links.paths.isdisjoint(FORMS)
    assert links.paths >= NAVIGATION.keys()


def test_given_a_manager_when_forms_are_listed_then_they_are_there(
    console_world: ConsoleWorld, viewer: Browser
) -> None:
    manager = console_world.signed_in("manager")

    assert viewer.get("/shifts/new").status == 403
    assert {manager.get(path).status for path in ("/shifts/new", "/campaigns/new", "/people/new")} == {200}

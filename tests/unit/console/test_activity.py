"""Tests the page of what operators changed: its order, its pages, and that hostile texts appear as text."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from tests.support.console_world import ConsoleWorld

DAY = "2026-11-27"
HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}=cmd|' /C calc'!A0\u202e\x1b[31m&\"'"


def add_changes(
    world: ConsoleWorld, count: int, day: str = DAY, values: Mapping[str, object] | None = None
) -> None:
    world.operators.put(
        "AuditTrail",
        *(
            {
                "subject": f"shift#N{number}",
                "entry": f"{day}T10:{number // 60:02}:{number % 60:02}+00:00#{number}",
                "day": day,
                "actor": "bob@example.com",
                "action": "edited",
                "before": {"seats": 1},
                "after": {"seats": 2},
                **(values or {}),
            }
            for number in range(count)
        ),
    )


def test_given_changes_when_shown_then_the_newest_first_with_values(console_world: ConsoleWorld) -> None:
    add_changes(console_world, 2)

    page = console_world.signed_in("viewer").get(f"/activity?day={DAY}").body

    assert page.index("shift N1") < page.index("shift N0")
    assert "seats: 1 → 2" in page
    assert "bob@example.com" in page


def test_given_many_changes_when_shown_then_in_pages_that_have_all(console_world: ConsoleWorld) -> None:
    add_changes(console_world, 120)
    browser = console_world.signed_in()
    found: list[str] = []
    address = f"/activity?day={DAY}"
    for _ in range(3):
        page = browser.get(address).body
        found += [line for line in page.splitlines() if "shift N" in line]
        address = unescape(page.partition('id="more" href="')[2].partition('"')[0])

    assert len(found) == len(set(found)) == 120
    assert address == ""


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("shift#N 1", '<a href="/shifts/shift?code=N+1">shift N 1</a> edited'),
        ("employee#+14255550101", '<a href="/people/employee?number=%2B14255550101">employee Ann (+14255550101)</a>'),
        ("campaign#c1", '<a href="/campaigns/campaign?id=c1">campaign c1</a>'),
        ("inbox#b79ebc4c-7d30", '<a href="/inbox/message?id=b79ebc4c-7d30">inbox message</a> edited'),
        ("queue#inbound", "queue inbound edited"),
        ("console-user#bob@example.com", "console operator bob@example.com edited"),
    ],
)  # fmt: skip
def test_given_a_change_when_shown_then_it_leads_to_what_was_changed(
    console_world: ConsoleWorld, subject: str, shown: str
) -> None:
    console_world.operators.put("Employees", {"phone_number": "+14255550101", "name": "Ann"})
    add_changes(console_world, 1, values={"subject": subject})

    assert shown in console_world.signed_in().get(f"/activity?day={DAY}").body


@pytest.mark.parametrize("field", ["actor", "action", "subject", "before", "after"])
def test_given_hostile_texts_when_shown_then_they_appear_as_text(
    console_world: ConsoleWorld, field: str
) -> None:
    value: object = {HOSTILE: HOSTILE} if field in ("before", "after") else HOSTILE
    add_changes(console_world, 1, values={field: value})

    page = console_world.signed_in().get(f"/activity?day={DAY}").body

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "[U+202E]" in page
    assert "[U+001B]" in page


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-01", "<b>"])
def test_given_no_day_when_shown_then_today(console_world: ConsoleWorld, day: str) -> None:
    page = console_world.signed_in().get(f"/activity?day={day}")

    assert page.status == 200
    assert console_world.operators.now().date().isoformat() in page.body


@pytest.mark.parametrize("cursor", ["x", "e30=", "a" * 1000])
def test_given_no_position_when_shown_then_refused_without_failure(
    console_world: ConsoleWorld, cursor: str
) -> None:
    assert console_world.signed_in().get(f"/activity?day={DAY}&after={cursor}").status == 422


def test_given_an_open_page_when_nothing_changes_then_nothing_is_sent(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()
    page = browser.get("/activity").body
    again = unescape(page.partition('hx-get="')[2].partition('"')[0])
    assert browser.poll(again).status == 204

    add_changes(console_world, 1, day=console_world.operators.now().date().isoformat())

    changed = browser.poll(again)
    assert changed.status == 200
    assert "shift N0" in changed.body
    assert "<html" not in changed.body


def test_given_a_page_open_for_long_when_polled_then_it_ends_and_offers_more(
    console_world: ConsoleWorld,
) -> None:
    browser = console_world.signed_in()
    again = unescape(browser.get("/activity").body.partition('hx-get="')[2].partition('"')[0])
    console_world.now = datetime.now(UTC) + timedelta(minutes=16)

    ended = browser.poll(again)

    assert ended.status == 200
    assert "hx-get" not in ended.body
    assert 'id="follow-again"' in ended.body


def test_given_a_forged_end_when_polled_then_no_longer_than_the_limit(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()

    page = browser.poll("/activity?until=9999999999&seen=x").body

    until = int(page.partition("until=")[2].partition("&")[0])
    assert until <= datetime.now(UTC).timestamp() + 16 * 60


def test_given_an_earlier_day_when_shown_then_it_is_not_followed(console_world: ConsoleWorld) -> None:
    assert "hx-get" not in console_world.signed_in().get("/activity?day=2020-01-01").body

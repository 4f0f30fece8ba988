"""Tests the sign-in from start to session, and everything that it refuses."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.console_world import CONSOLE_URL, Browser, ConsoleWorld
from tests.support.open_id_provider import ISSUER


def test_given_the_start_when_opened_then_the_provider_is_asked(console_world: ConsoleWorld) -> None:
    browser = Browser()

    answer = browser.get("/signin/start")

    assert answer.status == 303
    assert answer.location.startswith(f"{ISSUER}/authorize?")
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"{CONSOLE_URL}/signin/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email"]
    secret = browser.cookies["shift_sms_sign_in"].partition(".")[0]
    assert secret not in answer.location


def test_given_a_sign_in_when_finished_then_a_session_begins(console_world: ConsoleWorld) -> None:
    browser = Browser()

    answer = console_world.sign_in(browser)

    assert (answer.status, answer.location) == (303, "/shifts")
    session = next(cookie for cookie in answer.cookies if cookie.startswith("shift_sms_session="))
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= set(session.split("; "))
    assert "shift_sms_sign_in" not in browser.cookies
    page = browser.get("/activity").body
    assert "ann@example.com (manager)" in page


def test_given_a_console_over_http_when_signed_in_then_the_browser_keeps_the_cookie(
    console_world: ConsoleWorld, tmp_path: Path
) -> None:
    lab = ConsoleWorld(
        console_world.operators, tmp_path, console_url="http://abc123.execute-api.localhost:4566"
    )
    console_world.console, console_world.provider = lab.console, lab.provider

    answer = console_world.sign_in(Browser())

    session = next(cookie for cookie in answer.cookies if cookie.startswith("shift_sms_session="))
    assert "Secure" not in session
    assert {"HttpOnly", "SameSite=Lax"} <= set(session.split("; "))


def test_given_a_page_when_signed_in_for_it_then_the_browser_returns_to_it(
    console_world: ConsoleWorld,
) -> None:
    browser = Browser()
    wanted = browser.get("/activity?day=2026-11-27").location
    start = browser.get(wanted)

    answer = browser.get(f"/signin/callback?{console_world.provider.authorize(start.location)}")

    assert answer.location == "/activity?day=2026-11-27"


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nset-cookie: a=b", "", "/é"]
)
def test_given_an_address_elsewhere_when_signed_in_then_the_first_page(
    console_world: ConsoleWorld, to: str
) -> None:
    assert console_world.sign_in(Browser(), to).location == "/shifts"


def test_given_another_browser_when_it_returns_then_refused(console_world: ConsoleWorld) -> None:
    start = Browser().get("/signin/start")
    victim = Browser()
    victim.get("/signin/start")

    answer = victim.get(f"/signin/callback?{console_world.provider.authorize(start.location)}")

    assert answer.status == 400
    assert "shift_sms_session" not in victim.cookies


@pytest.mark.parametrize("query", ["", "code=code", "state=x", "code=code&state=", "code=code&state=é"])
def test_given_no_state_when_returning_then_refused(console_world: ConsoleWorld, query: str) -> None:
    browser = Browser()
    browser.get("/signin/start")

    assert browser.get(f"/signin/callback?{query}").status == 400


def test_given_a_sign_in_when_its_return_is_repeated_then_refused(console_world: ConsoleWorld) -> None:
    browser = Browser()
    start = browser.get("/signin/start")
    address = f"/signin/callback?{console_world.provider.authorize(start.location)}"
    assert browser.get(address).status == 303

    assert browser.get(address).status == 400


def test_given_a_refusal_of_the_provider_when_returning_then_a_page(console_world: ConsoleWorld) -> None:
    browser = Browser()
    query = console_world.provider.authorize(browser.get("/signin/start").location)

    answer = browser.get(f"/signin/callback?{query.replace('code=code', 'error=access_denied')}")

    assert answer.status == 403
    assert "Sign in again" in answer.body


def test_given_a_wrong_code_when_returning_then_refused(console_world: ConsoleWorld) -> None:
    browser = Browser()
    query = console_world.provider.authorize(browser.get("/signin/start").location)

    answer = browser.get(f"/signin/callback?{query.replace('code=code', 'code=stolen')}")

    assert answer.status == 502
    assert console_world.operators.rows("ConsoleSessions") == []


@pytest.mark.parametrize("groups", [[], ["managers"], "", None, ["Manager"], {"manager": True}])
def test_given_neither_group_when_signed_in_then_403(console_world: ConsoleWorld, groups: object) -> None:
    console_world.provider.claims["groups"] = groups

    answer = console_world.sign_in(Browser())

    assert answer.status == 403
    assert "neither of the groups" in answer.body
    assert console_world.operators.rows("ConsoleSessions") == []


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["viewer"], "viewer"),
        (["viewer", "manager"], "manager"),
        ("staff manager", "manager"),
        ("viewer", "viewer"),
    ],
)
def test_given_groups_when_signed_in_then_the_strongest_role(
    console_world: ConsoleWorld, groups: object, role: str
) -> None:
    console_world.provider.claims["groups"] = groups
    console_world.sign_in(Browser())

    assert [row["role"] for row in console_world.operators.rows("ConsoleSessions")] == [role]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"token_use": "access"},
    ],
)
def test_given_a_token_for_something_else_when_signed_in_then_refused(
    console_world: ConsoleWorld, claims: dict[str, object]
) -> None:
    console_world.provider.claims |= claims

    assert console_world.sign_in(Browser()).status == 403
    assert console_world.operators.rows("ConsoleSessions") == []


def test_given_the_provider_is_down_when_signing_in_then_a_page(console_world: ConsoleWorld) -> None:
    console_world.provider.is_down = True

    answer = Browser().get("/signin/start")

    assert answer.status == 502
    assert "The sign-in failed" in answer.body


def test_given_the_provider_is_down_when_signing_out_then_the_session_ends(
    console_world: ConsoleWorld,
) -> None:
    browser = console_world.signed_in()
    token = console_world.csrf_token()
    console_world.provider.is_down = True

    assert browser.post("/signout", {"csrf_token": token}).status == 200
    assert console_world.operators.rows("ConsoleSessions") == []


def test_given_a_sign_in_when_repeated_then_each_session_has_its_own_tokens(
    console_world: ConsoleWorld,
) -> None:
    browser = console_world.signed_in()
    first = browser.cookies["shift_sms_session"]
    console_world.sign_in(browser)

    rows = console_world.operators.rows("ConsoleSessions")
    assert browser.cookies["shift_sms_session"] != first
    assert len({row["csrf_token"] for row in rows}) == len(rows) == 2


def test_given_an_old_sign_in_when_the_clock_has_gone_on_then_the_token_is_late(
    console_world: ConsoleWorld,
) -> None:
    console_world.now = console_world.operators.now() + timedelta(hours=1)

    assert console_world.sign_in(Browser()).status == 403

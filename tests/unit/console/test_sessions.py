"""Tests that nothing but the public paths answers without a session, and that changes need the role and the token."""

from datetime import timedelta

import pytest

from tests.support.console_world import MANAGER, Browser, ConsoleWorld

PAGES = (
    "/activity",
    "/no-such-page",
    "/shifts",
    "/people",
    "/campaigns",
    "/inbox",
    "/.env",
    "//evil.example",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD"])
def test_given_no_session_when_a_program_asks_then_401(
    console_world: ConsoleWorld, method: str, path: str
) -> None:
    answer = Browser().send(method, path, accept="application/json")

    assert answer.status == 401
    assert "text/plain" in answer.headers["content-type"]


@pytest.mark.parametrize("path", PAGES)
def test_given_no_session_when_a_browser_navigates_then_the_sign_in(
    console_world: ConsoleWorld, path: str
) -> None:
    answer = Browser().get(path + "?day=2026-11-28")

    assert answer.status == 303
    assert answer.location.startswith("/signin/start?to=")


def test_given_no_session_when_a_form_is_sent_then_401(console_world: ConsoleWorld) -> None:
    assert Browser().post("/activity").status == 401


def test_given_no_session_when_a_page_polls_then_it_leaves(console_world: ConsoleWorld) -> None:
    answer = Browser().poll("/activity")

    assert (answer.status, answer.headers["hx-redirect"]) == (401, "/")


@pytest.mark.parametrize("forged", ["", "x", "a" * 43, "' OR 1=1", "\u00e9"])
def test_given_a_forged_session_when_asked_then_401(console_world: ConsoleWorld, forged: str) -> None:
    console_world.signed_in()

    assert Browser({"shift_sms_session": forged}).get("/activity", accept="*/*").status == 401


def test_given_the_table_when_read_then_its_rows_open_no_session(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()
    (row,) = console_world.operators.rows("ConsoleSessions")

    assert browser.cookies["shift_sms_session"] not in str(row)
    assert Browser({"shift_sms_session": row["session_hash"]}).get("/activity", accept="*/*").status == 401


def test_given_an_expired_session_when_asked_then_401(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()
    assert browser.get("/activity").status == 200

    console_world.now = console_world.operators.now() + timedelta(hours=8, minutes=1)

    assert browser.get("/activity", accept="*/*").status == 401


def test_given_a_session_when_signed_out_then_its_cookie_is_worthless(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()
    kept = Browser(dict(browser.cookies))

    answer = browser.post("/signout", {"csrf_token": console_world.csrf_token()})

    assert (answer.status, browser.cookies) == (200, {})
    assert "id.example.com/tenant/end" in answer.headers["refresh"]
    assert console_world.operators.rows("ConsoleSessions") == []
    assert kept.get("/activity", accept="*/*").status == 401


def test_given_another_site_when_it_signs_out_then_refused(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()

    assert browser.post("/signout").status == 403
    assert browser.get("/activity").status == 200


def test_given_no_session_when_signed_out_again_then_the_page_says_so(console_world: ConsoleWorld) -> None:
    browser = Browser()

    assert browser.post("/signout").location == "/signout"
    assert "You are signed out" in browser.get("/signout").body


@pytest.mark.parametrize("path", ["/activity", "/shifts", "/no-such-page"])
def test_given_a_viewer_when_changing_then_403(console_world: ConsoleWorld, path: str) -> None:
    browser = console_world.signed_in("viewer")

    assert browser.get("/activity").status == 200
    assert browser.post(path, {"csrf_token": console_world.csrf_token()}).status == 403


@pytest.mark.parametrize("token", [None, "", "x", "\u00e9"])
def test_given_no_csrf_token_when_changing_then_403(console_world: ConsoleWorld, token: str | None) -> None:
    browser = console_world.signed_in()

    assert browser.post("/no-such-page", {} if token is None else {"csrf_token": token}).status == 403


def test_given_the_csrf_token_when_changing_then_the_page_is_asked(console_world: ConsoleWorld) -> None:
    browser = console_world.signed_in()
    token = console_world.csrf_token()

    assert browser.post("/no-such-page", {"csrf_token": token}).status == 404
    assert browser.post("/no-such-page", headers={"X-CSRF-Token": token}).status == 404


@pytest.mark.parametrize("path", ["/", "/signout", "/assets/console.css", "/signin/nothing", "/assets/no.js"])
def test_given_no_session_when_a_public_path_is_opened_then_no_sign_in(
    console_world: ConsoleWorld, path: str
) -> None:
    answer = Browser().get(path)

    assert answer.status == (404 if "no" in path.rpartition("/")[2] and path != "/signout" else 200)


@pytest.mark.parametrize("path", ["/", "/signin/start", "/signin/callback", "/assets/console.css"])
def test_given_a_public_path_when_changed_then_nothing(console_world: ConsoleWorld, path: str) -> None:
    assert Browser().post(path).status == 404


def test_given_a_session_when_the_start_is_opened_then_the_first_page(console_world: ConsoleWorld) -> None:
    assert console_world.signed_in().get("/").location == "/shifts"


@pytest.mark.parametrize("path", ["/", "/activity", "/no-such-page", "/assets/console.css", "/signout"])
def test_given_any_page_when_answered_then_the_browser_is_restricted(
    console_world: ConsoleWorld, path: str
) -> None:
    headers = console_world.signed_in().get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in policy


def test_given_a_page_when_answered_then_no_cache_keeps_it(console_world: ConsoleWorld) -> None:
    assert console_world.signed_in().get("/activity").headers["cache-control"] == "no-store"


def test_given_requests_when_logged_then_without_paths_queries_and_addresses(
    console_world: ConsoleWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = console_world.signed_in()
    browser.get("/+14255550101?number=%2B14255550101&text=secret")
    browser.get("/activity?after=%2B14255550101")

    logged = capsys.readouterr().out
    assert "4255550101" not in logged
    assert "secret" not in logged
    assert MANAGER not in logged
    assert '"route": "unknown"' in logged


def test_given_a_failure_when_answered_then_logged_counted_and_no_detail(
    console_world: ConsoleWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = console_world.signed_in()
    console_world.operators.session.client("dynamodb").delete_table(TableName="AuditTrail")

    answer = browser.get("/activity")

    assert answer.status == 500
    assert "ResourceNotFoundException" not in answer.body
    logged = capsys.readouterr().out
    assert "ResourceNotFoundException" in logged
    assert '"ConsoleRequestFailed": 1' in logged
    assert "shift_sms_console/kernel.py" in logged


@pytest.mark.parametrize("query", ["&".join(f"a{n}=1" for n in range(300)), "a=%ff"])
def test_given_an_unusual_query_when_asked_then_no_failure(console_world: ConsoleWorld, query: str) -> None:
    assert console_world.signed_in().get(f"/activity?{query}").status in (200, 400)


def test_given_changed_settings_when_asked_later_then_the_console_follows(
    console_world: ConsoleWorld,
) -> None:
    browser = console_world.signed_in()
    assert "Times are in UTC" not in browser.get("/activity?day=2026-11-27").body

    console_world.operators.settings["timezone"] = "Europe/Berlin"
    console_world.now = console_world.operators.now() + timedelta(minutes=6)
    console_world.operators.put(
        "AuditTrail",
        {
            "subject": "shift#N1",
            "entry": "2026-11-27T10:00:00+00:00#1",
            "day": "2026-11-27",
            "actor": "bob@example.com",
            "action": "edited",
            "before": {},
            "after": {"seats": 2},
        },
    )

    page = browser.get("/activity?day=2026-11-27").body
    assert "Times are in Europe/Berlin" in page
    assert "11:00:00" in page

"""Repeats every action of the console on the deployed system: through its HTTP API, with the sign-in of Cognito.

Each scenario sends the forms of the pages, and looks at the tables and the phones for what they have changed.
"""

import time
from collections.abc import Iterator

import pytest

from lab.lab_system import LabSystem
from shift_sms_console.cookies import SESSION
from shift_sms_console.navigation import routes
from tests.support.console_scenarios import campaigns, filling, health, people_and_inbox, shifts
from tests.support.lab_browser import LabBrowser
from tests.support.lab_console import MANAGER, LabConsole, signed_in

pytestmark = pytest.mark.timeout(900)

SCENARIOS = {
    **shifts.SCENARIOS,
    **filling.SCENARIOS,
    **campaigns.SCENARIOS,
    **people_and_inbox.SCENARIOS,
    **health.SCENARIOS,
}
ROUTES = sorted(routes())
CHANGES = [path for method, path in ROUTES if method == "POST"]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabConsole]:
    """Texts leave at 10 a second, so that a campaign can be stopped."""
    overrides = {"console_enabled": "true", "messages_per_second": "10", "texts_per_hour": "0"}
    folder = tmp_path_factory.mktemp("files")
    with LabSystem(overrides=overrides) as system, signed_in(system, folder) as console:
        yield console


def test_given_the_routes_when_listed_then_each_has_a_scenario() -> None:
    assert sorted(SCENARIOS) == ROUTES


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_given_the_deployed_console_when_an_action_is_done_then_it_has_its_effect(
    console: LabConsole, method: str, path: str
) -> None:
    SCENARIOS[method, path](console)
    console.system.wait_until_idle()
    assert console.system.denied() == {}
    assert console.system.dead_letters() == 0


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_given_no_session_when_an_address_is_opened_then_it_is_refused(
    console: LabConsole, method: str, path: str
) -> None:
    stranger = LabBrowser(console.system)
    assert stranger.request(method, path, accept="application/json").status == 401
    stranger.set_cookie(SESSION, "forged")
    assert stranger.request(method, path, accept="application/json").status == 401


@pytest.mark.parametrize("path", CHANGES)
def test_given_a_viewer_or_no_token_when_a_change_is_sent_then_it_is_refused(
    console: LabConsole, path: str
) -> None:
    before = console.system.rows(console.system.outputs.audit_trail_table_name)
    token = console.viewer.get("/activity").form("/signout")
    assert console.viewer.post(path, token).status == 403
    for wrong in ({}, token, {"csrf_token": ""}):
        assert console.manager.post(path, wrong).status == 403
    assert console.system.rows(console.system.outputs.audit_trail_table_name) == before


def test_given_a_session_when_it_has_expired_then_its_cookie_opens_nothing(console: LabConsole) -> None:
    browser, system = LabBrowser(console.system), console.system
    tables = system.cloud.client("dynamodb").list_tables()["TableNames"]
    (table,) = (name for name in tables if "ConsoleSessions" in name)
    before = system.rows(table)
    browser.sign_in(MANAGER)
    (row,) = (row for row in system.rows(table) if row not in before)
    system.put(table, [{**row, "expires_at": int(time.time()) - 1}])
    assert browser.get("/shifts", accept="application/json").status == 401


def test_given_a_session_when_signed_out_then_its_cookie_opens_nothing(console: LabConsole) -> None:
    browser = LabBrowser(console.system)
    assert "Sign in" in browser.get("/").body
    page = browser.sign_in(MANAGER)
    assert page.url == f"{browser.console}/shifts"
    for asset in ("htmx.js", "pico.css", "console.css", "icon.svg"):
        assert browser.get(f"/assets/{asset}").status == 200
    cookies = browser.cookies()
    assert "You are signed out" in browser.post("/signout", page.form("/signout")).body
    for name, value in cookies.items():
        browser.set_cookie(name, value)
    assert browser.get("/shifts", accept="application/json").status == 401
    assert browser.get("/no-such-page", accept="application/json").status == 401
    assert console.manager.get("/no-such-page").status == 404

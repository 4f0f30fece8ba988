"""Tests the console with the sign-in of the embedded cloud, under the permissions of its role."""

from collections.abc import Mapping

from lab.lab_system import LabSystem
from tests.support.deployed_lab import wait_until
from tests.support.inbox_items import SICK
from tests.support.lab_browser import LabBrowser, LabPage, add_console_user

EMPLOYEE = "+14255550101"


def test_given_the_deployed_console_when_used_then_only_as_the_role_allows(console_system: LabSystem) -> None:
    stranger = LabBrowser(console_system)
    for path in ("/shifts", "/people", "/campaigns", "/inbox", "/no-such-page"):
        assert stranger.get(path, accept="application/json").status == 401
    assert "Sign in" in stranger.get("/").body

    add_console_user(console_system, "ann@example.com", "manager")
    add_console_user(console_system, "vera@example.com", "viewer")

    manager = LabBrowser(console_system)
    page = manager.sign_in("ann@example.com")
    assert (page.status, page.url) == (200, f"{manager.console}/shifts")
    assert "ann@example.com (manager)" in page.body
    for asset in ("htmx.js", "pico.css", "console.css", "icon.svg"):
        assert manager.get(f"/assets/{asset}").status == 200

    use_every_operation(console_system, manager)

    viewer = LabBrowser(console_system)
    token = viewer.sign_in("vera@example.com").form("/signout")
    assert viewer.post("/shifts", token).status == 403

    assert "You are signed out" in manager.post("/signout", manager.get("/activity").form("/signout")).body
    assert manager.get("/activity", accept="*/*").status == 401
    assert console_system.denied() == {}


def change(browser: LabBrowser, path: str, **form: str) -> LabPage:
    """Sends a change, and returns the page that the browser shows then."""
    token: Mapping[str, str] = browser.get("/activity").form("/signout")
    page = browser.post(path, {**token, **form})
    assert page.status == 200, page.body
    return page


def use_every_operation(system: LabSystem, manager: LabBrowser) -> None:
    """Changes something with each form, so that a missing permission shows."""
    change(manager, "/people", number=EMPLOYEE, name="Ann", roles="Bar", segments="overtime")
    assert "Ann" in manager.get("/people").body
    assert "Ann" in manager.get("/people?segment=overtime").body
    shift = {"code": "N1", "shift_info": "Night", "starts_at": "2036-12-01T22:00", "seats": "2"}
    assert "The shift is added." in change(manager, "/shifts", **shift).body
    assert "1 of 2 booked" in change(manager, "/shifts/assign", code="N1", number=EMPLOYEE).body
    assert (
        "The shift is changed." in change(manager, "/shifts/edit", code="N1", seats="3", was_seats="2").body
    )
    assert "0 of 3 booked" in change(manager, "/shifts/release", code="N1", number=EMPLOYEE).body
    assert 'id="shift-N1"' in manager.get("/shifts?day=2036-12-01").body
    assert "Nobody has booked" in manager.get("/shifts/cancel?code=N1").body
    assert "The shift is canceled." in change(manager, "/shifts/cancel", code="N1").body
    assert "can be booked again" in change(manager, "/shifts/reopen", code="N1").body
    # An unknown code is looked for among those that are similar.
    assert manager.get("/shifts/shift?code=N2").status == 422

    campaign = {"id": "night-1", "message": "Night N1", "segment": "overtime"}
    assert "1 of 1 members" in change(manager, "/campaigns/review", **campaign).body
    assert f"The test to {EMPLOYEE}" in change(manager, "/campaigns/test", number=EMPLOYEE, **campaign).body
    assert "The campaign is launched." in change(manager, "/campaigns", **campaign).body
    assert "night-1" in manager.get("/campaigns").body
    # An employee's page has the campaign that texted them last.
    assert wait_until(lambda: "finished" in manager.get("/campaigns/campaign?id=night-1").body, 60)
    assert manager.get("/people/employee?number=%2B14255550101").status == 200
    assert manager.get("/campaigns/relaunch?id=night-1").status == 422
    assert "<td>US</td><td>1</td>" in manager.get("/campaigns/report?id=night-1").body

    texts = [{**SICK, "message_id": f"text-{number}"} for number in range(2)]
    system.put(system.outputs.operator_inbox_table_name, texts)
    assert "text-0" in manager.get("/inbox").body
    replied = change(manager, "/inbox/reply", id="text-0", text="Get well soon")
    assert "Get well soon" in replied.body
    change(manager, "/inbox/close", id="text-1")
    assert "text-1" in manager.get("/inbox?status=closed").body
    assert "ann@example.com" in manager.get("/activity").body

    change(manager, "/shifts/assign", code="N1", number=EMPLOYEE)
    assert "N1: seat" in manager.get("/people/remove?number=%2B14255550101").body
    assert "N1: seat freed" in change(manager, "/people/remove", number=EMPLOYEE).body
    assert manager.get("/people/employee?number=%2B14255550101").status == 422

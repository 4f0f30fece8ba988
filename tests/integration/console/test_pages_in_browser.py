"""Opens every page of the console in a real browser: accessible, and hostile texts appear as text."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import expect

from shift_sms_console.navigation import NAVIGATION
from shift_sms_operator.employees import employee_remover
from shift_sms_operator.health.findings import Finding, FindingStatus, HealthReport
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_keys
from tests.support.accessibility import assert_accessible
from tests.support.clock import Clock
from tests.support.health_reports import report_of, show_report
from tests.support.operator_fills import run_planner
from tests.support.page_errors import record_errors
from tests.support.served_console import ServedConsole

HOSTILE = "<img src=x onerror=alert(1)> '\"><script>alert(2)</script> {{7*7}} \u202eevil\x07 =1+1"
NARROW = 360
EMPLOYEE = "number=%2B14255550101"
PAGES = (
    *NAVIGATION,
    "/shifts/shift?code=XYZ1",
    "/shifts/why?code=XYZ1",
    "/inbox/message?id=m1",
    f"/people/employee?{EMPLOYEE}",
    "/campaigns/campaign?id=hostile",
    "/doctor/report",
    "/campaigns/report?id=hostile",
)
FORMS = (
    "/shifts/new",
    "/shifts/edit?code=XYZ1",
    "/shifts/cancel?code=XYZ1",
    "/shifts/fill?code=XYZ1",
    "/people/new",
    f"/people/new?{EMPLOYEE}",
    f"/people/remove?{EMPLOYEE}",
    "/campaigns/new",
    "/campaigns/stop?id=hostile",
)


def put_hostile_rows(served: ServedConsole) -> None:
    operators = served.world.operators
    shift = {"shift_id": "XYZ1", "shift_info": HOSTILE, "shift_status": "available", "fill_order": "rotation"}
    operators.put("Shifts", {**shift, **index_keys(ShiftReader().read(shift))})
    operators.put("Employees", {"phone_number": "+14255550101", "name": HOSTILE, "language": "en"})
    operators.put("SegmentMembers", {"segment": "overtime", "phone_number": "+14255550101"})
    run_planner(operators, Clock(), "XYZ1")
    now = operators.now()
    operators.put(
        "OperatorInbox",
        {
            "message_id": "m1",
            "phone_number": "+14255550101",
            "text": HOSTILE,
            "message_status": "open",
            "received_at": now.isoformat(),
        },
    )
    operators.put("Campaigns", {"campaign_id": "hostile", "campaign_message": HOSTILE})
    operators.put(
        "AuditTrail",
        {
            "subject": "shift#XYZ1",
            "entry": f"{now.isoformat()}#1",
            "day": f"{now:%Y-%m-%d}",
            "actor": HOSTILE,
            "action": "shift edited",
            "before": {"shift_info": HOSTILE},
            "after": {"shift_info": "x" * 500},
        },
    )


@pytest.mark.parametrize(
    ("group", "addresses"),
    [("manager", PAGES + FORMS), pytest.param("viewer", PAGES, marks=pytest.mark.soak)],
)
def test_given_hostile_rows_when_each_page_is_opened_then_it_is_accessible(
    served: ServedConsole, group: str, addresses: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_hostile_rows(served)
    show_report(monkeypatch, report_of(HOSTILE))
    with served.signed_in(group) as window:
        page = window.new_page()
        errors = record_errors(page)
        for address in addresses:
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert_accessible(page)
            assert "\u202e" not in page.inner_text("body")
            page.set_viewport_size({"width": NARROW, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, address
            page.set_viewport_size({"width": 1280, "height": 800})
        assert errors == []


def test_given_the_activity_page_when_another_operator_changes_then_it_follows(
    served: ServedConsole,
) -> None:
    with served.signed_in("viewer") as window:
        page = window.new_page()
        page.goto("/activity")
        page.evaluate("window.neverReloaded = true")
        put_hostile_rows(served)
        expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
        assert page.evaluate("window.neverReloaded")


def test_given_more_shifts_than_a_step_when_an_employee_is_removed_then_all_follow(
    served: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(employee_remover, "SHIFTS_PER_STEP", 1)
    operators = served.world.operators
    operators.put("Employees", {"phone_number": "+14255550101", "name": "Ann"})
    for code in ("N1", "N2", "N3"):
        operators.operator().shifts.changes.add(code, {"shift_info": "night"})
        operators.operator().shifts.seats.assign(code, "+14255550101")
    with served.signed_in() as window:
        page = window.new_page()
        errors = record_errors(page)
        page.goto(f"/people/employee?{EMPLOYEE}")
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Remove Ann?")
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("Ann is removed.")).to_be_visible()
        for code in ("N1", "N2", "N3"):
            expect(page.get_by_text(f"{code}: seat freed")).to_be_visible()
        assert_accessible(page)
        assert errors == []
    assert operators.rows("Employees") == []


def test_given_the_keyboard_when_used_then_each_page_is_reached(
    served: ServedConsole,
) -> None:
    with served.signed_in() as window:
        page = window.new_page()
        page.goto("/activity")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        reached = set()
        for _ in range(len(NAVIGATION) + 4):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        assert {*NAVIGATION.values(), "Sign out"} <= reached


def test_given_the_health_page_when_opened_then_the_report_follows_and_again_by_key(
    served: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served.signed_in("viewer") as window:
        page = window.new_page()
        errors = record_errors(page)
        page.goto("/doctor")
        expect(page.get_by_role("status").last).to_contain_text("All checks are in order.")
        expect(page.get_by_text("Examining the deployment")).to_be_hidden()

        fault = Finding("sandbox", FindingStatus.WRONG, "in the sandbox", "few texts arrive", "leave it")
        show_report(monkeypatch, HealthReport((fault,), ()))
        button = page.get_by_role("button", name="Examine again")
        button.focus()
        page.keyboard.press("Enter")

        expect(page.get_by_role("status").last).to_contain_text("1 of 1 findings need attention.")
        expect(page.get_by_text("leave it")).to_be_visible()
        expect(button).to_be_focused()
        assert page.url.endswith("/doctor")
        assert errors == []

"""Tests the page of the deployment's health: what it shows of a report, when, and to whom."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from shift_sms_operator.health.facts import FiringAlarm
from shift_sms_operator.health.findings import Finding, FindingStatus, HealthReport
from tests.support.console_world import Browser, ConsoleWorld
from tests.support.health_reports import report_of, show_report

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e\x1b[31m&\"'"
SINCE = datetime(2026, 11, 28, 10, 30, tzinfo=UTC)
OK = Finding("stack", FindingStatus.OK, "ShiftSms-dev is UPDATE_COMPLETE")
NOT_USED = Finding("connect", FindingStatus.NOT_USED, "connect_enabled is off")
WRONG = Finding("two-way", FindingStatus.WRONG, "two-way SMS is off", "no text arrives", "aws fix-it")
UNREADABLE = Finding("sandbox", FindingStatus.UNREADABLE, "not checked: Denied", "may be wrong", "allow it")


def parts(page: str) -> tuple[str, str, str]:
    """Returns the part of a page with alarms, that with what needs attention, and that in order."""
    alarms, _, rest = page.partition('id="faults-title"')
    faults, _, healthy = rest.partition('id="healthy-title"')
    return alarms, faults, healthy


def test_given_the_page_when_opened_then_at_once_and_the_report_is_loaded_after(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = console_world.signed_in("viewer")
    monkeypatch.setattr(
        "shift_sms_operator.composition.Operator.health", property(lambda _: pytest.fail("examined"))
    )

    page = browser.get("/doctor")

    assert page.status == 200
    assert 'hx-get="/doctor/report" hx-trigger="load, submit" hx-target="#report"' in page.body
    assert "Examining the deployment. This takes up to 20 seconds." in page.body
    assert 'aria-current="page">Health</a>' in page.body


def test_given_faults_when_reported_then_before_what_is_in_order(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_report(monkeypatch, HealthReport((OK, WRONG, NOT_USED, UNREADABLE), ()))

    report = console_world.signed_in("viewer").poll("/doctor/report").body

    alarms, faults, healthy = parts(report)
    assert "No alarm fires." in alarms
    assert "2 of 4 findings need attention." in report
    for finding in (WRONG, UNREADABLE):
        assert all(
            text in faults
            for text in (finding.check, finding.status.value, finding.what, finding.why, finding.fix)
        )
        assert finding.what not in healthy
    for finding in (OK, NOT_USED):
        assert finding.what in healthy
        assert finding.what not in faults


def test_given_no_fault_when_reported_then_all_is_in_order(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_report(monkeypatch, HealthReport((OK, NOT_USED), ()))

    report = console_world.signed_in().poll("/doctor/report").body

    assert "All checks are in order." in report
    assert "Nothing." in parts(report)[1]


def test_given_alarms_when_reported_then_each_with_since_when_in_the_zone(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    console_world.operators.settings["timezone"] = "Europe/Berlin"
    alarms = (FiringAlarm("Outbox: blocked", SINCE), FiringAlarm("Inbound: late", SINCE - timedelta(days=1)))
    show_report(monkeypatch, HealthReport((OK,), alarms))

    report = console_world.signed_in().poll("/doctor/report").body

    assert "2 alarms fire. All checks are in order." in report
    assert report.index("Outbox: blocked") < report.index("Inbound: late")
    assert "2026-11-28 11:30</time>" in report
    assert "2026-11-27 11:30</time>" in report


def test_given_alarms_that_cannot_be_read_when_reported_then_the_page_says_so(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_report(monkeypatch, HealthReport((OK, UNREADABLE), None))

    alarms = parts(console_world.signed_in().poll("/doctor/report").body)[0]

    assert "The alarms could not be read." in alarms
    assert "No alarm fires." not in alarms


def test_given_hostile_texts_when_reported_then_they_appear_as_text(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_report(monkeypatch, report_of(HOSTILE))

    report = console_world.signed_in().poll("/doctor/report").body

    assert "<script>alert" not in report
    assert not {"\u202e", "\x1b"} & set(report)
    shown = "<script>alert(1)</script>{{ 7 * 7 }}[U+202E][U+001B][31m&\"'"
    assert unescape(report).count(shown) == 7


def test_given_no_scripts_when_the_button_is_used_then_a_page_with_the_report(
    console_world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_report(monkeypatch, HealthReport((OK, WRONG), ()))

    page = console_world.signed_in().get("/doctor/report").body

    assert "<h1>Health</h1>" in page
    assert page.count('id="summary"') == 1
    assert WRONG.fix in page
    # It has the report: nothing is examined again until the operator asks for it.
    assert 'hx-trigger="submit"' in page


@pytest.mark.parametrize("path", ["/doctor", "/doctor/report"])
def test_given_no_session_when_health_is_asked_for_then_401(console_world: ConsoleWorld, path: str) -> None:
    assert Browser().get(path, accept="*/*").status == 401


@pytest.mark.parametrize("path", ["/doctor", "/doctor/report"])
def test_given_the_page_when_changed_then_there_is_nothing_to_change(
    console_world: ConsoleWorld, path: str
) -> None:
    browser = console_world.signed_in()
    assert browser.post(path, {"csrf_token": console_world.csrf_token()}).status == 404

"""Reports of a deployment's health, for pages that show them."""

from datetime import UTC, datetime

import pytest

from shift_sms_operator.composition import Operator
from shift_sms_operator.health.facts import FiringAlarm
from shift_sms_operator.health.findings import Finding, FindingStatus, HealthReport


class _Doctor:
    def __init__(self, report: HealthReport) -> None:
        self._report = report

    def report(self, *, seconds: float) -> HealthReport:
        assert 0 < seconds < 29, "the function ends after 29 seconds"
        return self._report


def show_report(monkeypatch: pytest.MonkeyPatch, report: HealthReport) -> None:
    """Makes every examination find this."""
    monkeypatch.setattr(Operator, "health", property(lambda _: _Doctor(report)))


def report_of(text: str) -> HealthReport:
    """Returns a report that has a text wherever it has one."""
    findings = (
        Finding(text, FindingStatus.WRONG, text, text, text),
        Finding(text, FindingStatus.OK, text),
    )
    return HealthReport(findings, (FiringAlarm(text, datetime(2026, 11, 28, 10, 30, tzinfo=UTC)),))

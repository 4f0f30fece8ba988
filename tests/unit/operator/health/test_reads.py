"""Tests reads at the same time: each is made once, none is waited for too long, and no failure is lost."""

from threading import Barrier, Event
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from shift_sms_operator.deployment import Deployment
from shift_sms_operator.health.doctor import Doctor
from shift_sms_operator.health.findings import FindingStatus, Verdict
from shift_sms_operator.health.reads import begin, once
from tests.support.operator_world import stack_outputs

DENIED = ConnectTimeoutError(endpoint_url="https://monitoring.us-east-1.amazonaws.com")


class _Account:
    def __init__(self, wait: Event | None = None) -> None:
        self._wait = wait

    def firing_alarms(self, _stack_name: str) -> list[Any]:
        if self._wait is None:
            raise DENIED
        self._wait.wait()
        return []


def doctor(monkeypatch: pytest.MonkeyPatch, account: Any, **checks: Any) -> Doctor:
    monkeypatch.setattr(Doctor, "_checks", lambda _: checks)
    deployment = Deployment.from_outputs(stack_outputs({"reconcile": "", "outbox": ""}))
    nothing: Any = None
    return Doctor(deployment, numbers=nothing, account=account, connect=nothing, stack=nothing, clock=nothing)


def test_given_several_threads_when_they_need_one_read_then_it_is_made_once() -> None:
    readers, reads = Barrier(8), []

    def count() -> int:
        reads.append(1)
        return len(reads)

    read = once(count)

    def together() -> int:
        readers.wait()
        return read()

    assert [one.result() for one in [begin(together) for _ in range(8)]] == [1] * 8


def test_given_a_failure_when_read_again_then_raised_without_another_read() -> None:
    reads = []

    def fail() -> None:
        reads.append(1)
        raise DENIED

    read = once(fail)
    for _ in range(2):
        with pytest.raises(ConnectTimeoutError):
            read()
    assert reads == [1]


def test_given_a_read_that_hangs_when_reported_then_the_report_ends_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = Event()

    def slow() -> Verdict:
        answered.wait()
        return Verdict("late")

    report = doctor(monkeypatch, _Account(answered), slow=slow).report(seconds=0.05)

    assert not answered.is_set()
    answered.set()
    assert report.alarms is None
    assert [(finding.check, finding.status, finding.what) for finding in report.findings] == [
        (check, FindingStatus.UNREADABLE, "not checked: AWS did not answer within 0.05 seconds")
        for check in ("slow", "firing-alarms")
    ]


def test_given_alarms_that_cannot_be_read_when_reported_then_the_checks_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = doctor(monkeypatch, _Account(), sandbox=lambda: Verdict("fine")).report(seconds=60)

    assert report.alarms is None
    assert [(finding.check, finding.what) for finding in report.findings] == [
        ("sandbox", "fine"),
        ("firing-alarms", "not checked: ConnectTimeoutError"),
    ]


def test_given_a_check_with_a_defect_when_examined_then_it_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> Verdict:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        doctor(monkeypatch, _Account(), sandbox=broken).examine()

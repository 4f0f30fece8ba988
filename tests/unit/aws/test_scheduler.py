"""Tests schedules that two functions write at the same time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shift_sms_runtime.aws.scheduler import SchedulerTimers
from shift_sms_runtime.environment import TimerSettings
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest


class Conflict(Exception):
    """Another write of the schedule is in progress."""


class NotThere(Exception):
    """There is no schedule of that name."""


class ConflictingClient:
    """A client whose first writes conflict, and which has no schedule."""

    class exceptions:  # noqa: N801 - boto3's name
        ConflictException = Conflict
        ResourceNotFoundException = NotThere

    def __init__(self, conflicts: int) -> None:
        self._conflicts = conflicts
        self.calls: list[str] = []
        self.created: list[str] = []

    def update_schedule(self, **_request: Any) -> None:
        self._write("update")
        raise NotThere

    def create_schedule(self, **request: Any) -> None:
        self._write("create")
        self.created.append(request["ScheduleExpression"])

    def delete_schedule(self, **_request: Any) -> None:
        self._write("delete")
        raise NotThere

    def _write(self, call: str) -> None:
        self.calls.append(call)
        if len(self.calls) <= self._conflicts:
            raise Conflict


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the waits, without jitter."""
    waits: list[float] = []
    monkeypatch.setattr("shift_sms_runtime.backoff.random.uniform", lambda _low, _high: 1.0)
    monkeypatch.setattr("shift_sms_runtime.backoff.time.sleep", waits.append)
    return waits


BEFORE, AT = datetime(2026, 8, 14, 23, tzinfo=UTC), datetime(2026, 8, 15, tzinfo=UTC)


def timers_on(client: Any, clock: Clock = lambda: BEFORE) -> SchedulerTimers:
    settings = TimerSettings(
        timer_group="g", timer_role_arn="r", timer_queue_arn="q", timer_dead_letters_arn="d"
    )
    return SchedulerTimers(client, settings, prefix="shift", message=ReconcileRequest, clock=clock)


@pytest.mark.parametrize(("conflicts", "waited"), [(0, []), (1, [0.1]), (5, [0.1, 0.2, 0.4, 0.8, 1.6])])
def test_given_conflicts_when_a_timer_is_set_then_the_write_is_retried(
    pauses: list[float], conflicts: int, waited: list[float]
) -> None:
    client = ConflictingClient(conflicts)
    timers_on(client).set("A1", AT)
    assert client.calls == ["update"] * conflicts + ["update", "create"]
    assert pauses == waited


def test_given_no_timer_when_cleared_after_a_conflict_then_it_succeeds(
    pauses: list[float],
) -> None:
    client = ConflictingClient(1)
    timers_on(client).clear("A1")
    assert client.calls == ["delete", "delete"]
    assert pauses == [0.1]


def test_given_endless_conflicts_when_a_timer_is_set_then_it_fails(pauses: list[float]) -> None:
    client = ConflictingClient(100)
    with pytest.raises(Conflict):
        timers_on(client).set("A1", AT)
    assert len(client.calls) == len(pauses) + 1 == 6


def test_given_a_time_that_passes_while_written_when_set_then_a_later_replaces_it() -> None:
    client, now = ConflictingClient(0), iter([AT, AT, AT + timedelta(seconds=4)])
    timers_on(client, clock=lambda: next(now)).set("A1", AT)
    assert client.created == ["at(2026-08-15T00:00:00)", "at(2026-08-15T00:00:05)"]

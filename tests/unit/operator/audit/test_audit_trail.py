"""Tests that the audit trail records what operators changed, once, and lists it in pages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.audit.change_texts import DescribedChange
from shift_sms_operator.pages import Page
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.aws.dynamodb import transact
from shift_sms_runtime.tables.audit_trail import audit_put
from tests.support.operator_world import ACTOR, OperatorWorld

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def recorder(retention_days: int = 400, now: datetime = NOON) -> AuditRecorder:
    return AuditRecorder(lambda: ACTOR, retention_days=retention_days, clock=lambda: now)


def write(world: OperatorWorld, *records: AuditRecord) -> None:
    transact(world.clients.dynamodb, [{"Put": audit_put("AuditTrail", one)} for one in records])


def listed(page: Page[DescribedChange]) -> list[str]:
    return [change.action for change in page.items]


def record(minute: int, shift: str = "N1") -> AuditRecord:
    now = NOON + timedelta(minutes=minute)
    return recorder(now=now).record(
        Subject.SHIFT.of(shift), f"edited {minute}", before={"seats": 1}, after={"seats": 2}
    )


def test_given_a_change_when_recorded_then_only_changed_attributes_are_in_it() -> None:
    made = recorder().record(
        "shift#N1",
        "edited",
        before={"role": "bar", "seats": 1, "site": "Harbor"},
        after={"role": "bar", "seats": 2, "shift_info": "Night"},
    )

    assert made.before == {"seats": 1, "site": "Harbor"}
    assert made.after == {"seats": 2, "shift_info": "Night"}
    assert (made.actor, made.at) == (ACTOR, NOON)


@pytest.mark.parametrize(("days", "expires_at"), [(1, NOON + timedelta(days=1)), (0, None)])
def test_given_a_retention_when_recorded_then_the_record_expires(
    days: int, expires_at: datetime | None
) -> None:
    assert recorder(days).record("shift#N1", "edited", before={}, after={}).expires_at == expires_at


def test_given_a_record_when_written_twice_then_the_trail_has_it_once(operator_world: OperatorWorld) -> None:
    change = record(0)

    write(operator_world, change)
    write(operator_world, change)

    assert listed(operator_world.operator().audit_trail.of_subject("shift#N1", zone=UTC)) == ["edited 0"]


def test_given_many_changes_when_listed_then_pages_have_the_newest_first(
    operator_world: OperatorWorld,
) -> None:
    write(operator_world, *(record(minute) for minute in range(5)), record(9, shift="OTHER"))
    trail = operator_world.operator().audit_trail

    first = trail.of_subject("shift#N1", zone=UTC, limit=3)
    second = trail.of_subject("shift#N1", zone=UTC, limit=3, after=first.cursor)

    assert [*listed(first), *listed(second)] == ["edited 4", "edited 3", "edited 2", "edited 1", "edited 0"]
    assert second.cursor is None


def test_given_changes_of_days_when_one_day_is_listed_then_pages_have_all_of_it(
    operator_world: OperatorWorld,
) -> None:
    write(operator_world, record(0), record(1, shift="OTHER"), record(2), record(24 * 60))
    trail = operator_world.operator().audit_trail

    first = trail.of_day(date(2026, 11, 28), zone=UTC, limit=2)
    second = trail.of_day(date(2026, 11, 28), zone=UTC, limit=2, after=first.cursor)

    assert [*listed(first), *listed(second)] == ["edited 2", "edited 1", "edited 0"]


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA", "eyJzdWJqZWN0Ijp7IlMiOiJhIn19"])
def test_given_a_wrong_cursor_when_listed_then_it_is_refused(
    operator_world: OperatorWorld, cursor: str
) -> None:
    with pytest.raises(Refused, match="is no position in this list"):
        operator_world.operator().audit_trail.of_subject("shift#N1", zone=UTC, after=cursor)

"""Tests the words of audit records: names, local times, lists, and limits of what a record may show."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.audit.change_texts import DescribedChange, describe
from shift_sms_runtime.audit.audit_record import AuditRecord, Subject
from shift_sms_runtime.aws.dynamodb import transact
from shift_sms_runtime.tables.audit_trail import audit_put
from tests.support.operator_world import ACTOR, OperatorWorld

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ANN, BOB, CY = "+14255550101", "+14255550102", "+14255550103"
UNTIL = "2026-07-01 12:00 CEST"
NAMES = {ANN: f"Ann ({ANN})"}


def record(
    before: Mapping[str, object], after: Mapping[str, object], subject: str = "shift#N1"
) -> AuditRecord:
    recorder = AuditRecorder(lambda: ACTOR, retention_days=400, clock=lambda: NOON)
    return recorder.record(subject, "changed", before=before, after=after)


def described(
    before: Mapping[str, object], after: Mapping[str, object], subject: str = "x#1"
) -> DescribedChange:
    return describe(record(before, after, subject), BERLIN, lambda number: NAMES.get(number, number))


def values(before: object, after: object) -> tuple[str, str]:
    """Returns the words for an attribute before and after."""
    (value,) = described({"some_name": before}, {"some_name": after}).values
    assert value.title == "some name"
    return value.before, value.after


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, {ANN: "2026-11-28T12:00:00+00:00"}, ("none", f"Ann ({ANN}) since 2026-11-28 13:00 CET")),
        ({ANN: "", BOB: ""}, {BOB: ""}, (f"Ann ({ANN})", "none")),
        (None, {ANN: {"since": "", "until": "2026-07-01T10:00Z"}}, ("none", f"Ann ({ANN}) until {UNTIL}")),
        ([BOB, ANN], [BOB], (f"Ann ({ANN})", "none")),
        ([BOB, ANN], [ANN, BOB], (f"{BOB}, Ann ({ANN})", f"Ann ({ANN}), {BOB}")),
        (["bar"], ["bar", "door"], ("none", "door")),
        (ANN, None, (f"Ann ({ANN})", "none")),
        ("2026-08-15T22:00+02:00", "2026-08-15T22:00", ("2026-08-15 22:00 CEST", "2026-08-15 22:00")),
        ("2026-99-99T99:99", True, ("2026-99-99T99:99", "yes")),
        (1, 2, ("1", "2")),
        ("taken", "cancelled", ("taken", "canceled")),
    ],
)  # fmt: skip
def test_given_values_when_described_then_names_local_times_and_what_differs(
    before: object, after: object, words: tuple[str, str]
) -> None:
    assert values(before, after) == words


def test_given_a_new_shift_when_described_then_in_the_order_of_the_form() -> None:
    new = {
        "shift_status": "available",
        "starts_at": "2026-12-01T22:00",
        "shift_id": "N1",
        "shift_info": "Bar",
    }

    change = described({}, new, Subject.SHIFT.of("N1"))

    assert [value.words("->") for value in change.values] == [
        "details: Bar",
        "starts at: 2026-12-01 22:00",
        "status: available",
    ]


def test_given_an_import_when_described_then_by_its_file_without_counts_of_none() -> None:
    counts = {"file": "shifts.csv", "added": 12, "rejected": 0}

    change = described({}, counts, Subject.IMPORT.of("2a9c1a64"))

    assert change.subject == "import shifts.csv"
    assert [value.words("->") for value in change.values] == ["added: 12"]


def test_given_a_changed_value_when_described_then_both_values_are_there() -> None:
    change = described({"seats": 1, "site": "Harbor"}, {"seats": 2})

    assert [value.words("->") for value in change.values] == ["site: Harbor -> none", "seats: 1 -> 2"]


def test_given_large_values_when_described_then_the_words_are_limited() -> None:
    many = {f"+1425555{number:04}": "x" * 5000 for number in range(1000)}
    wide = {f"name{number}" * 100: "x" * 5000 for number in range(1000)}

    _, listed = values(None, many)
    assert listed.endswith(", 995 more")
    assert values(None, "x" * 5000) == ("none", "x" * 79 + "…")
    change = described(wide, {}, subject="shift#" + "N" * 5000)
    assert change.values[-1].title == "988 more attributes"
    assert max(len(text) for one in change.values for text in (one.title, one.before, one.after)) < 500
    assert len(change.subject) < 100


@pytest.mark.parametrize(
    "time", ["9999-12-31T23:59:00-10:00", "0001-01-01T00:00:00+14:00", "2026-99-99T00:00"]
)
def test_given_a_time_that_no_zone_can_have_when_described_then_it_is_text(time: str) -> None:
    assert values(None, time) == ("none", time)


def test_given_employees_when_listed_then_their_names_are_read_once(operator_world: OperatorWorld) -> None:
    operator_world.put("Employees", {"phone_number": ANN, "name": "Ann"}, {"phone_number": CY})
    changes = (
        record({}, {"employees": {ANN: "", BOB: "", CY: ""}}),
        record({"name": "Anne"}, {"name": "Ann"}, Subject.EMPLOYEE.of(ANN)),
    )
    transact(operator_world.clients.dynamodb, [{"Put": audit_put("AuditTrail", one)} for one in changes])

    page = operator_world.operator().audit_trail.of_day(NOON.date(), zone=UTC)

    words = {change.subject: [value.after for value in change.values] for change in page.items}
    assert words == {
        "shift N1": [f"Ann ({ANN}), {BOB}, {CY}"],
        f"employee Ann ({ANN})": ["Ann"],
    }


def test_given_more_employees_than_a_read_when_listed_then_the_rest_by_number(
    operator_world: OperatorWorld,
) -> None:
    numbers = [f"+1425555{number:04}" for number in range(150)]
    operator_world.put("Employees", *({"phone_number": number, "name": "Someone"} for number in numbers))
    for start in range(0, 150, 50):
        changes = [record({}, {"employee": number}) for number in numbers[start : start + 50]]
        transact(operator_world.clients.dynamodb, [{"Put": audit_put("AuditTrail", one)} for one in changes])

    page = operator_world.operator().audit_trail.of_day(NOON.date(), zone=UTC, limit=150)

    words = [value.after for change in page.items for value in change.values]
    assert sum(text.startswith("Someone") for text in words) == 100
    assert len(words) == 150

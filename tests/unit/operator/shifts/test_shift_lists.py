"""Tests that operators list all shifts by their start, a bounded number per page, and see everything of one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shift_sms_operator.pages import Page
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts import shift_lists
from shift_sms_operator.shifts.shift_lists import ShiftQuery
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_keys
from tests.support.operator_shifts import ANN, BOB, CY, NIGHT, NIGHT_TAKEN, add_employees
from tests.support.operator_world import OperatorWorld

KIRITIMATI = {
    "shift_id": "K1",
    "starts_at": "2099-08-15T01:00",
    "timezone": "Pacific/Kiritimati",
    "shift_status": "available",
}
MIDWAY = {
    "shift_id": "M1",
    "starts_at": "2099-08-15T23:00",
    "timezone": "Pacific/Midway",
    "shift_status": "taken",
    "employee": ANN,
    "role": "Bar",
}
UNDATED = {"shift_id": "XYZ123", "shift_info": "15/08 5h nightshift", "shift_status": "available"}
WRONG = {"shift_id": "W1", "starts_at": "noon", "shift_status": "refused", "site": "HARBOR"}
CANCELED = {"shift_id": "C1", "starts_at": "2099-08-20T10:00Z", "shift_status": "cancelled"}
ALL = (NIGHT, KIRITIMATI, MIDWAY, UNDATED, WRONG, CANCELED)


def put_indexed(world: OperatorWorld, *items: dict[str, Any]) -> None:
    """Puts shifts with the keys of their indexes, as `detect_shift_changes` writes them."""
    reader = ShiftReader()
    world.put("Shifts", *({**item, **index_keys(reader.read(item))} for item in items))


def codes(page: Page[Shift]) -> list[str]:
    return [shift.shift_id for shift in page.items]


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        (ShiftQuery(), ["K1", "N1", "M1", "C1", "W1", "XYZ123"]),
        (ShiftQuery(day=date(2099, 8, 15)), ["K1", "N1", "M1"]),
        (ShiftQuery(day=date(2099, 8, 14)), []),
        (ShiftQuery(day=date(2099, 8, 16)), []),
        (ShiftQuery(since=datetime(2099, 8, 16, tzinfo=UTC)), ["M1", "C1", "W1", "XYZ123"]),
        (ShiftQuery(site="harbor"), ["N1", "W1"]),
        (ShiftQuery(role="BAR"), ["N1", "M1"]),
        (ShiftQuery(statuses=frozenset({"cancelled", "refused"})), ["C1", "W1"]),
        (ShiftQuery(role="bar", statuses=frozenset({"taken"})), ["M1"]),
    ],
)
def test_given_shifts_in_many_zones_when_listed_then_days_are_those_of_the_shift(
    operator_world: OperatorWorld, query: ShiftQuery, listed: list[str]
) -> None:
    put_indexed(operator_world, *ALL)
    lists = operator_world.operator().shifts.lists

    assert codes(lists.page(query)) == listed

    pages, after = [], None
    while True:
        page = lists.page(query, limit=1, after=after)
        pages += codes(page)
        after = page.cursor
        if after is None:
            break
    assert pages == listed, "one per page"


def test_given_a_page_when_it_is_listed_then_seats_are_as_they_are_now(operator_world: OperatorWorld) -> None:
    put_indexed(operator_world, NIGHT)
    keys = {name: value for name, value in operator_world.row("Shifts", "N1").items() if name not in NIGHT}
    operator_world.put("Shifts", {**NIGHT_TAKEN, **keys})

    (shift,) = operator_world.operator().shifts.lists.page(ShiftQuery()).items
    assert set(shift.holders) == {ANN, BOB}
    assert shift.waiting == (CY,)


def test_given_many_shifts_when_few_match_then_a_page_reads_a_bounded_number(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift_lists, "MAX_READ", 200)
    with operator_world.dynamodb.Table("Shifts").batch_writer() as batch:
        for number in range(450):
            shift_id = f"S{number:03}"
            item = {"shift_id": shift_id, "shift_info": "x", "site": "Pier" if number == 449 else "Harbor"}
            batch.put_item({**item, **index_keys(ShiftReader().read(item))})
    read: list[int] = []
    events = operator_world.clients.dynamodb.meta.events
    event = "before-parameter-build.dynamodb.BatchGetItem"

    def count(params: Any, **_: object) -> None:
        read.append(len(params["RequestItems"]["Shifts"]["Keys"]))

    events.register(event, count)
    try:
        lists = operator_world.operator().shifts.lists
        first = lists.page(ShiftQuery(site="pier"))
        assert (codes(first), sum(read)) == ([], 200)
        second = lists.page(ShiftQuery(site="pier"), after=first.cursor)
        third = lists.page(ShiftQuery(site="pier"), after=second.cursor)
    finally:
        events.unregister(event, count)
    assert (codes(second), codes(third), third.cursor) == ([], ["S449"], None)


@pytest.mark.parametrize("cursor", ["x", "bnVsbA"])
def test_given_a_wrong_cursor_when_listed_then_it_is_refused(
    operator_world: OperatorWorld, cursor: str
) -> None:
    with pytest.raises(Refused, match="is no position in this list"):
        operator_world.operator().shifts.lists.page(ShiftQuery(), after=cursor)


def test_given_a_shift_when_shown_then_employees_texts_and_changes_are_there(
    operator_world: OperatorWorld,
) -> None:
    add_employees(operator_world)
    operator_world.put("Shifts", {**NIGHT, "seats": 1})
    shifts = operator_world.operator().shifts
    shifts.seats.assign("N1", ANN)
    shifts.changes.edit("N1", {"seats": "2", "site": "Pier"})

    details = shifts.lists.details("N1")

    assert details.preview.text == "Booked: N1 Night (Sat 15 Aug 22:00-06:00, Pier)"
    assert {number: row.name for number, row in details.employees.items()} == {ANN: "Ann"}
    assert details.informed == {ANN: DeliveryStatus.QUEUED}
    assert [record.action for record in details.changes.items] == ["edited", "assigned"]


def test_given_more_shifts_than_a_page_when_all_are_read_then_they_are_in_order(
    operator_world: OperatorWorld,
) -> None:
    operator_world.put("Shifts", *ALL)

    read = operator_world.operator().shifts.lists.all()

    assert [shift.shift_id for shift in read] == ["K1", "N1", "M1", "C1", "W1", "XYZ123"], (
        "without the index, too"
    )

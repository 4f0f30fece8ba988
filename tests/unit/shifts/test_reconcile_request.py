"""Tests what follows from a change of a shift: a request to reconcile it, and the keys of its indexes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest, ShiftChangeDetector
from shift_sms_runtime.shifts.shift_item import ShiftReader
from tests.support.memory.queues import MemoryQueue
from tests.support.memory.shifts import MemoryShifts

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
FREE = {"shift_id": "A1", "shift_info": "night", "shift_status": "available"}
BY_HAND = FREE | {"shift_status": "taken", "employee": "+14255550101"}
HOLDERS = {"+14255550101": "2026-08-01T12:00:00+00:00"}
TAKEN = BY_HAND | {"employees": HOLDERS}
DATED = FREE | {"starts_at": "2026-08-15T22:00", "ends_at": "2026-08-16T06:00"}
CANCELED = TAKEN | {"shift_status": "cancelled"}
FOUND = {"code_initial": "a", "code": "a1"}
LISTED = FOUND | {"listed_role": "-", "listed_at": "9999##A1"}
BY_START = {"start_list": "all", "start_position": "9999#A1"}
DATED_BY_START = BY_START | {"start_position": "2026-08-15T22:00:00Z#A1"}
EXPIRING = {"expires_at": int(datetime(2026, 11, 14, 6, tzinfo=UTC).timestamp())}


def detect(
    before: dict[str, Any] | None, after: dict[str, Any] | None, *, now: dict[str, Any] | None = None
) -> tuple[list[ReconcileRequest], dict[str, Any]]:
    """Handles a change; returns the requests, and the item afterwards. By default the item is as after the change."""
    shifts = MemoryShifts()
    if (stored := now or after) is not None:
        shifts.rows["A1"] = stored
    requests: MemoryQueue[ReconcileRequest] = MemoryQueue(lambda: NOW)
    ShiftChangeDetector(ShiftReader(), requests, shifts, retention_days=90).handle(before, after)
    return requests.waiting, shifts.rows.get("A1", {})


@pytest.mark.parametrize("images", [(None, FREE), (FREE, TAKEN), (None, TAKEN), (TAKEN, None)])
def test_given_a_shift_as_in_the_post_when_it_changes_then_nothing_is_queued(
    images: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> None:
    assert detect(*images)[0] == []


ANN = "+14255550101"
EVENT = {"manager_events": {f"dropped#{ANN}": {"at": "2026-08-01T12:00:00+00:00", "employee": ANN}}}
SICK = {"sick_calls": {ANN: "2026-08-01T12:00:00+00:00"}}


@pytest.mark.parametrize(
    ("before", "after", "requested"),
    [
        (TAKEN, FREE | EVENT, True),
        (TAKEN | EVENT, FREE | EVENT, True),
        (FREE | EVENT, TAKEN | EVENT, True),
        (TAKEN | EVENT, TAKEN | EVENT | {"announced": []}, False),
        (TAKEN | EVENT, TAKEN | EVENT | SICK, True),
        (FREE | EVENT, None, False),
    ],
    ids=[
        "an event",
        "leaves again",
        "full again",
        "nothing told",
        "sick again, and keeps the seat",
        "deleted",
    ],
)
def test_given_a_shift_as_in_the_post_when_managers_may_be_told_then_queued(
    before: dict[str, Any], after: dict[str, Any] | None, *, requested: bool
) -> None:
    assert [one.shift_id for one in detect(before, after)[0]] == ["A1"] * requested


def test_given_a_holder_who_lost_the_seat_when_detected_then_the_request_names_them() -> None:
    ((number, booked_at),) = HOLDERS.items()
    (request,) = detect(TAKEN, FREE)[0]
    assert request == ReconcileRequest("A1", (f"{number} {booked_at}",))
    read = ReconcileRequest.from_json(request.to_json())
    assert read.lost_seats == {number: datetime.fromisoformat(booked_at)}
    canceled = {**CANCELED, "employee": "", "employees": {}, "cancelled_for": HOLDERS}
    assert detect(TAKEN, canceled)[0] == [ReconcileRequest("A1")], "the cancellation is told"


@pytest.mark.parametrize(
    "images",
    [
        (None, DATED),
        (DATED, None),
        (FREE, DATED),
        (DATED, FREE),
        (FREE, BY_HAND),
        (TAKEN, CANCELED),
        (TAKEN, TAKEN | {"seats": 2}),
    ],
    ids=[
        "new with a time",
        "deleted",
        "time added",
        "time removed",
        "booked by hand",
        "canceled",
        "more seats",
    ],
)
def test_given_a_change_that_can_require_a_text_when_detected_then_it_is_queued(
    images: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> None:
    assert detect(*images)[0] == [ReconcileRequest("A1")]


@pytest.mark.parametrize(
    ("item", "keys"),
    [
        (FREE, LISTED),
        (TAKEN, FOUND),
        (TAKEN | LISTED, FOUND),
        (CANCELED | LISTED, {}),
        (DATED, LISTED | EXPIRING | DATED_BY_START | {"listed_at": "2026-08-15T22:00:00Z##A1"}),
        (DATED | EXPIRING | {"shift_status": "closed"}, EXPIRING | DATED_BY_START),
        (FREE | EXPIRING, LISTED),
        (FREE | {"starts_at": "noon"} | LISTED, {}),
        ({"shift_id": "A1"} | LISTED, {}),
    ],
    ids=[
        "free",
        "taken",
        "no longer free",
        "canceled",
        "dated",
        "closed",
        "no longer dated",
        "wrong",
        "bare",
    ],
)
def test_given_an_item_without_its_keys_when_detected_then_they_are_written_once(
    item: dict[str, Any], keys: dict[str, Any]
) -> None:
    own = {*LISTED, *EXPIRING, *BY_START}
    _, written = detect(None, item)
    assert {name: value for name, value in written.items() if name in own} == BY_START | keys
    assert {name: value for name, value in written.items() if name not in own} == {
        name: value for name, value in item.items() if name not in own
    }
    # The change that this makes requires no other write and no request.
    unwritable = written | {"shift_status": "changed since"}
    assert detect(item, written, now=unwritable) == ([], unwritable)


def test_given_an_item_that_has_changed_since_when_detected_then_it_is_left() -> None:
    assert detect(None, FREE, now=TAKEN) == ([], TAKEN)


class Throttled(Exception):
    """DynamoDB or SQS was throttled until the SDK gave up."""


@pytest.mark.parametrize(("owner", "method"), [("requests", "put"), ("shifts", "write_attributes")])
def test_given_a_throttled_call_when_the_change_is_handled_again_then_all_is_done(
    monkeypatch: pytest.MonkeyPatch, owner: str, method: str
) -> None:
    def throttle(*_: object) -> None:
        raise Throttled

    shifts, requests = MemoryShifts(), MemoryQueue[ReconcileRequest](lambda: NOW)
    shifts.rows["A1"] = DATED
    detector = ShiftChangeDetector(ShiftReader(), requests, shifts, retention_days=90)
    with monkeypatch.context() as patch:
        patch.setattr({"shifts": shifts, "requests": requests}[owner], method, throttle)
        with pytest.raises(Throttled):
            detector.handle(None, DATED)
    for _ in range(2):
        detector.handle(None, DATED)
    assert {*requests.waiting} == {ReconcileRequest("A1")}
    listed = {"listed_at": "2026-08-15T22:00:00Z##A1"}
    assert shifts.rows["A1"] == DATED | LISTED | EXPIRING | DATED_BY_START | listed

"""Tests which changes of shifts are queued to be reconciled."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest, ShiftChangeDetector
from shift_sms_runtime.shifts.shift_item import ShiftReader
from tests.support.memory.queues import MemoryQueue

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
FREE = {"shift_id": "A1", "shift_info": "night", "shift_status": "available"}
BY_HAND = FREE | {"shift_status": "taken", "employee": "+14255550101"}
TAKEN = BY_HAND | {"employees": {"+14255550101": "2026-08-01T12:00:00+00:00"}}
DATED = FREE | {"starts_at": "2026-08-15T22:00"}
CANCELED = TAKEN | {"shift_status": "cancelled"}


def queued(*images: dict[str, Any]) -> list[ReconcileRequest]:
    requests: MemoryQueue[ReconcileRequest] = MemoryQueue(lambda: NOW)
    ShiftChangeDetector(ShiftReader(), requests).handle(*images)
    return requests.waiting


@pytest.mark.parametrize("images", [(FREE,), (FREE, TAKEN), (TAKEN, FREE), (TAKEN,)])
def test_given_a_shift_as_in_the_post_when_it_changes_then_nothing_is_queued(
    images: tuple[dict[str, Any], ...],
) -> None:
    assert queued(*images) == []


@pytest.mark.parametrize(
    "images",
    [
        (DATED,),
        (FREE, DATED),
        (DATED, FREE),
        (FREE, BY_HAND),
        (TAKEN, CANCELED),
        (TAKEN, TAKEN | {"seats": 2}),
    ],
    ids=["new with a time", "time added", "time removed", "booked by hand", "canceled", "more seats"],
)
def test_given_a_change_that_can_require_a_text_when_detected_then_it_is_queued(
    images: tuple[dict[str, Any], ...],
) -> None:
    assert queued(*images) == [ReconcileRequest("A1")]

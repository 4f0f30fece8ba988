"""Tests the check of the shift codes in a message."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shift_sms_operator.campaigns.codes import CodeChecker
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_attributes
from shift_sms_runtime.tables.shifts import DynamoShifts
from tests.support.operator_world import OperatorWorld

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOMORROW = (NOW + timedelta(days=1)).isoformat()
WITHOUT_CODE = "message: names no code, so employees cannot book by replying with one"
YESTERDAY = (NOW - timedelta(days=1)).isoformat()


def put_shift(world: OperatorWorld, shift_id: str, **attributes: Any) -> None:
    """Puts a shift with the attributes of its indexes."""
    item = {"shift_id": shift_id, "shift_info": "5h", "shift_status": "available", **attributes}
    keys = index_attributes(ShiftReader().read(item))
    world.put("Shifts", {**item, **{name: value for name, value in keys.items() if value is not None}})


def warnings(world: OperatorWorld, message: str) -> list[str]:
    shifts = DynamoShifts(world.session.client("dynamodb"), "Shifts", ShiftReader())
    checker = CodeChecker(shifts, locale("shifts", "en").lexicons)
    return [str(warning) for warning in checker.check(message, now=NOW)]


@pytest.mark.parametrize(
    ("attributes", "warned"),
    [
        ({}, []),
        ({"starts_at": TOMORROW}, []),
        ({"seats": 2, "employees": {"+14255550101": TOMORROW}}, []),
        ({"shift_status": "cancelled"}, ["BAR1: is canceled"]),
        ({"shift_status": "taken", "employee": "+14255550101"}, ["BAR1: is taken"]),
        ({"starts_at": YESTERDAY}, ["BAR1: is over"]),
        (
            {"starts_at": TOMORROW, "respond_by": YESTERDAY},
            ["BAR1: cannot be booked any longer: it has started, or respond_by has passed"],
        ),
        ({"shift_status": "on-hold"}, ["BAR1: is on-hold, which cannot be booked"]),
    ],
)
def test_given_a_shift_when_a_message_names_it_then_it_says_why_none_can_book(
    operator_world: OperatorWorld, attributes: dict[str, Any], warned: list[str]
) -> None:
    put_shift(operator_world, "BAR1", **attributes)
    assert warnings(operator_world, "15/08 5h nightshift BAR1, 20:00 at Mike's") == warned


def test_given_an_item_with_a_mistake_when_named_then_it_says_which(operator_world: OperatorWorld) -> None:
    put_shift(operator_world, "BAR1", starts_at="tomorrow")
    (warning,) = warnings(operator_world, "bar1 tonight")
    assert warning.startswith("BAR1: cannot be booked: starts_at")


@pytest.mark.parametrize(
    ("message", "warned"),
    [
        ("BARR1 tonight", ["BARR1: no such shift. BAR1?"]),
        ("BARl tonight or FLR9", ["FLR9: no such shift"]),
        ("FLR1, BAR1, QQ77", ["FLR1: no such shift", "QQ77: no such shift"]),
        ("XBAR1 for 15/08, 3h, 20:30, in 2026, see example.com/a1", ["XBAR1: no such shift. BAR1?"]),
        ("BAR1 tonight", []),
        ("Who can work tonight, 15/08 20:30?", [WITHOUT_CODE]),
        ("", [WITHOUT_CODE]),
    ],
)
def test_given_codes_of_no_shift_when_named_then_near_ones_are_suggested(
    operator_world: OperatorWorld, message: str, warned: list[str]
) -> None:
    put_shift(operator_world, "BAR1")
    assert warnings(operator_world, message) == warned


def test_given_a_code_that_is_named_twice_when_checked_then_it_is_warned_of_once(
    operator_world: OperatorWorld,
) -> None:
    put_shift(operator_world, "BAR1", shift_status="cancelled")
    assert warnings(operator_world, "BAR1! Yes, bar1") == ["BAR1: is canceled"]


def test_given_many_codes_when_checked_then_few_are_looked_at(operator_world: OperatorWorld) -> None:
    message = " ".join(f"ZQ{number}" for number in range(100, 150))
    assert len(warnings(operator_world, message)) == 20

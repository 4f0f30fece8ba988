"""Tests the fill attributes of the items of shifts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shift_sms_runtime.shifts.filling.fill_details import FillDefaults, FillOrder, as_written, wave_minutes
from shift_sms_runtime.shifts.filling.fill_plan import FillPlan, FillStatus, fill_campaign_id
from shift_sms_runtime.shifts.shift import ShiftStatus
from shift_sms_runtime.shifts.shift_item import ShiftReader
from tests.support.shift_builders import BERLIN, NOW, shift


def plan_of(**attributes: Any) -> FillPlan:
    fill = shift(**attributes).fill
    assert fill is not None
    return fill


def test_given_no_attribute_that_starts_a_plan_when_read_then_there_is_none() -> None:
    assert shift(fill_segment="night", fill_wave_size=20, fill_status="running").fill is None


def test_given_only_a_time_when_read_then_the_rest_has_defaults() -> None:
    assert plan_of(fill_by="2026-08-15T20:00", timezone="Europe/Berlin") == FillPlan(
        fill_by=datetime(2026, 8, 15, 18, tzinfo=UTC)
    )
    assert plan_of(fill_order="rotation", fill_wave_size="auto", fill_wave_minutes="auto") == FillPlan()


DEFAULTS = FillDefaults(FillOrder.FEWEST_HOURS, 5, 10)


@pytest.mark.parametrize(
    ("attributes", "plan"),
    [
        ({}, ("fewest-hours", 5, 10)),
        ({"fill_order": "random"}, ("random", 5, 10)),
        ({"fill_wave_size": "auto"}, ("fewest-hours", None, 10)),
        ({"fill_wave_minutes": "auto"}, ("fewest-hours", 5, None)),
        ({"fill_wave_size": 7, "fill_wave_minutes": Decimal("2.5")}, ("fewest-hours", 7, 2.5)),
    ],
)
def test_given_other_defaults_when_read_then_they_are_what_the_item_lacks(
    attributes: dict[str, Any], plan: tuple[str, int | None, float | None]
) -> None:
    item = {"shift_id": "A1", "fill_by": "2026-08-15T20:00Z", **attributes}
    fill = ShiftReader(fill_defaults=DEFAULTS).read(item).fill
    assert fill is not None
    assert (fill.order, fill.wave_size, fill.wave_minutes) == plan


def test_given_other_defaults_when_the_item_starts_no_plan_then_there_is_none() -> None:
    item = {"shift_id": "A1", "fill_wave_size": 7}
    assert ShiftReader(fill_defaults=DEFAULTS).read(item).fill is None


@pytest.mark.parametrize(("number", "text"), [(None, "auto"), (5, "5"), (10.0, "10"), (0.1, "0.1")])
def test_given_a_number_or_none_when_written_then_it_reads_the_same(number: float | None, text: str) -> None:
    assert as_written(number) == text
    assert wave_minutes(text) == number


def test_given_every_attribute_when_read_then_the_plan_has_each() -> None:
    plan = plan_of(
        fill_by="2026-08-15T18:00Z",
        fill_order="fewest-hours",
        fill_segment="night",
        fill_wave_size="20",
        fill_wave_minutes=Decimal("7.5"),
        fill_urgent=True,
        fill_status="filled",
        fill_started_at="2026-08-01T12:00:00.000+00:00",
        fill_contacted=40,
    )
    assert plan == FillPlan(
        FillOrder.FEWEST_HOURS,
        datetime(2026, 8, 15, 18, tzinfo=UTC),
        "night",
        20,
        7.5,
        True,
        FillStatus.FILLED,
        "2026-08-01T12:00:00.000+00:00",
        40,
    )
    assert plan.wait == timedelta(minutes=7.5)


@pytest.mark.parametrize("size", [1, 501, "10000", 10**38 - 1])
def test_given_any_whole_number_when_read_then_it_is_the_size_of_a_wave(size: object) -> None:
    read = shift(fill_order="rotation", fill_wave_size=size)
    assert not read.problems
    assert read.fill is not None
    assert read.fill.wave_size == int(str(size))


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"fill_by": "tomorrow"}, "fill_by is 'tomorrow': write a time like 2026-08-15T22:00"),
        (
            {"fill_order": "youngest"},
            "fill_order is 'youngest': write one of broadcast, seniority, rotation, fewest-hours, random",
        ),
        ({"fill_wave_size": 0}, "fill_wave_size is '0': write auto, or a whole number of at least 1"),
        ({"fill_wave_size": "2.5"}, "fill_wave_size is '2.5'"),
        ({"fill_wave_size": "²"}, "fill_wave_size is '²'"),
        ({"fill_wave_size": "9" * 39}, "fill_wave_size is '999"),
        (
            {"fill_wave_minutes": -1},
            "fill_wave_minutes is '-1': write auto, or a number of minutes from 0.1 to",
        ),
        ({"fill_wave_minutes": "nan"}, "fill_wave_minutes is 'nan'"),
        ({"fill_urgent": "maybe"}, "fill_urgent is 'maybe': write true or false"),
        (
            {"fill_status": "paused"},
            "fill_status is 'paused': write one of running, filled, exhausted, stopped",
        ),
        ({"shift_id": "X" * 201}, "shift_id has more than 200 characters"),
    ],
)
def test_given_a_mistake_when_read_then_the_shift_is_refused(attributes: dict[str, Any], told: str) -> None:
    read = shift(**{"fill_order": "rotation", **attributes})
    assert len(read.problems) == 1
    assert read.problems[0].startswith(told)
    assert read.reconciled(NOW, timedelta(minutes=30)).status == ShiftStatus.REFUSED


@pytest.mark.parametrize(
    ("attributes", "ends"),
    [
        ({}, None),
        ({"starts_at": "2026-08-15T22:00Z"}, 22),
        ({"starts_at": "2026-08-15T22:00Z", "respond_by": "2026-08-15T20:00Z"}, 20),
        ({"starts_at": "2026-08-15T22:00Z", "fill_by": "2026-08-15T19:00Z"}, 19),
        ({"starts_at": "2026-08-15T22:00Z", "fill_by": "2026-08-15T23:00Z"}, 22),
        ({"fill_by": "2026-08-15T19:00Z"}, 19),
    ],
)
def test_given_times_when_a_plan_is_read_then_it_ends_before_booking_does(
    attributes: dict[str, Any], ends: int | None
) -> None:
    expected = None if ends is None else datetime(2026, 8, 15, ends, tzinfo=UTC)
    assert shift(**{"fill_order": "random", **attributes}).fill_by == expected


def test_given_two_starts_of_a_plan_when_named_then_the_campaigns_differ() -> None:
    names = {
        fill_campaign_id("A1", at.isoformat()) for at in (NOW, NOW.astimezone(BERLIN) + timedelta(seconds=1))
    }
    assert len(names) == 2

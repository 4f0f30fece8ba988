"""Tests that the inputs of employees whom a wave did not reach are kept as they are, in items of limited size."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from shift_sms_runtime.fill_plans.fill_contact import FillWave, PlanProgress
from shift_sms_runtime.fill_plans.ranking import RankingInputs, ranked
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.tables.fill_plans.wave_items import read_unreached, unreached_items

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
PROGRESS = PlanProgress("XYZ123", NOW.isoformat(timespec="milliseconds"))


def employees(count: int) -> list[RankingInputs]:
    """Returns employees with different histories, which compress least, in the order of a rotation."""
    drawn = random.Random(7)
    inputs = [
        RankingInputs(
            f"+1425{drawn.randint(2_000_000, 9_999_999)}",
            drawn.randint(0, 9),
            (NOW - timedelta(milliseconds=drawn.randint(0, 30_000_000_000))).isoformat(),
            f"20{drawn.randint(10, 25)}-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}",
            drawn.choice([0, 240, 480, 960, 1200, 2400]),
        )
        for _ in range(count)
    ]
    return ranked(inputs, FillOrder.ROTATION, seed="")


@pytest.mark.parametrize(
    ("count", "most"), [(0, 0), (1, 100), (500, 10_000), (5000, 90_000), (12_000, 220_000)]
)
def test_given_employees_not_reached_when_stored_then_they_read_back(count: int, most: int) -> None:
    unreached = employees(count)
    wave = FillWave(1, NOW, FillOrder.ROTATION, (), 600, unreached=unreached)

    items = [*unreached_items(PROGRESS, wave)]

    assert [one for item in items for one in read_unreached(item)] == unreached
    sizes = [len(bytes(item["inputs"])) for item in items]  # type: ignore[call-overload]
    assert sum(sizes) <= most
    assert max(sizes, default=0) <= 400_000 - 1000

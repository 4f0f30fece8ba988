"""Tests plans whose texts another function skips while they are queued, or while the next wave is decided."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.deliveries import DynamoDeliveries
from tests.support.crash_points import Killed
from tests.support.fill_world import FillWorld, employee

ALL = Counter(employee(index) for index in range(4))


def stop(world: FillWorld) -> None:
    world.edit_shift(fill_status="stopped")


def run_again(world: FillWorld) -> None:
    world.edit_shift(fill_status="running")


def claim(world: FillWorld) -> None:
    world.claim(9)


def drop(world: FillWorld) -> None:
    world.drop(9)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("pause", "resume"), [(stop, run_again), (claim, drop)])
def test_given_a_skipped_wave_when_its_planner_is_killed_then_it_is_sent_later(
    monkeypatch: pytest.MonkeyPatch,
    pause: Callable[[FillWorld], None],
    resume: Callable[[FillWorld], None],
    *,
    at_once: bool,
) -> None:
    """Another function skips the wave before its rows exist. The planner adds them, and queues no text."""
    world = FillWorld(employees=4)
    world.put_shift()
    real_add = DynamoDeliveries.add

    def add_too_late(self: DynamoDeliveries, *args: Any, **options: Any) -> None:
        monkeypatch.setattr(DynamoDeliveries, "add", real_add)
        pause(world)
        world.clock.pass_time(seconds=1)
        world.plan()
        real_add(self, *args, **options)
        raise Killed

    monkeypatch.setattr(DynamoDeliveries, "add", add_too_late)
    with pytest.raises(Killed):
        world.plan()
    if at_once:
        resume(world)
        world.run()
    world.clock.pass_time(seconds=90)
    world.run()
    if not at_once:
        resume(world)
        world.run()
    world.pass_time(hours=2)
    texts = Counter((text.campaign_id, text.to) for text in world.phones.texts)
    assert {to for _, to in texts} == {*ALL}
    assert max(texts.values()) == 1, "each plan texts an employee once"
    assert {row["status"] for row in world.rows("Deliveries")} == {DeliveryStatus.SENT}
    assert world.status()[0] == "exhausted"


def before_the_last_look(**options: Any) -> FillWorld:
    """Returns a world in which the texts of everyone wait for a sender."""
    world = FillWorld(employees=4, **options)
    world.put_shift()
    world.plan()
    world.clock.pass_time(minutes=29, seconds=50)
    return world


def describe_anew(world: FillWorld) -> None:
    world.edit_shift(shift_info="16/08 4h dayshift")
    world.send()


def let_quiet_hours_begin(world: FillWorld) -> None:
    world.clock.pass_time(seconds=15)
    world.send()


@pytest.mark.parametrize("meanwhile", [describe_anew, let_quiet_hours_begin])
def test_given_texts_that_are_skipped_during_the_last_look_then_the_plan_goes_on(
    meanwhile: Callable[[FillWorld], None],
) -> None:
    quiet_hours = "12:30-14:00"
    world = before_the_last_look(quiet_hours=quiet_hours)
    before = world.steps.taken
    world.plan()
    for step in range(1, world.steps.taken - before + 1):
        world = before_the_last_look(quiet_hours=quiet_hours)
        world.steps.once(step, lambda: meanwhile(world))  # noqa: B023 - called in this round
        world.plan()
        world.pass_time(hours=3)
        assert Counter(world.texted()) == ALL, (step, world.status())

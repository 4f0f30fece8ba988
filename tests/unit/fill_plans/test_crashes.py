"""Tests that a wave is neither lost nor sent twice if functions stop, or others run beside them."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.crash_points import STOPS, Killed, Steps, crash_points, die
from tests.support.fill_world import FillWorld, employee

WAVE = {employee(index) for index in range(4)}


def new_world() -> FillWorld:
    world = FillWorld(employees=8)
    world.put_shift()
    return world


def steps_of(*, planning: Callable[[FillWorld], None]) -> Steps:
    world = new_world()
    planning(world)
    return world.steps


def plan(world: FillWorld) -> None:
    world.plan()


def run(world: FillWorld) -> None:
    world.run()


def check(world: FillWorld) -> None:
    """Checks that the first wave has four employees, each with one text that was or may have been sent."""
    assert max(Counter(world.texted()).values(), default=0) <= 1
    rows = {row["phone_number"]: row["status"] for row in world.rows("Deliveries")}
    assert rows.keys() == WAVE
    assert set(rows.values()) <= {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN}
    unknown = list(rows.values()).count(DeliveryStatus.UNKNOWN)
    assert len(world.texted()) >= 4 - unknown
    assert unknown <= 1
    entries = Counter(row["entry"].partition("#")[0] for row in world.rows("FillContacts"))
    assert entries == {"plan": 1, "wave": 1, "unreached": 1, "contact": 4, "contacts": 4}
    counted = [row["day_2026-08-01"] for row in world.rows("FillContacts") if row["entry"] == "contacts"]
    assert counted == [1, 1, 1, 1]
    assert world.status() == ("running", 4)
    assert world.timers.at


def finish(world: FillWorld) -> None:
    """Delivers every message again, as SQS does, after claims have ended."""
    world.clock.pass_time(minutes=2)
    world.plan()
    world.send()
    world.plan()


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_planner_that_stops_anywhere_when_run_again_then_one_wave_is_sent(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(lambda: steps_of(planning=plan)):
        world = new_world()
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            world.plan()
        finish(world)
        check(world)


def test_given_a_sender_that_stops_anywhere_when_run_again_then_one_wave_is_sent() -> None:
    for step, after in crash_points(lambda: steps_of(planning=run)):
        world = new_world()
        world.steps.once(step, die, after=after)
        with pytest.raises(Killed):
            world.run()
        finish(world)
        check(world)


def test_given_two_planners_when_one_runs_at_any_step_then_one_wave_is_sent() -> None:
    for step, after in crash_points(lambda: steps_of(planning=plan)):
        world = new_world()
        world.steps.once(step, world.plan, after=after)
        world.plan()
        finish(world)
        check(world)


def test_given_a_claim_at_any_step_of_a_planner_when_sent_then_no_one_is_texted() -> None:
    for step, after in crash_points(lambda: steps_of(planning=plan)):
        world = new_world()
        world.steps.once(step, lambda: world.claim(7), after=after)  # noqa: B023 - called in this round
        world.plan()
        world.send()
        finish(world)
        world.pass_time(hours=2)
        assert world.texted() == []
        assert world.status() == ("filled", 0)
        assert world.counts().get("waiting", 0) == 0
        assert world.timers.at == {}


def test_given_a_stop_at_any_step_of_a_planner_when_run_again_then_texted_once() -> None:
    for step, after in crash_points(lambda: steps_of(planning=plan)):
        world = new_world()
        world.steps.once(step, lambda: world.edit_shift(fill_status="stopped"), after=after)  # noqa: B023
        world.plan()
        world.send()
        finish(world)
        assert world.texted() == []
        world.edit_shift(fill_status="running")
        finish(world)
        world.pass_time(hours=1)
        assert Counter(world.texted()) == Counter(employee(index) for index in range(8))
        assert world.status() == ("exhausted", 8)


def test_given_requests_that_arrive_late_when_handled_then_they_change_nothing() -> None:
    world = new_world()
    world.run()
    before = (world.item(), world.rows("FillContacts"), world.timers.at.copy())
    for _ in range(3):
        world.run()
    assert (world.item(), world.rows("FillContacts"), world.timers.at) == before


def test_given_a_lost_timer_when_any_request_arrives_then_the_next_wave_is_sent() -> None:
    world = new_world()
    world.run()
    world.timers.at.clear()
    world.clock.time += timedelta(minutes=11)
    world.run()
    assert len(world.texted()) == 8


def filled_world() -> FillWorld:
    """Returns a world whose shift was filled in the first wave, without a request since."""
    world = new_world()
    world.run()
    world.claim(1)
    world.clock.pass_time(minutes=1)
    return world


def test_given_a_planner_that_stalls_when_another_resumes_then_the_plan_has_a_timer() -> None:
    world = filled_world()
    before = world.steps.taken
    world.plan()
    for step in range(1, world.steps.taken - before + 1):
        world = filled_world()

        def resume(world: FillWorld = world) -> None:
            world.plan()
            world.drop(1)
            world.plan()

        world.steps.once(step, resume, after=False)
        world.plan()
        assert world.status()[0] == "running"
        assert world.timers.at == {"A1": world.clock() + timedelta(minutes=10)}, step


def test_given_a_planner_that_stalls_when_another_stops_then_there_is_no_timer() -> None:
    world = new_world()
    world.plan()
    for step in range(1, world.steps.taken + 1):
        world = new_world()

        def stop(world: FillWorld = world) -> None:
            world.plan()
            world.send()
            world.edit_shift(fill_status="stopped")
            world.plan()

        world.steps.once(step, stop, after=False)
        world.plan()
        assert world.status()[0] == "stopped"
        assert world.timers.at == {}, step

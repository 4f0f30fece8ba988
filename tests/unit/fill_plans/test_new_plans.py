"""Tests that a seat that is freed after everyone was texted leads to one new plan."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.fill_plans.fill_contact import PlanProgress
from shift_sms_runtime.fill_plans.progress import due_progress
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from tests.support.crash_points import Killed, die
from tests.support.fill_world import FillWorld, employee

ALL = [employee(index) for index in range(6)]
BROADCAST: dict[str, Any] = {"fill_order": "broadcast", "fill_wave_size": None}


def filled(employees: int = 6) -> FillWorld:
    """Returns a world in which everyone was texted, and the first employee has had the seat for 3 minutes."""
    world = FillWorld(employees=employees)
    world.put_shift(**BROADCAST)
    world.run()
    world.claim(0)
    world.clock.pass_time(minutes=5)
    world.run()
    assert world.status() == ("filled", employees)
    world.clock.pass_time(minutes=3)
    return world


def started_plans(world: FillWorld) -> int:
    return sum(row["entry"].startswith("plan#") for row in world.rows("FillContacts"))


def test_given_everyone_texted_when_the_holder_is_sick_then_others_are_texted_again() -> None:
    world = filled()
    world.call_in_sick(0)
    world.run()
    assert world.texted() == [*ALL, *ALL[1:]]
    assert world.status() == ("running", 5)
    world.run()
    world.pass_time(hours=2)
    assert world.texted() == [*ALL, *ALL[1:]]
    assert world.status() == ("exhausted", 5)
    assert started_plans(world) == 2


def test_given_a_claim_and_a_sick_call_before_a_request_then_texts_wait() -> None:
    world = FillWorld(employees=6)
    world.put_shift(**BROADCAST)
    world.run()
    world.clock.pass_time(minutes=1)
    world.claim(0)
    world.call_in_sick(0)
    world.run()
    world.pass_time(minutes=58)
    assert world.texted() == ALL, "they can still reply to the first text"
    world.pass_time(minutes=1)
    assert world.texted() == [*ALL, *ALL[1:]]


@pytest.mark.parametrize("free", ["sick", "drop"])
def test_given_a_seat_that_is_taken_and_freed_at_once_then_no_one_is_texted_again(free: str) -> None:
    world = FillWorld(employees=6)
    world.put_shift(**BROADCAST)
    world.run()
    for _ in range(3):
        world.clock.pass_time(seconds=20)
        world.claim(0)
        world.run()
        assert world.status()[0] == "filled"
        world.clock.pass_time(seconds=20)
        (sick if free == "sick" else drop)(world)
        world.run()
    world.pass_time(minutes=57)
    assert (world.status()[0], world.texted()) == ("running", ALL)
    world.pass_time(minutes=1)
    assert len(world.texted()) > len(ALL)


def test_given_a_new_plan_when_filled_for_long_then_a_drop_texts_again() -> None:
    world = FillWorld(employees=6)
    world.put_shift(**BROADCAST)
    world.run()
    for minutes in (2, 3):
        world.claim(0)
        world.run()
        world.clock.pass_time(minutes=minutes)
        world.drop(0)
        world.run()
    world.pass_time(minutes=1)
    assert Counter(world.texted()) == dict.fromkeys(ALL, 2)


def test_given_a_free_seat_when_a_holder_is_sick_then_open_offers_are_not_repeated() -> None:
    world = FillWorld(employees=6)
    world.put_shift(seats=2, **BROADCAST)
    world.run()
    world.claim(0)
    world.run()
    world.clock.pass_time(minutes=10)
    world.call_in_sick(0)
    world.run()
    assert world.texted() == ALL, "they can still reply to the first text"
    assert world.status() == ("running", 0)
    world.pass_time(minutes=49)
    assert world.texted() == ALL
    world.pass_time(minutes=1)
    assert world.texted() == [*ALL, *ALL[1:]]


def test_given_open_offers_when_the_plan_ends_before_a_repetition_then_exhausted() -> None:
    world = FillWorld(employees=6)
    world.put_shift(seats=2, fill_by=(world.clock() + timedelta(minutes=50)).isoformat(), **BROADCAST)
    world.run()
    world.claim(0)
    world.run()
    world.call_in_sick(0)
    world.run()
    assert world.status()[0] == "exhausted"
    assert world.texted() == ALL


def test_given_open_offers_to_no_one_who_may_book_then_the_plan_is_exhausted() -> None:
    world = FillWorld(employees=3)
    world.put_shift(seats=2, **BROADCAST)
    world.run()
    world.claim(0)
    world.run()
    world.put_employee(1, opted_out=True)
    world.put_employee(2, opted_out=True)
    world.call_in_sick(0)
    world.run()
    assert world.status() == ("exhausted", 0)


def test_given_open_offers_when_quiet_hours_begin_then_texted_after_them() -> None:
    world = FillWorld(employees=3, quiet_hours="12:10-13:30")
    world.put_shift(seats=2, **BROADCAST)
    world.run()
    world.claim(0)
    world.run()
    world.clock.pass_time(minutes=15)
    world.call_in_sick(0)
    world.run()
    assert world.status() == ("running", 0)
    world.pass_time(minutes=74)
    assert world.texted() == ALL[:3]
    world.pass_time(minutes=1)
    assert world.texted() == [*ALL[:3], *ALL[1:3]]


def test_given_places_for_all_who_were_texted_when_a_seat_is_added_then_exhausted() -> None:
    world = FillWorld(employees=2)
    world.put_shift(seats=2, **BROADCAST)
    world.run()
    world.claim(0)
    world.claim(1)
    world.run()
    world.edit_shift(seats=3)
    world.run()
    assert (started_plans(world), world.status()) == (1, ("exhausted", 2))


def test_given_a_sick_employee_who_keeps_the_seat_then_no_new_plan_starts() -> None:
    world = FillWorld()
    world.put_shift(seats=2)
    world.claim(0)
    world.run()
    world.shifts.save(world.shift().with_sick_call(employee(0), world.clock()))
    world.run()
    assert (started_plans(world), world.status()) == (1, ("running", 4))


def test_given_some_not_texted_when_a_seat_is_dropped_then_they_come_first() -> None:
    world = FillWorld(employees=6)
    world.put_shift()
    world.run()
    world.claim(1)
    world.clock.pass_time(minutes=1)
    world.run()
    world.clock.pass_time(minutes=10)
    world.drop(1)
    world.run()
    assert world.texted() == ALL, "two were left"
    started_at = world.item()["fill_started_at"]
    world.pass_time(minutes=9)
    assert world.item()["fill_started_at"] == started_at
    world.pass_time(minutes=1)
    assert world.item()["fill_started_at"] != started_at
    assert Counter(world.texted()) == Counter([*ALL, *ALL[:4]]), "the last two can still reply"
    world.pass_time(hours=2)
    assert max(Counter(world.texted()).values()) == 2
    assert (started_plans(world), world.status()[0]) == (2, "exhausted")


def test_given_everyone_texted_when_a_seat_is_dropped_then_a_new_plan_starts_once() -> None:
    world = filled()
    world.drop(0)
    world.run()
    assert Counter(world.texted()) == dict.fromkeys(ALL, 2)
    world.run()
    world.pass_time(hours=3)
    assert (started_plans(world), world.status()) == (2, ("exhausted", 6))
    assert Counter(world.texted()) == dict.fromkeys(ALL, 2)


def test_given_the_limit_of_a_day_when_seats_are_dropped_then_no_one_gets_more() -> None:
    world = filled()
    for _ in range(4):
        world.drop(0)
        world.run()
        world.clock.pass_time(minutes=5)
        world.claim(0)
        world.run()
        world.clock.pass_time(minutes=3)
    assert max(Counter(world.texted()).values()) == 3


def test_given_a_waiting_list_when_everyone_was_texted_then_it_is_asked_first() -> None:
    world = filled()
    world.edit_shift(waiting_list=[employee(5)])
    world.drop(0)
    world.run()
    assert world.texted() == ALL
    world.edit_shift(waiting_list=None)
    world.run()
    assert len(world.texted()) > 6


def test_given_a_stopped_plan_when_the_holder_is_sick_then_a_new_plan_starts() -> None:
    world = FillWorld(employees=6)
    world.put_shift(seats=2, **BROADCAST)
    world.run()
    world.claim(0)
    world.edit_shift(fill_status="stopped")
    world.run()
    world.clock.pass_time(hours=2)
    world.call_in_sick(0)
    world.run()
    assert world.texted() == [*ALL, *ALL[1:]]


def test_given_texts_that_wait_when_a_holder_is_sick_then_a_new_plan_sends_them() -> None:
    world = FillWorld(employees=6)
    world.put_shift(seats=2, **BROADCAST)
    world.plan()
    world.clock.pass_time(minutes=1)
    world.claim(0)
    world.call_in_sick(0)
    world.plan()
    world.send()
    assert world.texted() == ALL[1:]
    counts = {row["shift_id"][-4:]: row for row in world.rows("FillContacts") if row["entry"] == "contacts"}
    assert [counts[number[-4:]]["day_2026-08-01"] for number in ALL] == [0, 1, 1, 1, 1, 1]


def sick(world: FillWorld) -> None:
    world.call_in_sick(0)


def drop(world: FillWorld) -> None:
    world.drop(0)


def steps_after(free: Callable[[FillWorld], None]) -> list[int]:
    """Returns the steps of a planner after a seat was freed. A stop after a step is one before the next step."""
    world = filled(employees=3)
    free(world)
    before = world.steps.taken
    world.plan()
    return [*range(1, world.steps.taken - before + 1)]


def check_once(world: FillWorld, texts: int) -> None:
    world.send()
    world.run()
    assert started_plans(world) == 2
    assert len(world.texted()) == 3 + texts
    assert max(Counter(world.texted()).values()) == 2
    world.pass_time(hours=2)
    assert (started_plans(world), len(world.texted())) == (2, 3 + texts)


def test_given_a_planner_that_stops_anywhere_then_one_new_plan_starts() -> None:
    for step in steps_after(sick):
        world = filled(employees=3)
        sick(world)
        world.steps.once(step, die, after=False)
        with pytest.raises(Killed):
            world.plan()
        world.clock.pass_time(minutes=2)
        world.run()
        check_once(world, 2)


def test_given_two_planners_then_one_new_plan_starts() -> None:
    for step in steps_after(drop):
        world = filled(employees=3)
        drop(world)
        world.steps.once(step, world.plan, after=False)
        world.plan()
        check_once(world, 3)


def test_given_an_exhausted_plan_when_restarted_at_once_then_it_starts_later() -> None:
    world = FillWorld()
    world.put_shift(fill_status="running")
    now = world.clock()
    started_at = (now + timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
    before = PlanProgress("A1", started_at, FillStatus.EXHAUSTED)
    after = due_progress(world.shift(), before, now)
    assert after is not None
    assert after.started_at == (now + timedelta(milliseconds=2)).isoformat(timespec="milliseconds")
    assert after.target_from == now

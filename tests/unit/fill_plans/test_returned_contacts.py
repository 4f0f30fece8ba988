"""Tests that a text that was never sent does not count for its employee, and that each count is given back once."""

from collections import Counter
from typing import Any

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Refused
from tests.support.crash_points import Killed, die
from tests.support.fill_world import FillWorld, employee

ALL = [employee(index) for index in range(4)]
TODAY = "day_2026-08-01"


def taken_before_sent(shift_id: str = "A1", world: FillWorld | None = None) -> FillWorld:
    """Returns a world in which senders have skipped a wave of three, because the shift was taken."""
    world = world or FillWorld(employees=4)
    world.put_shift(shift_id, fill_wave_size=3)
    world.plan(shift_id)
    world.clock.pass_time(minutes=1)
    world.claim(3, shift_id)
    world.send()
    return world


def counts(world: FillWorld) -> list[int]:
    """Returns the texts of today of each employee."""
    rows = {row["shift_id"]: row for row in world.rows("FillContacts") if row["entry"] == "contacts"}
    return [int(rows.get(f"employee#{number}", {}).get(TODAY, 0)) for number in ALL]


def history(world: FillWorld, index: int) -> dict[str, Any]:
    rows = world.rows("FillContacts")
    return next((row for row in rows if row["shift_id"] == f"employee#{employee(index)}"), {})


def test_given_shifts_that_are_taken_before_sending_then_the_day_has_no_texts() -> None:
    world = FillWorld(employees=4)
    for shift_id in ("A1", "B2", "C3"):
        taken_before_sent(shift_id, world)
        world.plan(shift_id)
    assert (world.texted(), counts(world)) == ([], [0, 0, 0, 0])
    assert "last_contact" not in history(world, 0)
    world.put_shift("D4", fill_order="broadcast")
    world.run("D4")
    assert sorted(world.texted()) == ALL
    assert counts(world) == [1, 1, 1, 1]


def test_given_texts_that_are_settled_late_when_counted_again_then_given_back() -> None:
    world = FillWorld(employees=4)
    world.put_shift(fill_wave_size=3)
    world.plan()
    world.claim(3)
    world.plan()
    assert (world.status(), counts(world)) == (("filled", 3), [1, 1, 1, 0]), "they may still be sent"
    world.send()
    world.pass_time(minutes=1)
    assert (world.status(), counts(world)) == (("filled", 0), [0, 0, 0, 0])


def test_given_an_earlier_text_when_a_later_one_is_given_back_then_its_time_counts() -> None:
    world = FillWorld(employees=4)
    world.put_shift("Z9", fill_wave_size=3)
    world.run("Z9")
    before = history(world, 0)
    world.clock.pass_time(hours=1)
    world.shifts.save(world.shift("Z9").with_holder(employee(3), world.clock()))
    taken_before_sent("A1", world)
    assert history(world, 0)["last_contact"] > before["last_contact"]
    world.plan("A1")
    assert history(world, 0) == {
        **history(world, 0),
        **{name: before[name] for name in ("last_contact", TODAY)},
    }


def test_given_a_later_contact_when_an_earlier_is_given_back_then_its_time_stays() -> None:
    world = taken_before_sent()
    world.put_shift("B2", fill_order="broadcast")
    world.run("B2")
    latest = history(world, 0)["last_contact"]
    assert counts(world)[0] == 2
    world.plan("A1")
    assert (counts(world)[0], history(world, 0)["last_contact"]) == (1, latest)


def test_given_a_contact_that_is_texted_by_a_later_wave_then_it_counts_once() -> None:
    world = taken_before_sent()
    world.plan()
    world.drop(3)
    world.run()
    assert world.texted() == ALL[:3]
    assert counts(world) == [1, 1, 1, 0]
    assert world.status() == ("running", 3)


@pytest.mark.parametrize("status", [DeliveryStatus.FAILED, DeliveryStatus.NOT_VERIFIED])
def test_given_a_text_that_failed_when_people_are_counted_then_it_is_omitted(
    status: DeliveryStatus,
) -> None:
    world = FillWorld(employees=4)
    world.phones.refusals[employee(1)] = Refused(status, "TEXT_INVALID")
    world.put_shift()
    world.run()
    assert world.status() == ("running", 3)
    assert counts(world) == [1, 1, 1, 1], "the attempt counts for the day"
    world.pass_time(minutes=10)
    assert len(world.texted()) == 3, "it is not repeated"
    assert world.status() == ("exhausted", 3)


def test_given_an_employee_who_opts_out_before_the_send_then_it_does_not_count() -> None:
    world = FillWorld(employees=4)
    world.put_shift()
    world.plan()
    world.put("Employees", {"phone_number": employee(2), "opted_out": True})
    world.send()
    world.pass_time(minutes=11)
    assert counts(world) == [1, 1, 0, 1]
    assert world.status() == ("exhausted", 3)


def skipped_and_texted_again() -> FillWorld:
    """Returns a world in which another plan has texted those whom senders have skipped."""
    world = taken_before_sent()
    world.put_shift("B2", fill_order="broadcast")
    world.run("B2")
    return world


def steps_of_giving_back() -> list[int]:
    """Returns the steps of the planner. A stop after a step is one before the next step."""
    world = skipped_and_texted_again()
    before = world.steps.taken
    world.plan()
    return [*range(1, world.steps.taken - before + 1)]


def test_given_a_planner_that_stops_anywhere_then_each_count_is_given_back_once() -> None:
    for step in steps_of_giving_back():
        world = skipped_and_texted_again()
        world.steps.once(step, die, after=False)
        with pytest.raises(Killed):
            world.plan()
        world.plan()
        assert counts(world) == [1, 1, 1, 1]


def test_given_two_planners_then_each_count_is_given_back_once() -> None:
    for step in steps_of_giving_back():
        world = skipped_and_texted_again()
        world.steps.once(step, world.plan, after=False)
        world.plan()
        assert counts(world) == [1, 1, 1, 1]


def steps_of_a_wave() -> int:
    world = FillWorld(employees=4)
    world.put_shift(fill_wave_size=3)
    world.plan()
    return world.steps.taken


def test_given_a_planner_that_stalls_when_its_wave_was_stopped_then_texts_count() -> None:
    """Another function finishes the wave, it is stopped and given back, and the plan resumes."""
    for step in range(1, steps_of_a_wave() + 1):
        world = FillWorld(employees=4, texts_per_day=1)
        world.put_shift(fill_wave_size=3)

        def meanwhile(world: FillWorld = world) -> None:
            world.clock.pass_time(seconds=1)
            world.plan()
            world.claim(3)
            world.clock.pass_time(seconds=1)
            world.send()
            world.plan()
            world.clock.pass_time(seconds=1)
            world.drop(3)

        world.steps.once(step, meanwhile, after=False)
        world.plan()
        for _ in range(3):
            world.send()
            world.plan()
        world.pass_time(hours=1)
        assert max(Counter(world.texted()).values(), default=0) <= 1
        texts = [world.texted().count(number) for number in ALL]
        assert all(text <= count for text, count in zip(texts, counts(world), strict=True)), step

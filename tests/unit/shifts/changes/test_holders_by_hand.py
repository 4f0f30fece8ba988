"""Tests that an employee whose seat an operator gives or takes by hand is told once."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.support.changes_world import ChangesWorld
from tests.support.crash_points import STOPS, Steps, crash_points, die
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.memory.employees import MemoryEmployees
from tests.support.seats_world import EMPLOYEES

GIVEN = "Booked for you by your manager: A1 night. Reply DROP A1 to give it back"
TAKEN = "Taken off your schedule by your manager: A1 night"


def world_with_shift(*, seats: int = 1, blog: bool = False) -> ChangesWorld:
    """Returns a world with A1, which is without times as in the blog post if `blog`."""
    world = ChangesWorld()
    if blog:
        world.shifts.put("A1", "night", seats=seats if seats > 1 else None)
    else:
        world.put_shift(seats=seats)
    return world


def booked_world(*, seats: int = 1, blog: bool = False) -> ChangesWorld:
    """Returns a world in which Ann has booked A1."""
    world = world_with_shift(seats=seats, blog=blog)
    world.deliver(ANN, "A1")
    world.reconcile("A1")
    world.clock.pass_time(minutes=1)
    return world


@pytest.mark.parametrize("blog", [False, True])
def test_given_a_holder_written_by_hand_when_followed_often_then_told_once(*, blog: bool) -> None:
    world = world_with_shift(blog=blog)
    before = dict(world.shifts.rows["A1"])
    world.edit_by_hand(shift_status="taken", employee=ANN)
    for _ in range(3):
        world.follow_change(before)
        world.clock.pass_time(minutes=1)
    assert world.seat_texts() == [GIVEN]
    assert world.employee_bookings.rows[ANN].by_shift["A1"].booked_at == world.shift().holders[ANN]
    world.deliver(ANN, "DROP A1")
    assert world.phones.heard(ANN)[-1] == "Given back: A1"
    world.follow_change(before)
    assert world.seat_texts() == [GIVEN]


@pytest.mark.parametrize("time", ["", "now"])
def test_given_one_more_holder_when_written_by_hand_then_only_that_one_is_told(time: str) -> None:
    world = booked_world(seats=2)
    holders = world.shifts.rows["A1"]["employees"]
    at = world.clock().isoformat() if time else ""
    world.edit_by_hand(employees={**holders, BOB: at})
    assert (world.seat_texts(ANN), world.seat_texts(BOB)) == ([], [GIVEN])
    assert world.shifts.holders("A1") == [ANN, BOB]


@pytest.mark.parametrize("blog", [False, True])
@pytest.mark.parametrize(
    "edit",
    [{"employee": None, "employees": None, "shift_status": "available"}, {"shift_status": "available"}],
)
def test_given_a_seat_taken_by_hand_when_followed_often_then_it_is_told_once(
    edit: dict[str, object], *, blog: bool
) -> None:
    world = booked_world(blog=blog)
    before = dict(world.shifts.rows["A1"])
    world.edit_by_hand(**edit)
    for _ in range(3):
        world.follow_change(before)
        world.clock.pass_time(minutes=1)
    assert world.seat_texts() == [TAKEN]
    assert "A1" not in world.employee_bookings.rows[ANN].by_shift


def test_given_an_old_booking_without_times_when_taken_by_hand_then_it_is_told() -> None:
    world = booked_world(blog=True)
    world.clock.pass_time(days=20)
    world.edit_by_hand(employee=None, employees=None, shift_status="available")
    assert world.seat_texts() == [TAKEN]


def test_given_another_holder_when_written_by_hand_then_both_are_told() -> None:
    world = booked_world()
    world.edit_by_hand(employee=BOB)
    assert (world.seat_texts(ANN), world.seat_texts(BOB)) == ([TAKEN], [GIVEN])
    world.clock.pass_time(minutes=1)
    world.edit_by_hand(employee=ANN)
    assert world.seat_texts(ANN) == [TAKEN, GIVEN]
    assert world.seat_texts(BOB) == [GIVEN, TAKEN]


@pytest.mark.parametrize("texts", [["DROP A1"], ["SICK A1"], ["DROP A1", "A1"], ["DROP A1", "A1", "DROP A1"]])
def test_given_texts_of_the_holder_when_followed_in_any_order_then_none_is_told(texts: list[str]) -> None:
    world = booked_world(seats=2)
    images = [dict(world.shifts.rows["A1"])]
    for text in texts:
        world.clock.pass_time(seconds=1)
        world.deliver(ANN, text)
        images.append(dict(world.shifts.rows["A1"]))
    for before, after in [*pairwise(images), *reversed([*pairwise(images)])]:
        world.follow_change(before, after)
    assert world.seat_texts() == []


@pytest.mark.parametrize("undone", [False, True])
def test_given_a_canceled_shift_when_followed_then_only_the_cancellation_is_told(*, undone: bool) -> None:
    world = booked_world()
    images = [dict(world.shifts.rows["A1"])]

    def record() -> None:
        images.append(dict(world.shifts.rows["A1"]))

    world.shifts.edit("A1", shift_status="cancelled")
    record()
    world.reconcile_due()
    record()
    if undone:
        world.shifts.edit("A1", shift_status="available")
        record()
        world.reconcile_due()
        record()
    for before, after in [*pairwise(images), *reversed([*pairwise(images)])]:
        world.follow_change(before, after)
    assert world.seat_texts() == []
    assert [text for text in world.phones.heard(ANN) if text.startswith("Canceled")]


def test_given_a_seat_that_is_given_back_by_hand_at_once_then_no_release_is_told() -> None:
    world = booked_world(seats=2)
    first = dict(world.shifts.rows["A1"])
    world.shifts.edit("A1", employees=None)
    world.shifts.edit("A1", employees=first["employees"])
    world.follow_change(first | {"role": "x"})
    world.reconcile("A1", lost_seats={ANN: world.shift().holders[ANN]})  # type: ignore[dict-item]
    world.send_notices()
    assert world.seat_texts() == []


def test_given_an_opted_out_holder_when_taken_by_hand_then_no_text_is_sent() -> None:
    world = booked_world()
    world.employees.rows[ANN].opted_out = True
    world.edit_by_hand(employee=None, employees=None, shift_status="available")
    assert world.seat_texts() == []
    assert "A1" not in world.employee_bookings.rows[ANN].by_shift


def test_given_a_shift_that_is_over_when_its_holders_are_edited_then_no_one_is_told() -> None:
    world = booked_world()
    world.clock.pass_time(days=4)
    world.edit_by_hand(employee=BOB)
    assert (world.seat_texts(ANN), world.seat_texts(BOB)) == ([], [])


def test_given_an_old_holder_whose_booking_was_pruned_when_reconciled_then_not_told() -> None:
    world = booked_world(blog=True)
    world.clock.pass_time(days=31)
    del world.employee_bookings.rows[ANN]
    world.edit_by_hand(seats=2)
    world.reconcile("A1")
    world.send_notices()
    assert world.seat_texts() == []


def test_given_many_holders_written_by_hand_when_reconciled_then_each_is_told_once() -> None:
    numbers = [f"+1425557{number:04}" for number in range(110)]
    world = ChangesWorld(employees=MemoryEmployees(set(numbers)))
    world.put_shift(seats=120)
    world.edit_by_hand(employees=dict.fromkeys(numbers, ""))
    world.reconcile("A1")
    world.send_notices()
    assert [world.seat_texts(number) for number in numbers] == [[GIVEN]] * 110
    assert all("A1" in world.employee_bookings.rows[number].by_shift for number in numbers)


def test_given_a_malformed_number_by_hand_when_reconciled_then_it_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = world_with_shift()
    monkeypatch.setattr(world.employee_bookings, "of", die)
    world.edit_by_hand(shift_status="taken", employee="x" * 3000)
    assert world.shift().holders["x" * 3000] is not None
    world.edit_by_hand(shift_status="available", employee=None, employees=None)
    assert not world.phones.texts, "a key of the table has at most 2,048 bytes"


def given_by_hand() -> ChangesWorld:
    """Returns a world in which Bob has the seat of Ann, by hand, and no function has followed."""
    world = booked_world()
    world.shifts.edit("A1", employee=BOB)
    return world


def lost_seats(world: ChangesWorld) -> dict[str, object]:
    """Returns the arguments of the reconciliation that follows."""
    booking = world.employee_bookings.rows[ANN].by_shift.get("A1")
    at = booking.booked_at if booking else world.clock() - timedelta(minutes=1)
    return {"lost_seats": {ANN: at}}


def _following() -> Steps:
    world = given_by_hand()
    before = world.steps.taken
    world.reconcile("A1", **lost_seats(world))  # type: ignore[arg-type]
    world.steps.taken -= before
    return world.steps


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(_following))
def test_given_holders_by_hand_when_functions_stop_then_each_is_told_once(
    stop: Callable[[], None], error: type[BaseException], step: int, *, after: bool
) -> None:
    world = given_by_hand()
    request = lost_seats(world)
    world.steps.once(step, stop, after=after)
    with pytest.raises(error):
        world.reconcile("A1", **request)  # type: ignore[arg-type]
    world.clock.pass_time(minutes=1)
    world.reconcile("A1", **request)  # type: ignore[arg-type]
    world.send_notices()
    assert (world.seat_texts(ANN), world.seat_texts(BOB)) == ([TAKEN], [GIVEN])


@pytest.mark.parametrize(("step", "after"), crash_points(_following))
def test_given_holders_by_hand_when_reconciled_at_once_then_each_is_told_once(
    step: int, *, after: bool
) -> None:
    world = given_by_hand()
    request = lost_seats(world)
    world.steps.once(step, lambda: world.reconcile("A1", **request), after=after)  # type: ignore[arg-type]
    world.reconcile("A1", **request)  # type: ignore[arg-type]
    world.send_notices()
    assert (world.seat_texts(ANN), world.seat_texts(BOB)) == ([TAKEN], [GIVEN])


@pytest.mark.parametrize(("step", "after"), crash_points(_following))
def test_given_a_drop_at_any_step_when_given_by_hand_then_nothing_untrue_is_told(
    step: int, *, after: bool
) -> None:
    world = given_by_hand()
    request = lost_seats(world)

    def drop() -> None:
        world.deliver(BOB, "DROP A1")

    world.steps.once(step, drop, after=after)
    world.reconcile("A1", **request)  # type: ignore[arg-type]
    before = dict(world.shifts.rows["A1"]) | {"shift_status": "taken", "employee": BOB}
    world.follow_change(before)
    assert world.seat_texts(ANN) == [TAKEN]
    assert world.seat_texts(BOB) in ([], [GIVEN])
    assert EMPLOYEES[0] == ANN


def test_given_a_holder_whose_number_is_written_otherwise_then_it_is_the_same_seat() -> None:
    world = booked_world()
    before = [*world.phones.heard(ANN)]
    world.clock.pass_time(minutes=5)
    world.shifts.edit("A1", employee=f"{ANN[:2]} ({ANN[2:5]}) {ANN[5:8]}-{ANN[8:]}")
    world.reconcile_shifts()
    assert world.phones.heard(ANN) == before

"""Tests that each holder is told once of another time or place."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.changes_world import ChangesWorld
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.seats_world import steps_of_reconciling
from tests.support.send_results import THROTTLED

MOVED = "Changed: A1 night, now Mon 3 Aug 14:00-20:00. Reply DROP A1 to give it back"


def booked_world(**shift: object) -> ChangesWorld:
    """Returns a world in which Ann has booked A1."""
    world = ChangesWorld()
    world.put_shift(**shift)  # type: ignore[arg-type]
    world.deliver(ANN, "A1")
    world.reconcile_shifts()
    return world


def moved_world() -> ChangesWorld:
    """Returns a world in which A1 was moved, and the change has settled."""
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    world.reconcile_shifts()
    assert world.changes() == [], "the operator may correct it"
    world.clock.pass_time(minutes=2, seconds=1)
    return world


@pytest.mark.parametrize("times", [1, 3])
def test_given_a_moved_shift_when_reconciled_often_then_its_holder_is_told_once(times: int) -> None:
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    world.reconcile_shifts()
    due_in = world.shift_timers.at["A1"] - world.clock()
    assert timedelta(minutes=2) <= due_in < timedelta(minutes=2, seconds=1)
    world.clock.pass_time(minutes=2, seconds=1)
    for _ in range(times):
        world.reconcile("A1")
    for _ in range(times):
        world.send_notices()
        world.reconcile("A1")
        world.clock.pass_time(minutes=10)
    assert world.changes() == [MOVED]
    assert world.employee_bookings.rows[ANN].by_shift["A1"].span == world.shift().span


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        ({"site": "Airport"}, "Changed: A1 night, now Airport. Reply DROP A1 to give it back"),
        (
            {"site": "Airport", "starts_at": "2026-08-03T13:00Z"},
            "A1 night, now Mon 3 Aug 13:00-18:00, Airport.",
        ),
        ({"ends_at": "2026-08-03T19:00Z"}, "Changed: A1 night, now Mon 3 Aug 12:00-19:00."),
        ({"site": None}, "Changed: A1 night. Reply DROP A1 to give it back"),
        ({"shift_info": "late", "site": "Airport"}, "Changed: A1 late, now Airport."),
    ],
)
def test_given_another_time_or_place_when_told_then_the_text_names_what_changed(
    edit: dict[str, object], text: str
) -> None:
    world = booked_world()
    world.shifts.edit("A1", **edit)
    world.settle()
    assert len(world.changes()) == 1
    assert text in world.changes()[0]


@pytest.mark.parametrize(
    "edit",
    [
        {"shift_info": "nightshift"},
        {"role": "cook"},
        {"seats": 3},
        {"site": " Harbor "},
        {"starts_at": "2026-08-03T14:00+02:00"},
        {"shift_status": "on-hold", "site": "Airport"},
        {"starts_at": "tomorow", "site": "Airport"},
    ],
)
def test_given_another_edit_when_reconciled_then_no_holder_is_told(edit: dict[str, object]) -> None:
    world = booked_world()
    world.shifts.edit("A1", **edit)
    world.settle()
    assert world.changes() == []


@pytest.mark.parametrize("attribute", ["site", "starts_at"])
def test_given_no_start_or_no_site_when_the_info_changes_then_it_is_told(attribute: str) -> None:
    world = ChangesWorld()
    world.put_shift()
    world.shifts.edit("A1", **{attribute: None, "ends_at": None})
    world.deliver(ANN, "A1")
    world.reconcile_shifts()
    world.shifts.edit("A1", shift_info="night at gate 5")
    world.settle()
    assert world.changes() == ["Changed: A1 night at gate 5. Reply DROP A1 to give it back"]


def test_given_a_shift_of_the_blog_post_when_its_info_changes_then_it_is_told() -> None:
    world = ChangesWorld()
    world.shifts.put("A1", "15/08 5h nightshift")
    world.deliver(ANN, "A1")
    assert not world.shift().needs_reconciling
    world.shifts.edit("A1", shift_info="16/08 5h nightshift")
    assert world.shift().needs_reconciling
    world.settle()
    assert world.changes() == ["Changed: A1 16/08 5h nightshift. Reply DROP A1 to give it back"]
    assert world.shift_timers.at == {}
    assert not world.shift().needs_reconciling


def test_given_two_edits_in_a_row_when_settled_then_one_text_tells_both() -> None:
    world = booked_world()
    world.shifts.edit("A1", **world.times(51))
    world.reconcile_shifts()
    world.clock.pass_time(minutes=1)
    world.shifts.edit("A1", site="Airport", **world.times(50))
    world.reconcile_shifts()
    world.clock.pass_time(minutes=1, seconds=30)
    world.reconcile_due()
    assert world.changes() == [], "the time counts from the last edit"
    world.settle()
    assert world.changes() == [
        "Changed: A1 night, now Mon 3 Aug 14:00-20:00, Airport. Reply DROP A1 to give it back"
    ]


def test_given_a_mistake_when_undone_before_it_settles_then_no_text_is_sent() -> None:
    world = booked_world()
    before = world.times(48)
    world.shifts.edit("A1", **world.times(84))
    world.reconcile_shifts()
    world.clock.pass_time(minutes=1)
    world.shifts.edit("A1", **before)
    world.settle()
    world.settle()
    assert world.changes() == []


def test_given_a_change_that_was_told_when_undone_then_that_is_told_too() -> None:
    world = moved_world()
    world.settle()
    world.clock.pass_time(minutes=30)
    world.shifts.edit("A1", **world.times(48))
    world.settle()
    assert world.changes() == [MOVED, MOVED.replace("14:00-20:00", "12:00-18:00")]


def test_given_a_booking_between_two_edits_when_told_then_each_hears_what_is_new() -> None:
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    world.reconcile_shifts()
    world.clock.pass_time(seconds=1)
    world.deliver(BOB, "A1")
    world.settle()
    assert (len(world.changes(ANN)), world.changes(BOB)) == (1, []), "Bob has booked the new time"
    world.shifts.edit("A1", site="Airport")
    world.settle()
    assert [len(world.changes(number)) for number in (ANN, BOB)] == [2, 1]


def test_given_a_booking_of_an_edited_shift_when_undone_then_only_that_one_is_told() -> None:
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    world.clock.pass_time(seconds=1)
    world.deliver(BOB, "A1")
    world.shifts.edit("A1", **world.times(48))
    world.settle()
    assert world.changes(ANN) == []
    assert world.changes(BOB) == [MOVED.replace("14:00-20:00", "12:00-18:00")]


def test_given_a_holder_who_left_when_the_change_is_due_then_only_others_are_told() -> None:
    world = booked_world()
    world.deliver(BOB, "A1")
    world.shifts.edit("A1", **world.times(50))
    world.reconcile_shifts()
    world.clock.pass_time(minutes=2, seconds=1)
    world.reconcile("A1")
    world.deliver(BOB, "DROP A1")
    world.send_notices()
    assert (world.changes(ANN), world.changes(BOB)) == ([MOVED], [])
    world.deliver(BOB, "A1")
    world.settle()
    assert world.changes(BOB) == [], "a new booking is of the new time"


@pytest.mark.parametrize("edit", [{"shift_status": "cancelled"}, {"shift_status": "on-hold"}])
def test_given_a_text_that_waits_when_the_shift_is_closed_then_it_is_withdrawn(
    edit: dict[str, object],
) -> None:
    world = moved_world()
    world.reconcile("A1")
    world.shifts.edit("A1", **edit)
    world.send_notices()
    world.settle()
    assert world.changes() == []
    if edit["shift_status"] == "on-hold":
        world.shifts.edit("A1", shift_status="available")
        world.settle()
        assert world.changes() == [MOVED], "the change is still true"


def test_given_a_further_change_while_a_text_waits_then_only_the_last_state_is_told() -> None:
    world = moved_world()
    world.phones.results = [THROTTLED] * 200
    world.reconcile_shifts()
    world.shifts.edit("A1", **world.times(52))
    world.reconcile_shifts()
    world.phones.results = []
    world.send_notices()
    assert world.changes() == [], "the text that waited is not true any longer"
    world.settle()
    assert world.changes() == [MOVED.replace("14:00-20:00", "16:00-22:00")]


def test_given_an_edit_back_and_forth_when_withdrawn_then_the_text_is_sent_again() -> None:
    world = moved_world()
    world.reconcile("A1")
    world.shifts.edit("A1", **world.times(52))
    world.workers.run()
    assert world.notice_statuses(ANN) == {"change": DeliveryStatus.STOPPED}
    world.shifts.edit("A1", **world.times(50))
    world.settle()
    assert world.changes() == [MOVED]


def test_given_a_shift_that_is_over_when_moved_then_no_one_is_told() -> None:
    world = booked_world()
    world.clock.pass_time(days=3)
    world.reconcile_shifts()
    world.shifts.edit("A1", **world.times(49))
    world.settle()
    assert world.changes() == []


def test_given_a_shift_that_is_booked_before_the_update_when_moved_then_it_is_told() -> None:
    world = booked_world()
    world.shifts.edit("A1", announced=None)
    world.reconcile_shifts()
    world.shifts.edit("A1", **world.times(50))
    world.settle()
    assert world.changes() == [MOVED]


def test_given_a_shift_without_holders_when_moved_and_booked_then_nothing_is_told() -> None:
    world = booked_world()
    world.deliver(ANN, "DROP A1")
    world.shifts.edit("A1", **world.times(50))
    world.reconcile_shifts()
    world.deliver(BOB, "A1")
    world.deliver(ANN, "A1")
    world.settle()
    assert (world.changes(ANN), world.changes(BOB)) == ([], [])


def test_given_a_new_start_within_the_cutoff_when_told_then_drop_is_not_offered() -> None:
    world = booked_world()
    world.policy = BookingPolicy(reminder_hours=0, drop_cutoff_hours=12)
    world.__post_init__()
    world.shifts.edit("A1", **world.times(5))
    world.settle()
    assert world.changes() == ["Changed: A1 night, now Sat 1 Aug 17:00-23:00"]


@pytest.mark.parametrize(
    ("moved_to", "at_once"),
    [(60, False), (43.5, True), (19, True)],
    ids=["later", "soon after quiet hours", "within quiet hours"],
)
def test_given_quiet_hours_when_a_shift_is_moved_then_the_text_waits_if_it_can(
    moved_to: float, *, at_once: bool
) -> None:
    world = ChangesWorld(policy=BookingPolicy(reminder_hours=0, quiet_hours="21:00-07:00"))
    world.put_shift()
    world.deliver(ANN, "A1")
    world.clock.time = world.start(34 if moved_to > 20 else 10)
    world.shifts.edit("A1", **world.times(moved_to))
    world.settle()
    assert len(world.changes()) == at_once
    world.clock.time = world.start(43)
    world.reconcile_due()
    assert len(world.changes()) == 1


def test_given_quiet_hours_when_a_change_is_undone_in_them_then_none_is_told() -> None:
    world = ChangesWorld(policy=BookingPolicy(reminder_hours=0, quiet_hours="21:00-07:00"))
    world.put_shift(in_hours=70)
    world.deliver(ANN, "A1")
    world.clock.time = world.start(10)
    world.shifts.edit("A1", **world.times(80))
    world.settle()
    world.clock.pass_time(hours=1)
    world.shifts.edit("A1", **world.times(70))
    world.settle()
    world.clock.time = world.start(20)
    world.settle()
    assert world.changes() == []


def test_given_a_text_that_waited_into_quiet_hours_when_they_end_then_it_is_sent() -> None:
    world = ChangesWorld(policy=BookingPolicy(reminder_hours=0, quiet_hours="21:00-07:00"))
    world.put_shift(in_hours=70)
    world.deliver(ANN, "A1")
    world.shifts.edit("A1", **world.times(80))
    world.reconcile_shifts()
    world.clock.time = world.start(8.9)
    world.reconcile("A1")
    world.clock.time = world.start(10)
    world.send_notices()
    assert world.changes() == []
    assert world.shift_timers.at["A1"] == world.start(19)
    world.clock.time = world.start(19)
    world.reconcile_due()
    assert len(world.changes()) == 1


def test_given_an_opted_out_holder_when_a_shift_is_moved_then_the_other_is_told() -> None:
    world = booked_world()
    world.deliver(BOB, "A1")
    world.employees.rows[ANN].opted_out = True
    world.shifts.edit("A1", **world.times(50))
    world.settle()
    assert (world.changes(ANN), world.changes(BOB)) == ([], [MOVED])


def _reconciling_a_moved_shift() -> Steps:
    world = moved_world()
    before = world.steps.taken
    world.reconcile_due()
    world.steps.taken -= before
    return world.steps


def _noting_a_moved_shift() -> Steps:
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    return steps_of_reconciling(world)


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(_reconciling_a_moved_shift))
def test_given_a_change_that_is_due_when_functions_stop_then_it_is_told_once(
    stop: Callable[[], None], error: type[BaseException], step: int, *, after: bool
) -> None:
    world = moved_world()
    world.steps.once(step, stop, after=after)
    with pytest.raises(error):
        world.reconcile_due()
    world.clock.pass_time(minutes=6)
    world.reconcile_due()
    world.settle()
    assert world.changes() == [MOVED] or world.notice_statuses(ANN) == {"change": DeliveryStatus.UNKNOWN}


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(_noting_a_moved_shift))
def test_given_a_moved_shift_when_its_reconciliation_stops_then_it_is_told_once(
    stop: Callable[[], None], error: type[BaseException], step: int, *, after: bool
) -> None:
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    world.steps.once(step, stop, after=after)
    with pytest.raises(error):
        world.reconcile_due()
    world.settle()
    assert world.changes() == [MOVED]


@pytest.mark.parametrize(("step", "after"), crash_points(_reconciling_a_moved_shift))
def test_given_a_second_reconciliation_at_any_step_then_the_change_is_told_once(
    step: int, *, after: bool
) -> None:
    world = moved_world()
    world.steps.once(step, lambda: world.reconcile("A1"), after=after)
    world.reconcile_due()
    world.settle()
    assert world.changes() == [MOVED]


@pytest.mark.parametrize(("step", "after"), crash_points(_reconciling_a_moved_shift))
def test_given_an_edit_at_any_step_when_told_then_the_last_text_is_true(step: int, *, after: bool) -> None:
    world = moved_world()
    world.steps.once(step, lambda: world.shifts.edit("A1", **world.times(52)), after=after)
    world.reconcile_due()
    world.settle()
    world.settle()
    assert len(world.changes()) <= 2
    assert world.changes()[-1] == MOVED.replace("14:00-20:00", "16:00-22:00")


@pytest.mark.parametrize(("step", "after"), crash_points(_reconciling_a_moved_shift))
def test_given_a_drop_at_any_step_when_told_then_nothing_is_told_later(step: int, *, after: bool) -> None:
    world = moved_world()

    def drop() -> None:
        world.deliver(ANN, "DROP A1")

    world.steps.once(step, drop, after=after)
    world.reconcile_due()
    # A text that is being sent when its employee drops the shift still leaves.
    assert len(world.changes()) <= 1
    before = world.changes()
    world.shifts.edit("A1", site="Airport")
    world.settle()
    assert world.changes() == before


def test_given_a_change_that_was_told_when_another_is_undone_then_not_told_again() -> None:
    world = booked_world()
    world.shifts.edit("A1", **world.times(50))
    world.settle()
    assert world.changes() == [MOVED]
    world.clock.pass_time(minutes=10)
    for hours in (48, 50):
        world.shifts.edit("A1", **world.times(hours))
        world.reconcile_shifts()
        world.clock.pass_time(seconds=30)
    world.settle()
    assert world.changes() == [MOVED]

"""Tests that a change is told once, also after the ledger has deleted its notice."""

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.changes_world import ChangesWorld
from tests.support.dialogues.dialogue import ANN
from tests.support.seats_world import EMPLOYEES

LATER = "Changed: A1 night, now Wed 30 Sep 14:00-20:00. Reply DROP A1 to give it back"
BACK = LATER.replace("14:00-20:00", "12:00-18:00")
NOON, AFTERNOON = 60 * 24.0, 60 * 24 + 2.0


def world_with_change(*, told: bool = True) -> ChangesWorld:
    """Returns a world in which Ann has booked A1, in 60 days, before it was moved to the afternoon."""
    world = ChangesWorld()
    world.put_shift(in_hours=NOON)
    world.deliver(ANN, "A1")
    world.reconcile_shifts()
    world.shifts.edit("A1", **world.times(AFTERNOON))
    if told:
        world.settle()
        assert world.changes() == [LATER]
    else:
        world.reconcile_shifts()
    return world


def pass_days(world: ChangesWorld, days: float) -> None:
    """Lets days pass, after 15 of which the ledger has none of the notices."""
    world.clock.pass_time(days=days)
    if days >= 15:
        world.conversations.rows.clear()


def test_given_a_change_that_was_told_when_its_notice_expired_then_not_told_again() -> None:
    world = world_with_change()
    for days in (13.9, 15, 20):
        pass_days(world, days)
        world.settle()
    world.deliver(EMPLOYEES[1], "A1")
    world.settle()
    assert world.changes() == [LATER]


def test_given_a_change_that_was_told_long_ago_when_undone_then_that_is_told_once() -> None:
    world = world_with_change()
    pass_days(world, 20)
    world.shifts.edit("A1", **world.times(NOON))
    for _ in range(3):
        world.settle()
    assert world.changes() == [LATER, BACK]
    pass_days(world, 20)
    world.settle()
    assert world.changes() == [LATER, BACK]


def test_given_an_old_change_when_a_mistake_is_undone_at_once_then_none_is_told() -> None:
    world = world_with_change()
    pass_days(world, 20)
    world.shifts.edit("A1", **world.times(NOON))
    world.reconcile_shifts()
    world.clock.pass_time(minutes=1)
    world.shifts.edit("A1", **world.times(AFTERNOON))
    for _ in range(2):
        world.settle()
    assert world.changes() == [LATER]


def test_given_a_new_change_after_an_old_one_when_undone_then_told_only_if_that_was() -> None:
    world = world_with_change()
    pass_days(world, 20)
    world.shifts.edit("A1", site="Airport")
    world.settle()
    world.shifts.edit("A1", site="Harbor")
    world.settle()
    assert len(world.changes()) == 3
    assert world.changes()[-1].startswith("Changed: A1 night, now Wed 30 Sep 14:00-20:00, Harbor.")


def test_given_a_shift_on_hold_when_opened_after_14_days_then_no_one_is_told() -> None:
    world = world_with_change(told=False)
    world.shifts.edit("A1", shift_status="on-hold")
    world.clock.pass_time(days=13)
    world.settle()
    assert world.changes() == []
    world.clock.pass_time(days=1)
    world.shifts.edit("A1", shift_status="available")
    world.settle()
    assert world.changes() == []


def test_given_a_text_that_waits_when_14_days_pass_then_it_is_withdrawn() -> None:
    world = world_with_change(told=False)
    world.clock.pass_time(minutes=2, seconds=1)
    world.reconcile("A1")
    world.clock.pass_time(days=14)
    world.send_notices()
    assert world.changes() == []
    assert world.notice_statuses(ANN) == {"change": DeliveryStatus.STOPPED}

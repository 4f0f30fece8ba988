"""Tests that cancellations and reminders are sent once."""

from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import NotSent, Sent
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.clock import Deadline
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import MemoryEmployees
from tests.support.seats_world import EMPLOYEES, SeatsWorld, world_with_seats
from tests.support.send_results import NO_ORIGINATION_IDENTITY


@pytest.mark.parametrize("times", [1, 3])
def test_given_a_cancellation_when_reconciled_often_then_each_holder_is_texted_once(
    times: int,
) -> None:
    world = world_with_seats(2)
    ann, bob, cid, eve, *_ = EMPLOYEES
    for person in (ann, bob):
        world.deliver(person, "A1")
    for person in (cid, eve):
        world.deliver(person, "WAIT A1")
    world.deliver(ann, "DROP A1")
    world.reconcile_shifts()
    world.shifts.edit("A1", shift_status="cancelled")
    for _ in range(times):
        world.reconciler.reconcile("A1", Deadline(world.clock))
    notified = [text.to for text in world.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(notified) == [bob, cid, eve], "holder, offered, waiting; not the one who dropped"
    world.deliver(bob, "MINE")
    assert world.phones.heard(bob)[-1].startswith("You have no shifts")
    world.shifts.edit("A1", shift_status="available")
    world.reconcile_shifts()
    world.deliver(bob, "A1")
    world.clock.pass_time(minutes=1)
    world.shifts.edit("A1", shift_status="cancelled")
    world.reconcile_shifts()
    notified = [text.to for text in world.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(notified) == [bob, bob, cid, eve], "only the one who booked in between is texted again"


def test_given_many_holders_when_sends_are_throttled_then_all_are_texted() -> None:
    people = [f"+1425557{number:04}" for number in range(30)]
    world = SeatsWorld(employees=MemoryEmployees(set(people)))
    at = world.clock().isoformat()
    world.shifts.put("A1", "", seats=30, shift_status="cancelled", employees=dict.fromkeys(people, at))
    passes = 0
    while not passes or "A1" in world.shift_timers.at:
        passes += 1
        world.phones.results = [Sent(f"sms-of-{passes}-{number}") for number in range(8)]
        world.phones.results += [NotSent("ThrottlingException", transient=True)] * 200
        world.reconciler.reconcile("A1", Deadline(world.clock, 30))
        assert passes < 10
    assert sorted(text.to for text in world.phones.texts) == people


def test_given_sends_are_throttled_when_none_succeeds_then_the_request_is_retried() -> None:
    world = SeatsWorld()
    world.shifts.put("A1", "", shift_status="cancelled", employee=EMPLOYEES[0])
    world.phones.results = [NotSent("ThrottlingException", transient=True)] * 200
    with pytest.raises(TryAgainLater):
        world.reconciler.reconcile("A1", Deadline(world.clock, 30))
    world.phones.results = []
    world.reconcile_shifts()
    assert world.phones.heard(EMPLOYEES[0]) == ["Cancelled by your manager: A1"]


def test_given_a_refused_country_when_reconciled_then_others_are_texted_once() -> None:
    world = SeatsWorld()
    ann, bob, cid, *_ = EMPLOYEES
    at = world.clock().isoformat()
    world.shifts.put(
        "A1", "", seats=3, shift_status="cancelled", employees=dict.fromkeys([ann, bob, cid], at)
    )
    world.phones.refusals[ann] = NO_ORIGINATION_IDENTITY
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            world.reconcile_shifts()
    notified = [text.to for text in world.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(notified) == [bob, cid]
    world.phones.refusals.clear()
    world.reconcile_shifts()
    assert world.phones.heard(ann) == ["Cancelled by your manager: A1"]


def test_given_an_old_cancellation_when_its_item_changes_then_it_is_not_sent_again() -> None:
    world = SeatsWorld()
    world.deliver(EMPLOYEES[0], "A1")
    world.shifts.put("A1", "", shift_status="cancelled", employee=EMPLOYEES[0])
    world.reconcile_shifts()
    world.clock.pass_time(days=16)
    world.conversations.rows.clear()
    world.reconcile_shifts()
    assert world.phones.heard(EMPLOYEES[0]).count("Cancelled by your manager: A1") == 1


def test_given_a_seat_dropped_during_reminders_when_its_own_is_due_then_not_sent() -> None:
    world = SeatsWorld(policy=BookingPolicy(reminder_hours=24))
    ann, bob, *_ = EMPLOYEES
    world.shifts.put("A1", seats=2, starts_at=(world.clock() + timedelta(hours=25)).isoformat())
    for person in (ann, bob):
        world.deliver(person, "A1")
    world.reconcile_shifts()
    world.clock.pass_time(minutes=90)
    # The first reminder is throttled for some seconds. The second employee drops the shift meanwhile.
    world.phones.results = [NotSent("ThrottlingException", transient=True)] * 6
    before = world.phones.attempts

    def drop_while_throttled(_step: int, after: bool) -> None:
        if after and world.phones.attempts == before + 6:
            world.steps.on_step = lambda _step, _after: None
            world.deliver(bob, "DROP A1")

    world.steps.on_step = drop_while_throttled
    world.reconcile_shifts()
    assert world.phones.heard(ann)[-1].startswith("Reminder: A1")
    assert world.phones.heard(bob)[-1] == "Given back: A1"


def test_given_reminders_when_due_then_those_who_booked_before_are_reminded_once() -> None:
    world = InboundWorld(policy=BookingPolicy(reminder_hours=24))
    start = world.clock() + timedelta(hours=48)
    world.shifts.put("A1", "early", seats=3, starts_at=start.isoformat())
    world.deliver(ANN, "A1")
    world.deliver(BOB, "A1")
    world.reconcile_shifts()
    assert world.shift_timers.at["A1"] == start - timedelta(hours=24)
    world.deliver(BOB, "DROP A1")
    world.clock.pass_time(hours=25)
    world.deliver(BOB, "A1")
    for _ in range(3):
        world.reconcile_shifts()
    reminder = "Reminder: A1 early. Reply DROP A1 to give it back"
    assert [text.to for text in world.phones.texts if text.body == reminder] == [ANN]
    world.clock.pass_time(hours=24)
    world.reconcile_shifts()
    assert [text.to for text in world.phones.texts if text.body.startswith("Reminder")] == [ANN]
    assert "A1" not in world.shift_timers.at


def test_given_a_dropped_or_canceled_shift_when_a_reminder_is_due_then_none_is_sent() -> None:
    world = InboundWorld(policy=BookingPolicy(reminder_hours=24))
    start = world.clock() + timedelta(hours=48)
    for code in ("A1", "B2"):
        world.shifts.put(code, "", starts_at=(start + timedelta(hours=len(code))).isoformat())
    world.shifts.put("C3", "", starts_at=(start + timedelta(hours=30)).isoformat())
    world.deliver(ANN, "A1")
    world.deliver(ANN, "DROP A1")
    world.deliver(BOB, "B2")
    world.reconcile_shifts()
    world.shifts.edit("B2", shift_status="cancelled")
    world.reconcile_shifts()
    world.clock.pass_time(hours=30)
    world.reconcile_shifts()
    assert not [text for text in world.phones.texts if text.body.startswith("Reminder")]
    assert "B2" not in world.shift_timers.at

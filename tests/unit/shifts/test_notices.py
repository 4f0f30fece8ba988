"""Tests that cancellations and reminders are told once."""

from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import NotSent, Sent
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.clock import Deadline
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import MemoryEmployees
from tests.support.seats_world import NO_NUMBER_THERE, PEOPLE, SeatsWorld, world_with_seats


@pytest.mark.parametrize("times", [1, 3])
def test_given_a_cancellation_when_reconciled_often_then_everybody_is_told_once(
    times: int,
) -> None:
    crowd = world_with_seats(2)
    ann, bob, cid, eve, *_ = PEOPLE
    for person in (ann, bob):
        crowd.deliver(person, "A1")
    for person in (cid, eve):
        crowd.deliver(person, "WAIT A1")
    crowd.deliver(ann, "DROP A1")
    crowd.reconcile_shifts()
    crowd.shifts.edit("A1", shift_status="cancelled")
    for _ in range(times):
        crowd.reconciler.reconcile("A1", Deadline(crowd.clock))
    told = [text.to for text in crowd.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(told) == [bob, cid, eve], "who has it, who was offered it, who waits; not who gave it back"
    crowd.deliver(bob, "MINE")
    assert crowd.phones.heard(bob)[-1].startswith("You have no shifts")
    crowd.shifts.edit("A1", shift_status="available")
    crowd.reconcile_shifts()
    crowd.deliver(bob, "A1")
    crowd.clock.pass_time(minutes=1)
    crowd.shifts.edit("A1", shift_status="cancelled")
    crowd.reconcile_shifts()
    told = [text.to for text in crowd.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(told) == [bob, bob, cid, eve], "a second cancellation is news to who booked in between"


def test_given_a_shift_of_many_when_the_number_is_busy_then_all_are_told_in_steps() -> None:
    people = [f"+1425557{number:04}" for number in range(30)]
    crowd = SeatsWorld(employees=MemoryEmployees(set(people)))
    at = crowd.clock().isoformat()
    crowd.shifts.put("A1", "", seats=30, shift_status="cancelled", employees=dict.fromkeys(people, at))
    looks = 0
    while not looks or "A1" in crowd.shift_timers.at:
        looks += 1
        crowd.phones.results = [Sent(f"sms-of-{looks}-{number}") for number in range(8)]
        crowd.phones.results += [NotSent("ThrottlingException", passing=True)] * 200
        crowd.reconciler.reconcile("A1", Deadline(crowd.clock, 30))
        assert looks < 10
    assert sorted(text.to for text in crowd.phones.texts) == people


def test_given_nobody_can_be_texted_when_reconciled_then_the_request_comes_again() -> None:
    crowd = SeatsWorld()
    crowd.shifts.put("A1", "", shift_status="cancelled", employee=PEOPLE[0])
    crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * 200
    with pytest.raises(TryAgainLater):
        crowd.reconciler.reconcile("A1", Deadline(crowd.clock, 30))
    crowd.phones.results = []
    crowd.reconcile_shifts()
    assert crowd.phones.heard(PEOPLE[0]) == ["Cancelled by your manager: A1"]


def test_given_a_refused_country_when_a_shift_is_reconciled_then_others_hear_once() -> None:
    crowd = SeatsWorld()
    ann, bob, cid, *_ = PEOPLE
    at = crowd.clock().isoformat()
    crowd.shifts.put(
        "A1", "", seats=3, shift_status="cancelled", employees=dict.fromkeys([ann, bob, cid], at)
    )
    crowd.phones.refusals[ann] = NO_NUMBER_THERE
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            crowd.reconcile_shifts()
    told = [text.to for text in crowd.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(told) == [bob, cid]
    crowd.phones.refusals.clear()
    crowd.reconcile_shifts()
    assert crowd.phones.heard(ann) == ["Cancelled by your manager: A1"]


def test_given_an_old_cancellation_when_its_item_changes_then_nobody_is_told_again() -> None:
    crowd = SeatsWorld()
    crowd.deliver(PEOPLE[0], "A1")
    crowd.shifts.put("A1", "", shift_status="cancelled", employee=PEOPLE[0])
    crowd.reconcile_shifts()
    crowd.clock.pass_time(days=16)
    crowd.inbox.rows.clear()
    crowd.reconcile_shifts()
    assert crowd.phones.heard(PEOPLE[0]).count("Cancelled by your manager: A1") == 1


def test_given_a_seat_dropped_while_others_are_reminded_when_it_is_due_then_skipped() -> None:
    crowd = SeatsWorld(policy=BookingPolicy(reminder_hours=24))
    ann, bob, *_ = PEOPLE
    crowd.shifts.put("A1", seats=2, starts_at=(crowd.clock() + timedelta(hours=25)).isoformat())
    for person in (ann, bob):
        crowd.deliver(person, "A1")
    crowd.reconcile_shifts()
    crowd.clock.pass_time(minutes=90)
    # The first reminder is throttled for some seconds; meanwhile the second person gives the shift back.
    crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * 6
    before = crowd.phones.attempts

    def drop_it(_step: int, after: bool) -> None:
        if after and crowd.phones.attempts == before + 6:
            crowd.steps.happens = lambda _step, _after: None
            crowd.deliver(bob, "DROP A1")

    crowd.steps.happens = drop_it
    crowd.reconcile_shifts()
    assert crowd.phones.heard(ann)[-1].startswith("Reminder: A1")
    assert crowd.phones.heard(bob)[-1] == "Given back: A1"


def test_given_reminders_when_due_then_earlier_bookers_are_reminded_once() -> None:
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


def test_given_a_dropped_or_canceled_shift_when_its_time_comes_then_no_reminder() -> None:
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

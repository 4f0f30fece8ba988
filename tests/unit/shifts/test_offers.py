"""Tests that free seats are offered in the order of the waiting list, and that no offer holds a seat for long."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import (
    DeliveryStatus,
    NotSent,
    Refused,
    SendResult,
    Unknown,
)
from shift_sms_runtime.messaging.permits import Priority
from tests.support.crash_points import STOPS, Killed, Steps, crash_points, die
from tests.support.seats_world import (
    EMPLOYEES,
    SeatsWorld,
    employees_offered_a_seat,
    steps_of_reconciling,
    world_with_offer,
    world_with_seats,
)
from tests.support.send_results import NO_ORIGINATION_IDENTITY, OPTED_OUT, SPEND_LIMIT_REACHED, THROTTLED

ANN, BOB, CID, *OTHERS = EMPLOYEES


def offers_heard(world: SeatsWorld, number: str) -> list[str]:
    """Returns the offers that an employee has received."""
    return [text for text in world.phones.heard(number) if text.startswith("A spot is free")]


def test_given_a_waiting_list_when_offers_expire_then_they_follow_its_order() -> None:
    world = world_with_seats(1)
    first, *others = EMPLOYEES
    world.deliver(first, "A1")
    for person in others[:3]:
        world.deliver(person, "WAIT A1")
    world.deliver(first, "DROP A1")
    offered_in_turn: list[str] = []
    for _ in range(4):
        world.reconcile_shifts()
        shift = world.shifts.get("A1")
        assert shift is not None
        offered_in_turn += list(shift.offers)
        assert world.shift_timers.at.get("A1") == next((offer.until for offer in shift.offers.values()), None)
        world.clock.pass_time(minutes=10)
    assert offered_in_turn == others[:3]
    shift = world.shifts.get("A1")
    assert shift is not None
    assert (shift.status, shift.waiting, shift.holders) == ("available", (), {})
    assert [len(world.phones.heard(person)) for person in others[:3]] == [2, 2, 2]


def test_given_an_unreachable_employee_when_offered_a_seat_then_the_next_gets_it() -> None:
    _, bob, cid, *_ = EMPLOYEES
    world = world_with_offer(bob, cid)
    world.employees.rows[bob].opted_out = True
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [cid]
    assert world.phones.heard(cid)[-1].startswith("A spot is free: A1.")


def test_given_a_deleted_employee_when_offered_a_seat_then_the_next_gets_it() -> None:
    _, bob, cid, *_ = EMPLOYEES
    world = world_with_offer(bob, cid)
    del world.employees.rows[bob]
    world.reconcile_shifts()
    assert len(world.phones.heard(bob)) == 1
    assert world.phones.heard(cid)[-1].startswith("A spot is free: A1.")


def test_given_a_malformed_number_on_the_waiting_list_when_it_is_next_then_skipped() -> None:
    ann, *_ = EMPLOYEES
    world = world_with_seats(1)
    world.shifts.edit("A1", waiting_list=["x" * 3000, ann])
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ann]
    assert world.phones.heard(ann)[-1].startswith("A spot is free")


def test_given_an_offered_seat_when_removed_and_restored_then_it_is_offered_again() -> None:
    ann, bob, *_ = EMPLOYEES
    world = world_with_offer(ann, bob)
    world.reconcile_shifts()
    world.shifts.edit("A1", employee=EMPLOYEES[-1], shift_status="taken")
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == []
    world.shifts.edit("A1", employee=None, employees=None, shift_status="available")
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ann]


@pytest.mark.parametrize("refusal", [Refused(DeliveryStatus.FAILED, "the phone is not reachable"), OPTED_OUT])
def test_given_a_refused_offer_when_settled_then_the_next_gets_it_at_once(refusal: Refused) -> None:
    world = world_with_offer(ANN, BOB)
    world.phones.refusals[ANN] = refusal
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]
    assert len(offers_heard(world, BOB)) == 1
    shift = world.shifts.get("A1")
    assert shift is not None
    assert shift.waiting == (), "an employee who cannot be texted leaves the list"


def test_given_an_unknown_outcome_when_the_offer_expires_then_it_counts_as_sent() -> None:
    world = world_with_offer(ANN, BOB)
    world.phones.results = [Unknown("ReadTimeoutError")]
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ANN]
    world.clock.pass_time(minutes=10)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]
    world.clock.pass_time(minutes=10)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [], "Ann has left the list"


def test_given_an_employee_who_opts_out_while_the_offer_waits_then_the_next_gets_it() -> None:
    world = world_with_offer(ANN, BOB)
    world.reconcile("A1")
    world.employees.rows[ANN].opted_out = True
    world.send_notices()
    assert offers_heard(world, ANN) == []
    assert world.notice_statuses(ANN) == {"offer": DeliveryStatus.STOPPED}
    assert employees_offered_a_seat(world) == [BOB]
    assert len(offers_heard(world, BOB)) == 1


def test_given_a_waiting_list_that_opted_out_when_a_seat_is_freed_then_it_is_open() -> None:
    world = world_with_offer(ANN, BOB, CID)
    for person in (ANN, BOB, CID):
        world.employees.rows[person].opted_out = True
    world.reconcile_shifts()
    assert world.shifts.rows["A1"]["shift_status"] == "available"
    assert world.waiting_notices() == []


def test_given_an_offer_accepted_while_its_text_waits_when_sent_then_withdrawn() -> None:
    world = world_with_offer(ANN)
    world.reconcile("A1")
    world.workers.started.clear()
    world.deliver(ANN, "A1")
    assert world.shifts.holders("A1") == [ANN]
    world.workers.ensure_running(Priority.NOTICE)
    world.send_notices()
    assert offers_heard(world, ANN) == []
    assert world.waiting_notices() == []


def test_given_an_offer_that_waits_when_its_time_passes_then_the_next_gets_it() -> None:
    world = world_with_offer(ANN, BOB)
    world.reconcile("A1")
    world.clock.time = world.shift_timers.at["A1"]
    world.reconcile_shifts()
    assert (offers_heard(world, ANN), len(offers_heard(world, BOB))) == ([], 1)
    assert employees_offered_a_seat(world) == [BOB]
    shift = world.shifts.get("A1")
    assert shift is not None
    assert shift.waiting == (ANN,), "an employee who was not texted in time waits last"
    assert world.waiting_notices() == [], "the late text was withdrawn"


def test_given_a_late_offer_when_a_worker_finds_it_then_no_timer_is_needed() -> None:
    world = world_with_offer(ANN, BOB)
    world.reconcile("A1")
    world.clock.time = world.shift_timers.at["A1"] - timedelta(seconds=3)
    world.send_notices()
    assert world.notice_statuses(ANN) == {"offer": DeliveryStatus.SENT}, "its end was extended"
    assert employees_offered_a_seat(world) == [ANN]


def test_given_an_offer_that_waited_when_sent_then_its_time_counts_from_then() -> None:
    world = world_with_offer(ANN, BOB)
    made_at = world.clock()
    world.reconcile("A1")
    world.clock.pass_time(minutes=7)
    world.send_notices()
    assert offers_heard(world, ANN)[0].endswith("Reply YES by 12:17 to take it, NO if not")
    world.reconcile("A1")
    assert world.shift_timers.at["A1"] == made_at + timedelta(minutes=17)
    world.clock.time = made_at + timedelta(minutes=16)
    world.reconcile_shifts()
    world.deliver(ANN, "YES")
    assert world.shifts.holders("A1") == [ANN]


def test_given_an_offer_sent_within_a_minute_when_sent_then_nothing_is_written() -> None:
    world = world_with_offer(ANN, BOB)
    world.reconcile("A1")
    before = dict(world.shifts.rows["A1"])
    world.clock.pass_time(seconds=59)
    world.send_notices()
    assert world.shifts.rows["A1"] == before
    assert "by 12:10" in offers_heard(world, ANN)[0]


def test_given_a_shift_that_closes_soon_when_an_offer_waited_then_it_ends_with_it() -> None:
    world = world_with_offer(ANN, BOB)
    world.shifts.edit("A1", respond_by=(world.clock() + timedelta(minutes=12)).isoformat())
    world.reconcile("A1")
    world.clock.pass_time(minutes=8)
    world.send_notices()
    assert "by 12:12" in offers_heard(world, ANN)[0]


def test_given_a_shift_that_changes_when_its_offer_is_extended_then_it_is_true() -> None:
    world = world_with_offer(ANN, BOB)
    world.reconcile("A1")
    world.clock.pass_time(minutes=5)

    world.steps.once(3, lambda: world.shifts.edit("A1", offers=None, waiting_list=None))
    world.send_notices()
    assert offers_heard(world, ANN) == []


@pytest.mark.parametrize(
    "failure", [NotSent("RESOURCE_NOT_ACTIVE", transient=False), NO_ORIGINATION_IDENTITY, SPEND_LIMIT_REACHED]
)
def test_given_no_text_can_be_sent_when_offers_expire_then_every_place_is_kept(failure: SendResult) -> None:
    world = world_with_offer(ANN, BOB, CID)
    world.phones.refusals = dict.fromkeys(EMPLOYEES, failure)
    offered = []
    for _ in range(7):
        world.reconcile_shifts()
        shift = world.shifts.get("A1")
        assert shift is not None
        assert {*shift.offers, *shift.waiting} == {ANN, BOB, CID}
        assert len(world.waiting_notices()) == 1, "late offers leave the outbox"
        offered += employees_offered_a_seat(world)
        world.clock.pass_time(minutes=10)
    assert offered == [ANN, BOB, CID, ANN, BOB, CID, ANN]
    world.phones.refusals = {}
    for _ in range(3):
        world.reconcile_shifts()
        world.clock.pass_time(minutes=10)
    assert [len(offers_heard(world, person)) for person in (ANN, BOB, CID)] == [1, 1, 1]


def test_given_two_offers_when_one_fails_then_the_other_expires_and_is_sent_once() -> None:
    world = world_with_seats(2)
    for holder in OTHERS[:2]:
        world.deliver(holder, "A1")
    for person in (ANN, BOB, CID):
        world.deliver(person, "WAIT A1")
    for holder in OTHERS[:2]:
        world.deliver(holder, "DROP A1")
    world.phones.refusals = {BOB: THROTTLED}
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ANN, BOB]
    world.clock.time = world.shift_timers.at["A1"]
    world.reconcile_shifts()
    assert (len(offers_heard(world, ANN)), len(offers_heard(world, CID))) == (1, 1)
    assert set(employees_offered_a_seat(world)) == {CID, BOB}, "Ann leaves, Bob waits last and is next"


def waiting_offer() -> SeatsWorld:
    world = world_with_offer(ANN, BOB)
    world.workers.started.clear()
    return world


def steps_of_an_offer() -> Steps:
    return steps_of_reconciling(waiting_offer())


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(steps_of_an_offer))
def test_given_a_function_that_stops_at_any_step_when_retried_then_one_offer_each(
    step: int, after: bool, stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    world = waiting_offer()
    world.steps.once(step, stop, after=after)
    with pytest.raises(stopped):
        world.reconcile_shifts()
    world.clock.pass_time(seconds=30)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ANN]
    world.clock.pass_time(minutes=11)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]
    assert len(offers_heard(world, BOB)) == 1
    assert len(offers_heard(world, ANN)) <= 1
    assert world.waiting_notices() == []


def refused_offer() -> SeatsWorld:
    world = waiting_offer()
    world.phones.refusals[ANN] = OPTED_OUT
    return world


def steps_of_a_refused_offer() -> Steps:
    return steps_of_reconciling(refused_offer())


@pytest.mark.parametrize(("step", "after"), crash_points(steps_of_a_refused_offer))
def test_given_a_function_that_dies_when_an_offer_is_refused_then_the_next_gets_it(
    step: int, after: bool
) -> None:
    world = refused_offer()
    world.steps.once(step, die, after=after)
    with pytest.raises(Killed):
        world.reconcile_shifts()
    for _ in range(2):
        world.clock.pass_time(minutes=2)
        world.reconcile_shifts()
    world.clock.pass_time(minutes=9)
    world.reconcile_shifts()
    sent = len(offers_heard(world, BOB)), world.notice_statuses(BOB)["offer"]
    assert sent in [(1, DeliveryStatus.SENT), (0, DeliveryStatus.UNKNOWN), (1, DeliveryStatus.UNKNOWN)]

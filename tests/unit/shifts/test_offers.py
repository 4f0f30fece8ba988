"""Tests that free seats are offered in the order of the waiting list."""

import contextlib

import pytest

from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import (
    DeliveryStatus,
    LimitReached,
    NotSent,
    Refused,
    SendResult,
)
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.clock import Deadline
from tests.support.crash_points import Killed, die
from tests.support.seats_world import EMPLOYEES, employees_offered_a_seat, world_with_offer, world_with_seats
from tests.support.send_results import NO_ORIGINATION_IDENTITY


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
    assert world.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_a_refused_offer_when_the_function_dies_then_the_next_gets_it() -> None:
    _, bob, cid, *_ = EMPLOYEES
    world = world_with_offer(bob, cid)
    world.phones.results = [Refused(DeliveryStatus.FAILED, "the phone is not reachable")]

    def die_when_refused(_step: int, _after: bool) -> None:
        if any(row.status is DeliveryStatus.FAILED for row in world.conversations.rows.values()):
            world.steps.on_step = lambda _step, _after: None
            die()

    world.steps.on_step = die_when_refused
    with pytest.raises(Killed):
        world.reconcile_shifts()
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [cid]
    assert world.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_a_refused_country_when_the_offer_expires_then_the_next_gets_it() -> None:
    _, bob, cid, *_ = EMPLOYEES
    world = world_with_offer(bob, cid)
    world.phones.refusals[bob] = NO_ORIGINATION_IDENTITY
    with pytest.raises(TryAgainLater):
        world.reconcile_shifts()
    world.clock.time = world.shift_timers.at["A1"]
    world.reconcile_shifts()
    assert world.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_a_deleted_employee_when_offered_a_seat_then_the_next_gets_it() -> None:
    _, bob, cid, *_ = EMPLOYEES
    world = world_with_offer(bob, cid)
    del world.employees.rows[bob]
    world.reconcile_shifts()
    assert len(world.phones.heard(bob)) == 1
    assert world.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_an_offer_that_expires_while_it_is_sent_when_reconciled_then_reopened() -> None:
    world = world_with_offer(EMPLOYEES[0])
    world.clock.pass_time(minutes=9, seconds=58)
    world.phones.results = [NotSent("ThrottlingException", transient=True)] * 5
    world.reconciler.reconcile("A1", Deadline(world.clock, 60))
    assert world.shifts.rows["A1"]["shift_status"] == "available"
    assert world.shift_timers.at == {}
    world.deliver(EMPLOYEES[0], "YES")
    assert world.shifts.taken()["A1"] == EMPLOYEES[0]


def test_given_an_offer_that_could_not_be_sent_when_it_expires_then_it_is_extended() -> None:
    ann, bob, *_ = EMPLOYEES
    world = world_with_offer(ann, bob)
    world.phones.refusals = {ann: LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")}
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            world.reconciler.reconcile("A1", Deadline(world.clock, 60))
        assert employees_offered_a_seat(world) == [ann]
        assert world.shift_timers.at["A1"] > world.clock(), "the timer is set even if the call fails"
        world.clock.pass_time(minutes=11)
    world.phones.refusals = {}
    world.reconcile_shifts()
    assert world.phones.heard(ann)[-1].startswith("A seat is free: A1.")
    assert (employees_offered_a_seat(world), len(world.phones.heard(bob))) == ([ann], 1)
    world.clock.pass_time(minutes=11)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [bob], "the offer that was sent has expired"


INACTIVE = NotSent("RESOURCE_NOT_ACTIVE", transient=False)


THROTTLED = NotSent("ThrottlingException", transient=True)


@pytest.mark.parametrize("failure", [INACTIVE, NO_ORIGINATION_IDENTITY])
def test_given_no_text_can_be_sent_when_offers_expire_then_the_waiting_list_stays(
    failure: NotSent,
) -> None:
    ann, bob, cid, *_ = EMPLOYEES
    world = world_with_offer(ann, bob, cid)
    heard = [len(world.phones.heard(person)) for person in (ann, bob, cid)]
    world.phones.refusals = dict.fromkeys(EMPLOYEES, failure)
    for _ in range(5):
        for _ in range(2):
            with pytest.raises(TryAgainLater):  # each time, so that the request becomes a dead letter
                world.reconcile_shifts()
        shift = world.shifts.get("A1")
        assert shift is not None
        assert {*shift.offers, *shift.waiting} == {ann, bob, cid}
        world.clock.pass_time(minutes=11)
    world.phones.refusals = {}
    for _ in range(3):
        world.reconcile_shifts()
        world.clock.pass_time(minutes=11)
    assert [len(world.phones.heard(person)) for person in (ann, bob, cid)] == [count + 1 for count in heard]


@pytest.mark.parametrize(
    "failure",
    [INACTIVE, LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"), THROTTLED, NO_ORIGINATION_IDENTITY],
)
def test_given_an_offer_sent_when_another_fails_then_it_expires_and_is_sent_once(
    failure: SendResult,
) -> None:
    ann, bob, cid, *others = EMPLOYEES
    world = world_with_seats(2)
    for holder in others[:2]:
        world.deliver(holder, "A1")
    for person in (ann, bob, cid):
        world.deliver(person, "WAIT A1")
    for holder in others[:2]:
        world.deliver(holder, "DROP A1")
    world.phones.refusals = {bob: failure}
    for _ in range(2):
        with contextlib.suppress(TryAgainLater):
            world.reconcile_shifts()
        world.clock.pass_time(minutes=11)
    with contextlib.suppress(TryAgainLater):
        world.reconcile_shifts()
    assert len([text for text in world.phones.heard(ann) if text.startswith("A seat is free")]) == 1
    offers = [text for text in world.phones.heard(cid) if text.startswith("A seat is free")]
    assert offers or cid in employees_offered_a_seat(world), "the first offer has expired"


def test_given_a_function_that_dies_after_an_offer_when_it_expires_then_sent_once() -> None:
    ann, bob, *_ = EMPLOYEES
    world = world_with_offer(ann, bob)
    attempts = world.phones.attempts

    def die_when_settled(_step: int, after: bool) -> None:
        if (
            after
            and world.phones.attempts > attempts
            and any(
                row.status is DeliveryStatus.SENT
                for (_, kind, notice), row in world.conversations.rows.items()
                if kind is ReplyKind.NOTICE and notice.startswith("offer#")
            )
        ):
            raise Killed

    world.steps.on_step = die_when_settled
    with pytest.raises(Killed):
        world.reconcile_shifts()
    world.steps.on_step = lambda _step, _after: None
    world.clock.pass_time(minutes=11)
    world.reconcile_shifts()
    assert len([text for text in world.phones.heard(ann) if text.startswith("A seat is free")]) == 1
    world.clock.pass_time(minutes=11)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [bob]


def test_given_a_malformed_number_on_the_waiting_list_when_it_is_next_then_skipped() -> None:
    ann, *_ = EMPLOYEES
    world = world_with_seats(1)
    world.shifts.edit("A1", waiting_list=["x" * 3000, ann])
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ann]
    assert world.phones.heard(ann)[-1].startswith("A seat is free")


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

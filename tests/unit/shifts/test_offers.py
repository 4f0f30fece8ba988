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
from tests.support.seats_world import NO_NUMBER_THERE, PEOPLE, offered, seat_offered_to, world_with_seats


def test_given_a_waiting_list_when_offers_expire_then_the_next_are_asked_in_order() -> None:
    crowd = world_with_seats(1)
    first, *others = PEOPLE
    crowd.deliver(first, "A1")
    for person in others[:3]:
        crowd.deliver(person, "WAIT A1")
    crowd.deliver(first, "DROP A1")
    asked = []
    for _ in range(4):
        crowd.reconcile_shifts()
        shift = crowd.shifts.get("A1")
        assert shift is not None
        asked += list(shift.offers)
        assert crowd.shift_timers.at.get("A1") == next((offer.until for offer in shift.offers.values()), None)
        crowd.clock.pass_time(minutes=10)
    assert asked == others[:3]
    shift = crowd.shifts.get("A1")
    assert shift is not None
    assert (shift.status, shift.waiting, shift.holders) == ("available", (), {})
    assert [len(crowd.phones.heard(person)) for person in others[:3]] == [2, 2, 2]


def test_given_somebody_unreachable_when_offered_a_seat_then_the_next_is_asked() -> None:
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    crowd.employees.rows[bob].opted_out = True
    crowd.reconcile_shifts()
    assert offered(crowd) == [cid]
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_a_refused_offer_when_the_function_dies_first_then_the_next_is_asked() -> None:
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    crowd.phones.results = [Refused(DeliveryStatus.FAILED, "the phone is not reachable")]

    def die_when_refused(_step: int, _after: bool) -> None:
        if any(row.status is DeliveryStatus.FAILED for row in crowd.inbox.rows.values()):
            crowd.steps.happens = lambda _step, _after: None
            die()

    crowd.steps.happens = die_when_refused
    with pytest.raises(Killed):
        crowd.reconcile_shifts()
    crowd.reconcile_shifts()
    assert offered(crowd) == [cid]
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_a_refused_country_when_a_seat_is_offered_then_the_next_is_asked() -> None:
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    crowd.phones.refusals[bob] = NO_NUMBER_THERE
    with pytest.raises(TryAgainLater):
        crowd.reconcile_shifts()
    crowd.clock.time = crowd.shift_timers.at["A1"]
    crowd.reconcile_shifts()
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_somebody_who_left_when_a_seat_is_free_then_the_next_is_asked() -> None:
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    del crowd.employees.rows[bob]
    crowd.reconcile_shifts()
    assert len(crowd.phones.heard(bob)) == 1
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_an_offer_that_expires_while_being_told_when_reconciled_then_reopened() -> None:
    crowd = seat_offered_to(PEOPLE[0])
    crowd.clock.pass_time(minutes=9, seconds=58)
    crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * 5
    crowd.reconciler.reconcile("A1", Deadline(crowd.clock, 60))
    assert crowd.shifts.rows["A1"]["shift_status"] == "available"
    assert crowd.shift_timers.at == {}
    crowd.deliver(PEOPLE[0], "YES")
    assert crowd.shifts.taken()["A1"] == PEOPLE[0]


def test_given_an_offer_that_could_not_be_told_when_it_expires_then_offered_anew() -> None:
    ann, bob, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob)
    crowd.phones.refusals = {ann: LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")}
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            crowd.reconciler.reconcile("A1", Deadline(crowd.clock, 60))
        assert offered(crowd) == [ann]
        assert crowd.shift_timers.at["A1"] > crowd.clock(), (
            "somebody looks again, whatever becomes of this call"
        )
        crowd.clock.pass_time(minutes=11)
    crowd.phones.refusals = {}
    crowd.reconcile_shifts()
    assert crowd.phones.heard(ann)[-1].startswith("A seat is free: A1.")
    assert (offered(crowd), len(crowd.phones.heard(bob))) == ([ann], 1)
    crowd.clock.pass_time(minutes=11)
    crowd.reconcile_shifts()
    assert offered(crowd) == [bob], "who was told and said nothing has had their turn"


INACTIVE = NotSent("RESOURCE_NOT_ACTIVE", passing=False)


THROTTLED = NotSent("ThrottlingException", passing=True)


@pytest.mark.parametrize("failure", [INACTIVE, NO_NUMBER_THERE])
def test_given_nobody_can_be_texted_when_offers_expire_then_nobody_loses_the_place(
    failure: NotSent,
) -> None:
    ann, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob, cid)
    heard = [len(crowd.phones.heard(person)) for person in (ann, bob, cid)]
    crowd.phones.refusals = dict.fromkeys(PEOPLE, failure)
    for _ in range(5):
        for _ in range(2):
            with pytest.raises(TryAgainLater):  # each time it is looked at: so it ends where somebody is told
                crowd.reconcile_shifts()
        shift = crowd.shifts.get("A1")
        assert shift is not None
        assert {*shift.offers, *shift.waiting} == {ann, bob, cid}
        crowd.clock.pass_time(minutes=11)
    crowd.phones.refusals = {}
    for _ in range(3):
        crowd.reconcile_shifts()
        crowd.clock.pass_time(minutes=11)
    assert [len(crowd.phones.heard(person)) for person in (ann, bob, cid)] == [one + 1 for one in heard]


@pytest.mark.parametrize(
    "failure",
    [INACTIVE, LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"), THROTTLED, NO_NUMBER_THERE],
)
def test_given_an_offer_told_when_another_cannot_be_then_it_expires_and_told_once(
    failure: SendResult,
) -> None:
    ann, bob, cid, *others = PEOPLE
    crowd = world_with_seats(2)
    for holder in others[:2]:
        crowd.deliver(holder, "A1")
    for person in (ann, bob, cid):
        crowd.deliver(person, "WAIT A1")
    for holder in others[:2]:
        crowd.deliver(holder, "DROP A1")
    crowd.phones.refusals = {bob: failure}
    for _ in range(2):
        with contextlib.suppress(TryAgainLater):
            crowd.reconcile_shifts()
        crowd.clock.pass_time(minutes=11)
    with contextlib.suppress(TryAgainLater):
        crowd.reconcile_shifts()
    assert len([text for text in crowd.phones.heard(ann) if text.startswith("A seat is free")]) == 1
    asked = [text for text in crowd.phones.heard(cid) if text.startswith("A seat is free")]
    assert asked or cid in offered(crowd), "the time of the first is over"


def test_given_a_function_that_dies_after_an_offer_when_it_expires_then_told_once() -> None:
    ann, bob, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob)
    attempts = crowd.phones.attempts

    def die_when_settled(_step: int, after: bool) -> None:
        if (
            after
            and crowd.phones.attempts > attempts
            and any(
                row.status is DeliveryStatus.SENT
                for (_, kind, notice), row in crowd.inbox.rows.items()
                if kind is ReplyKind.NOTICE and notice.startswith("offer#")
            )
        ):
            raise Killed

    crowd.steps.happens = die_when_settled
    with pytest.raises(Killed):
        crowd.reconcile_shifts()
    crowd.steps.happens = lambda _step, _after: None
    crowd.clock.pass_time(minutes=11)
    crowd.reconcile_shifts()
    assert len([text for text in crowd.phones.heard(ann) if text.startswith("A seat is free")]) == 1
    crowd.clock.pass_time(minutes=11)
    crowd.reconcile_shifts()
    assert offered(crowd) == [bob]


def test_given_no_number_on_the_waiting_list_when_its_turn_comes_then_next_is_asked() -> None:
    ann, *_ = PEOPLE
    crowd = world_with_seats(1)
    crowd.shifts.edit("A1", waiting_list=["x" * 3000, ann])
    crowd.reconcile_shifts()
    assert offered(crowd) == [ann]
    assert crowd.phones.heard(ann)[-1].startswith("A seat is free")


def test_given_seats_removed_and_restored_when_one_was_offered_then_it_is_kept() -> None:
    ann, bob, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob)
    crowd.reconcile_shifts()
    crowd.shifts.edit("A1", employee=PEOPLE[-1], shift_status="taken")
    crowd.reconcile_shifts()
    assert offered(crowd) == []
    crowd.shifts.edit("A1", employee=None, employees=None, shift_status="available")
    crowd.reconcile_shifts()
    assert offered(crowd) == [ann]

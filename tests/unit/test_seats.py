"""Seats, waiting lists and promises under any order of things: many people at once, operators, time, crashes.

The Shifts table of these tests looks at every change of a shift as it is written.
"""

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.domain.booking import Rules
from shift_sms_runtime.domain.deliveries import (
    DeliveryStatus,
    LimitReached,
    NotSent,
    Refused,
    SendResult,
    Sent,
)
from shift_sms_runtime.domain.front_desk import Effect
from shift_sms_runtime.domain.shifts import Shift, ShiftStatus
from shift_sms_runtime.services.send_once import TryAgainLater
from tests.fakes import Killed, MemoryEmployees, MemoryShiftBook, Patience, Throttled, die, throttle
from tests.unit.test_conversation import World

PEOPLE = tuple(f"+1425555{number:04}" for number in range(101, 107))
CODES = ("A1", "B2")
NO_NUMBER_THERE = NotSent("NO_ORIGINATION_IDENTITIES_FOUND", passing=False, others_may_go=True)
INTERRUPTED = 0.3
"""The share of steps in the middle of which something else happens."""


class WatchedBook(MemoryShiftBook):
    """Refuses what must never be written."""

    writer: str | None = None
    """Whose text is being written; None when it is nobody's."""

    def __init__(self) -> None:
        super().__init__()
        self.effects: Counter[str] = Counter()
        """How often each text has changed something."""

    def write(self, effect: Effect) -> None:
        self.writer = effect.person
        try:
            super().write(effect)
            self.effects[effect.message_id] += 1
        finally:
            self.writer = None

    def _store(self, *shifts: Shift) -> None:
        for shift in shifts:
            before = self.get(shift.shift_id)
            assert before is not None
            self._look(before, shift)
        super()._store(*shifts)

    def _look(self, before: Shift, after: Shift) -> None:
        holding = len(after.holders) + len(after.offers)
        assert holding <= max(after.seats, len(before.holders)), "one seat too many"
        assert (after.status == ShiftStatus.AVAILABLE) <= (after.free > 0), "open without a seat"
        everybody = [*after.holders, *after.offers, *after.waiting]
        if after.status == ShiftStatus.CANCELLED:
            # Who gives it back before it was looked after leaves the others to be told.
            remaining = {*before.holders, *before.offers, *before.waiting} - {self.writer}
            assert set(everybody) <= (remaining if self.writer else set())
            return
        assert len(everybody) == len(set(everybody)), "somebody is there twice"
        assert set(after.holders) - set(before.holders) <= {self.writer}, "booked without saying so"
        assert set(before.holders) - set(after.holders) <= {self.writer}
        offered = [person for person in after.offers if person not in before.offers]
        left = [person for person in before.waiting if person != self.writer]
        assert offered == left[: len(offered)], "the waiting list was not kept to"
        # What was offered to them an operator has given to somebody else.
        back = [person for person in after.waiting if person in before.offers]
        joined = [person for person in after.waiting if person not in before.waiting and person not in back]
        assert set(joined) <= {self.writer}
        # Whom the service would not text comes last.
        last = [person for person in back if before.offers[person].refused]
        back = [person for person in back if person not in last]
        assert list(after.waiting) == [*back, *left[len(offered) :], *joined, *last] or (
            list(after.waiting)
            == [*back, *(person for person in before.waiting if person not in offered), *last]
        )


@dataclass
class Crowd(World):
    """Six people who text whatever comes to their minds about two shifts."""

    shifts: WatchedBook = field(default_factory=WatchedBook)
    employees: MemoryEmployees = field(default_factory=lambda: MemoryEmployees(set(PEOPLE)))
    rules: Rules = field(default_factory=lambda: Rules(offer_time=timedelta(minutes=10)))

    def said(self, number: str, code: str) -> bool | None:
        """Whether somebody was last told that they have a shift, or have not; None when nobody said either."""
        has: bool | None = None
        for text in self.phones.heard(number):
            lines = text.splitlines()
            for line, following in zip(lines, [*lines[1:], ""], strict=True):
                if code not in line:
                    continue
                if line.strip() == code:  # an answer that came late tells how it stands
                    has = following == "Yours"
                elif line.startswith(("Booked:", "Already yours:")):
                    has = True
                elif line.startswith(("Given back:", "Cancelled", "Sorry,", "Not yours:", "Off the")):
                    has = False
        return has


ACTIONS = st.one_of(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(
            [*CODES, *(f"{verb} {code}" for verb in ("DROP", "WAIT") for code in CODES), "A1 B2", "YES", "NO"]
        ),
    ),
    st.tuples(st.just("time"), st.sampled_from([1, 11])),
    st.tuples(st.just("cancel"), st.sampled_from(CODES)),
    st.tuples(st.just("reopen"), st.sampled_from(CODES)),
)
Action = tuple[str, str | int]


def act(crowd: Crowd, action: Action, message_id: str) -> None:
    """One thing happens, and no two in the same instant."""
    crowd.clock.pass_time(seconds=1)
    who, what = action
    if who == "time":
        crowd.clock.pass_time(minutes=float(what))
    elif who == "cancel":
        crowd.shifts.edit(str(what), shift_status="cancelled")
    elif who == "reopen":
        if crowd.shifts.rows[str(what)]["shift_status"] == "cancelled":
            crowd.shifts.edit(str(what), shift_status="available")
    else:
        crowd.deliver(who, str(what), message_id, seconds=60)
    crowd.look_after()


def crowd_of(seats: int) -> Crowd:
    """Two shifts of so many seats, and six people."""
    crowd = Crowd()
    for code in CODES:
        crowd.shifts.put(code, "", seats=seats)
    return crowd


def seat_offered_to(*waiting: str) -> Crowd:
    """The first of them is offered the one seat of A1, and has not been told."""
    crowd = crowd_of(1)
    crowd.deliver(PEOPLE[-1], "A1")
    for person in waiting:
        crowd.deliver(person, "WAIT A1")
    crowd.deliver(PEOPLE[-1], "DROP A1")
    return crowd


def offered(crowd: Crowd) -> list[str]:
    """Who is offered a seat of A1."""
    shift = crowd.shifts.get("A1")
    assert shift is not None
    return list(shift.offers)


@settings(max_examples=150)
@given(st.integers(1, 3), st.lists(ACTIONS, max_size=30), st.data())
def test_given_any_texts_operators_and_time_when_everything_comes_twice_then_seats_and_words_are_right(
    seats: int, actions: list[Action], data: st.DataObject
) -> None:
    crowd = crowd_of(seats)
    for number, action in enumerate(actions):
        act(crowd, action, f"m{number}")
        if number and action[0].startswith("+") and data.draw(st.booleans()):
            earlier = data.draw(st.integers(0, number))
            if actions[earlier][0].startswith("+"):
                act(crowd, actions[earlier], f"m{earlier}")
    for code in CODES:
        shift = crowd.shifts.get(code)
        assert shift is not None
        for person in PEOPLE:
            assert crowd.said(person, code) in (None, person in shift.holders)
            booking = crowd.shifts.agendas.get(person)
            assert (person in shift.holders) <= (booking is not None and code in booking.bookings)


@settings(max_examples=150)
@given(st.integers(1, 3), st.lists(ACTIONS, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_given_texts_at_once_when_one_is_handled_in_the_middle_of_another_then_seats_and_words_are_right(
    seats: int, actions: list[Action], chance: random.Random
) -> None:
    crowd = crowd_of(seats)
    waiting = [(action, f"m{number}") for number, action in enumerate(actions)]
    busy: list[str] = []

    def take_one() -> None:
        action, message_id = waiting.pop(0)
        busy.append(action[0])
        try:
            act(crowd, action, message_id)
        except TryAgainLater:
            waiting.append((action, message_id))
        finally:
            busy.pop()

    def interrupt(_step: int, _after: bool) -> None:
        # Whoever texts twice at once hears two answers in either order: that is for the other tests.
        if waiting and waiting[0][0][0] not in busy and chance.random() < INTERRUPTED:
            take_one()

    crowd.steps.happens = interrupt
    while waiting:
        take_one()
    crowd.steps.happens = lambda _step, _after: None
    crowd.look_after()
    for code in CODES:
        shift = crowd.shifts.get(code)
        assert shift is not None
        assert len(shift.holders) <= seats
        for person in shift.holders:
            booking = crowd.shifts.agendas[person].bookings.get(code)
            assert booking is not None


@settings(max_examples=100)
@given(
    st.integers(1, 2),
    st.lists(ACTIONS, min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    st.sampled_from([(die, Killed), (throttle, Throttled)]),
)
def test_given_functions_that_die_anywhere_when_all_is_delivered_again_then_each_text_has_one_effect(
    seats: int,
    actions: list[Action],
    chance: random.Random,
    stop: tuple[Callable[[], None], type[BaseException]],
) -> None:
    crowd = crowd_of(seats)
    for number, action in enumerate(actions):
        crowd.steps.once(chance.randint(1, 12), stop[0], after=chance.random() < 0.5)
        for _ in range(3):
            try:
                act(crowd, action, f"m{number}")
            except stop[1]:
                crowd.clock.pass_time(minutes=2)
        crowd.steps.happens = lambda _step, _after: None
    answers = [row for key, row in crowd.inbox.rows.items() if key.startswith("m")]
    assert all(row.status.final for row in answers)
    assert set(crowd.shifts.effects.values()) <= {1}


@settings(max_examples=150)
@given(st.integers(1, 2), st.lists(ACTIONS, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_given_a_number_that_is_busy_at_will_when_texts_come_again_later_then_everybodys_last_word_is_true(
    seats: int, actions: list[Action], chance: random.Random
) -> None:
    crowd = crowd_of(seats)
    later: list[tuple[Action, str]] = []

    def take(action: Action, message_id: str, *, busy: bool) -> None:
        crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * (200 if busy else 0)
        try:
            act(crowd, action, message_id)
        except TryAgainLater:
            later.append((action, message_id))

    for number, action in enumerate(actions):
        take(action, f"m{number}", busy=chance.random() < INTERRUPTED)
        if later and chance.random() < INTERRUPTED:
            take(*later.pop(chance.randrange(len(later))), busy=False)
    while later:
        take(*later.pop(0), busy=False)
    crowd.clock.pass_time(minutes=1)
    crowd.look_after()
    for code in CODES:
        for person in PEOPLE:
            assert crowd.said(person, code) in (None, person in crowd.shifts.holders(code))


def test_given_a_waiting_list_when_offers_run_out_then_the_next_is_asked_in_order_and_the_rest_is_kept() -> (
    None
):
    crowd = crowd_of(1)
    first, *others = PEOPLE
    crowd.deliver(first, "A1")
    for person in others[:3]:
        crowd.deliver(person, "WAIT A1")
    crowd.deliver(first, "DROP A1")
    asked = []
    for _ in range(4):
        crowd.look_after()
        shift = crowd.shifts.get("A1")
        assert shift is not None
        asked += list(shift.offers)
        assert crowd.wake_ups.at.get("A1") == next((offer.until for offer in shift.offers.values()), None)
        crowd.clock.pass_time(minutes=10)
    assert asked == others[:3]
    shift = crowd.shifts.get("A1")
    assert shift is not None
    assert (shift.status, shift.waiting, shift.holders) == ("available", (), {})
    assert [len(crowd.phones.heard(person)) for person in others[:3]] == [2, 2, 2]


def test_given_somebody_who_cannot_be_reached_when_offered_a_seat_then_the_next_is_asked_at_once() -> None:
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    crowd.employees.rows[bob].opted_out = True
    crowd.look_after()
    assert offered(crowd) == [cid]
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_a_refused_offer_when_the_function_dies_before_it_says_so_then_the_next_is_asked_all_the_same() -> (
    None
):
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    crowd.phones.results = [Refused(DeliveryStatus.FAILED, "the phone is not reachable")]

    def die_when_refused(_step: int, _after: bool) -> None:
        if any(row.status is DeliveryStatus.FAILED for row in crowd.inbox.rows.values()):
            crowd.steps.happens = lambda _step, _after: None
            die()

    crowd.steps.happens = die_when_refused
    with pytest.raises(Killed):
        crowd.look_after()
    crowd.look_after()
    assert offered(crowd) == [cid]
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


@pytest.mark.parametrize("times", [1, 3])
def test_given_an_operator_cancels_when_looked_after_often_then_everybody_concerned_is_told_once(
    times: int,
) -> None:
    crowd = crowd_of(2)
    ann, bob, cid, eve, *_ = PEOPLE
    for person in (ann, bob):
        crowd.deliver(person, "A1")
    for person in (cid, eve):
        crowd.deliver(person, "WAIT A1")
    crowd.deliver(ann, "DROP A1")
    crowd.look_after()
    crowd.shifts.edit("A1", shift_status="cancelled")
    for _ in range(times):
        crowd.keeping.look_after("A1", Patience(crowd.clock))
    told = [text.to for text in crowd.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(told) == [bob, cid, eve], "who has it, who was offered it, who waits; not who gave it back"
    crowd.deliver(bob, "MINE")
    assert crowd.phones.heard(bob)[-1].startswith("You have no shifts")
    crowd.shifts.edit("A1", shift_status="available")
    crowd.look_after()
    crowd.deliver(bob, "A1")
    crowd.clock.pass_time(minutes=1)
    crowd.shifts.edit("A1", shift_status="cancelled")
    crowd.look_after()
    told = [text.to for text in crowd.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(told) == [bob, bob, cid, eve], "a second cancellation is news to who booked in between"


class Unconditional(WatchedBook):
    """Writes whatever it is given: the mechanism behind the promises, switched off."""

    def _check(self, *shifts: Shift) -> None:
        pass


@pytest.mark.parametrize("book", [WatchedBook, Unconditional])
def test_given_two_people_at_once_when_writes_have_no_conditions_then_the_watch_sees_a_seat_too_many(
    book: type[WatchedBook],
) -> None:
    crowd = Crowd(shifts=book())
    crowd.shifts.put("A1", "")
    ann, bob, *_ = PEOPLE
    crowd.steps.once(1, lambda: act(crowd, (bob, "A1"), "m2"), after=True)
    if book is Unconditional:
        with pytest.raises(AssertionError):
            act(crowd, (ann, "A1"), "m1")
    else:
        act(crowd, (ann, "A1"), "m1")
        assert crowd.shifts.holders("A1") == [bob]
        assert crowd.phones.heard(ann)[0].startswith("Sorry, A1 is already taken")


def test_given_a_shift_of_many_when_the_number_is_busy_then_all_are_told_in_several_looks() -> None:
    people = [f"+1425557{number:04}" for number in range(30)]
    crowd = Crowd(employees=MemoryEmployees(set(people)))
    at = crowd.clock().isoformat()
    crowd.shifts.put("A1", "", seats=30, shift_status="cancelled", employees=dict.fromkeys(people, at))
    looks = 0
    while not looks or "A1" in crowd.wake_ups.at:
        looks += 1
        crowd.phones.results = [Sent(f"sms-of-{looks}-{number}") for number in range(8)]
        crowd.phones.results += [NotSent("ThrottlingException", passing=True)] * 200
        crowd.keeping.look_after("A1", Patience(crowd.clock, 30))
        assert looks < 10
    assert sorted(text.to for text in crowd.phones.texts) == people


def test_given_nobody_can_be_texted_at_all_when_looked_after_then_the_call_comes_again() -> None:
    crowd = Crowd()
    crowd.shifts.put("A1", "", shift_status="cancelled", employee=PEOPLE[0])
    crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * 200
    with pytest.raises(TryAgainLater):
        crowd.keeping.look_after("A1", Patience(crowd.clock, 30))
    crowd.phones.results = []
    crowd.look_after()
    assert crowd.phones.heard(PEOPLE[0]) == ["Cancelled by your manager: A1"]


def test_given_somebody_whose_country_is_refused_when_a_shift_is_looked_after_then_the_others_are_told_once() -> (
    None
):
    crowd = Crowd()
    ann, bob, cid, *_ = PEOPLE
    at = crowd.clock().isoformat()
    crowd.shifts.put(
        "A1", "", seats=3, shift_status="cancelled", employees=dict.fromkeys([ann, bob, cid], at)
    )
    crowd.phones.refusals[ann] = NO_NUMBER_THERE
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            crowd.look_after()
    told = [text.to for text in crowd.phones.texts if text.body == "Cancelled by your manager: A1"]
    assert sorted(told) == [bob, cid]
    crowd.phones.refusals.clear()
    crowd.look_after()
    assert crowd.phones.heard(ann) == ["Cancelled by your manager: A1"]


def test_given_somebody_whose_country_is_refused_when_a_seat_is_offered_then_the_next_is_asked_in_time() -> (
    None
):
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    crowd.phones.refusals[bob] = NO_NUMBER_THERE
    with pytest.raises(TryAgainLater):
        crowd.look_after()
    crowd.clock.time = crowd.wake_ups.at["A1"]
    crowd.look_after()
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_an_old_cancellation_when_its_item_is_touched_then_nobody_is_told_again() -> None:
    crowd = Crowd()
    crowd.deliver(PEOPLE[0], "A1")
    crowd.shifts.put("A1", "", shift_status="cancelled", employee=PEOPLE[0])
    crowd.look_after()
    crowd.clock.pass_time(days=16)
    crowd.inbox.rows.clear()
    crowd.look_after()
    assert crowd.phones.heard(PEOPLE[0]).count("Cancelled by your manager: A1") == 1


def test_given_somebody_who_left_the_roster_when_a_seat_is_free_then_the_next_is_asked() -> None:
    _, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(bob, cid)
    del crowd.employees.rows[bob]
    crowd.look_after()
    assert len(crowd.phones.heard(bob)) == 1
    assert crowd.phones.heard(cid)[-1].startswith("A seat is free: A1.")


def test_given_an_offer_that_runs_out_while_it_is_being_told_when_looked_after_then_it_is_looked_at_again() -> (
    None
):
    crowd = seat_offered_to(PEOPLE[0])
    crowd.clock.pass_time(minutes=9, seconds=58)
    crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * 5
    crowd.keeping.look_after("A1", Patience(crowd.clock, 60))
    assert crowd.shifts.rows["A1"]["shift_status"] == "available"
    assert crowd.wake_ups.at == {}
    crowd.deliver(PEOPLE[0], "YES")
    assert crowd.shifts.taken()["A1"] == PEOPLE[0]


def test_given_an_offer_of_which_nobody_could_be_told_when_its_time_is_over_then_the_same_person_has_it_anew() -> (
    None
):
    ann, bob, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob)
    crowd.phones.refusals = {ann: LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")}
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            crowd.keeping.look_after("A1", Patience(crowd.clock, 60))
        assert offered(crowd) == [ann]
        assert crowd.wake_ups.at["A1"] > crowd.clock(), "somebody looks again, whatever becomes of this call"
        crowd.clock.pass_time(minutes=11)
    crowd.phones.refusals = {}
    crowd.look_after()
    assert crowd.phones.heard(ann)[-1].startswith("A seat is free: A1.")
    assert (offered(crowd), len(crowd.phones.heard(bob))) == ([ann], 1)
    crowd.clock.pass_time(minutes=11)
    crowd.look_after()
    assert offered(crowd) == [bob], "who was told and said nothing has had their turn"


INACTIVE = NotSent("RESOURCE_NOT_ACTIVE", passing=False)
THROTTLED = NotSent("ThrottlingException", passing=True)


@pytest.mark.parametrize("failure", [INACTIVE, NO_NUMBER_THERE])
def test_given_nobody_can_be_texted_when_offer_after_offer_runs_out_then_nobody_loses_the_place_on_the_list(
    failure: NotSent,
) -> None:
    ann, bob, cid, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob, cid)
    heard = [len(crowd.phones.heard(person)) for person in (ann, bob, cid)]
    crowd.phones.refusals = dict.fromkeys(PEOPLE, failure)
    for _ in range(5):
        for _ in range(2):
            with pytest.raises(TryAgainLater):  # each time it is looked at: so it ends where somebody is told
                crowd.look_after()
        shift = crowd.shifts.get("A1")
        assert shift is not None
        assert {*shift.offers, *shift.waiting} == {ann, bob, cid}
        crowd.clock.pass_time(minutes=11)
    crowd.phones.refusals = {}
    for _ in range(3):
        crowd.look_after()
        crowd.clock.pass_time(minutes=11)
    assert [len(crowd.phones.heard(person)) for person in (ann, bob, cid)] == [one + 1 for one in heard]


@pytest.mark.parametrize(
    "failure",
    [INACTIVE, LimitReached("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"), THROTTLED, NO_NUMBER_THERE],
)
def test_given_an_offer_that_was_told_when_another_cannot_be_then_it_runs_out_and_is_told_once(
    failure: SendResult,
) -> None:
    ann, bob, cid, *others = PEOPLE
    crowd = crowd_of(2)
    for holder in others[:2]:
        crowd.deliver(holder, "A1")
    for person in (ann, bob, cid):
        crowd.deliver(person, "WAIT A1")
    for holder in others[:2]:
        crowd.deliver(holder, "DROP A1")
    crowd.phones.refusals = {bob: failure}
    for _ in range(2):
        with contextlib.suppress(TryAgainLater):
            crowd.look_after()
        crowd.clock.pass_time(minutes=11)
    with contextlib.suppress(TryAgainLater):
        crowd.look_after()
    assert len([text for text in crowd.phones.heard(ann) if text.startswith("A seat is free")]) == 1
    asked = [text for text in crowd.phones.heard(cid) if text.startswith("A seat is free")]
    assert asked or cid in offered(crowd), "the time of the first is over"


def test_given_a_function_that_dies_after_telling_an_offer_when_its_time_is_over_then_it_is_not_told_again() -> (
    None
):
    ann, bob, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob)
    attempts = crowd.phones.attempts

    def die_when_settled(_step: int, after: bool) -> None:
        if (
            after
            and crowd.phones.attempts > attempts
            and any(
                row.status is DeliveryStatus.SENT
                for key, row in crowd.inbox.rows.items()
                if key.startswith("offer#")
            )
        ):
            raise Killed

    crowd.steps.happens = die_when_settled
    with pytest.raises(Killed):
        crowd.look_after()
    crowd.steps.happens = lambda _step, _after: None
    crowd.clock.pass_time(minutes=11)
    crowd.look_after()
    assert len([text for text in crowd.phones.heard(ann) if text.startswith("A seat is free")]) == 1
    crowd.clock.pass_time(minutes=11)
    crowd.look_after()
    assert offered(crowd) == [bob]


def test_given_something_that_is_no_number_waits_when_it_is_its_turn_then_the_next_is_asked_at_once() -> None:
    ann, *_ = PEOPLE
    crowd = crowd_of(1)
    crowd.shifts.edit("A1", waiting_list=["x" * 3000, ann])
    crowd.look_after()
    assert offered(crowd) == [ann]
    assert crowd.phones.heard(ann)[-1].startswith("A seat is free")


def test_given_an_operator_takes_seats_away_and_gives_them_back_when_one_was_offered_then_its_place_is_kept() -> (
    None
):
    ann, bob, *_ = PEOPLE
    crowd = seat_offered_to(ann, bob)
    crowd.look_after()
    crowd.shifts.edit("A1", employee=PEOPLE[-1], shift_status="taken")
    crowd.look_after()
    assert offered(crowd) == []
    crowd.shifts.edit("A1", employee=None, employees=None, shift_status="available")
    crowd.look_after()
    assert offered(crowd) == [ann]


def test_given_somebody_gives_it_back_while_others_are_told_when_it_is_their_turn_then_they_are_left_alone() -> (
    None
):
    crowd = Crowd(rules=Rules(reminder=timedelta(hours=24)))
    ann, bob, *_ = PEOPLE
    crowd.shifts.put("A1", seats=2, starts_at=(crowd.clock() + timedelta(hours=25)).isoformat())
    for person in (ann, bob):
        crowd.deliver(person, "A1")
    crowd.look_after()
    crowd.clock.pass_time(minutes=90)
    # The first reminder is throttled for some seconds; meanwhile the second person gives the shift back.
    crowd.phones.results = [NotSent("ThrottlingException", passing=True)] * 6
    before = crowd.phones.attempts

    def drop_it(_step: int, after: bool) -> None:
        if after and crowd.phones.attempts == before + 6:
            crowd.steps.happens = lambda _step, _after: None
            crowd.deliver(bob, "DROP A1")

    crowd.steps.happens = drop_it
    crowd.look_after()
    assert crowd.phones.heard(ann)[-1].startswith("Reminder: A1")
    assert crowd.phones.heard(bob)[-1] == "Given back: A1"


def test_given_a_mistyped_start_when_looked_after_then_who_has_the_shift_still_cannot_have_another_at_its_time() -> (
    None
):
    crowd = Crowd()
    ann = PEOPLE[0]
    starts_at = (crowd.clock() + timedelta(hours=25)).isoformat()
    for code in CODES:
        crowd.shifts.put(code, starts_at=starts_at)
    crowd.deliver(ann, "A1")
    crowd.look_after()
    crowd.shifts.edit("A1", starts_at="tomorow 8 am")
    crowd.look_after()
    crowd.deliver(ann, "B2")
    assert crowd.phones.heard(ann)[-1] == "B2 overlaps with your A1"
    crowd.deliver(ann, "DROP A1")
    assert crowd.phones.heard(ann)[-1] == "Given back: A1", "what cannot be offered can be given back"


def test_given_a_shift_whose_seats_are_all_taken_when_it_is_over_then_it_is_closed() -> None:
    crowd = Crowd()
    starts_at = crowd.clock() + timedelta(hours=25)
    ends_at = starts_at + timedelta(hours=8)
    crowd.shifts.put("A1", starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    crowd.deliver(PEOPLE[0], "A1")
    crowd.look_after()
    assert crowd.wake_ups.at["A1"] == ends_at
    crowd.clock.pass_time(minutes=33 * 60)
    crowd.look_after()
    assert crowd.shifts.rows["A1"]["shift_status"] == "closed"
    assert crowd.shifts.holders("A1") == [PEOPLE[0]]
    assert crowd.wake_ups.at == {}

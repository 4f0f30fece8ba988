"""Tests seats, waiting lists and replies under any order of texts, time and crashes."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.shifts.shift import Shift
from tests.support.crash_points import Killed, Throttled, die, throttle
from tests.support.seats_world import CODES, EMPLOYEES, CheckedShifts, SeatsWorld, world_with_seats

INTERRUPTED = 0.3
"""The share of steps at which another action interrupts, or the number becomes busy."""


ACTIONS = st.one_of(
    st.tuples(
        st.sampled_from(EMPLOYEES),
        st.sampled_from(
            [*CODES, *(f"{verb} {code}" for verb in ("DROP", "WAIT") for code in CODES), "A1 B2", "YES", "NO"]
        ),
    ),
    st.tuples(st.just("time"), st.sampled_from([1, 11])),
    st.tuples(st.just("cancel"), st.sampled_from(CODES)),
    st.tuples(st.just("reopen"), st.sampled_from(CODES)),
)


Action = tuple[str, str | int]


def act(world: SeatsWorld, action: Action, message_id: str, *, work: bool = True) -> None:
    """Takes one action, one second after the previous one. Replies that are queued wait unless `work`."""
    world.clock.pass_time(seconds=1)
    actor, argument = action
    if actor == "time":
        world.clock.pass_time(minutes=float(argument))
    elif actor == "cancel":
        world.shifts.edit(str(argument), shift_status="cancelled")
    elif actor == "reopen":
        if world.shifts.rows[str(argument)]["shift_status"] == "cancelled":
            world.shifts.edit(str(argument), shift_status="available")
    else:
        world.deliver(actor, str(argument), message_id, seconds=60, work=work)
    world.reconcile_shifts()


@settings(max_examples=150)
@given(st.integers(1, 3), st.lists(ACTIONS, max_size=30), st.data())
def test_given_any_texts_operators_and_time_when_repeated_then_seats_are_right(
    seats: int, actions: list[Action], data: st.DataObject
) -> None:
    world = world_with_seats(seats)
    for number, action in enumerate(actions):
        act(world, action, f"m{number}")
        if number and action[0].startswith("+") and data.draw(st.booleans()):
            earlier = data.draw(st.integers(0, number))
            if actions[earlier][0].startswith("+"):
                act(world, actions[earlier], f"m{earlier}")
    for code in CODES:
        shift = world.shifts.get(code)
        assert shift is not None
        for person in EMPLOYEES:
            assert world.last_text_says_booked(person, code) in (None, person in shift.holders)
            booking = world.employee_bookings.rows.get(person)
            assert (person in shift.holders) <= (booking is not None and code in booking.by_shift)


@settings(max_examples=150)
@given(st.integers(1, 3), st.lists(ACTIONS, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_given_texts_at_once_when_one_interrupts_another_then_seats_are_right(
    seats: int, actions: list[Action], chance: random.Random
) -> None:
    world = world_with_seats(seats)
    waiting = [(action, f"m{number}") for number, action in enumerate(actions)]
    interrupted_senders: list[str] = []

    def take_one() -> None:
        action, message_id = waiting.pop(0)
        interrupted_senders.append(action[0])
        try:
            act(world, action, message_id)
        except TryAgainLater:
            waiting.append((action, message_id))
        finally:
            interrupted_senders.pop()

    def interrupt(_step: int, _after: bool) -> None:
        # Two texts of one employee at once get their replies in either order, so they are not interleaved here.
        if waiting and waiting[0][0][0] not in interrupted_senders and chance.random() < INTERRUPTED:
            take_one()

    world.steps.on_step = interrupt
    while waiting:
        take_one()
    world.steps.on_step = lambda _step, _after: None
    world.reconcile_shifts()
    for code in CODES:
        shift = world.shifts.get(code)
        assert shift is not None
        assert len(shift.holders) <= seats
        for person in shift.holders:
            booking = world.employee_bookings.rows[person].by_shift.get(code)
            assert booking is not None


@settings(max_examples=100)
@given(
    st.integers(1, 2),
    st.lists(ACTIONS, min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    st.sampled_from([(die, Killed), (throttle, Throttled)]),
)
def test_given_functions_that_die_anywhere_when_redelivered_then_one_effect_each(
    seats: int,
    actions: list[Action],
    chance: random.Random,
    stop: tuple[Callable[[], None], type[BaseException]],
) -> None:
    world = world_with_seats(seats)
    for number, action in enumerate(actions):
        world.steps.once(chance.randint(1, 12), stop[0], after=chance.random() < 0.5)
        for _ in range(3):
            try:
                act(world, action, f"m{number}")
            except stop[1]:
                world.clock.pass_time(minutes=2)
        world.steps.on_step = lambda _step, _after: None
    replies = [row for (_, kind, _), row in world.conversations.rows.items() if kind is ReplyKind.INBOUND]
    assert all(row.status.final for row in replies)
    assert set(world.store.effects.values()) <= {1}


@settings(max_examples=150)
@given(st.integers(1, 2), st.lists(ACTIONS, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_given_a_busy_number_when_replies_are_delayed_then_they_are_true(
    seats: int, actions: list[Action], chance: random.Random
) -> None:
    world = world_with_seats(seats)
    for number, action in enumerate(actions):
        if chance.random() < INTERRUPTED:
            world.permits.free_from = world.clock() + timedelta(seconds=20)
        act(world, action, f"m{number}", work=False)
        if chance.random() < INTERRUPTED:
            world.work()
    world.work()
    world.clock.pass_time(minutes=1)
    world.reconcile_shifts()
    assert world.outbox.rows.empty
    texts = sum(action[0].startswith("+") for action in actions)
    assert sum(kind is ReplyKind.INBOUND for _, kind, _ in world.conversations.rows) <= texts
    for code in CODES:
        for person in EMPLOYEES:
            assert world.last_text_says_booked(person, code) in (None, person in world.shifts.holders(code))


class UnconditionalShifts(CheckedShifts):
    """Writes without conditions."""

    def check(self, *shifts: Shift) -> None:
        pass


@pytest.mark.parametrize("shifts_type", [CheckedShifts, UnconditionalShifts])
def test_given_two_people_at_once_when_writes_are_unconditional_then_a_check_fails(
    shifts_type: type[CheckedShifts],
) -> None:
    world = SeatsWorld(shifts=shifts_type())
    world.shifts.put("A1", "")
    ann, bob, *_ = EMPLOYEES
    world.steps.once(1, lambda: act(world, (bob, "A1"), "m2"), after=True)
    if shifts_type is UnconditionalShifts:
        with pytest.raises(AssertionError):
            act(world, (ann, "A1"), "m1")
    else:
        act(world, (ann, "A1"), "m1")
        assert world.shifts.holders("A1") == [bob]
        assert world.phones.heard(ann)[0].startswith("Sorry, A1 is already taken")

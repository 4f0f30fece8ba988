"""Tests that holders know the current time and place after any edits, bookings and time."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.shifts.changes.announced import TimeAndPlace
from tests.support.changes_world import CHANGED, ChangesWorld
from tests.support.seats_world import EMPLOYEES

STARTS = {"14:00": 50.0, "15:00": 51.0, "16:00": 52.0}
SITES = ("Harbor", "Airport")

ACTIONS = st.one_of(
    st.tuples(st.just("start"), st.sampled_from([*STARTS])),
    st.tuples(st.just("site"), st.sampled_from(SITES)),
    st.tuples(st.just("status"), st.sampled_from(["on-hold", "available"])),
    st.tuples(st.just("minutes"), st.sampled_from(["1", "3"])),
    st.tuples(st.sampled_from(EMPLOYEES[:3]), st.sampled_from(["A1", "DROP A1"])),
)

Action = tuple[str, str]


class KnowingWorld(ChangesWorld):
    """Follows what each holder was told."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.known: dict[str, TimeAndPlace] = {}
        self.texts = 0

    def act(self, action: Action, *, reconciled: bool = True) -> None:
        """Takes one action, one second after the previous one."""
        self.take(action)
        if reconciled:
            self.reconcile_due()
        self.follow()

    def take(self, action: Action) -> None:
        """Takes one action that no reconciliation follows."""
        self.clock.pass_time(seconds=1)
        actor, argument = action
        match actor:
            case "start":
                self.shifts.edit("A1", **self.times(STARTS[argument]))
            case "site":
                self.shifts.edit("A1", site=argument)
            case "status":
                self.shifts.edit("A1", shift_status=argument)
            case "minutes":
                self.clock.pass_time(minutes=float(argument))
            case _:
                self.deliver(actor, argument)

    def follow(self) -> None:
        """Reads the texts that were sent since the last call. They were sent of the present state."""
        texts, current = self.phones.texts[self.texts :], self.shift().time_and_place(self.clock())
        self.texts = len(self.phones.texts)
        for text in texts:
            if text.body.startswith("Booked: A1"):
                self.known[text.to] = current
            if text.body.startswith(CHANGED):
                assert self.known[text.to].differences(current), "told of what was known"
                start = current.starts_at
                assert start is not None
                assert ", now" in text.body
                assert f"{start:%H:%M}-" in text.body or not any(f"{one}-" in text.body for one in STARTS)
                self.known[text.to] = current

    def check(self) -> None:
        """Checks that every holder knows the time and place."""
        current = self.shift().time_and_place(self.clock())
        for number in self.shift().holders:
            assert not self.known[number].differences(current), "a holder was not told"


def world_with_shift() -> KnowingWorld:
    """Returns a world with a shift for three."""
    world = KnowingWorld()
    world.put_shift(in_hours=50, seats=3)
    return world


@settings(max_examples=80)
@given(st.lists(ACTIONS, max_size=25), st.data())
def test_given_any_edits_when_settled_then_each_holder_knows_the_state(
    actions: Sequence[Action], data: st.DataObject
) -> None:
    world = world_with_shift()
    for action in actions:
        world.act(action, reconciled=data.draw(st.booleans()))
    world.act(("status", "available"))
    world.act(("minutes", "3"))
    world.check()
    sent = len(world.phones.texts)
    world.act(("minutes", "3"))
    assert len(world.phones.texts) == sent, "nothing is told twice"


@settings(max_examples=60)
@given(st.lists(ACTIONS, min_size=2, max_size=16), st.randoms(use_true_random=False))
def test_given_edits_at_any_step_when_settled_then_each_holder_knows_the_state(
    actions: Sequence[Action], chance: random.Random
) -> None:
    world = world_with_shift()
    waiting, busy = list(actions), [0]

    def interrupt(_step: int, _after: bool) -> None:
        # The texts of one employee are not interleaved: replies would be in either order.
        if waiting and busy[0] < 2 and not waiting[0][0].startswith("+") and chance.random() < 0.2:
            take_one()

    def take_one() -> None:
        busy[0] += 1
        action = waiting.pop(0)
        try:
            # Time in the middle of a function would let its claim expire.
            world.reconcile_due() if action[0] == "minutes" else world.take(action)
        except TryAgainLater:
            waiting.append(action)
        finally:
            busy[0] -= 1

    world.steps.on_step = interrupt
    while waiting:
        take_one()
    world.steps.on_step = lambda _step, _after: None
    world.take(("status", "available"))
    world.settle()
    world.settle()
    current = world.shift()
    assert not current.has_new_time_or_place
    for number in current.holders:
        last = [text for text in world.phones.heard(number) if ":00-" in text][-1]
        assert f"{current.starts_at:%H:%M}-" in last, "the last text that has a time has the current one"

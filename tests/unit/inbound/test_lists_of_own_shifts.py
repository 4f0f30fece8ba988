"""Tests what MINE shows of waiting lists, in any state of the hint in the bookings."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.shifts.employee_bookings import MAX_WAITING, EmployeeBookings
from tests.support.crash_points import STOPS, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld, queue_reply

NONE = "You have no shifts. Reply REQUEST for open shifts"
AWAITED = "On the waiting list for:\nA1 early"
OFFERED = "Held for you, reply with the code to book:\nA1 early"


def waiting_world() -> InboundWorld:
    """Returns a world in which Bob has A1 and Ann waits for it."""
    world = InboundWorld()
    world.shifts.put("A1", "early", shift_status="taken", employee=BOB)
    world.deliver(ANN, "WAIT A1")
    return world


def mine(world: InboundWorld) -> str:
    world.deliver(ANN, "MINE")
    return world.phones.heard(ANN)[-1]


def known(world: InboundWorld) -> tuple[str, ...]:
    """Returns the shifts that Ann waits for, as her bookings know it."""
    return world.employee_bookings.get(ANN).waiting


@pytest.mark.parametrize(
    ("change", "reply", "waiting"),
    [
        (lambda _: None, AWAITED, ("A1",)),
        (lambda world: world.deliver(ANN, "DROP A1"), NONE, ()),
        (lambda world: world.deliver(BOB, "DROP A1"), OFFERED, ("A1",)),
        (
            lambda world: [world.deliver(BOB, "DROP A1"), world.deliver(ANN, "A1")],
            "Your shifts:\nA1 early",
            (),
        ),
        (lambda world: [world.deliver(BOB, "DROP A1"), world.deliver(ANN, "DROP A1")], NONE, ()),
        (lambda world: world.shifts.edit("A1", waiting_list=None), NONE, ()),
        (lambda world: world.shifts.edit("A1", shift_status="cancelled"), NONE, ("A1",)),
        (lambda world: world.shifts.edit("A1", starts_at="2026-01-01T00:00Z"), NONE, ("A1",)),
        (lambda world: world.shifts.rows.pop("A1"), NONE, ()),
    ],
)
def test_given_a_place_when_the_shift_changes_then_its_item_tells_what_mine_shows(
    change: Callable[[InboundWorld], object], reply: str, waiting: tuple[str, ...]
) -> None:
    world = waiting_world()
    change(world)
    assert mine(world) == reply
    assert known(world) == waiting


def test_given_a_place_that_the_bookings_lack_when_named_then_they_know_it() -> None:
    world = waiting_world()
    # A row of an earlier version, or a place that an operator gave, lacks it.
    world.employee_bookings.rows[ANN] = EmployeeBookings()
    assert mine(world) == NONE
    world.deliver(ANN, "WAIT A1")
    assert world.phones.heard(ANN)[-1].startswith("Already on the waiting list: A1")
    assert mine(world) == AWAITED


def test_given_a_place_when_mine_waits_then_it_shows_the_state_when_sent() -> None:
    world = waiting_world()
    queue_reply(world, ANN, "MINE", "m1")
    world.deliver(BOB, "DROP A1", work=False)
    assert world.deliver(ANN, "MINE", "m1", work=False) is InboundOutcome.DUPLICATE
    world.work()
    assert world.phones.heard(ANN)[-1] == OFFERED


def test_given_many_places_when_mine_and_more_then_each_is_shown_once() -> None:
    world = InboundWorld()
    for number in range(MAX_WAITING):
        world.shifts.put(f"W{number:02}", "5h nightshift", shift_status="taken", employee=BOB)
        world.deliver(ANN, f"WAIT W{number:02}")
    world.shifts.put("FREE1", "5h")
    world.deliver(ANN, "REQUEST")
    pages = [mine(world)]
    while pages[-1].endswith("Reply MORE for the rest"):
        world.deliver(ANN, "MORE")
        pages.append(world.phones.heard(ANN)[-1])
    shown = [line.split()[0] for page in pages for line in page.splitlines() if line.startswith("W")]
    assert shown == [f"W{number:02}" for number in range(MAX_WAITING)]
    assert len(pages) > 2
    world.deliver(ANN, "MORE")
    assert world.phones.heard(ANN)[-1] == "Reply with a code to book:\nFREE1 5h"


def test_given_a_page_of_own_shifts_when_it_waits_then_more_continues_after_it() -> None:
    world = InboundWorld()
    for number in range(20):
        world.shifts.put(f"W{number:02}", "5h nightshift", shift_status="taken", employee=BOB)
        world.deliver(ANN, f"WAIT W{number:02}")
    world.deliver(ANN, "MINE")
    queue_reply(world, ANN, "MORE", "m2")
    for number in (1, 15):
        world.shifts.edit(f"W{number:02}", waiting_list=None)
    world.work()
    world.deliver(ANN, "MORE")
    shown = [
        line.split()[0]
        for text in world.phones.heard(ANN)[-3:]
        for line in text.splitlines()
        if line.startswith("W")
    ]
    assert shown == [f"W{number:02}" for number in range(20) if number != 15]


def test_given_a_page_whose_places_have_gone_when_more_then_that_is_all() -> None:
    world = InboundWorld()
    for number in range(20):
        world.shifts.put(f"W{number:02}", "5h nightshift", shift_status="taken", employee=BOB)
        world.deliver(ANN, f"WAIT W{number:02}")
    for code in set(world.shifts.rows) - {line.split()[0] for line in mine(world).splitlines()}:
        world.shifts.edit(code, waiting_list=None)
    world.deliver(ANN, "MORE")
    assert world.phones.heard(ANN)[-1] == "That is all. Reply REQUEST for open shifts"


def test_given_a_place_when_another_text_joins_at_once_then_both_are_known() -> None:
    world = waiting_world()
    world.shifts.put("A2", "late", shift_status="taken", employee=BOB)
    world.shifts.put("A3", "noon", shift_status="taken", employee=BOB)

    def join_another() -> None:
        world.deliver(ANN, "WAIT A2")

    # Another function handles a text of Ann between the read and the write.
    world.steps.once(1, join_another, after=True)
    world.deliver(ANN, "WAIT A3")
    assert known(world) == ("A1", "A2", "A3")


def joined(world: InboundWorld) -> InboundWorld:
    world.deliver(ANN, "WAIT A1", "join")
    return world


def joining_world() -> InboundWorld:
    world = InboundWorld()
    world.shifts.put("A1", "early", shift_status="taken", employee=BOB)
    return world


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(lambda: joined(joining_world()).steps))
def test_given_a_function_that_stops_when_joining_then_hint_and_place_agree(
    step: int, after: bool, stop: Callable[[], None], error: type[BaseException]
) -> None:
    world = joining_world()
    world.steps.once(step, stop, after=after)
    with pytest.raises(error):
        joined(world)
    shift = world.shifts.get("A1")
    assert shift is not None
    assert (ANN in shift.waiting) == (known(world) == ("A1",))
    joined(world)
    assert known(world) == ("A1",)
    assert mine(world) == AWAITED


def test_given_bookings_when_mine_forgets_places_then_the_bookings_stay() -> None:
    world = waiting_world()
    world.shifts.put("B1", "noon")
    world.deliver(ANN, "B1")
    before = world.employee_bookings.get(ANN)
    world.shifts.edit("A1", waiting_list=None)
    assert mine(world) == "Your shifts:\nB1 noon"
    assert world.employee_bookings.get(ANN) == replace(before, waiting=())

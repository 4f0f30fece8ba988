"""Tests the list of open shifts, its pages, and what a mistyped code finds."""

from datetime import timedelta

import pytest

from shift_sms_runtime.inbound.shift_search import (
    MAX_IDS_WITH_TYPO,
    NEIGHBORS,
    ShiftLookup,
    corrected_ids,
)
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shift_lists.list_page import MAX_SEGMENTS
from shift_sms_runtime.shift_lists.open_shift_list import MAX_UNFINISHED_READS, SHIFTS_PER_READ
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import InboundWorld, queue_reply
from tests.support.memory.employees import EmployeeRow
from tests.support.memory.shifts import MemoryShifts


@pytest.mark.parametrize("shifts", [60, 300])
@pytest.mark.parametrize("character", ["x", "ж"])
def test_given_many_shifts_when_requested_then_more_lists_all_in_sendable_texts(
    shifts: int, character: str
) -> None:
    world = InboundWorld()
    for number in range(shifts):
        world.shifts.put(f"S{number:03}", "15/08 5h nightshift " + character)
    world.deliver(ANN, "REQUEST")
    while world.phones.heard(ANN)[-1].endswith("Reply MORE for the rest"):
        world.deliver(ANN, "more")
    listed = [line for text in world.phones.heard(ANN) for line in text.splitlines() if line.startswith("S")]
    assert [line.split()[0] for line in listed] == [f"S{number:03}" for number in range(shifts)]
    assert {measure(text).segments for text in world.phones.heard(ANN)[:-1]} == {MAX_SEGMENTS}
    assert measure(world.phones.heard(ANN)[-1]).segments <= MAX_SEGMENTS
    one_more = world.phones.heard(ANN)[0] + "\nS999 15/08 5h nightshift " + character
    assert measure(one_more).segments > MAX_SEGMENTS, "the first page has no room for another line"


def test_given_more_delivered_twice_when_the_reply_was_lost_then_no_page_is_skipped() -> None:
    world = InboundWorld()
    for number in range(200):
        world.shifts.put(f"S{number:03}", "15/08 5h nightshift")
    world.deliver(ANN, "REQUEST")
    queue_reply(world, ANN, "MORE", "more-1")
    world.deliver(ANN, "MORE", "more-1")
    first, second = world.phones.heard(ANN)
    assert int(second.splitlines()[1][1:4]) == int(first.splitlines()[-2][1:4]) + 1


def test_given_one_endless_shift_info_when_requested_then_the_reply_is_cut() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "x" * 5000)
    world.shifts.put("A2", "y" * 40)
    world.deliver(ANN, "REQUEST")
    assert measure(world.phones.heard(ANN)[0]).segments == MAX_SEGMENTS
    assert world.phones.heard(ANN)[0].endswith("x\nReply MORE for the rest")
    world.deliver(ANN, "A1")
    assert measure(world.phones.heard(ANN)[1]).sendable


def put_dated(world: InboundWorld, shift_id: str, hours: float, **attributes: object) -> None:
    starts_at = (world.clock() + timedelta(hours=hours)).isoformat()
    world.shifts.put(shift_id, "", starts_at=starts_at, **attributes)


def listed(world: InboundWorld, text: str) -> list[str]:
    """Returns the codes that Ann reads after a text; MORE stands for the line about it."""
    world.deliver(ANN, text)
    codes = [line.split()[0] for line in world.phones.heard(ANN)[-1].splitlines()]
    return ["MORE" if code == "Reply" and i else code for i, code in enumerate(codes)]


def test_given_roles_and_times_when_listed_then_own_open_shifts_by_start() -> None:
    world = InboundWorld()
    world.employees.rows[ANN] = EmployeeRow(roles=frozenset({"nurse", "bar"}))
    put_dated(world, "A1", 40)
    put_dated(world, "A2", 10, role="Nurse")
    put_dated(world, "A3", 30, role="bar")
    put_dated(world, "A4", 20)
    put_dated(world, "A5", 5, role="chef")
    put_dated(world, "A6", -1)
    put_dated(world, "A7", 8, respond_by=world.clock().isoformat())
    put_dated(world, "A8", 9, seats=2, employees={ANN: world.clock().isoformat()})
    put_dated(world, "A9", 20, site="Airport")
    world.shifts.put("B2")
    world.shifts.put("B1")
    world.shifts.put("B0", shift_status="cancelled")
    world.reconcile_shifts()
    assert listed(world, "REQUEST") == ["Reply", "A2", "A4", "A9", "A3", "A1", "B1", "B2"]


def test_given_a_full_role_when_listed_then_pages_follow_each_other_without_a_gap() -> None:
    world = InboundWorld()
    world.employees.rows[ANN] = EmployeeRow(roles=frozenset({"bar"}))
    for number in range(200):
        put_dated(world, f"N{number:03}", 1 + number)
        if number % 20 == 0:
            put_dated(world, f"B{number:03}", 1.5 + number, role="bar")
    pages = [listed(world, "REQUEST")]
    while pages[-1][-1] == "MORE":
        pages.append(listed(world, "MORE"))
    found = [code for page in pages for code in page[1:] if code != "MORE"]
    assert sorted(found) == sorted(world.shifts.rows)
    assert [int(code[1:]) for code in found] == sorted(int(code[1:]) for code in found)


def test_given_many_shifts_that_none_can_book_when_listed_then_more_reads_on() -> None:
    world = InboundWorld()
    passed = world.clock().isoformat()
    for number in range(MAX_UNFINISHED_READS * SHIFTS_PER_READ + 5):
        put_dated(world, f"P{number:03}", 1, respond_by=passed)
    put_dated(world, "A1", 9)
    assert listed(world, "REQUEST") == ["None"]
    assert world.phones.heard(ANN) == ["None so far. Reply MORE to keep looking"]
    assert listed(world, "MORE") == ["Reply", "A1"]


def test_given_a_mistyped_code_when_looked_up_then_neighbors_are_found() -> None:
    shifts = MemoryShifts()
    for number in range(100, 200):
        shifts.put(f"N-{number}")
    shifts.put("M-150")
    lookup = ShiftLookup(shifts)
    assert lookup.ids_near(["n150"]) == ("N-150",)
    assert lookup.ids_near(["n 150", "150"]) == ("N-150",)
    near = lookup.ids_near(["n150x"])
    assert len(near) == 2 * NEIGHBORS
    assert set(near) == {f"N-{number}" for number in range(150 - NEIGHBORS + 1, 150 + NEIGHBORS + 1)}
    assert lookup.ids_near(["x1"]) == ()


def test_given_a_common_typo_when_corrected_then_the_right_id_is_among_few() -> None:
    for typed, meant in (("xzy 123", "XYZ123"), ("N-12-8", "N-12-B"), ("x1x0", "XIX0"), ("kk123", "K123")):
        assert meant in corrected_ids([typed])
    assert len(corrected_ids(["abcdefghijklmnopqrstuvwxyz0123456789"])) == MAX_IDS_WITH_TYPO
    assert corrected_ids([]) == ()


def test_given_many_shifts_when_a_code_is_mistyped_then_common_typos_are_suggested() -> None:
    world = InboundWorld()
    for number in range(300):
        world.shifts.put(f"K{number:03}QX")
    world.shifts.put("KQ7T2X")
    for typed in ("QK7T2X", "KQ7TZX", "KKQ7T2X", "KQ7T2Y", "KQ7T2"):
        world.deliver(ANN, typed)
        assert world.phones.heard(ANN)[-1].startswith(f"There is no {typed}. Did you mean KQ7T2X")

"""Tests the list of open shifts and its pages."""

import pytest

from shift_sms_runtime.messaging.encoding import measure
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import InboundWorld, queue_reply


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
    assert all(measure(text).sendable for text in world.phones.heard(ANN))
    longest = measure(world.phones.heard(ANN)[0])
    assert longest.characters > longest.max_characters - 60, "the first page has no room for another line"


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
    world.shifts.put("A2", "y")
    world.deliver(ANN, "REQUEST")
    assert measure(world.phones.heard(ANN)[0]).sendable
    world.deliver(ANN, "A1")
    assert measure(world.phones.heard(ANN)[1]).sendable

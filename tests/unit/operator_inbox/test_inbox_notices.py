"""Tests that managers are told of texts in the operator inbox, and how often."""

from collections.abc import Callable

import pytest

from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.operator_inbox.inbox_notices import NewText, read_new_text
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.managers_world import MAX, MIA, ManagersWorld

TOLD = "A new text is waiting for you in the inbox"


def world_with_managers() -> ManagersWorld:
    world = ManagersWorld()
    for number in (MAX, MIA):
        world.put_manager(number)
    return world


def test_given_a_burst_when_handled_then_each_manager_is_told_once_in_half_an_hour() -> None:
    world = world_with_managers()
    for _ in range(100):
        world.receive()
        world.clock.pass_time(seconds=0.6)
    assert (world.told(MAX), world.told(MIA)) == ([TOLD], [TOLD])
    world.clock.pass_time(minutes=28.9)
    world.receive(BOB)
    assert len(world.told(MAX)) == 1
    world.clock.pass_time(minutes=0.2)
    world.receive(BOB)
    assert len(world.told(MAX)) == 2


def test_given_texts_out_of_order_when_handled_then_managers_are_told_once() -> None:
    world = world_with_managers()
    first = NewText(ANN, world.clock())
    world.clock.pass_time(minutes=20)
    world.receive(BOB)
    assert not world.tell_of(first)
    assert len(world.told(MAX)) == 1


def test_given_an_old_text_when_handled_then_no_manager_is_told() -> None:
    world = world_with_managers()
    old = NewText(ANN, world.clock())
    world.clock.pass_time(hours=3, seconds=1)
    assert not world.tell_of(old)
    assert world.told(MAX) == []


def test_given_a_manager_who_texts_when_handled_then_only_the_others_are_told() -> None:
    world = world_with_managers()
    world.receive(MAX)
    assert (world.told(MAX), world.told(MIA)) == ([], [TOLD])


def test_given_no_manager_to_tell_when_handled_then_nothing_is_written() -> None:
    world = ManagersWorld()
    world.put_manager(MAX, notices=frozenset({"sick"}))
    world.put_manager(MIA)
    world.receive(MIA)
    assert world.operator_inbox.told == {}
    world.receive(ANN)
    assert (world.told(MAX), world.told(MIA)) == ([], [TOLD])


def test_given_little_time_when_handled_then_it_fails_and_a_repetition_goes_on() -> None:
    world = world_with_managers()
    text = NewText(ANN, world.clock())
    with pytest.raises(TransientFailure):
        world.tell_of(text, seconds=4)
    assert world.tell_of(text)
    assert world.told(MAX) == [TOLD]


def steps_of_a_text() -> Steps:
    world = world_with_managers()
    before = world.steps.taken
    world.receive()
    world.steps.taken -= before
    return world.steps


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_stop_at_any_step_when_repeated_then_each_manager_is_told_once(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(steps_of_a_text):
        world = world_with_managers()
        text = NewText(ANN, world.clock())
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            world.tell_of(text)
        world.clock.pass_time(minutes=1)
        world.tell_of(NewText(BOB, world.clock()))
        world.tell_of(text)
        assert (world.told(MAX), world.told(MIA)) == ([TOLD], [TOLD]), (step, after)


@pytest.mark.parametrize(
    "item", [{}, {"text": "hello"}, {"reply": "hello", "phone_number": ANN}, {"told_at": "2026"}]
)
def test_given_an_item_without_a_text_when_read_then_there_is_none(item: dict[str, str]) -> None:
    assert read_new_text(item) is None

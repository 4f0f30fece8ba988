"""Tests that a text takes effect once and is answered once when functions stop or other deliveries run at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.inbound.policy import StrangerReply
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB, EVE
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import MemoryEmployees

TEXTS = [
    (ANN, "A1"),
    (ANN, "A1 A2 unknown9"),
    (ANN, "DROP A3"),
    (ANN, "SICK A3"),
    (ANN, "WAIT B1"),
    (ANN, "B1"),
    (ANN, "unknown9"),
    (ANN, "early7"),
    (ANN, "REQUEST"),
    (ANN, "MINE"),
    (ANN, "where is the key"),
    (ANN, "STOP"),
    (ANN, "please stop texting me"),
    (ANN, "there is a fire"),
    (ANN, "HELP"),
    (EVE, "hello"),
]
"""Texts of every kind, with their senders."""


def world_of(number: str) -> InboundWorld:
    """Returns a world whose number is free, or busy for some seconds."""
    world = InboundWorld(
        self_managed_opt_outs=True, stranger_reply=StrangerReply.ONCE_PER_DAY, texts_per_hour=30
    )
    for shift_id in ("A1", "A2", "Early-7"):
        world.shifts.put(shift_id, "")
    world.shifts.put("A3", shift_status="taken", employee=ANN)
    world.shifts.put("B1", shift_status="taken", employee=BOB)
    if number == "busy":
        world.permits.free_from = world.clock() + timedelta(seconds=20)
    return world


def state(world: InboundWorld) -> object:
    """Returns everything that a text changes, except times."""
    return (
        {shift_id: world.shifts.holders(shift_id) for shift_id in world.shifts.rows},
        {shift_id: row.get("waiting") for shift_id, row in world.shifts.rows.items()},
        world.employees.opted_out_numbers(),
        {message_id: (item.text, item.urgent) for message_id, item in world.operator_inbox.items.items()},
        world.conversations.listings,
        {key: recent.texts for key, recent in world.conversations.recent_texts.items()},
        world.store.effects,
    )


def handle(sender: str, text: str, number: str) -> InboundWorld:
    """Handles a text that nothing interrupts."""
    world = world_of(number)
    world.deliver(sender, text, "m")
    return world


@pytest.mark.parametrize("number", ["free", "busy"])
@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize(("sender", "text"), TEXTS)
def test_given_functions_stopped_at_any_step_when_redelivered_then_one_effect(
    sender: str, text: str, stop: Callable[[], None], error: type[BaseException], number: str
) -> None:
    undisturbed = handle(sender, text, number)
    assert len(undisturbed.phones.heard(sender)) == 1

    def steps() -> Steps:
        return handle(sender, text, number).steps

    for step, after in crash_points(steps):
        world = world_of(number)
        world.steps.once(step, stop, after=after)
        with pytest.raises(error):
            world.deliver(sender, text, "m")
        world.clock.pass_time(minutes=2)
        for _ in range(2):
            world.deliver(sender, text, "m")
        assert state(world) == state(undisturbed)
        assert world.outbox.rows.empty
        (row,) = world.conversations.rows.values()
        heard = world.phones.heard(sender)
        if row.status is DeliveryStatus.UNKNOWN:
            assert len(heard) <= 1
        else:
            assert row.status is DeliveryStatus.SENT
            assert heard == undisturbed.phones.heard(sender)


@pytest.mark.parametrize("number", ["free", "busy"])
@pytest.mark.parametrize(("sender", "text"), TEXTS)
def test_given_a_second_delivery_at_any_step_when_handled_then_one_effect(
    sender: str, text: str, number: str
) -> None:
    undisturbed = handle(sender, text, number)
    for step, after in crash_points(lambda: handle(sender, text, number).steps):
        world = world_of(number)
        world.steps.once(step, lambda world=world: world.deliver(sender, text, "m"), after=after)  # type: ignore[misc]
        world.deliver(sender, text, "m")
        assert state(world) == state(undisturbed)
        assert world.outbox.rows.empty
        assert world.phones.heard(sender) == undisturbed.phones.heard(sender)
        assert [row.status for row in world.conversations.rows.values()] == [DeliveryStatus.SENT]


@pytest.mark.parametrize("number", ["free", "busy"])
@pytest.mark.parametrize(("other", "text"), [(ANN, "DROP A1"), (ANN, "A2"), (BOB, "A1")])
def test_given_another_text_at_any_step_when_handled_then_the_replies_are_true(
    other: str, text: str, number: str
) -> None:
    for step, after in crash_points(lambda: handle(ANN, "A1", number).steps):
        world = world_of(number)
        world.steps.once(step, lambda world=world: world.deliver(other, text, "n"), after=after)  # type: ignore[misc]
        world.deliver(ANN, "A1", "m")
        assert world.outbox.rows.empty
        replies = len(world.phones.heard(ANN)), len(world.phones.heard(BOB))
        assert replies == ((2, 0) if other == ANN else (1, 1))
        promised = [one.to for one in world.phones.texts if one.body == "Booked: A1"]
        assert len(promised) <= 1 or text == "DROP A1"
        if other == BOB:
            assert world.shifts.holders("A1") == promised


def test_given_a_busy_number_when_a_thousand_text_then_each_is_answered_once() -> None:
    numbers = [f"+1425555{number:04}" for number in range(1000)]
    world = InboundWorld(messages_per_second=1, employees=MemoryEmployees(numbers))
    start = world.clock()
    for number in numbers:
        world.shifts.put(f"A{number[-4:]}", "")
    outcomes = []
    for number in numbers:
        # All functions run at the same time.
        world.clock.time = start
        outcomes.append(world.deliver(number, f"A{number[-4:]}", work=False))
    assert outcomes.count(InboundOutcome.REPLIED) <= 2
    assert set(outcomes) == {InboundOutcome.REPLIED, InboundOutcome.REPLY_QUEUED}
    world.work()
    assert [(text.to, text.body) for text in world.phones.texts] == [
        (number, f"Booked: A{number[-4:]}") for number in numbers
    ]
    assert world.clock() - start < timedelta(seconds=1050)

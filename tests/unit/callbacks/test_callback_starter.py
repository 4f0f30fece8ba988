"""Tests that a call is confirmed after Connect accepted it."""

import pytest

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.messaging.outgoing_text import NotSent
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.clock import Deadline
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import OUR_NUMBER, InboundWorld
from tests.support.memory.phones import MemoryCallCenter


@pytest.mark.parametrize(
    ("outcome", "reply"),
    [
        (CallOutcome.ACCEPTED, "Thank you, an agent will call you shortly"),
        (
            CallOutcome.NOT_ALLOWED,
            "Sorry, we are not able to call this number. Please contact your manager",
        ),
        (
            CallOutcome.QUOTA_REACHED,
            "Sorry, we are not able to call right now. Please text AGENT again later",
        ),
    ],
)
def test_given_an_outcome_of_connect_when_an_agent_is_asked_for_then_the_reply_fits(
    outcome: CallOutcome, reply: str
) -> None:
    world = InboundWorld(connect=True, call_center=MemoryCallCenter(outcome))
    world.deliver(ANN, "AGENT please")
    assert world.phones.heard(ANN) == [reply]


def test_given_an_agent_text_when_delivered_again_then_one_call_is_confirmed_once() -> None:
    world = InboundWorld(connect=True)
    for _ in range(3):
        world.deliver(ANN, "Agent: I lost my badge", "m")
    assert [call.message for call in world.call_center.calls.values()] == ["I lost my badge"]
    assert len(world.phones.heard(ANN)) == 1


def test_given_an_unsent_confirmation_when_tried_again_then_no_second_call() -> None:
    world = InboundWorld(connect=True)
    world.phones.results = [NotSent("AccessDeniedException", transient=False)]
    request = CallbackRequest("m", ANN, OUR_NUMBER, "")
    with pytest.raises(TryAgainLater):
        world.callback.handle(request, Deadline(world.clock))
    world.call_center.outcome = CallOutcome.QUOTA_REACHED
    world.callback.handle(request, Deadline(world.clock))
    assert world.phones.heard(ANN) == ["Thank you, an agent will call you shortly"]


def test_given_the_daily_limit_when_reached_then_calls_are_declined_until_tomorrow() -> None:
    world = InboundWorld(connect=True, calls_per_day=2)
    for number in range(4):
        world.deliver(ANN, f"AGENT {number}")
    assert len(world.call_center.calls) == 2
    limit_reply = "Sorry, we cannot call you again today. Please text AGENT tomorrow"
    assert world.phones.heard(ANN)[2:] == [limit_reply, limit_reply]
    world.clock.pass_time(days=1)
    world.deliver(ANN, "AGENT")
    assert len(world.call_center.calls) == 3

"""Tests that a call is confirmed after Connect accepted it."""

from collections.abc import Callable

import pytest

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.messaging.hourly_limit import hour_of
from shift_sms_runtime.messaging.permits import Priority
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import OUR_NUMBER, InboundWorld
from tests.support.memory.phones import MemoryCallCenter
from tests.support.send_results import ACCESS_DENIED

CALLING = "Thank you, an agent will call you shortly"

REQUEST = CallbackRequest("m", ANN, OUR_NUMBER, "", campaign_id="c")


@pytest.mark.parametrize(
    ("outcome", "reply"),
    [
        (CallOutcome.ACCEPTED, CALLING),
        (
            CallOutcome.NOT_ALLOWED,
            "Sorry, we cannot call this number. Please contact your manager",
        ),
        (
            CallOutcome.QUOTA_REACHED,
            "Sorry, we cannot call you right now. Please reply AGENT again later",
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


def test_given_a_number_that_cannot_send_when_confirmed_then_the_text_waits() -> None:
    world = InboundWorld(connect=True)
    world.phones.results = [ACCESS_DENIED]
    assert world.callback.handle(REQUEST) is CallOutcome.ACCEPTED
    world.workers.run()
    assert world.phones.heard(ANN) == []
    world.call_center.outcome = CallOutcome.QUOTA_REACHED
    assert world.callback.handle(REQUEST) is CallOutcome.ACCEPTED, "no second call is started"
    world.workers.run()
    assert world.phones.heard(ANN) == [CALLING]
    assert world.counted()[0] == 1, "its campaign counts the reply"


def steps_of_a_callback() -> Steps:
    world = InboundWorld(connect=True, calls_per_day=3)
    world.callback.handle(REQUEST)
    return world.steps


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(steps_of_a_callback))
def test_given_a_function_that_stops_at_any_step_when_retried_then_confirmed_once(
    step: int, after: bool, stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    world = InboundWorld(connect=True, calls_per_day=3)
    world.steps.once(step, stop, after=after)
    with pytest.raises(stopped):
        world.callback.handle(REQUEST)
    for _ in range(2):
        assert world.callback.handle(REQUEST) is CallOutcome.ACCEPTED
    assert world.workers.started == {Priority.REPLY}
    world.workers.run()
    assert world.phones.heard(ANN) == [CALLING]
    assert len(world.call_center.calls) == 1
    assert world.conversations.recent_texts[ANN, hour_of(world.clock())].texts == 1


def test_given_the_daily_limit_when_reached_then_calls_are_declined_until_tomorrow() -> None:
    world = InboundWorld(connect=True, calls_per_day=2)
    for number in range(4):
        world.deliver(ANN, f"AGENT {number}")
    assert len(world.call_center.calls) == 2
    limit_reply = "Sorry, we cannot call you again today. Please reply AGENT tomorrow"
    assert world.phones.heard(ANN)[2:] == [limit_reply, limit_reply]
    world.clock.pass_time(days=1)
    world.deliver(ANN, "AGENT")
    assert len(world.call_center.calls) == 3

"""Tests that urgent texts reach the operator inbox and raise the alarm."""

import pytest

from shift_sms_runtime.inbound.policy import StrangerReply
from shift_sms_runtime.inbound.reply import InboundOutcome
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, EVE
from tests.support.dialogues.replies import EMERGENCY
from tests.support.inbound_world import InboundWorld, queue_reply

FIRE = "there is a fire in the kitchen"


def urgent_texts(world: InboundWorld) -> list[str]:
    """Returns the texts that are marked as urgent in the operator inbox."""
    return [item.text for item in world.operator_inbox.items.values() if item.urgent]


def test_given_an_urgent_text_when_delivered_thrice_then_one_alarm_and_one_reply() -> None:
    world = InboundWorld()
    for _ in range(3):
        world.deliver(ANN, FIRE, "m")
    assert urgent_texts(world) == [FIRE]
    assert len(world.alarms) == 1
    assert world.phones.heard(ANN) == [EMERGENCY]


def test_given_another_text_when_kept_for_the_operator_then_no_alarm() -> None:
    world = InboundWorld()
    world.deliver(ANN, "where is the key")
    assert len(world.operator_inbox.items) == 1
    assert not urgent_texts(world)
    assert not world.alarms


def test_given_a_configured_reply_when_an_urgent_text_comes_then_it_is_sent() -> None:
    world = InboundWorld(emergency_reply="Call 555 now\u2026")
    world.deliver(ANN, FIRE)
    assert world.phones.heard(ANN) == ["Call 555 now..."]


def test_given_a_number_over_the_hourly_limit_when_urgent_then_handled() -> None:
    world = InboundWorld(texts_per_hour=2)
    for text in ("XYZ1", "XYZ2", "XYZ3", "XYZ4"):
        world.deliver(ANN, text)
    heard = len(world.phones.heard(ANN))
    for _ in range(2):
        assert world.deliver(ANN, FIRE, "m") in (InboundOutcome.REPLIED, InboundOutcome.DUPLICATE)
    assert urgent_texts(world) == [FIRE]
    assert len(world.alarms) == 1
    assert world.phones.heard(ANN)[heard:] == [EMERGENCY]
    assert world.deliver(ANN, "XYZ5") is InboundOutcome.IGNORED


def test_given_a_machine_when_it_repeats_an_urgent_text_then_ignored_at_last() -> None:
    world = InboundWorld(texts_per_hour=30)
    outcomes = [world.deliver(ANN, FIRE) for _ in range(6)]
    assert outcomes == [*4 * [InboundOutcome.REPLIED], *2 * [InboundOutcome.IGNORED]]
    assert len(world.alarms) == 4


@pytest.mark.parametrize("number", ["free", "busy"])
def test_given_an_opted_out_employee_when_urgent_then_kept_without_a_reply(number: str) -> None:
    world = InboundWorld(self_managed_opt_outs=True)
    world.deliver(ANN, "STOP")
    heard = world.phones.heard(ANN)
    if number == "busy":
        world.permits.free_from = world.clock.time.replace(year=world.clock.time.year + 1)
    for _ in range(2):
        world.deliver(ANN, FIRE, "m", work=number == "free")
    assert urgent_texts(world) == [FIRE]
    assert len(world.alarms) == 1
    assert world.phones.heard(ANN) == heard


def test_given_a_stranger_when_urgent_then_nothing_is_kept_and_no_alarm() -> None:
    world = InboundWorld(stranger_reply=StrangerReply.ONCE_PER_DAY)
    world.deliver(EVE, FIRE)
    assert not world.operator_inbox.items
    assert not world.alarms
    assert EMERGENCY not in world.phones.heard(EVE)


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_functions_stopped_at_any_step_when_urgent_then_no_alarm_is_lost(
    stop: object, error: type[BaseException]
) -> None:
    def steps() -> Steps:
        world = InboundWorld()
        world.deliver(ANN, FIRE, "m")
        return world.steps

    for step, after in crash_points(steps):
        world = InboundWorld()
        world.steps.once(step, stop, after=after)  # type: ignore[arg-type]
        with pytest.raises(error):
            world.deliver(ANN, FIRE, "m")
        world.clock.pass_time(minutes=2)
        world.deliver(ANN, FIRE, "m")
        assert urgent_texts(world) == [FIRE]
        assert 1 <= len(world.alarms) <= 2


def test_given_a_number_that_is_busy_when_urgent_then_the_alarm_does_not_wait() -> None:
    world = InboundWorld()
    queue_reply(world, ANN, FIRE, "m")
    assert len(world.alarms) == 1
    assert urgent_texts(world) == [FIRE]

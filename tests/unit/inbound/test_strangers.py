"""Tests the replies to numbers that are not approved."""

import pytest

from shift_sms_runtime.inbound.policy import StrangerReply
from shift_sms_runtime.inbound.reply import InboundOutcome
from tests.support.dialogues.dialogue import EVE
from tests.support.dialogues.replies import INVALID
from tests.support.inbound_world import InboundWorld


def test_given_an_approved_number_without_a_row_when_it_texts_then_replied_to() -> None:
    world = InboundWorld(approved_numbers=frozenset({EVE}))
    world.deliver(EVE, "XYZ1")
    assert world.phones.heard(EVE) == [INVALID]


def test_given_strangers_replied_to_daily_when_one_texts_on_two_days_then_two() -> None:
    world = InboundWorld(stranger_reply=StrangerReply.ONCE_PER_DAY)
    for _ in range(5):
        world.deliver(EVE, "hello")
    assert len(world.phones.heard(EVE)) == 1
    world.clock.time = world.clock.time.replace(day=2)
    world.deliver(EVE, "hello")
    assert len(world.phones.heard(EVE)) == 2
    assert world.phones.heard(EVE)[0].startswith("Sorry, this number is not registered")


def test_given_a_sender_that_is_not_a_phone_number_when_it_texts_then_no_effect() -> None:
    world = InboundWorld(stranger_reply=StrangerReply.ONCE_PER_DAY)
    assert world.deliver("", "XYZ123") is InboundOutcome.STRANGER
    assert not world.phones.attempts


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_strangers_are_replied_to_when_one_texts_a_keyword_then_no_reply(
    self_managed: bool,
) -> None:
    world = InboundWorld(stranger_reply=StrangerReply.ONCE_PER_DAY, self_managed_opt_outs=self_managed)
    assert world.deliver(EVE, "STOP") is InboundOutcome.OPTED_OUT
    assert world.deliver(EVE, "START") is InboundOutcome.OPTED_IN
    assert world.deliver(EVE, "HELP") is InboundOutcome.HELP
    assert not world.phones.attempts

"""Tests the hourly limit, and the end of loops between machines."""

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld, queue_reply
from tests.support.send_results import THROTTLED

TOO_MANY_TEXTS = "You have sent too many texts. Please try again in an hour"


def test_given_more_texts_than_the_hourly_limit_when_received_then_one_notice() -> None:
    world = InboundWorld(texts_per_hour=3)
    for number in range(3):
        assert world.deliver(ANN, f"XYZ90{number}") is InboundOutcome.REPLIED
    for number in range(3):
        assert world.deliver(ANN, f"XYZ91{number}") is InboundOutcome.IGNORED
    assert world.phones.heard(ANN)[3:] == [TOO_MANY_TEXTS]
    assert world.deliver(BOB, "XYZ900") is InboundOutcome.REPLIED, (
        "the limit of one number does not affect another"
    )
    world.clock.pass_time(hours=1)
    assert world.deliver(ANN, "XYZ900") is InboundOutcome.REPLIED


def test_given_the_hourly_limit_when_an_admitted_text_is_redelivered_then_replied() -> None:
    world = InboundWorld(texts_per_hour=1)
    world.shifts.put("A1", "")
    queue_reply(world, ANN, "A1", "m")
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.DUPLICATE
    assert world.phones.heard(ANN) == ["Booked: A1"]


def test_given_two_machines_when_the_same_text_repeats_then_the_loop_ends() -> None:
    world = InboundWorld()
    outcomes = [world.deliver(ANN, "I am away until Monday") for _ in range(8)]
    assert outcomes == [InboundOutcome.REPLIED] * 4 + [InboundOutcome.IGNORED] * 4
    assert world.deliver(ANN, "XYZ900") is InboundOutcome.REPLIED
    assert world.deliver(ANN, "I am away until Monday") is InboundOutcome.REPLIED


def test_given_a_long_list_when_more_is_texted_many_times_then_each_is_replied_to() -> None:
    world = InboundWorld()
    for number in range(400):
        world.shifts.put(f"S{number:03}", "15/08 5h nightshift")
    assert {world.deliver(ANN, "MORE") for _ in range(9)} == {InboundOutcome.REPLIED}


@pytest.mark.parametrize("text", ["AGENT please call", "HELP"])
def test_given_an_hourly_limit_when_agent_or_help_texts_repeat_then_they_count_too(
    text: str,
) -> None:
    world = InboundWorld(connect=True, self_managed_opt_outs=True, texts_per_hour=5)
    for number in range(20):
        world.deliver(ANN, f"{text} {number}")
    assert len(world.phones.heard(ANN)) <= 6


def test_given_several_offers_when_each_is_answered_with_yes_then_each_is_booked() -> None:
    world = InboundWorld()
    codes = [f"A{number}" for number in range(1, 8)]
    for code in codes:
        world.shifts.put(code, "", shift_status="taken", employee=BOB)
        world.deliver(ANN, f"WAIT {code}")
    for code in codes:
        world.deliver(BOB, f"DROP {code}")
        world.reconcile_shifts()
        world.deliver(ANN, "YES")
    assert world.shifts.taken() == dict.fromkeys(codes, ANN)


def test_given_the_notice_of_the_limit_when_throttled_then_the_next_text_sends_it() -> None:
    world = InboundWorld(texts_per_hour=1)
    world.deliver(ANN, "XYZ1")
    world.phones.results = [THROTTLED] * 100
    assert world.deliver(ANN, "XYZ2", work=False) is InboundOutcome.IGNORED
    world.phones.results = []
    assert world.phones.heard(ANN)[1:] == []
    for text in ("XYZ3", "XYZ4"):
        world.deliver(ANN, text)
    assert [text for text in world.phones.heard(ANN) if "too many" in text] == [
        "You have sent too many texts. Please try again in an hour"
    ]


def test_given_texts_delivered_repeatedly_when_counted_then_each_counts_once() -> None:
    world = InboundWorld(texts_per_hour=3)
    for number in range(3):
        for _ in range(4):
            world.deliver(ANN, f"XYZ90{number}", f"m{number}")
    assert world.deliver(ANN, "XYZ903") is InboundOutcome.IGNORED
    assert [text == TOO_MANY_TEXTS for text in world.phones.heard(ANN)] == [False, False, False, True]


def test_given_queued_replies_when_the_limit_is_reached_then_the_notice_is_last() -> None:
    world = InboundWorld(texts_per_hour=2)
    for number in range(2):
        queue_reply(world, ANN, f"XYZ90{number}", f"m{number}")
        world.clock.pass_time(seconds=1)
    for number in range(3):
        assert world.deliver(ANN, f"XYZ91{number}", work=False) is InboundOutcome.IGNORED
    world.work()
    assert [text == TOO_MANY_TEXTS for text in world.phones.heard(ANN)] == [False, False, True]

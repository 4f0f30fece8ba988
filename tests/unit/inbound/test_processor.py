"""Tests how inbound texts are handled, and which replies are sent at once."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.inbound import command_executor, processor
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Unknown
from tests.support.dialogues.dialogue import ANN, BOB, EVE
from tests.support.dialogues.replies import INVALID
from tests.support.inbound_world import InboundWorld
from tests.support.send_results import ACCESS_DENIED, THROTTLED


@pytest.mark.parametrize("times", [1, 4, 100])
def test_given_throttling_when_it_ends_then_the_reply_is_sent_once(times: int) -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.phones.results = [THROTTLED] * times
    outcome = world.deliver(ANN, "A1", "m")
    assert outcome is (InboundOutcome.REPLIED if times == 1 else InboundOutcome.REPLY_QUEUED)
    assert world.phones.heard(ANN) == ["Booked: A1"]
    assert world.outbox.rows.empty


def test_given_a_denied_send_when_the_operator_has_acted_then_the_reply_is_sent() -> None:
    world = InboundWorld()
    world.phones.results = [ACCESS_DENIED]
    assert world.deliver(ANN, "A1", work=False) is InboundOutcome.REPLY_QUEUED
    assert world.phones.attempts == 1
    world.work()
    assert world.phones.heard(ANN) == [INVALID]


def test_given_a_reply_of_unknown_outcome_when_delivered_again_then_not_repeated() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.phones.results = [Unknown("ReadTimeoutError")]
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.REPLY_UNKNOWN
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.DUPLICATE
    assert world.phones.attempts == 1
    assert world.reply_row("m").status is DeliveryStatus.UNKNOWN


def test_given_a_very_long_text_of_wide_characters_when_handled_then_it_is_sendable() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.deliver(ANN, "A1 " + " ".join(f"{n}" + "\U0001f600" * 60 for n in range(12)))
    world.deliver(ANN, "\u03a9" * 1030 + " A\ud83dB A1")
    assert [measure(text).sendable for text in world.phones.heard(ANN)] == [True, True]


@pytest.mark.parametrize(
    ("text", "texts_per_hour", "interpretations", "lookups"),
    [
        ("A1", 0, 1, 0),
        ("drop early7", 0, 2, 0),
        ("early8", 0, 2, 1),
        ("early8", 1, 1, 0),
        ("REQUEST", 0, 1, 0),
    ],
    ids=["by-code", "of-a-booking", "in-its-own-spelling", "over-the-limit", "without-a-code"],
)
def test_given_a_text_when_handled_then_only_own_spellings_are_interpreted_twice(
    monkeypatch: pytest.MonkeyPatch, text: str, texts_per_hour: int, interpretations: int, lookups: int
) -> None:
    world = InboundWorld(texts_per_hour=texts_per_hour)
    for shift_id in ("A1", "Early-7", "Early-8"):
        world.shifts.put(shift_id, "")
    world.deliver(ANN, "early7")
    calls: list[str] = []
    for module in (processor, command_executor):
        monkeypatch.setattr(module, "interpret", _recording(calls, "interpret", module.interpret))
    monkeypatch.setattr(world.shifts, "ids_from", _recording(calls, "ids", world.shifts.ids_from))
    world.deliver(ANN, text)
    assert (calls.count("interpret"), calls.count("ids")) == (interpretations, lookups)


def _recording(calls: list[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return function(*args, **kwargs)

    return call


TEXTS = st.one_of(
    st.text(), st.sampled_from(["XYZ123", "xyz123 xyz124", "REQUEST", "MORE", "AGENT", "STOP", "A1,"])
)


@given(
    st.lists(st.tuples(st.sampled_from([ANN, BOB, EVE]), TEXTS), max_size=12),
    st.randoms(use_true_random=False),
)
def test_given_any_texts_delivered_twice_when_handled_then_at_most_one_reply_each(
    texts: list[tuple[str, str]], shuffle: random.Random
) -> None:
    world = InboundWorld(connect=True)
    for shift_id in ("XYZ123", "XYZ124", "A1"):
        world.shifts.put(shift_id, "15/08")
    deliveries = [(sender, text, f"m{i}") for i, (sender, text) in enumerate(texts)] * 2
    shuffle.shuffle(deliveries)
    for sender, text, message_id in deliveries:
        world.deliver(sender, text, message_id)
    assert not world.phones.heard(EVE)
    assert EVE not in world.shifts.taken().values()
    assert len(world.phones.texts) <= len(texts)
    promised = [
        line for text in world.phones.texts for line in text.body.splitlines() if line.startswith("Booked")
    ]
    for shift_id in ("XYZ123", "XYZ124", "A1"):
        assert sum(shift_id in line for line in promised) == (shift_id in world.shifts.taken())
    assert all(measure(text.body).sendable for text in world.phones.texts)

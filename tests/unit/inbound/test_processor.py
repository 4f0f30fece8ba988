"""Tests that an inbound text takes effect once and gets one reply under any failure."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.inbound import command_executor, processor
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, NotSent, Refused, Unknown
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.crash_points import Killed
from tests.support.dialogues.dialogue import ANN, BOB, EVE
from tests.support.inbound_world import InboundWorld


def test_given_throttling_when_time_remains_then_the_reply_waits_and_is_sent_once() -> None:
    world = InboundWorld()
    world.phones.results = [NotSent("ThrottlingException", transient=True)] * 4
    assert world.deliver(ANN, "XYZ1") is InboundOutcome.REPLIED
    assert len(world.phones.heard(ANN)) == 1


def test_given_throttling_until_the_deadline_when_redelivered_then_replied_booked() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.phones.results = [NotSent("ThrottlingException", transient=True)] * 100
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1", "m")
    world.phones.results = []
    world.deliver(ANN, "A1", "m")
    assert world.phones.heard(ANN) == ["Booked: A1"]


def test_given_a_denied_send_when_time_remains_then_it_is_not_repeated() -> None:
    world = InboundWorld()
    world.phones.results = [NotSent("AccessDeniedException", transient=False)] * 100
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1")
    assert world.phones.attempts == 1


def test_given_a_reply_of_unknown_outcome_when_delivered_again_then_not_repeated() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.phones.results = [Unknown("ReadTimeoutError")]
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.REPLY_UNKNOWN
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.DUPLICATE
    assert world.phones.attempts == 1
    assert world.reply_row("m").status is DeliveryStatus.UNKNOWN


def test_given_an_opted_out_employee_when_booking_then_the_booking_stands() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.phones.results = [Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")]
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.REPLY_NOT_SENT
    assert world.shifts.taken() == {"A1": ANN}
    assert world.reply_row("m").reason == "DESTINATION_PHONE_NUMBER_OPTED_OUT"


def _kill_at(world: InboundWorld, owner: object, method: str, *, after: bool) -> Callable[[], None]:
    original = getattr(owner, method)

    def step(*args: object, **kwargs: object) -> object:
        if after:
            original(*args, **kwargs)
        raise Killed

    setattr(owner, method, step)
    return lambda: setattr(owner, method, original)


@pytest.mark.parametrize(
    ("owner", "method", "after", "replies"),
    [
        ("store", "write", False, 1),
        ("store", "write", True, 1),
        ("conversations", "claim", False, 1),
        # From here the reply may be on its way: it is not repeated. The booking stands.
        ("conversations", "claim", True, 0),
        ("phones", "send", False, 0),
        ("phones", "send", True, 1),
        ("conversations", "settle", False, 1),
        ("conversations", "settle", True, 1),
    ],
)
def test_given_a_function_killed_at_any_step_when_redelivered_then_one_booking(
    owner: str, method: str, after: bool, replies: int
) -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    restore = _kill_at(world, getattr(world, owner), method, after=after)
    with pytest.raises(Killed):
        world.deliver(ANN, "A1", "m")
    restore()
    world.clock.time = world.clock.time.replace(minute=10)
    world.deliver(ANN, "A1", "m")
    world.deliver(ANN, "A1", "m")
    assert world.shifts.taken() == {"A1": ANN}
    assert world.phones.heard(ANN) == ["Booked: A1"] * replies
    assert world.reply_row("m").status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


def test_given_another_function_sending_the_reply_when_delivered_then_retried_later() -> None:
    world = InboundWorld()
    restore = _kill_at(world, world.phones, "send", after=False)
    with pytest.raises(Killed):
        world.deliver(ANN, "A1", "m")
    restore()
    with pytest.raises(TryAgainLater):
        world.deliver(ANN, "A1", "m")


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

"""Tests that each reply to a sick call fits one GSM-7 segment in every language, with the longest values."""

from datetime import timedelta

import pytest

from shift_sms_runtime.language.tokenizer import LONGEST_CODE
from shift_sms_runtime.messaging.encoding import Encoding, measure
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import InboundWorld
from tests.support.locale_files import FILES
from tests.support.memory.employees import EmployeeRow

LONGEST = "W" * LONGEST_CODE
INFOS = ("", "Ä" * 300, "ŵ" * 300)


def world_of(vocabulary: str, language: str, sick_calls: SickCalls) -> InboundWorld:
    policy = BookingPolicy(reminder_hours=0, sick_calls=sick_calls)
    world = InboundWorld(vocabulary=vocabulary, policy=policy)
    world.employees.rows[ANN] = EmployeeRow(language=language)
    return world


def book(world: InboundWorld, code: str, info: str, *, hours: int = 2) -> None:
    starts_at, ends_at = (world.clock() + timedelta(hours=hour) for hour in (hours, hours + 1))
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "site": "Ø" * 300}
    world.shifts.put(code, info, **times)
    world.deliver(ANN, code)


def assert_one_segment(text: str) -> None:
    size = measure(text)
    assert (size.segments, size.encoding) == (1, Encoding.GSM), text


@pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))
@pytest.mark.parametrize("sick_calls", SickCalls)
def test_given_the_longest_values_when_sick_then_the_reply_is_one_segment(
    vocabulary: str, language: str, sick_calls: SickCalls
) -> None:
    for info in INFOS:
        world = world_of(vocabulary, language, sick_calls)
        book(world, LONGEST, info)
        world.deliver(ANN, f"SICK {LONGEST}")
        assert (ANN in world.shifts.holders(LONGEST)) == (sick_calls is SickCalls.INFORM)
        assert_one_segment(world.phones.heard(ANN)[-1])


@pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))
def test_given_shifts_or_none_when_sick_without_a_code_then_one_segment(
    vocabulary: str, language: str
) -> None:
    world = world_of(vocabulary, language, SickCalls.REFILL)
    world.deliver(ANN, "sick, won't be in today")
    for number in range(20):
        book(world, f"{'W' * (LONGEST_CODE - 2)}{number:02}", "Ä" * 300, hours=2 + 2 * number)
    world.deliver(ANN, "sick, won't be in today")
    for text in (world.phones.heard(ANN)[0], world.phones.heard(ANN)[-1]):
        assert_one_segment(text)


@pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))
def test_given_the_code_of_others_when_sick_then_the_own_shift_is_named_and_kept(
    vocabulary: str, language: str
) -> None:
    world = world_of(vocabulary, language, SickCalls.REFILL)
    world.shifts.put("B1", "")
    book(world, LONGEST, "")
    world.deliver(ANN, "SICK B1", "m")
    assert LONGEST in world.phones.heard(ANN)[-1]
    assert_one_segment(world.phones.heard(ANN)[-1])
    assert world.operator_inbox.items["m"].text == "SICK B1"
    assert world.shifts.holders(LONGEST) == [ANN]
    world.deliver(ANN, f"SICK {LONGEST}")
    assert world.shifts.holders(LONGEST) == []

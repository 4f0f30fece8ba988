"""Tests the dialogue tables in memory, with texts delivered once and three times."""

import pytest

from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from tests.support.dialogues.booking import AGENT_OFF, AGENT_ON
from tests.support.dialogues.dialogue import GUS, Dialogue
from tests.support.dialogues.groups import CONNECT_OFF, CONNECT_ON_OR_OFF
from tests.support.dialogues.languages import APPOINTMENTS
from tests.support.dialogues.opt_outs import OPT_OUTS_OF_THE_SERVICE, SELF_MANAGED_OPT_OUTS
from tests.support.dialogues.plain_words import OPT_OUTS_IN_WORDS, OPT_OUTS_IN_WORDS_OF_THE_SERVICE
from tests.support.dialogues.policy import INFORMING, INFORMING_POLICY, STRICT, STRICT_POLICY
from tests.support.dialogues.undone_bookings import UNDONE_BOOKINGS
from tests.support.inbound_world import InboundWorld


def _name(dialogue: Dialogue) -> str:
    return dialogue.name


@pytest.mark.parametrize("dialogue", CONNECT_OFF + CONNECT_ON_OR_OFF + AGENT_OFF, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_connect_off_when_employees_text_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    InboundWorld().play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", CONNECT_ON_OR_OFF + AGENT_ON, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_connect_on_when_employees_text_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    InboundWorld(connect=True).play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", STRICT, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_rest_and_hours_limited_when_employees_text_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    rest, hours = (float(STRICT_POLICY[name]) for name in ("minimum_rest_hours", "hours_per_week"))
    policy = BookingPolicy(minimum_rest_hours=rest, hours_per_week=hours, reminder_hours=0)
    InboundWorld(policy=policy).play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", INFORMING, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_managers_are_informed_when_an_employee_is_sick_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    policy = BookingPolicy(reminder_hours=0, sick_calls=SickCalls(INFORMING_POLICY["sick_calls"]))
    InboundWorld(policy=policy).play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", APPOINTMENTS, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_appointments_offered_when_employees_text_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    InboundWorld(vocabulary="appointments").play(dialogue, deliveries=deliveries)


@pytest.mark.parametrize("dialogue", SELF_MANAGED_OPT_OUTS + OPT_OUTS_IN_WORDS, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_self_managed_opt_outs_when_employees_text_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    world = InboundWorld(self_managed_opt_outs=True, connect=True, approved_numbers=frozenset({GUS}))
    world.play(dialogue, deliveries=deliveries)
    assert world.employees.opted_out_numbers() == dialogue.opted_out


@pytest.mark.parametrize("dialogue", OPT_OUTS_OF_THE_SERVICE + OPT_OUTS_IN_WORDS_OF_THE_SERVICE, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_opt_outs_of_the_service_when_published_too_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    world = InboundWorld(approved_numbers=frozenset({GUS}))
    world.play(dialogue, deliveries=deliveries)
    assert world.employees.opted_out_numbers() == dialogue.opted_out


@pytest.mark.parametrize("dialogue", UNDONE_BOOKINGS, ids=_name)
@pytest.mark.parametrize("deliveries", [1, 3])
def test_given_keywords_for_the_service_alone_when_texted_then_the_table_holds(
    dialogue: Dialogue, deliveries: int
) -> None:
    world = InboundWorld(keywords_published=False)
    world.play(dialogue, deliveries=deliveries)
    assert world.employees.opted_out_numbers() == dialogue.opted_out
    assert len(world.operator_inbox.items) == 2

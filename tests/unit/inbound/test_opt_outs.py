"""Tests STOP, START and HELP, and opt-outs that only the messaging service knows of."""

from datetime import timedelta

import pytest

from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import InboundOutcome
from tests.support.clock import Deadline
from tests.support.crash_points import Killed, Steps, Throttled, crash_points, die, throttle
from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS
from tests.support.dialogues.replies import START_REPLY, STOP_REPLY
from tests.support.inbound_world import OUR_NUMBER, InboundWorld, queue_reply
from tests.support.memory.employees import EmployeeRow
from tests.support.send_results import OPTED_OUT


def test_given_a_start_that_only_the_service_saw_when_a_reply_is_sent_then_recorded() -> None:
    world = InboundWorld()
    world.phones.results = [OPTED_OUT]
    assert world.deliver(ANN, "XYZ999") is InboundOutcome.REPLY_NOT_SENT
    assert world.employees.opted_out_numbers() == {ANN}
    assert world.deliver(ANN, "XYZ999") is InboundOutcome.REPLIED
    assert world.employees.opted_out_numbers() == set()


def test_given_a_stop_texted_to_us_when_a_reply_is_sent_then_only_start_ends_it() -> None:
    world = InboundWorld()
    world.deliver(ANN, "STOP")
    assert world.deliver(ANN, "XYZ999") is InboundOutcome.REPLIED
    assert world.employees.opted_out_numbers() == {ANN}
    world.deliver(ANN, "START")
    assert world.employees.opted_out_numbers() == set()


def test_given_a_strangers_stop_when_recorded_then_the_row_records_nothing_else() -> None:
    world = InboundWorld(self_managed_opt_outs=True)
    world.deliver(EVE, "STOP")
    world.deliver(ANN, "STOP")
    assert world.employees.rows[EVE].only_opt_out
    assert not world.employees.rows[ANN].only_opt_out


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_a_stop_delivered_again_after_a_start_when_handled_then_no_change(
    self_managed: bool,
) -> None:
    world = InboundWorld(self_managed_opt_outs=self_managed)
    stop, start = world.clock(), world.clock() + timedelta(minutes=1)
    world.deliver(ANN, "STOP", "stop", sent_at=stop)
    world.deliver(ANN, "START", "start", sent_at=start)
    heard = world.phones.heard(ANN)
    world.deliver(ANN, "STOP", "stop", sent_at=stop)
    world.deliver(ANN, "START", "start", sent_at=start)
    assert world.employees.opted_out_numbers() == set()
    assert world.phones.heard(ANN) == heard


@pytest.mark.parametrize(
    ("word", "left"), [("STOP", True), ("START", False), ("HELP", False), ("leave me alone", True)]
)
def test_given_a_function_stopped_at_a_keyword_when_redelivered_then_one_effect(
    word: str, left: bool
) -> None:
    def text(world: InboundWorld) -> Steps:
        world.deliver(ANN, word, "m")
        return world.steps

    for stop, error in ((die, Killed), (throttle, Throttled)):
        for step, after in crash_points(lambda: text(InboundWorld(self_managed_opt_outs=True))):
            world = InboundWorld(self_managed_opt_outs=True)
            world.steps.once(step, stop, after=after)
            with pytest.raises(error):
                text(world)
            world.clock.pass_time(minutes=10)
            for _ in range(2):
                text(world)
            assert (ANN in world.employees.opted_out_numbers()) is left
            assert len(world.phones.heard(ANN)) <= 1
            assert world.reply_row("m").status.final


def test_given_a_confirmation_not_sent_yet_when_stop_comes_again_then_sent_once() -> None:
    world = InboundWorld(self_managed_opt_outs=True)
    queue_reply(world, ANN, "STOP", "m")
    assert world.employees.opted_out_numbers() == {ANN}, "no text is sent meanwhile"
    world.deliver(ANN, "STOP", "m")
    assert world.phones.heard(ANN) == [STOP_REPLY]


def test_given_a_refused_reply_when_opted_out_then_recorded_until_one_succeeds() -> None:
    world = InboundWorld()
    world.phones.results = [OPTED_OUT, OPTED_OUT]
    assert world.deliver(ANN, "hello") is InboundOutcome.REPLY_NOT_SENT
    assert world.employees.opted_out_numbers() == {ANN}
    assert world.deliver(ANN, "hello") is InboundOutcome.REPLY_NOT_SENT
    assert world.employees.opted_out_numbers() == {ANN}
    world.clock.pass_time(minutes=1)
    assert world.deliver(ANN, "hello") is InboundOutcome.REPLIED
    assert world.employees.opted_out_numbers() == set()


def test_given_an_approved_number_without_row_when_a_reply_is_refused_then_recorded() -> None:
    world = InboundWorld(approved_numbers=frozenset({GUS}))
    world.phones.results = [OPTED_OUT]
    world.deliver(GUS, "hello")
    assert world.employees.rows[GUS].opted_out
    assert world.employees.rows[GUS].only_opt_out
    world.clock.pass_time(minutes=1)
    world.deliver(GUS, "hello")
    assert not world.employees.rows[GUS].opted_out


def test_given_an_employee_who_never_opted_out_when_replied_to_then_no_record() -> None:
    world = InboundWorld()
    world.deliver(ANN, "hello")
    assert world.employees.rows[ANN] == EmployeeRow()


def test_given_a_refusal_by_the_service_when_stop_follows_then_only_start_ends_it() -> None:
    world = InboundWorld()
    world.phones.results = [OPTED_OUT]
    world.deliver(ANN, "XYZ1")
    world.deliver(ANN, "STOP")
    world.deliver(ANN, "XYZ2")
    assert world.employees.opted_out_numbers() == {ANN}


def test_given_a_stop_while_a_reply_is_sent_when_it_succeeds_then_stop_stands() -> None:
    world = InboundWorld()
    world.phones.results = [OPTED_OUT]
    world.deliver(ANN, "XYZ1")

    def stop() -> None:
        world.deliver(ANN, "STOP")

    world.steps.once(3, stop)
    world.deliver(ANN, "XYZ2")
    assert world.employees.opted_out_numbers() == {ANN}


def test_given_a_stop_with_a_late_confirmation_when_repeated_then_one_confirmation() -> None:
    world = InboundWorld(self_managed_opt_outs=True)
    queue_reply(world, ANN, "STOP", "m1")
    world.clock.pass_time(minutes=1)
    world.deliver(ANN, "STOP", "m2")
    for _ in range(2):
        world.deliver(ANN, "STOP", "m1")
    assert len(world.phones.heard(ANN)) == 1
    assert world.employees.opted_out_numbers() == {ANN}


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_an_opt_out_in_words_when_start_follows_then_it_is_not_confirmed(
    self_managed: bool,
) -> None:
    world = InboundWorld(self_managed_opt_outs=self_managed)
    queue_reply(world, ANN, "please stop texting me", "m1")
    assert world.employees.opted_out_numbers() == {ANN}, "no text is sent meanwhile"
    world.clock.pass_time(minutes=1)
    world.deliver(ANN, "START", "m2")
    assert STOP_REPLY not in world.phones.heard(ANN)
    assert world.employees.opted_out_numbers() == set()


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_an_opt_out_in_words_when_delivered_after_a_start_then_no_change(
    self_managed: bool,
) -> None:
    world = InboundWorld(self_managed_opt_outs=self_managed)
    stop, start = world.clock(), world.clock() + timedelta(minutes=1)
    world.deliver(ANN, "leave me alone", "stop", sent_at=stop)
    world.deliver(ANN, "START", "start", sent_at=start)
    heard = world.phones.heard(ANN)
    for _ in range(2):
        world.deliver(ANN, "leave me alone", "stop", sent_at=stop)
        world.deliver(ANN, "START", "start", sent_at=start)
    assert world.employees.opted_out_numbers() == set()
    assert world.phones.heard(ANN) == heard


def test_given_a_start_that_the_service_leaves_to_us_when_texted_then_confirmed() -> None:
    world = InboundWorld()
    world.deliver(ANN, "please stop texting me")
    text = InboundText("start", ANN, OUR_NUMBER, "START", world.clock())
    for _ in range(2):
        world.processor.handle(text, Deadline(world.clock, 30))
    assert world.phones.heard(ANN) == [STOP_REPLY, START_REPLY]
    assert world.employees.opted_out_numbers() == set()


@pytest.mark.parametrize("self_managed", [False, True])
def test_given_an_opt_out_in_words_when_a_seat_is_freed_then_no_notice(
    self_managed: bool,
) -> None:
    world = InboundWorld(self_managed_opt_outs=self_managed)
    world.shifts.put("A1", shift_status="taken", employee=BOB)
    world.deliver(ANN, "WAIT A1")
    world.deliver(ANN, "no more messages please")
    heard = len(world.phones.heard(ANN))
    world.deliver(BOB, "DROP A1")
    world.reconcile_shifts()
    assert len(world.phones.heard(ANN)) == heard

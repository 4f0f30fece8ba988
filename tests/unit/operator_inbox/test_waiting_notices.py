"""Tests that managers are told of the operator inbox outside of their quiet hours, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus
from shift_sms_runtime.operator_inbox.inbox_notices import NewText
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.reconcile_request import OPERATOR_INBOX, ReconcileRequest
from tests.support.clock import Deadline
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.managers_world import MAX, MIA, QUIET_HOURS_WITH_CHANGE_OF_CLOCKS, ManagersWorld

# The clock starts at 12:00 in UTC.
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
TWO = NOON + timedelta(hours=2)
TOLD = "A new text is waiting for you in the inbox"
KOLKATA = "Asia/Kolkata"
"""There it is 17:30 at noon in UTC."""


def new_world(quiet_hours: str = "11:00-14:00") -> ManagersWorld:
    world = ManagersWorld(policy=BookingPolicy(reminder_hours=0, quiet_hours=quiet_hours))
    world.put_manager(MAX)
    return world


def receive(world: ManagersWorld, sender: str = ANN) -> NewText:
    """Puts a text into the operator inbox, and tells the managers who are awake."""
    keep(world, sender)
    text = world.receive(sender)
    world.send_notices()
    return text


def keep(world: ManagersWorld, sender: str = ANN) -> None:
    """Puts a text into the operator inbox. No function has followed."""
    message_id = f"m{len(world.operator_inbox.items)}"
    item = InboxItem(message_id, sender, "+12065550100", "when do you open", world.clock())
    world.operator_inbox.items[message_id] = item


def answer_all(world: ManagersWorld) -> None:
    for message_id in world.operator_inbox.items:
        world.operator_inbox.record_outcome(message_id, InboxStatus.REPLIED, "", now=world.clock())


def run_timer(world: ManagersWorld, until: datetime) -> None:
    """Lets time pass, and runs what the timer requests."""
    while (at := world.shift_timers.at.get(OPERATOR_INBOX)) and at <= until:
        world.clock.time = max(world.clock.time, world.shift_timers.at.pop(OPERATOR_INBOX))
        world.reconcile(OPERATOR_INBOX)
        world.send_notices()
    world.clock.time = max(world.clock.time, until)


def test_given_quiet_hours_when_texts_arrive_then_told_once_when_they_end() -> None:
    world = new_world()
    for minutes in (0, 20, 40):
        world.clock.time = NOON + timedelta(minutes=minutes)
        receive(world)
    assert world.phones.heard(MAX) == []
    assert world.shift_timers.at == {OPERATOR_INBOX: TWO}
    run_timer(world, TWO - timedelta(seconds=1))
    assert world.phones.heard(MAX) == []
    run_timer(world, TWO)
    assert world.phones.heard(MAX) == [TOLD]
    for _ in range(2):
        world.reconcile(OPERATOR_INBOX)
        assert world.told() == [TOLD]
    assert (world.operator_inbox.waits, world.shift_timers.at) == ({}, {})


def test_given_managers_in_two_zones_when_told_then_each_after_their_quiet_hours() -> None:
    world = new_world("11:00-19:00")
    world.put_manager(MIA, timezone=KOLKATA)
    receive(world)
    run_timer(world, NOON + timedelta(hours=1, minutes=30))
    assert (world.phones.heard(MAX), world.phones.heard(MIA)) == ([], [TOLD])
    run_timer(world, NOON + timedelta(hours=7))
    assert (world.phones.heard(MAX), world.phones.heard(MIA)) == ([TOLD], [TOLD])


def test_given_a_manager_who_is_awake_when_others_sleep_then_told_at_once() -> None:
    world = new_world()
    world.put_manager(MIA, timezone=KOLKATA)
    receive(world)
    assert (world.phones.heard(MAX), world.phones.heard(MIA)) == ([], [TOLD])
    run_timer(world, TWO)
    assert (world.phones.heard(MAX), world.phones.heard(MIA)) == ([TOLD], [TOLD])


@pytest.mark.parametrize(("minutes", "told"), [(0, 1), (5, 1), (29, 1), (31, 2)])
def test_given_quiet_hours_that_ended_when_a_text_arrives_then_half_an_hour_apart(
    minutes: float, told: int
) -> None:
    world = new_world()
    receive(world)
    run_timer(world, TWO)
    world.clock.pass_time(minutes=minutes)
    receive(world)
    assert len(world.phones.heard(MAX)) == told


def test_given_managers_in_two_zones_when_texts_go_on_then_each_has_own_half_hours() -> None:
    world = new_world()
    world.put_manager(MIA, timezone=KOLKATA)
    receive(world)
    run_timer(world, TWO)
    heard = []
    for _ in range(4):
        world.clock.pass_time(minutes=11)
        receive(world)
        heard.append((len(world.phones.heard(MAX)), len(world.phones.heard(MIA))))
    assert heard == [(1, 2), (1, 2), (2, 2), (2, 3)]


def test_given_quiet_hours_of_minutes_when_told_then_half_an_hour_apart() -> None:
    world = new_world("12:01-12:10")
    receive(world)
    world.clock.pass_time(minutes=5)
    receive(world)
    run_timer(world, NOON + timedelta(minutes=29))
    assert len(world.phones.heard(MAX)) == 1
    run_timer(world, NOON + timedelta(minutes=30))
    assert len(world.phones.heard(MAX)) == 2


def test_given_a_timer_that_is_late_when_a_text_arrives_then_told_once() -> None:
    world = new_world()
    receive(world)
    world.clock.time = TWO + timedelta(minutes=1)
    world.shift_timers.clear(OPERATOR_INBOX)
    receive(world)
    assert world.phones.heard(MAX) == [TOLD], "the text requests what the timer missed"


def test_given_texts_that_are_answered_when_quiet_hours_end_then_nothing_is_sent() -> None:
    world = new_world()
    receive(world)
    answer_all(world)
    run_timer(world, TWO)
    assert (world.phones.heard(MAX), world.operator_inbox.waits) == ([], {})


def test_given_an_index_that_is_late_when_quiet_hours_end_then_the_manager_is_told() -> None:
    world = new_world()
    world.clock.time = TWO - timedelta(seconds=10)
    receive(world)
    world.operator_inbox.items.clear()
    run_timer(world, TWO)
    assert world.phones.heard(MAX) == [TOLD]


def with_late_timer() -> ManagersWorld:
    """Returns a world after quiet hours in which the manager still waits because of a text that was answered."""
    world = new_world()
    receive(world)
    answer_all(world)
    world.clock.time = TWO + timedelta(seconds=20)
    world.shift_timers.clear(OPERATOR_INBOX)
    return world


def interrupt(world: ManagersWorld, read: str, step: Callable[[], object]) -> None:
    """Takes a step after the next read of the store, before its caller continues."""
    original = getattr(world.operator_inbox, read)

    def interrupted() -> object:
        found = original()
        setattr(world.operator_inbox, read, original)
        step()
        return found

    setattr(world.operator_inbox, read, interrupted)


def test_given_a_late_timer_and_index_when_a_text_arrives_then_the_manager_is_told() -> None:
    world = with_late_timer()
    world.receive(BOB)
    world.send_notices()
    assert world.phones.heard(MAX) == [TOLD]


def test_given_a_reconciliation_when_a_text_arrives_meanwhile_then_it_is_told() -> None:
    world = with_late_timer()
    interrupt(world, "open_senders", lambda: world.receive(BOB))
    world.reconcile(OPERATOR_INBOX)
    world.send_notices()
    assert world.phones.heard(MAX) == [TOLD]


def test_given_a_text_when_a_reconciliation_ends_meanwhile_then_it_is_told() -> None:
    world = with_late_timer()
    interrupt(world, "managers", lambda: world.reconcile(OPERATOR_INBOX))
    world.receive(BOB)
    world.send_notices()
    assert world.phones.heard(MAX) == [TOLD]


def test_given_a_manager_who_texts_when_quiet_hours_end_then_only_others_are_told() -> None:
    world = new_world()
    world.put_manager(MIA)
    receive(world, MAX)
    run_timer(world, TWO)
    assert (world.phones.heard(MAX), world.phones.heard(MIA)) == ([], [TOLD])


def test_given_a_manager_who_leaves_when_quiet_hours_end_then_nothing_is_sent() -> None:
    world = new_world()
    receive(world)
    world.put_manager(MAX, roles=frozenset())
    run_timer(world, TWO)
    assert (world.phones.heard(MAX), world.operator_inbox.waits) == ([], {})


@pytest.mark.parametrize(("day", "ends"), QUIET_HOURS_WITH_CHANGE_OF_CLOCKS)
def test_given_a_change_of_clocks_when_told_then_the_wall_clock_counts(day: datetime, ends: datetime) -> None:
    world = new_world("21:00-08:00")
    world.put_manager(MAX, timezone="Europe/Berlin")
    world.clock.time = day
    receive(world)
    assert world.shift_timers.at == {OPERATOR_INBOX: ends}
    run_timer(world, ends)
    assert world.phones.heard(MAX) == [TOLD]


def test_given_a_notice_in_the_outbox_when_quiet_hours_begin_then_sent_after_them() -> None:
    world = new_world("12:01-14:00")
    keep(world)
    world.receive()
    assert len(world.waiting_notices()) == 1
    world.clock.pass_time(minutes=2)
    world.send_notices()
    assert (world.phones.heard(MAX), world.shift_timers.at) == ([], {OPERATOR_INBOX: TWO})
    receive(world, BOB)
    run_timer(world, TWO)
    world.reconcile(OPERATOR_INBOX)
    world.send_notices()
    assert world.phones.heard(MAX) == [TOLD]


def test_given_a_withdrawal_that_is_recorded_late_when_repeated_then_told_once() -> None:
    world = new_world("12:01-14:00")
    keep(world)
    world.receive()
    (text,) = world.waiting_notices()
    world.clock.time = TWO - timedelta(minutes=1)
    world.outbox.withdraw(text, "not due any longer")
    world.clock.time = TWO + timedelta(minutes=1)
    world.send_notices()
    assert world.phones.heard(MAX) == [TOLD]
    world.outbox.rows.put(text)
    world.send_notices()
    assert world.phones.heard(MAX) == [TOLD]


def test_given_an_old_notice_when_withdrawn_then_it_does_not_return() -> None:
    world = new_world("12:01-14:00")
    keep(world)
    world.receive()
    world.clock.pass_time(hours=49)
    world.send_notices()
    assert (world.phones.heard(MAX), world.operator_inbox.waits, world.waiting_notices()) == ([], {}, [])


def test_given_little_time_when_quiet_hours_end_then_a_repetition_goes_on() -> None:
    world = new_world()
    receive(world)
    world.clock.time = TWO
    with pytest.raises(TransientFailure):
        world.reconcile(OPERATOR_INBOX, seconds=4)
    run_timer(world, TWO)
    assert world.phones.heard(MAX) == [TOLD]


def play_night(world: ManagersWorld) -> None:
    """Handles a text in quiet hours, and what follows when they end."""
    world.inbox_notices.handle(NewText(ANN, NOON), Deadline(world.clock, 60))
    world.send_notices()
    run_timer(world, TWO)


def steps_of_a_night() -> Steps:
    world = new_world()
    keep(world)
    before = world.steps.taken
    play_night(world)
    world.steps.taken -= before
    return world.steps


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_stop_at_any_step_when_repeated_then_each_manager_is_told_once(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(steps_of_a_night):
        world = new_world()
        keep(world)
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            play_night(world)
        # The stream, the queue and the timer repeat what failed.
        world.reconcile_requests.put([ReconcileRequest(OPERATOR_INBOX)])
        play_night(world)
        world.clock.pass_time(minutes=10)
        world.send_notices()
        unknown = sum(row.status == "unknown" for row in world.conversations.rows.values())
        told = world.phones.heard(MAX)
        # A send whose outcome is unknown is not repeated.
        assert told == [TOLD] or (told == [] and unknown == 1), (step, after)

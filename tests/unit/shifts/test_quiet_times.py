"""Tests that offers and reminders are sent outside of quiet hours, and that none is lost or sent twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendResult, Unknown
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.seats_world import EMPLOYEES, SeatsWorld, employees_offered_a_seat
from tests.support.send_results import THROTTLED

ANN, BOB, CID, DAN, EVE, LAST = EMPLOYEES
# The clock starts at 12:00 in UTC.
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
TWO, THREE = NOON + timedelta(hours=2), NOON + timedelta(hours=3)
KOLKATA, LONDON = "Asia/Kolkata", "Europe/London"


def new_world(quiet_hours: str = "11:00-14:00", *, reminder_hours: float = 0) -> SeatsWorld:
    policy = BookingPolicy(offer_minutes=10, reminder_hours=reminder_hours, quiet_hours=quiet_hours)
    world = SeatsWorld(policy=policy)
    world.shifts.offers_in_order = False
    return world


def freed(*waiting: str, quiet_hours: str = "11:00-14:00", **attributes: Any) -> SeatsWorld:
    """Returns a world in which the seat of A1 was just freed, and `waiting` wait for it."""
    world = new_world(quiet_hours)
    world.shifts.put("A1", **attributes)
    world.deliver(LAST, "A1")
    for person in waiting:
        world.deliver(person, "WAIT A1")
    world.deliver(LAST, "DROP A1")
    return world


def live_in(world: SeatsWorld, zone: str, *numbers: str) -> None:
    for number in numbers:
        world.employees.rows[number].timezone = zone


def offers_heard(world: SeatsWorld, number: str) -> list[str]:
    return [text for text in world.phones.heard(number) if text.startswith("A spot is free")]


def reminded(world: SeatsWorld) -> list[str]:
    return [text.to for text in world.phones.texts if text.body.startswith("Reminder")]


def wait_list(world: SeatsWorld) -> tuple[str, ...]:
    shift = world.shifts.get("A1")
    assert shift is not None
    return shift.waiting


def test_given_a_freed_seat_when_the_first_sleeps_then_the_next_one_is_offered_it() -> None:
    world = freed(ANN, BOB, CID)
    live_in(world, KOLKATA, BOB)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]
    assert (offers_heard(world, ANN), len(offers_heard(world, BOB))) == ([], 1)
    assert wait_list(world) == (ANN, CID), "who sleeps keeps the place"


def test_given_everyone_asleep_when_quiet_hours_end_then_the_offer_begins() -> None:
    world = freed(ANN, BOB)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [ANN]
    assert world.shifts.rows["A1"]["shift_status"] == "taken", "the seat is held"
    assert world.shift_timers.at == {"A1": TWO}
    assert offers_heard(world, ANN) == []
    before = dict(world.shifts.rows["A1"])
    world.reconcile_shifts()
    assert world.shifts.rows["A1"] == before
    world.clock.time = TWO
    world.reconcile_shifts()
    assert offers_heard(world, ANN)[0].endswith("Reply YES by 14:10 to take it, NO if not")
    world.deliver(ANN, "YES")
    assert world.shifts.holders("A1") == [ANN]


def test_given_two_zones_when_all_sleep_then_the_first_to_wake_is_offered_the_seat() -> None:
    world = freed(ANN, BOB, quiet_hours="11:00-15:00")
    live_in(world, LONDON, BOB)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]
    world.clock.time = TWO
    world.reconcile_shifts()
    assert (len(offers_heard(world, BOB)), offers_heard(world, ANN)) == (1, [])


def test_given_a_postponed_offer_when_someone_awake_joins_then_it_goes_to_them() -> None:
    world = freed(ANN)
    live_in(world, KOLKATA, BOB)
    world.reconcile_shifts()
    world.deliver(BOB, "WAIT A1")
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]
    assert wait_list(world) == (ANN,)
    world.deliver(BOB, "NO")
    world.clock.time = TWO
    world.reconcile_shifts()
    assert len(offers_heard(world, ANN)) == 1


def test_given_a_postponed_offer_when_its_employee_texts_the_code_then_they_have_it() -> None:
    world = freed(ANN, BOB)
    world.reconcile_shifts()
    world.deliver(ANN, "A1")
    assert world.shifts.holders("A1") == [ANN]
    assert world.phones.heard(ANN)[-1].startswith("Booked: A1"), "replies are always sent"


@pytest.mark.parametrize(("closes", "listed"), [(TWO, ()), (TWO + timedelta(minutes=1), (ANN,))])
def test_given_quiet_hours_until_the_shift_closes_then_the_seat_is_free(
    closes: datetime, listed: tuple[str, ...]
) -> None:
    world = freed(ANN, respond_by=closes.isoformat())
    world.reconcile_shifts()
    assert (*employees_offered_a_seat(world), *wait_list(world)) == listed
    world.deliver(BOB, "A1")
    assert world.shifts.holders("A1") == ([] if listed else [BOB])


def test_given_an_offer_in_the_outbox_when_quiet_hours_begin_then_it_is_made_later() -> None:
    world = freed(ANN, BOB, quiet_hours="12:05-14:00")
    world.phones.results = [THROTTLED] * 100
    world.reconcile("A1")
    assert len(world.waiting_notices()) == 1
    world.phones.results = []
    world.clock.pass_time(minutes=5)
    world.send_notices()
    assert (offers_heard(world, ANN), world.waiting_notices()) == ([], [])
    assert (employees_offered_a_seat(world), wait_list(world)) == ([ANN], (BOB,))
    world.clock.time = TWO
    world.reconcile_shifts()
    assert len(offers_heard(world, ANN)) == 1


def test_given_no_quiet_hours_for_the_shift_then_the_zone_of_the_employee_counts() -> None:
    world = freed(ANN, BOB, timezone=KOLKATA)
    live_in(world, "UTC", ANN)
    world.reconcile_shifts()
    assert employees_offered_a_seat(world) == [BOB]


def with_holders(quiet_hours: str, *, starts_in: float, reminder_hours: float = 2) -> SeatsWorld:
    """Returns a world in which Ann and Bob, who lives in Kolkata, have booked A1."""
    world = new_world(quiet_hours, reminder_hours=reminder_hours)
    starts_at = (world.clock() + timedelta(hours=starts_in)).isoformat()
    world.shifts.put("A1", seats=2, starts_at=starts_at)
    live_in(world, KOLKATA, BOB)
    for person in (ANN, BOB):
        world.deliver(person, "A1")
    world.reconcile_shifts()
    return world


def test_given_a_reminder_in_quiet_hours_when_they_end_then_it_is_sent_once() -> None:
    world = with_holders("12:30-14:00", starts_in=3)
    world.clock.pass_time(hours=1)
    world.reconcile_shifts()
    assert reminded(world) == [BOB]
    assert world.shift_timers.at["A1"] == TWO
    world.clock.time = TWO
    for _ in range(2):
        world.reconcile_shifts()
    assert reminded(world) == [BOB, ANN]


def test_given_a_shift_that_starts_in_quiet_hours_then_its_reminder_is_dropped() -> None:
    world = with_holders("12:30-14:00", starts_in=2, reminder_hours=1)
    world.clock.pass_time(hours=1)
    world.reconcile_shifts()
    world.clock.time = TWO
    world.reconcile_shifts()
    assert reminded(world) == [BOB]
    assert ANN not in {notice.phone_number for notice in world.waiting_notices()}


def test_given_reminders_in_the_outbox_when_quiet_hours_begin_then_sent_later() -> None:
    world = with_holders("13:05-14:00", starts_in=3)
    world.clock.pass_time(hours=1)
    world.phones.results = [THROTTLED] * 100
    world.reconcile("A1")
    assert len(world.waiting_notices()) == 2
    world.phones.results = []
    world.clock.pass_time(minutes=6)
    world.send_notices()
    assert (reminded(world), world.waiting_notices()) == ([BOB], [])
    assert world.shift_timers.at["A1"] == TWO
    world.clock.time = TWO
    for _ in range(2):
        world.reconcile_shifts()
    assert reminded(world) == [BOB, ANN]
    world.clock.pass_time(minutes=5)
    world.reconcile_shifts()
    assert reminded(world) == [BOB, ANN]


def test_given_an_unknown_outcome_when_quiet_hours_end_then_no_reminder_follows() -> None:
    world = with_holders("13:05-14:00", starts_in=3)
    world.clock.pass_time(hours=1)
    world.phones.results = [Unknown("ReadTimeoutError")] * 2
    world.reconcile_shifts()
    world.clock.time = TWO
    world.reconcile_shifts()
    assert len(reminded(world)) <= 2
    assert world.notice_statuses(ANN) == {"reminder": DeliveryStatus.UNKNOWN}


def test_given_a_cancellation_in_quiet_hours_then_it_is_sent_at_once() -> None:
    world = with_holders("11:00-14:00", starts_in=9)
    world.shifts.edit("A1", shift_status="cancelled")
    world.reconcile_shifts()
    assert world.phones.heard(ANN)[-1].startswith("Canceled")


def steps_of_reconciling_at(world: SeatsWorld) -> Steps:
    before = world.steps.taken
    world.reconcile_shifts()
    world.steps.taken -= before
    return world.steps


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_reconciler_that_stops_when_someone_sleeps_then_one_offer_is_sent(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(lambda: steps_of_reconciling_at(freed(ANN, BOB))):
        world = freed(ANN, BOB)
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            world.reconcile_shifts()
        check_one_offer(world)


def test_given_two_reconcilers_when_someone_sleeps_then_one_offer_is_sent() -> None:
    for step, after in crash_points(lambda: steps_of_reconciling_at(freed(ANN, BOB))):
        world = freed(ANN, BOB)
        world.steps.once(step, lambda: world.reconcile("A1"), after=after)  # noqa: B023
        world.reconcile_shifts()
        check_one_offer(world)


def check_one_offer(world: SeatsWorld) -> None:
    world.clock.pass_time(minutes=2)
    world.reconcile_shifts()
    assert not any(offers_heard(world, person) for person in (ANN, BOB))
    assert world.shift_timers.at == {"A1": TWO}
    world.clock.time = TWO
    for _ in range(2):
        world.reconcile_shifts()
    assert [len(offers_heard(world, person)) for person in (ANN, BOB)] == [1, 0]


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["A1", "WAIT A1", "DROP A1", "YES", "NO"]), st.sampled_from(EMPLOYEES)),
        st.tuples(st.just("time"), st.sampled_from([1, 9, 45, 200])),
        st.tuples(st.just("send"), st.none()),
    ),
    max_size=25,
)
STARTS = st.sampled_from(["2026-08-01T20:30+00:00", "2026-10-24T22:30+00:00", "2026-03-28T23:30+00:00"])
"""Two of them are shortly before clocks change in Berlin."""


@settings(max_examples=60, deadline=None)
@given(ACTIONS, STARTS)
def test_given_any_history_when_texted_then_it_is_not_quiet(
    actions: list[tuple[str, Any]], start: str
) -> None:
    world = new_world("23:00-02:30", reminder_hours=5)
    world.clock.time = datetime.fromisoformat(start)
    world.shifts.put("A1", starts_at=(world.clock() + timedelta(hours=9)).isoformat())
    zones = {ANN: "Europe/Berlin", BOB: "Europe/Berlin", CID: "America/New_York"}
    for number, zone in zones.items():
        live_in(world, zone, number)
    watched = watch(world, {number: ZoneInfo(zone) for number, zone in zones.items()})
    for action, value in actions:
        match action:
            case "time":
                world.clock.pass_time(minutes=value)
                world.reconcile_shifts()
            case "send":
                world.reconcile_shifts()
            case _:
                world.deliver(str(value), action, work=False)
    world.clock.pass_time(hours=3)
    world.reconcile_shifts()
    assert watched == []
    shift = world.shifts.get("A1")
    assert shift is not None
    assert not (shift.is_open(world.clock()) and shift.free_seats and shift.waiting), "a seat is not offered"


def watch(world: SeatsWorld, zones: dict[str, ZoneInfo]) -> list[str]:
    """Returns a list to which each offer and reminder that is sent in quiet hours is added."""
    quiet_hours, real_send, quiet = QuietHours.parse("23:00-02:30"), world.phones.send, list[str]()

    def send(text: OutgoingText) -> SendResult:
        waits = text.body.startswith(("A spot is free", "Reminder"))
        if waits and quiet_hours.is_quiet(world.clock(), zones.get(text.to, ZoneInfo("UTC"))):
            quiet.append(f"{text.to} at {world.clock()}: {text.body}")
        return real_send(text)

    world.phones.send = send  # type: ignore[method-assign]
    return quiet

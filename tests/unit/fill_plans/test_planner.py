"""Tests the waves of fill plans: whom they text, when they end, and that they resume."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.fill_plans import planner
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Refused
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.fill_world import OVERTIME, FillWorld, employee

STEPS_UNTIL_A_WAVE_IS_DECIDED = 10
"""The calls of a planner until it has read everything that the first wave depends on."""
FIRST, SECOND, THIRD = ([employee(index) for index in range(start, start + 4)] for start in (0, 4, 8))


def started(**attributes: Any) -> FillWorld:
    world = FillWorld()
    world.put_shift(**attributes)
    world.run()
    return world


def test_given_a_plan_when_started_then_the_first_wave_needs_no_schedule() -> None:
    world = started()
    assert world.texted() == FIRST
    assert {text.body for text in world.phones.texts} == {
        "Open shift: A1 15/08 5h nightshift. Reply A1 to book it"
    }
    assert world.status() == ("running", 4)
    assert world.timers.at == {"A1": world.clock() + timedelta(minutes=10)}


def test_given_three_waves_when_filled_in_the_second_then_the_third_is_not_sent() -> None:
    world = started()
    world.pass_time(minutes=10)
    assert world.texted() == [*FIRST, *SECOND]
    world.claim(5)
    world.run()
    world.pass_time(hours=2)
    assert world.texted() == [*FIRST, *SECOND]
    assert world.status() == ("filled", 8)
    assert world.timers.at == {}


def test_given_a_wave_that_waits_when_the_shift_is_filled_then_the_rest_is_skipped() -> None:
    world = FillWorld()
    world.put_shift()
    world.plan()
    world.claim(9)
    world.send()
    world.plan()
    assert world.texted() == []
    assert world.status() == ("filled", 0)
    reasons = {row["reason"] for row in world.rows("Deliveries")}
    assert reasons == {"no seat is free"}


def test_given_a_seat_that_is_taken_between_two_sends_then_the_second_is_not_sent() -> None:
    world = FillWorld()
    world.put_shift()
    world.plan()
    real_send = world.phones.send

    def send_and_claim(text: Any) -> Any:
        result = real_send(text)
        if len(world.phones.texts) == 2:
            world.claim(0)
        return result

    world.phones.send = send_and_claim  # type: ignore[method-assign]
    world.send()
    assert world.texted() == FIRST[:2]


def test_given_a_drop_when_the_plan_was_filled_then_it_resumes_with_the_others() -> None:
    world = started()
    world.claim(1)
    world.run()
    assert world.status() == ("filled", 4)
    # The next wave would be due later.
    world.clock.pass_time(minutes=1)
    world.drop(1)
    world.run()
    assert world.texted() == [*FIRST, *SECOND]
    assert world.status() == ("running", 8)


def test_given_skipped_employees_when_the_plan_resumes_then_they_are_texted_first() -> None:
    world = FillWorld()
    world.put_shift()
    world.plan()
    world.claim(9)
    world.send()
    world.plan()
    world.clock.pass_time(hours=1)
    world.drop(9)
    world.run()
    assert world.texted() == FIRST
    world.pass_time(minutes=25)
    assert world.texted() == [*FIRST, *SECOND, *THIRD]
    assert world.status()[1] == 12


def test_given_two_seats_and_a_drop_in_between_when_planned_then_both_are_filled() -> None:
    world = started(seats=2)
    world.claim(0)
    world.run()
    assert world.status() == ("running", 4)
    world.drop(0)
    world.run()
    assert world.texted() == [*FIRST, *SECOND], "the next wave does not wait"
    world.claim(4)
    world.claim(5)
    world.run()
    world.pass_time(hours=1)
    assert world.texted() == [*FIRST, *SECOND]
    assert world.status() == ("filled", 8)


def test_given_no_one_left_when_the_last_wave_has_waited_then_the_plan_is_exhausted() -> None:
    world = started()
    world.pass_time(minutes=29)
    assert world.status() == ("running", 12)
    world.pass_time(minutes=1)
    assert world.status() == ("exhausted", 12)
    assert world.texted() == [*FIRST, *SECOND, *THIRD]
    world.claim(2)
    world.run()
    assert world.status() == ("filled", 12), "a late claim fills the shift"


def test_given_texts_that_wait_when_no_one_is_left_then_they_are_sent_first() -> None:
    world = FillWorld(employees=6)
    world.put_shift(fill_order="broadcast", fill_wave_size=None, fill_wave_minutes=None)
    world.plan()
    for minutes in (16, 30):
        world.clock.pass_time(minutes=minutes)
        world.plan()
        assert world.status() == ("running", 6)
        assert world.timers.at["A1"] > world.clock(), "the next look is scheduled"
    world.send()
    assert sorted(world.texted()) == [employee(index) for index in range(6)]
    world.pass_time(minutes=10)
    assert world.status() == ("exhausted", 6)


def test_given_texts_that_wait_when_fill_by_passes_then_the_plan_ends() -> None:
    world = FillWorld(employees=6)
    end = world.clock() + timedelta(minutes=16, seconds=30)
    world.put_shift(fill_order="broadcast", fill_wave_minutes=10, fill_by=end.isoformat())
    world.plan()
    world.clock.pass_time(minutes=16)
    world.plan()
    assert world.status() == ("running", 6)
    assert world.timers.at == {"A1": end}
    world.pass_time(minutes=1)
    assert world.texted() == []
    assert world.status()[0] == "exhausted"


def test_given_an_end_when_it_passes_then_no_wave_follows() -> None:
    world = FillWorld()
    world.put_shift(fill_by=(world.clock() + timedelta(minutes=15)).isoformat())
    world.run()
    world.pass_time(hours=1)
    assert world.texted() == [*FIRST, *SECOND]
    assert world.status() == ("exhausted", 8)


def test_given_an_exhausted_plan_when_an_operator_runs_it_then_a_new_one_starts() -> None:
    world = started()
    world.pass_time(minutes=40)
    before = world.item()["fill_started_at"]
    world.edit_shift(fill_status="running")
    world.run()
    assert world.item()["fill_started_at"] != before
    assert world.status() == ("running", 4)
    assert len(world.texted()) == 16


@pytest.mark.parametrize("stopped", ["stopped", "canceled"])
def test_given_an_operator_who_stops_then_no_one_else_is_texted(stopped: str) -> None:
    world = FillWorld()
    world.put_shift()
    world.plan()
    world.edit_shift(**({"fill_status": stopped} if stopped == "stopped" else {"shift_status": stopped}))
    world.send()
    world.plan()
    world.pass_time(hours=3)
    assert world.texted() == []
    assert world.status() == ("stopped", 0)
    world.edit_shift(fill_status="running", shift_status="available")
    world.run()
    assert len(world.texted()) == 4
    assert world.status() == ("running", 4)


def test_given_a_stopped_plan_when_it_runs_again_then_no_one_is_texted_twice() -> None:
    world = started()
    world.edit_shift(fill_status="stopped")
    world.run()
    started_at = world.item()["fill_started_at"]
    world.edit_shift(fill_status="running")
    world.run()
    world.pass_time(hours=1)
    assert world.texted() == [*FIRST, *SECOND, *THIRD]
    assert world.item()["fill_started_at"] == started_at


@pytest.mark.parametrize(
    "attributes",
    [{"fill_order": None}, {"fill_order": "youngest"}, {"shift_status": "draft"}, {"fill_status": "stopped"}],
)
def test_given_a_shift_that_cannot_have_a_plan_when_planned_then_nothing_is_written(
    attributes: dict[str, Any],
) -> None:
    world = FillWorld()
    world.put_shift(**attributes)
    before = world.item()
    world.run()
    assert (world.item(), world.texted(), world.rows("FillContacts")) == (before, [], [])


def test_given_a_removed_shift_or_plan_when_texts_wait_then_they_are_skipped() -> None:
    world = FillWorld()
    world.put_shift()
    world.plan()
    world.edit_shift(fill_order=None)
    world.send()
    world.plan()
    assert world.texted() == []
    assert world.timers.at == {}


def test_given_a_waiting_list_when_a_seat_is_free_then_it_is_asked_first() -> None:
    world = FillWorld()
    world.put_shift(waiting_list=[employee(11)])
    world.run()
    assert world.texted() == []
    assert world.status() == ("running", 0)
    world.edit_shift(waiting_list=None)
    world.run()
    assert world.texted() == FIRST


def test_given_a_broadcast_when_it_is_large_then_everyone_is_texted_at_once() -> None:
    world = FillWorld(employees=510, recipients_per_item=50)
    world.put_shift(fill_order="broadcast", fill_wave_size="auto")
    world.run()
    assert len(set(world.texted())) == 510
    assert world.status() == ("running", 510)
    assert {
        row["entry"].rpartition("#")[2] for row in world.rows("FillContacts") if row["entry"][:5] == "wave#"
    } == {
        "00001",
        "00002",
    }


def test_given_the_limit_of_a_day_when_reached_then_the_plan_waits_for_the_next_day() -> None:
    world = FillWorld(employees=3, texts_per_day=1)
    world.put_shift("B2", fill_wave_size=3)
    world.run("B2")
    world.put_shift("A1", starts_at=(world.clock() + timedelta(days=3)).isoformat())
    world.run("A1")
    assert world.texted("A1") == []
    assert world.status("A1") == ("running", 0)
    world.pass_time("A1", hours=13)
    assert sorted(world.texted("A1")) == [employee(0), employee(1), employee(2)]


def test_given_plans_more_than_30_days_apart_when_planned_then_the_rotation_goes_on() -> None:
    world = FillWorld()
    for shift_id in ("A1", "B2", "C3"):
        world.put_shift(shift_id)
        world.run(shift_id)
        world.edit_shift(shift_id, fill_status="stopped")
        world.clock.pass_time(days=31)
    assert [world.texted(shift_id) for shift_id in ("A1", "B2", "C3")] == [FIRST, SECOND, THIRD]
    world.put_shift("D4")
    world.run("D4")
    assert world.texted("D4") == FIRST
    (row,) = (row for row in world.rows("FillContacts") if row["shift_id"] == f"employee#{employee(0)}")
    assert [name for name in row if name.startswith("day_")] == ["day_2026-11-02"]
    assert row["expires_at"] == int((world.clock() + timedelta(days=365)).timestamp())


def test_given_employees_who_must_not_be_texted_when_planned_then_each_has_a_reason() -> None:
    world = FillWorld(employees=1, policy=BookingPolicy(minimum_rest_hours=8))
    world.put_shift(
        role="Bar",
        seats=3,
        starts_at="2026-08-02T20:00Z",
        ends_at="2026-08-03T02:00Z",
        employees={employee(6): "2026-08-01T10:00:00+00:00"},
    )
    world.put_employee(0, roles=["Bar"])
    world.put_employee(1, roles=["Kitchen"])
    world.put_employee(2, roles=["Bar"], opted_out=True)
    world.put_employee(3, roles=["Bar"], only_opt_out=True)
    world.put_employee(4, roles=["Bar"])
    world.put_employee(5, roles=["Bar"])
    world.put_employee(6, roles=["Bar"])
    world.put_employee(7, roles=["Bar"], segment="other")
    world.put("SegmentMembers", {"segment": OVERTIME, "phone_number": "call me"})
    for index, start, end in (
        (4, "2026-08-02T21:00:00+00:00", "2026-08-02T23:00:00+00:00"),
        (5, "2026-08-03T05:00:00+00:00", "2026-08-03T09:00:00+00:00"),
    ):
        booked = {"starts_at": start, "ends_at": end, "booked_at": "2026-08-01T10:00:00+00:00"}
        world.put("EmployeeBookings", {"phone_number": employee(index), "shifts": {"X9": booked}})
    world.run()
    assert world.texted() == [employee(0)]
    (skipped,) = (row["reasons"] for row in world.rows("FillContacts") if row["entry"].startswith("skipped#"))
    assert skipped == {
        "invalid-number": ["call me"],
        "wrong-role": [employee(1)],
        "opted-out": [employee(2)],
        "not-on-roster": [employee(3)],
        "overlap": [employee(4)],
        "rest": [employee(5)],
        "has-place": [employee(6)],
    }


def test_given_a_landline_when_another_plan_starts_then_it_is_skipped() -> None:
    world = FillWorld(employees=2)
    world.phones.refusals[employee(0)] = Refused(DeliveryStatus.FAILED, "TEXT_INVALID")
    world.put_shift("A1")
    world.run("A1")
    world.put_shift("B2")
    world.run("B2")
    assert world.texted("B2") == [employee(1)]


def test_given_employees_of_other_languages_when_texted_then_each_reads_theirs() -> None:
    world = FillWorld(employees=1)
    world.put_employee(0, language="de")
    world.put_shift()
    world.run()
    assert [text.body for text in world.phones.texts] == [
        "Freie Schicht: A1 15/08 5h nightshift. Zum Buchen A1 senden"
    ]


def test_given_twenty_plans_at_once_when_planned_then_no_one_gets_too_many_texts() -> None:
    """Each planner reads whom it may text, and stands still until the next one has planned."""
    world = FillWorld(employees=15, texts_per_day=3)
    shifts = [f"S{number}" for number in range(20)]
    for shift_id in shifts:
        world.put_shift(shift_id, fill_wave_size=5)

    def plan_from(place: int) -> None:
        if place + 1 < len(shifts):
            world.steps.once(STEPS_UNTIL_A_WAVE_IS_DECIDED, lambda: plan_from(place + 1), after=True)
        world.plan(shifts[place])
        assert (place + 1 == len(shifts)) or world.item(shifts[-1])["fill_status"] == "running"

    plan_from(0)
    contacts = [row for row in world.rows("FillContacts") if row["entry"].startswith("contact#")]
    assert len(contacts) == 15, "the planners that read first count the same five employees"
    world.send()
    for _ in range(2):
        world.clock.pass_time(minutes=11)
        for shift_id in shifts:
            world.plan(shift_id)
        world.send()
    counts = [world.texted().count(employee(index)) for index in range(15)]
    assert counts == [3] * 15


@pytest.mark.parametrize("changed", [{"shift_info": "16/08 4h dayshift"}, {"role": "cook"}, {"seats": 2}])
def test_given_texts_that_wait_when_the_shift_changes_then_no_old_text_is_sent(
    changed: dict[str, Any],
) -> None:
    world = FillWorld(employees=6)
    for index in (0, 5):
        world.put_employee(index, roles=["cook"])
    world.put_shift()
    world.plan()
    world.edit_shift(**changed)
    world.run()
    world.pass_time(minutes=30)
    bodies = {text.to: text.body for text in world.phones.texts}
    info = changed.get("shift_info", "15/08 5h nightshift")
    assert set(bodies.values()) == {f"Open shift: A1 {info}. Reply A1 to book it"}
    expected = (0, 5) if "role" in changed else range(6)
    assert bodies.keys() == {employee(index) for index in expected}


@pytest.mark.parametrize("size", [7, 100])
def test_given_a_size_that_no_item_holds_when_planned_then_its_rest_follows_at_once(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(planner, "MAX_CONTACTS_PER_WAVE", 3)
    world = started(fill_wave_size=size)
    world.pass_time(minutes=1)

    assert world.texted() == [employee(index) for index in range(min(size, 12))]
    waves = [row for row in world.rows("FillContacts") if row["entry"].startswith("wave#")]
    assert [len(row["contacts"]) for row in waves[:3]] == [3, 3, min(size, 9) - 6]
    world.pass_time(minutes=12)
    assert len(world.texted()) == 12

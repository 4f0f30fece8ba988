"""Tests that what fill plans promise holds after any sequence of claims, drops, edits and time."""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.fill_plans.ranking import RankingInputs, ranked
from shift_sms_runtime.messaging.outgoing_text import OutgoingText, SendResult
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.tables.fill_plans.wave_items import read_wave
from tests.support.fill_world import FillWorld, employee

EMPLOYEES = 9
LIMIT = 2
QUIET_HOURS = "23:00-02:30"
ZONES = ("Europe/Berlin", "Europe/Berlin", "America/New_York")
"""The time zones of the first employees. The others have that of the shift, UTC."""
STARTS = st.sampled_from(["2026-08-01T12:00+00:00", "2026-10-24T22:30+00:00", "2026-03-28T23:30+00:00"])
"""Two of them are shortly before clocks change in Berlin."""

SHIFTS = st.sampled_from(["A1", "B2"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), SHIFTS),
        st.tuples(st.just("plan"), SHIFTS),
        st.tuples(st.just("send"), SHIFTS),
        st.tuples(st.just("claim"), SHIFTS, st.integers(0, EMPLOYEES - 1)),
        st.tuples(st.just("drop"), SHIFTS),
        st.tuples(st.just("time"), SHIFTS, st.sampled_from([3, 10, 70, 800])),
        st.tuples(st.just("fill_status"), SHIFTS, st.sampled_from(["running", "stopped"])),
        st.tuples(st.just("fill_order"), SHIFTS, st.sampled_from([*FillOrder])),
        st.tuples(st.just("shift_status"), SHIFTS, st.sampled_from(["available", "cancelled"])),
        st.tuples(st.just("seats"), SHIFTS, st.integers(1, 3)),
        st.tuples(st.just("opt-out"), SHIFTS, st.integers(0, EMPLOYEES - 1)),
    ),
    max_size=25,
)


def take(world: FillWorld, name: str, shift_id: str, value: Any = None) -> None:
    shift = world.shift(shift_id)
    match name:
        case "run" | "plan":
            getattr(world, name)(shift_id)
        case "send":
            world.send()
        case "claim" if shift.free_seats and employee(value) not in shift.holders:
            world.claim(value, shift_id)
        case "drop" if shift.holders:
            world.shifts.save(shift.without_holder(next(iter(shift.holders))))
        case "time":
            world.pass_time(shift_id, minutes=value)
        case "fill_status" | "fill_order" | "shift_status":
            world.edit_shift(shift_id, **{name: value})
        case "seats" if value >= len(shift.holders):
            world.edit_shift(shift_id, seats=value)
        case "opt-out":
            zone = {"timezone": ZONES[value]} if value < len(ZONES) else {}
            world.put("Employees", {"phone_number": employee(value), "opted_out": True, **zone})


@settings(max_examples=40, deadline=None)
@given(STEPS, STARTS)
def test_given_any_history_when_texted_then_limits_order_and_quiet_hours_hold(
    steps: list[tuple[Any, ...]], start: str
) -> None:
    world = FillWorld(employees=EMPLOYEES, texts_per_day=LIMIT, quiet_hours=QUIET_HOURS)
    world.clock.time = datetime.fromisoformat(start)
    for index, zone in enumerate(ZONES):
        world.put_employee(index, timezone=zone)
    quiet = watch_quiet_hours(world)
    for shift_id in ("A1", "B2"):
        world.put_shift(shift_id, fill_wave_size=3)
    opted_out: dict[str, int] = {}
    for step in steps:
        take(world, *step)
        if step[0] == "opt-out":
            opted_out.setdefault(employee(step[2]), len(world.texted()))
    texts = world.phones.texts
    plans = Counter((text.campaign_id, text.to) for text in texts)
    assert max(plans.values(), default=0) <= 1, "a plan texted someone twice"
    for row in world.rows("FillContacts"):
        if row["entry"] == "contacts":
            assert max(count for name, count in row.items() if name.startswith("day_")) <= LIMIT
        if row["entry"].startswith("wave#"):
            check_order(row)
    assert quiet == [], "someone was texted in quiet hours"
    for number, before in opted_out.items():
        assert number not in [text.to for text in texts[before:]]


def watch_quiet_hours(world: FillWorld) -> list[str]:
    """Returns a list to which each text that is sent in quiet hours is added."""
    quiet_hours, real_send = QuietHours.parse(QUIET_HOURS), world.phones.send
    zones = {employee(index): ZoneInfo(zone) for index, zone in enumerate(ZONES)}
    quiet: list[str] = []

    def send(text: OutgoingText) -> SendResult:
        if quiet_hours.is_quiet(world.clock(), zones.get(text.to, ZoneInfo("UTC"))):
            quiet.append(f"{text.to} at {world.clock()}")
        return real_send(text)

    world.phones.send = send  # type: ignore[method-assign]
    return quiet


def check_order(row: dict[str, Any]) -> None:
    """Checks that the stored inputs of a wave give its order again."""
    wave = read_wave(row)
    seed = f"fill#{row['shift_id']}#{row['entry'].split('#')[1]}"
    inputs: list[RankingInputs] = [contact.inputs for contact in reversed(wave.contacts)]
    assert ranked(inputs, wave.order, seed=seed) == [contact.inputs for contact in wave.contacts]
    assert [contact.rank for contact in wave.contacts] == list(range(1, len(wave.contacts) + 1))

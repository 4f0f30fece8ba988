"""Tests that what fill plans promise holds after any sequence of claims, drops, sick calls, edits and time."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.fill_plans.ranking import RankingInputs, ranked
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, Refused, SendResult
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.tables.fill_plans.wave_items import read_wave
from tests.support.fill_oracle import CheckedFillWorld
from tests.support.fill_world import employee

EMPLOYEES = 9
LIMIT = 2
ZONES = ("Europe/Berlin", "Europe/Berlin", "America/New_York")
"""The time zones of the first employees. The others have that of the shift, UTC."""
COOKS = (0, 2, 4, 6)
STARTS = st.sampled_from(["2026-08-01T12:00+00:00", "2026-10-24T22:30+00:00", "2026-03-28T23:30+00:00"])
"""Two of them are shortly before clocks change in Berlin."""
HOURS = 6
INFO = "15/08 5h nightshift"

SHIFTS = st.sampled_from(["A1", "B2"])
ANYONE = st.integers(0, EMPLOYEES - 1)
EDITS: dict[str, st.SearchStrategy[Any]] = {
    "fill_status": st.sampled_from(["running", "stopped"]),
    "fill_order": st.sampled_from([*FillOrder]),
    "fill_wave_size": st.sampled_from([1, 4, "auto"]),
    "fill_wave_minutes": st.sampled_from([1, 30, "auto"]),
    "fill_urgent": st.booleans(),
    "shift_status": st.sampled_from(["available", "cancelled"]),
    "shift_info": st.sampled_from([INFO, "16/08 4h dayshift"]),
    "role": st.sampled_from([None, "cook"]),
}
CHANGES: list[st.SearchStrategy[tuple[Any, ...]]] = [
    st.tuples(st.just("claim"), SHIFTS, ANYONE),
    st.tuples(st.just("claim"), SHIFTS, ANYONE),
    st.tuples(st.just("drop"), SHIFTS),
    st.tuples(st.just("sick"), SHIFTS),
    st.tuples(st.just("sick"), SHIFTS),
    st.tuples(st.just("time"), SHIFTS, st.sampled_from([3, 10, 70, 800])),
    st.tuples(st.just("time"), SHIFTS, st.sampled_from([10, 30])),
    st.tuples(st.just("opt-out"), SHIFTS, ANYONE),
    st.tuples(st.just("landline"), SHIFTS, ANYONE),
    st.tuples(st.just("starts"), SHIFTS, st.sampled_from([None, 7, 10, 17])),
    st.tuples(st.just("fill_by"), SHIFTS, st.sampled_from([None, 5, 90, 900])),
    st.tuples(st.just("seats"), SHIFTS, st.integers(1, 3)),
    *(st.tuples(st.just(name), SHIFTS, values) for name, values in EDITS.items()),
]
STEPS = st.lists(
    st.tuples(st.one_of(CHANGES), st.sampled_from(["run", "run", "plan", "send", ""])),
    min_size=4,
    max_size=20,
)
"""Changes, and what functions do after each."""


class History:
    """A world with two shifts, and what becomes of it step by step."""

    def __init__(self, start: str) -> None:
        self.world = CheckedFillWorld(
            employees=0, texts_per_day=LIMIT, quiet_hours="23:00-02:30", urgent_overrides_quiet_hours=True
        )
        self.start = self.world.clock.time = datetime.fromisoformat(start)
        self.wrong: list[str] = []
        """The texts that should not have been sent."""
        for index in range(EMPLOYEES):
            self._put_employee(index)
        for shift_id in ("A1", "B2"):
            self.world.put_shift(shift_id, fill_wave_size=3, **self._times(17))
        self._send, self.world.phones.send = self.world.phones.send, self._checked_send  # type: ignore[method-assign]

    def take(self, change: tuple[Any, ...], then: str) -> None:
        """Makes a change, and runs functions."""
        self._change(*change)
        self.world.sync_bookings()
        if then == "send":
            self.world.send()
        elif then:
            getattr(self.world, then)(change[1])

    def _change(self, name: str, shift_id: str, value: Any = None) -> None:
        world = self.world
        match name:
            case "time":
                world.pass_time(shift_id, minutes=value)
            case "opt-out":
                self._put_employee(value, opted_out=True)
            case "landline":
                world.phones.refusals[employee(value)] = Refused(DeliveryStatus.FAILED, "TEXT_INVALID")
            case "claim" | "drop" | "sick":
                self._change_seat(name, shift_id, value)
            case _:
                self._edit(name, shift_id, value)

    def _change_seat(self, name: str, shift_id: str, index: int | None) -> None:
        world, shift = self.world, self.world.shift(shift_id)
        holders = [one for one in range(EMPLOYEES) if employee(one) in shift.holders]
        if name == "claim" and index is not None:
            overlaps = world.overlaps(employee(index), world.item(shift_id))
            if shift.free_seats and index not in holders and not overlaps:
                world.claim(index, shift_id)
        elif name == "drop" and holders:
            world.drop(holders[0], shift_id)
        elif holders and not shift.is_over(world.clock()):
            world.call_in_sick(holders[0], shift_id)

    def _edit(self, name: str, shift_id: str, value: Any) -> None:
        world = self.world
        changes = {name: value}
        if name == "starts":
            changes = self._times(value)
        elif name == "fill_by" and value is not None:
            changes = {"fill_by": (world.clock() + timedelta(minutes=value)).isoformat()}
        elif name == "shift_status":
            # As a cancellation is reconciled. An operator who writes `available` frees the seats, too.
            changes = {"shift_status": value, "employees": None, "employee": None}
        elif name == "seats":
            changes = {"seats": max(value, len(world.shift(shift_id).holders))}
        world.edit_shift(shift_id, **changes)

    def _put_employee(self, index: int, **attributes: Any) -> None:
        attributes["roles"] = ["cook"] if index in COOKS else []
        if index < len(ZONES):
            attributes["timezone"] = ZONES[index]
        if index % 3:
            attributes["hired_at"] = f"20{30 - index}-01-01"
        self.world.put_employee(index, **attributes)

    def _times(self, starts_in_hours: int | None) -> dict[str, str | None]:
        if starts_in_hours is None:
            return {"starts_at": None, "ends_at": None}
        starts = self.start + timedelta(hours=starts_in_hours)
        return {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=HOURS)).isoformat()}

    def _checked_send(self, text: OutgoingText) -> SendResult:
        world = self.world
        assert text.campaign_id is not None
        item = world.item(text.campaign_id.split("#")[1])
        (row,) = (one for one in world.rows("Employees") if one["phone_number"] == text.to)
        reasons = {
            "opted out": row.get("opted_out"),
            "quiet": world.is_quiet(row, item),
            "holder": text.to in item.get("employees", {}),
            "sick": text.to in item.get("sick_calls", {}),
            "role": item.get("role") and item["role"] not in row.get("roles", ()),
            "old text": item["shift_info"] not in text.body,
            "no seat": len(item.get("employees", {})) >= item.get("seats", 1),
            "canceled": item["shift_status"] == "cancelled",
            "stopped": item["fill_status"] != "running",
        }
        self.wrong += [reason for reason, applies in reasons.items() if applies]
        return self._send(text)


@settings(max_examples=30, deadline=None)
@given(STEPS, STARTS)
def test_given_any_history_when_texted_then_eligibility_order_and_quiet_hours_hold(
    steps: list[tuple[tuple[Any, ...], str]], start: str
) -> None:
    history = History(start)
    for change, then in steps:
        history.take(change, then)
    world = history.world
    assert history.wrong == []
    plans = Counter((text.campaign_id, text.to) for text in world.phones.texts)
    assert max(plans.values(), default=0) <= 1, "a plan texted someone twice"
    contacts = Counter(
        (row["phone_number"], row["day"])
        for row in world.rows("FillContacts")
        if row["entry"].startswith("contact#") and not row.get("returned")
    )
    assert max(contacts.values(), default=0) <= LIMIT
    counted = Counter(number for number, _day in contacts.elements())
    assert Counter(text.to for text in world.phones.texts) <= counted, "a text that was sent was given back"
    for row in world.rows("FillContacts"):
        if row["entry"].startswith("wave#"):
            check_order(row)


def check_order(row: dict[str, Any]) -> None:
    """Checks that the stored inputs of a wave give its order again."""
    wave = read_wave(row)
    seed = f"fill#{row['shift_id']}#{row['entry'].split('#')[1]}"
    inputs: list[RankingInputs] = [contact.inputs for contact in reversed(wave.contacts)]
    assert ranked(inputs, wave.order, seed=seed) == [contact.inputs for contact in wave.contacts]
    assert [contact.rank for contact in wave.contacts] == list(range(1, len(wave.contacts) + 1))

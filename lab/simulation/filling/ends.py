"""The invariants of fill plans that are checked at the end of a run."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from lab.simulation.filling.steps import FillSteps
from shift_sms_runtime.fill_plans.eligibility import SkipReason
from shift_sms_runtime.fill_plans.ranking import ranked
from shift_sms_runtime.shifts.filling.fill_plan import fill_campaign_id
from shift_sms_runtime.tables.employee_bookings import read_employee_bookings
from shift_sms_runtime.tables.fill_plans.wave_items import read_wave

_PLANNED_WITHIN = timedelta(minutes=10)
"""How long the functions may take to plan a wave that is due, with all retries."""
_OVERDUE = timedelta(seconds=3700)
"""A plan whose employees have reached the limit of a day looks again every hour."""
_DECIDED_WITHIN = timedelta(seconds=60)
"""How long a planner may take to decide a wave."""

Row = Mapping[str, Any]
Violation = tuple[str, str]


def fill_violations(
    rows: Mapping[str, Sequence[Row]], steps: FillSteps, *, texts_per_day: int, now: datetime
) -> Iterator[Violation]:
    """Yields each violated invariant, and how it is violated.

    No wave is lost, no employee gets too many texts, the stored inputs give the order again, urgent plans do not wait
    for quiet hours to end, bookings do not overlap, and each seat that a sick call freed has a plan.
    """
    shifts = {row["shift_id"]: row for row in rows["Shifts"]}
    contacts: list[Row] = []
    waves: dict[tuple[str, str], datetime] = {}
    for row in rows["FillContacts"]:
        shift_id, (kind, _, rest) = row["shift_id"], row["entry"].partition("#")
        match kind:
            case "contacts":
                yield from _too_many_texts(row, texts_per_day)
            case "contact":
                contacts.append(row)
            case "plan":
                yield from _plan_violations(row, shifts[shift_id], now)
            case "wave":
                waves[shift_id, rest] = datetime.fromisoformat(row["at"])
                yield from _order_violations(row)
    yield from _contacts_without_text(contacts, rows["Deliveries"], shifts)
    if steps.urgent_overrides:
        yield from _waits_of_urgent_plans(rows["FillContacts"], waves, steps)
    yield from _conflicting_bookings(rows["EmployeeBookings"], steps.moved)
    for shift_id, freed_at in steps.freed_by_sick_calls:
        if _lacks_plan(shifts.get(shift_id, {}), freed_at):
            yield "no silent loss", f"no plan fills the seat of {shift_id} that a sick call freed"


def _too_many_texts(row: Row, texts_per_day: int) -> Iterator[Violation]:
    most = max(count for name, count in row.items() if name.startswith("day_"))
    if most > texts_per_day:
        yield "limit of a day", f"an employee has {most} texts of fill plans"


def _contacts_without_text(
    contacts: Sequence[Row], deliveries: Sequence[Row], shifts: Mapping[str, Row]
) -> Iterator[Violation]:
    texted = {(row["campaign_id"], row["phone_number"]) for row in deliveries}
    for row in contacts:
        campaign_id = fill_campaign_id(row["shift_id"], row["entry"].split("#")[1])
        running = shifts[row["shift_id"]].get("fill_status") == "running"
        if running and (campaign_id, row["phone_number"]) not in texted:
            yield "no silent loss", f"a contact of {campaign_id} has no text"


def _plan_violations(plan: Row, shift: Row, now: datetime) -> Iterator[Violation]:
    """Checks that the current plan of a shift has no wave to queue, and that its next wave is not overdue."""
    if shift.get("fill_started_at") != plan["entry"].partition("#")[2] or shift.get("shift_error"):
        return
    free = int(shift.get("seats", 1)) - len(shift.get("employees") or {}) - len(shift.get("offers") or {})
    waiting = len(shift.get("waiting_list") or ())
    is_open = shift.get("shift_status") == "available"
    if plan["plan_status"] != shift.get("fill_status"):
        yield "the ledger adds up", f"the plan of {shift['shift_id']} has another status"
    if not is_open or plan["plan_status"] != "running" or free <= waiting:
        return
    next_wave_at = plan.get("next_wave_at")
    if not plan["queued"] or next_wave_at is None:
        yield "no silent loss", f"a wave of {shift['shift_id']} is not queued"
    elif now - datetime.fromisoformat(next_wave_at) > _OVERDUE:
        yield "no silent loss", f"the next wave of {shift['shift_id']} is overdue"


def _order_violations(row: Row) -> Iterator[Violation]:
    """Checks that the stored inputs of a wave give its order again."""
    wave = read_wave(row)
    inputs = [contact.inputs for contact in wave.contacts]
    seed = fill_campaign_id(row["shift_id"], row["entry"].split("#")[1])
    again = ranked(reversed(inputs), wave.order, seed=seed)
    if again != inputs or [contact.rank for contact in wave.contacts] != [*range(1, len(inputs) + 1)]:
        yield "order", f"a wave of {row['shift_id']} is not in the order of its inputs"


def _waits_of_urgent_plans(
    entries: Sequence[Row], waves: Mapping[tuple[str, str], datetime], steps: FillSteps
) -> Iterator[Violation]:
    for row in entries:
        if row["entry"].startswith("skipped#") and SkipReason.QUIET_HOURS in row["reasons"]:
            wave = row["entry"].removeprefix("skipped#").rpartition("#")[0]
            at = waves[row["shift_id"], wave]
            if steps.was_urgent(row["shift_id"], at - _DECIDED_WITHIN, at):
                yield "urgent plans do not wait", f"an urgent wave of {row['shift_id']} waits in quiet hours"


def _conflicting_bookings(rows: Sequence[Row], moved: Set[str]) -> Iterator[Violation]:
    """Checks that the booked shifts of an employee do not overlap, unless an operator moved one."""
    for row in rows:
        booked = read_employee_bookings(row).by_shift.values()
        spans = sorted(
            (one.span.start, one.span.end) for one in booked if one.span and one.shift_id not in moved
        )
        if any(end > start for (_, end), (start, _) in pairwise(spans)):
            yield "no conflicting bookings", "the booked shifts of an employee overlap"


def _lacks_plan(shift: Row, freed_at: datetime) -> bool:
    """Returns whether a shift has no plan, and no reason for that."""
    starts_at = shift.get("starts_at")
    closes_soon = starts_at is not None and datetime.fromisoformat(starts_at) < freed_at + _PLANNED_WITHIN
    is_open = shift.get("shift_status") in ("available", "taken") and not shift.get("shift_error")
    stopped = shift.get("fill_status") == "stopped"
    return is_open and not closes_soon and not stopped and not shift.get("fill_started_at")

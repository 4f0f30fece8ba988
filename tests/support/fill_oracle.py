"""Says from the tables whom a fill plan may text, and in which order. Simpler and slower than the planner."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.fill_plans.fill_contact import FillWave, PlanProgress
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.tables.fill_plans.fill_contacts import DynamoFillContacts
from tests.support.fill_world import OVERTIME, FillWorld

Row = dict[str, Any]
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class CheckedFillWorld(FillWorld):
    """A world in which each wave must have the first employees who may be texted, in their order."""

    waves: int = 0
    """How many waves were checked."""

    def _contacts(self, client: Any) -> DynamoFillContacts:
        return _CheckedContacts(self, client)

    def overlaps(self, number: str, item: Row) -> bool:
        """Returns whether an employee has booked another shift at the time of a shift."""
        return any(
            item.get("starts_at")
            and fields["starts_at"] < item["ends_at"]
            and item["starts_at"] < fields["ends_at"]
            for shift_id, fields in self._booked(number).items()
            if shift_id != item["shift_id"] and "starts_at" in fields
        )

    def sync_bookings(self) -> None:
        """Writes the bookings of the holders of all shifts."""
        booked: dict[str, dict[str, Row]] = {row["phone_number"]: {} for row in self.rows("EmployeeBookings")}
        for item in self.rows("Shifts"):
            for number, since in item.get("employees", {}).items():
                times: Row = {name: item[name] for name in ("starts_at", "ends_at") if name in item}
                booked.setdefault(number, {})[item["shift_id"]] = {**times, "booked_at": since}
        for number, shifts in booked.items():
            self.put("EmployeeBookings", {"phone_number": number, "shifts": shifts})

    def is_quiet(self, employee: Row, item: Row) -> bool:
        """Returns whether an employee may not be texted about a shift at this time of the day."""
        if not self.quiet_hours or (item.get("fill_urgent") and self.urgent_overrides_quiet_hours):
            return False
        begins, ends = map(time.fromisoformat, self.quiet_hours.split("-"))
        local = self.clock().astimezone(ZoneInfo(employee.get("timezone", "UTC"))).time()
        return local >= begins or local < ends

    def in_order(self, progress: PlanProgress, order: FillOrder) -> list[str]:
        """Returns the employees whom the next wave of a plan may text."""
        item = self.item(progress.shift_id)
        contacts = [
            row
            for row in self.rows("FillContacts")
            if row["entry"].startswith("contact#") and not row.get("returned")
        ]
        deliveries = self.rows("Deliveries")
        employees = {row["phone_number"]: row for row in self.rows("Employees")}
        members = [row["phone_number"] for row in self.rows("SegmentMembers") if row["segment"] == OVERTIME]
        texted = {
            row["phone_number"]
            for row in deliveries
            if row["campaign_id"] == progress.campaign_id and row["status"] != "stopped"
        }
        failed = {row["phone_number"] for row in deliveries if row["status"] == "failed"}
        mine = {number: [row for row in contacts if row["phone_number"] == number] for number in members}

        def may_be_texted(number: str) -> bool:
            employee = employees[number]
            day = self.clock().astimezone(ZoneInfo(employee.get("timezone", "UTC"))).date().isoformat()
            return not (
                employee.get("opted_out")
                or number in texted | failed
                or any(self._is_spared(row, progress, deliveries) for row in mine[number])
                or number in item.get("employees", {})
                or number in item.get("sick_calls", {})
                or (item.get("role") and item["role"] not in employee.get("roles", ()))
                or self.overlaps(number, item)
                or sum(row["day"] == day for row in mine[number]) >= self.texts_per_day
                or self.is_quiet(employee, item)
            )

        def key(number: str) -> tuple[Any, ...]:
            rows = mine[number]
            by_order: dict[FillOrder, tuple[Any, ...]] = {
                FillOrder.BROADCAST: (),
                FillOrder.SENIORITY: (employees[number].get("hired_at", "9999"),),
                FillOrder.ROTATION: (self._last_contact(number, rows),),
                FillOrder.FEWEST_HOURS: (self._booked_elsewhere(number, item),),
                FillOrder.RANDOM: (hashlib.sha256(f"{progress.campaign_id}#{number}".encode()).hexdigest(),),
            }
            return (*by_order[order], len(rows), number)

        return sorted(filter(may_be_texted, members), key=key)

    def _is_spared(self, contact: Row, progress: PlanProgress, deliveries: list[Row]) -> bool:
        """Returns whether an earlier plan of the shift has made an offer that a new one does not repeat."""
        now, hour, started_at = self.clock(), timedelta(hours=1), contact["entry"].split("#")[1]
        at, since = datetime.fromisoformat(contact["at"]), progress.spares_since
        if since is None or now >= datetime.fromisoformat(progress.started_at) + hour:
            return False
        sent = any(
            row["phone_number"] == contact["phone_number"]
            and row["campaign_id"] == f"fill#{progress.shift_id}#{started_at}"
            and row["status"] not in ("queued", "stopped", "opted-out")
            for row in deliveries
        )
        is_earlier = contact["shift_id"] == progress.shift_id and started_at < progress.started_at
        return is_earlier and sent and at > max(since, now - hour)

    def _last_contact(self, number: str, contacts: list[Row]) -> datetime:
        rows = self.rows("FillContacts")
        counts = next((row for row in rows if row["shift_id"] == f"employee#{number}"), {})
        if any(row.get("returned") and row.get("phone_number") == number for row in rows):
            # Which time is left after some contacts were given back depends on their order.
            stored = counts.get("last_contact")
            return datetime.fromisoformat(stored) if stored else _NEVER
        return max((datetime.fromisoformat(row["at"]) for row in contacts), default=_NEVER)

    def _booked(self, number: str) -> dict[str, Row]:
        rows = (row["shifts"] for row in self.rows("EmployeeBookings") if row["phone_number"] == number)
        return next(rows, {})

    def _booked_elsewhere(self, number: str, item: Row) -> timedelta:
        """Returns the booked time without the shift. All shifts are in one week."""
        if "starts_at" not in item:
            return timedelta()
        spans = (
            datetime.fromisoformat(fields["ends_at"]) - datetime.fromisoformat(fields["starts_at"])
            for shift_id, fields in self._booked(number).items()
            if shift_id != item["shift_id"] and "starts_at" in fields
        )
        return sum(spans, timedelta())


class _CheckedContacts(DynamoFillContacts):
    """Compares each wave with the tables before it is stored."""

    def __init__(self, world: CheckedFillWorld, client: Any) -> None:
        super().__init__(client, fill_contacts="FillContacts", shifts="Shifts", retention_days=365)
        self._world = world

    def begin_wave(self, progress: PlanProgress, wave: FillWave, *, now: datetime) -> None:
        """See `FillContacts.begin_wave`."""
        self._check(progress, wave)
        super().begin_wave(progress, wave, now=now)

    def write_status(self, shift: Any, progress: PlanProgress, **options: Any) -> None:
        """See `FillContacts.write_status`."""
        if options.get("wave") is not None:
            self._check(progress, options["wave"])
        super().write_status(shift, progress, **options)

    def _check(self, progress: PlanProgress, wave: FillWave) -> None:
        expected = self._world.in_order(progress, wave.order)
        chosen = [contact.phone_number for contact in wave.contacts]
        assert chosen == expected[: max(1, len(chosen))]
        self._world.waves += 1

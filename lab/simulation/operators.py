"""The operators: they change items as the DynamoDB console does, and seats by operations."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from lab.simulation.execution.scheduler import Scheduler
from lab.simulation.filling.script import Script
from lab.simulation.notice_invariants.holders import SeatsByOperators
from shift_sms_operator.composition import Operator
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

_RELAUNCH_AFTER = 300.0
"""Seconds after which a campaign that was stopped is relaunched."""
_RESUME_AFTER = 240.0
"""Seconds after which a campaign that was paused is resumed."""
_FOLLOW_UP_AFTER = 120.0
"""Seconds after a reply at which an operator texts again about the same item."""


@dataclass(frozen=True)
class Duties:
    """What operators do in a run."""

    edits: int = 0
    """Changes of shifts: more or fewer seats, another text, time or place, a cancellation."""
    campaigns: int = 0
    stopped_campaigns: float = 0.2
    """The share of campaigns that are stopped while they are sent, and relaunched later."""
    paused_campaigns: float = 0.0
    """The share of campaigns that are paused while they are launched or sent, and resumed later."""
    new_shifts: int = 0
    within: float = 900.0
    fill_plans: float = 0.0
    """The share of shifts with a fill plan."""
    fill_edits: int = 0
    """How often an operator stops a fill plan, runs it again, or changes another attribute of it."""
    timed_shifts: float = 0.5
    """The share of shifts with times."""
    starts_in_hours: tuple[float, float] = (20.0, 200.0)
    """When shifts with times start, at the earliest and at the latest."""
    seat_changes: int = 0
    """Seats that are assigned or released."""
    replies: float = 0.7
    """The share of texts in the operator inbox that are replied to."""
    follow_ups: bool = False
    """Whether these texts are followed up after the reply."""


class Operators:
    """Puts shifts, campaigns and replies, and edits shifts."""

    def __init__(
        self,
        dynamodb: Any,
        *,
        operations: Operator,
        scheduler: Scheduler,
        random: Random,
        duties: Duties,
        employees: Sequence[str],
    ) -> None:
        self.shift_ids: list[str] = []
        self.campaign_ids: list[str] = []
        self.edited_shifts: set[str] = set()
        self.pending = 0
        """How many things operators have still to do."""
        self.seats = SeatsByOperators()
        self.seat_changes = 0
        """How many seats were assigned or released."""
        self._dynamodb = dynamodb
        self._operations = operations
        self._employees = employees
        self._scheduler = scheduler
        self._random = random
        self._duties = duties
        self._numbers = itertools.count(100)
        self._replied: set[str] = set()

    def begin(self) -> None:
        """Plans what the operators do."""
        random, duties = self._random, self._duties
        for _ in range(duties.new_shifts):
            self._later(random.uniform(0, duties.within), self.put_shift)
        for _ in range(duties.edits):
            self._later(random.uniform(0, duties.within), self._edit)
        for _ in range(duties.fill_edits):
            self._later(random.uniform(0, duties.within), self._edit_fill_plan)
        for _ in range(duties.seat_changes):
            self._later(random.uniform(0, duties.within), self._change_seat)
        for _ in range(duties.campaigns):
            self._later(random.uniform(0, duties.within / 2), self.put_campaign)

    def put(self, table: str, item: Mapping[str, object]) -> None:
        """Puts an item."""
        self._dynamodb.put_item(TableName=table, Item=wire(item))

    def add_members(self, numbers: Sequence[str], segment: str = "overtime") -> None:
        """Adds numbers to a segment."""
        for number in numbers:
            self.put("SegmentMembers", {"segment": segment, "phone_number": number})

    def delete(self, table: str, key: Mapping[str, str]) -> None:
        """Deletes an item."""
        self._dynamodb.delete_item(TableName=table, Key=wire(key))

    def put_shift(self, *, seats: int | None = None, starts_in_hours: float | None = None) -> str:
        """Puts a shift as in the blog post, with seats and at times a start."""
        random = self._random
        shift_id = (
            f"{random.choice('ABCDEFG')}{random.choice('KLMNP')}{random.choice('RSTVW')}{next(self._numbers)}"
        )
        seats = seats if seats is not None else random.choice((1, 1, 1, 2, 3))
        item: dict[str, object] = {
            "shift_id": shift_id,
            "shift_info": f"15/08 {random.randint(3, 9)}h dayshift",
            "shift_status": "available",
            "seats": seats,
        }
        if starts_in_hours is None and random.random() < self._duties.timed_shifts:
            starts_in_hours = random.uniform(*self._duties.starts_in_hours)
        if starts_in_hours is not None:
            item |= self._times(starts_in_hours)
        if self._duties.fill_plans and random.random() < self._duties.fill_plans:
            item["fill_order"] = random.choice([*FillOrder]).value
            item["fill_wave_size"] = random.choice(("auto", 2, 5))
            item["fill_wave_minutes"] = random.choice((1, 3))
        self.put("Shifts", item)
        self.shift_ids.append(shift_id)
        return shift_id

    def put_scripted_shift(self, script: Script) -> None:
        """Puts the shift of a script."""
        self.put("Shifts", {**script.shift, **self._times(script.starts_in_hours)})
        self.shift_ids.append(str(script.shift["shift_id"]))

    def _times(self, starts_in_hours: float) -> dict[str, str]:
        starts = self._scheduler.time + timedelta(hours=starts_in_hours)
        ends = starts + timedelta(hours=6)
        return {
            "starts_at": starts.isoformat(timespec="minutes"),
            "ends_at": ends.isoformat(timespec="minutes"),
        }

    def put_campaign(self) -> str:
        """Puts a campaign, which may be stopped later."""
        campaign_id = f"campaign-{next(self._numbers)}"
        codes = ", ".join(self._random.sample(self.shift_ids, min(2, len(self.shift_ids))))
        self.put(
            "Campaigns", {"campaign_id": campaign_id, "campaign_message": f"15/08 5h nightshift {codes}"}
        )
        self.campaign_ids.append(campaign_id)
        if self._random.random() < self._duties.stopped_campaigns:
            self._later(self._random.uniform(5, 120), lambda: self._stop(campaign_id))
            self._later(_RELAUNCH_AFTER, lambda: self._relaunch(campaign_id))
        if self._duties.paused_campaigns and self._random.random() < self._duties.paused_campaigns:
            campaigns = self._operations.campaigns
            self._later(
                self._random.uniform(0.1, 30), lambda: self._unless_refused(campaigns.pause, campaign_id)
            )
            self._later(_RESUME_AFTER, lambda: self._unless_refused(campaigns.resume, campaign_id))
        return campaign_id

    def _unless_refused(self, change: Callable[[str], object], campaign_id: str) -> None:
        """Makes a change that may have become pointless."""
        with suppress(Refused):
            change(campaign_id)

    def reply(self, item: Mapping[str, Any]) -> None:
        """Replies to a text in the inbox, as often as the duties say."""
        message_id = item["message_id"]["S"]
        if message_id in self._replied or "follow_up_to" in item:
            return
        self._replied.add(message_id)
        if self._random.random() < self._duties.replies:
            self._later(self._random.uniform(5, 200), lambda: self._write_reply(message_id))

    def _later(self, after: float, act: Any) -> None:
        self.pending += 1

        def run() -> None:
            self.pending -= 1
            act()

        self._scheduler.after(after, run)

    def _stop(self, campaign_id: str) -> None:
        self.change("Campaigns", {"campaign_id": campaign_id}, campaign_status="stopped")

    def _relaunch(self, campaign_id: str) -> None:
        """Relaunches a campaign as the operations do: with one put, unless its launch is under way."""
        item = plain(
            self._dynamodb.get_item(TableName="Campaigns", Key=wire({"campaign_id": campaign_id}))["Item"]
        )
        if item.get("campaign_status") in (None, "launching", "requested", "paused"):
            return
        words = {name: item[name] for name in ("campaign_id", "campaign_message")}
        self.put("Campaigns", {**words, "relaunch": "remaining", "campaign_status": "requested"})

    def _write_reply(self, message_id: str) -> None:
        self.change("OperatorInbox", {"message_id": message_id}, reply=f"Noted, see you ({message_id})")
        if self._duties.follow_ups:
            self._later(_FOLLOW_UP_AFTER, lambda: self._follow_up(message_id))

    def _follow_up(self, message_id: str) -> None:
        """Follows up on an item, twice in the same words. At times its reply still waits, or is not wanted."""
        inbox = self._operations.operator_inbox
        for _ in range(2):
            with suppress(Refused):
                inbox.follow_up(inbox.preview(message_id, f"Come to gate 5 ({message_id})"))

    def _edit(self) -> None:
        if not self.shift_ids:
            return
        shift_id = self._random.choice(self.shift_ids)
        self.edited_shifts.add(shift_id)
        match self._random.randrange(7):
            case 0:
                self.change("Shifts", {"shift_id": shift_id}, shift_status="cancelled")
            case 1:
                self.change("Shifts", {"shift_id": shift_id}, seats=self._random.randint(1, 4))
            case 2:
                self.change("Shifts", {"shift_id": shift_id}, shift_info="16/08 4h dayshift, new time")
            case 3:
                self._change_holder(shift_id)
            case 4:
                site = self._random.choice(("Harbor", "Airport", "Mall"))
                self.change("Shifts", {"shift_id": shift_id}, site=site)
            case _:
                starts = self._scheduler.time + timedelta(hours=self._random.uniform(20, 100))
                ends = starts + timedelta(hours=self._random.choice((-1, 4, 6)))
                self.change(
                    "Shifts",
                    {"shift_id": shift_id},
                    starts_at=starts.isoformat(timespec="minutes"),
                    ends_at=ends.isoformat(timespec="minutes"),
                )

    def _edit_fill_plan(self) -> None:
        random, shift_id = self._random, self._random.choice(self.shift_ids)
        fill_by = self._scheduler.time + timedelta(hours=random.uniform(0.05, 2))
        name, value = random.choice(
            (
                ("fill_status", "stopped"),
                ("fill_status", "running"),
                ("fill_order", random.choice([*FillOrder]).value),
                ("fill_wave_size", random.choice((1, 3, "auto"))),
                ("fill_wave_minutes", random.choice((1, 2, "auto"))),
                ("fill_by", fill_by.isoformat(timespec="seconds")),
                ("fill_urgent", random.random() < 0.5),
            )
        )
        self.change("Shifts", {"shift_id": shift_id}, **{name: value})

    def _change_seat(self) -> None:
        """Assigns a seat, or releases one. At times no seat is free, or the employee has none."""
        if not self.shift_ids:
            return
        seats = self._operations.shifts.seats
        shift_id, number = self._random.choice(self.shift_ids), self._random.choice(self._employees)
        change, told = self._random.choice(
            ((seats.assign, self.seats.given), (seats.release, self.seats.taken))
        )
        with suppress(Refused):
            changed = change(shift_id, number).changed
            told[shift_id, number] += changed
            self.seat_changes += changed

    def _change_holder(self, shift_id: str) -> None:
        """Gives a free seat to an employee by hand, or takes one from its holder."""
        key = {"shift_id": shift_id}
        item = plain(self._dynamodb.get_item(TableName="Shifts", Key=wire(key))["Item"])
        holders, random = dict(item.get("employees") or {}), self._random
        one_seat = item.get("seats", 1) == 1
        if item.get("shift_status") not in ("available", "taken"):
            return
        if holders and (one_seat or random.random() < 0.5):
            number = random.choice([*holders])
            # The employee of a shift that a program has just written may not be known to any function.
            by_hand = self.seats.taken_by_hand if holders.pop(number) else set[tuple[str, str]]()
            by_hand.add((shift_id, number))
            self.seats.taken[shift_id, number] += 1
            status = "available"
        else:
            number = random.choice(self._employees)
            taken = len(holders) + len(item.get("offers") or {})
            if taken >= item.get("seats", 1) or number in holders:
                return
            holders[number] = ""
            self.seats.given[shift_id, number] += 1
            self.seats.given_by_hand.add((shift_id, number))
            status = "taken" if one_seat else item["shift_status"]
        employee = {"employee": next(iter(holders), "")} if one_seat else {}
        self.change("Shifts", key, employees=holders, shift_status=status, **employee)

    def change(self, table: str, key: Mapping[str, str], **values: object) -> None:
        """Changes attributes of an item."""
        names = list(values)
        self._dynamodb.update_item(
            TableName=table,
            Key=wire(key),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in names),
            ExpressionAttributeNames={f"#{name}": name for name in names},
            ExpressionAttributeValues=wire({f":{name}": values[name] for name in names}),
        )

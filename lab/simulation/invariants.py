"""The invariants of the system.

Those of a step are checked at once, all others at the end of the run.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lab.simulation.aws.tables.metrics import Metrics
from lab.simulation.execution.functions import LogLine
from lab.simulation.facts import LEDGERS, Facts, Key, Seats, SendFact, codes_after
from lab.simulation.filling.ends import fill_violations
from lab.simulation.filling.steps import FillSteps
from lab.simulation.notice_invariants.changes import ToldChanges
from lab.simulation.notice_invariants.holders import SeatsByOperators
from lab.simulation.notice_invariants.managers import ManagerInvariants
from lab.simulation.people import Expected, InboundFact, People
from shift_sms_runtime.aws.dynamodb import plain
from shift_sms_runtime.messaging.quiet_hours import QuietHours

_STALE_SECONDS = 60.0
"""How long before the text was sent a booking may have ended and still count.

The text may have waited for its permit.
"""

_CHECKED_BEFORE = timedelta(seconds=30)
"""How long before the service accepts a text its sender has checked quiet hours. It may have retried the send."""
_UTC = ZoneInfo("UTC")
_ORDER_SECONDS = 10.0
_ONE_SECOND = 1.05
"""How much a single second may exceed a rate.

Calls are spread over time, not over the seconds of the clock.
"""
_MOST_THROTTLED = 0.05

_FINAL = frozenset(
    {
        "sent",
        "delivered",
        "failed",
        "opted-out",
        "not-verified",
        "blocked-country",
        "unknown",
        "stopped",
    }
)
_POSSIBLY_SENT = frozenset({"sent", "delivered"})
_ENDED = frozenset({"finished", "stopped", "failed"})
_NEVER_SENT = _FINAL - _POSSIBLY_SENT - {"unknown"}
_TELLS_OF_A_SEAT = ("Booked: ", "Already yours: ")
"""How the lines begin that tell an employee about a seat."""
_PHONE = re.compile(r"\+\d{10,}")


class StepInvariants:
    """Checks what each step touched."""

    def __init__(
        self,
        facts: Facts,
        people: People,
        *,
        fills: FillSteps,
        quiet_hours: QuietHours,
        zones: Mapping[str, ZoneInfo],
        clock: Callable[[], datetime],
        told_changes: ToldChanges,
    ) -> None:
        """`zones` are the time zones of employees by phone number; without one, it is UTC."""
        self._facts = facts
        self._people = people
        self._fills = fills
        self._quiet_hours = quiet_hours
        self._zones = zones
        self._clock = clock
        self._told_changes = told_changes
        facts.on_send = self._check_send
        facts.on_seats = self._check_seats

    def check_log(self, line: LogLine) -> None:
        """Checks that a line of a log names no phone number and quotes no text."""
        for value in line.fields.values():
            if _PHONE.search(str(value)):
                self._facts.violate("no phone number in a log", f"{line.function}: {line.message}")

    def check_dead_letter(self, queue: str, body: str) -> None:
        """Checks that nothing is dead-lettered."""
        self._facts.violate("no dead letter", f"{queue}: {body[:200]}")

    def _check_seats(self, shift_id: str, before: Seats | None, after: Seats | None) -> None:
        if after is None:
            return
        promised = len(after.holders) + len(after.offered)
        added = (after.holders | after.offered) - ((before.holders | before.offered) if before else set())
        if added and promised > after.seats:
            self._facts.violate(
                "one seat, one person", f"{shift_id} has {after.seats} seats for {promised} people"
            )

    def _check_send(self, send: SendFact) -> None:
        facts = self._facts
        if send.to in facts.strangers:
            facts.violate("strangers get nothing", f"a text was sent: {send.body!r}")
        if send.key is None:
            facts.violate("at most once", f"a text was sent without a claim: {send.body!r}")
        elif facts.accepted[send.key] > 1:
            facts.violate("at most once", f"{'/'.join(send.key)} was sent {facts.accepted[send.key]} times")
        elif _waits_in_quiet_hours(send.key) and self._is_quiet(send.to) and not self._overrides(send.key):
            facts.violate("quiet hours", f"{'/'.join(send.key)} was sent during quiet hours")
        self._told_changes.check_send(send)
        self._fills.check_send(send)
        for shift_id in codes_after("Booked: ", send.body):
            if not facts.held(facts.holdings, shift_id, send.to, _STALE_SECONDS):
                facts.violate("promises follow facts", f"booked was sent for {shift_id}, which is not theirs")
        for shift_id in codes_after("A spot is free: ", send.body):
            offered = facts.held(facts.offers, shift_id, send.to, _STALE_SECONDS)
            if not offered and not facts.held(facts.holdings, shift_id, send.to, _STALE_SECONDS):
                facts.violate("promises follow facts", f"an offer was sent for {shift_id}, which has none")

    def _overrides(self, key: Key) -> bool:
        """Returns whether a text belongs to an urgent plan that overrides quiet hours."""
        now = self._clock()
        return self._fills.overrides_quiet_hours(key, now - _CHECKED_BEFORE, now)

    def _is_quiet(self, phone: str) -> bool:
        """Returns whether it was quiet already when a sender checked."""
        zone, now = self._zones.get(phone, _UTC), self._clock()
        return all(self._quiet_hours.is_quiet(at, zone) for at in (now, now - _CHECKED_BEFORE))


def _waits_in_quiet_hours(key: Key) -> bool:
    """Returns whether a text is sent outside of quiet hours only.

    These are texts of campaigns, offers, reminders and notices to managers.
    """
    notices = ("NOTICE#offer#", "NOTICE#reminder#", "MANAGER_NOTICE#")
    return key[0] == "Deliveries" or key[-1].startswith(notices)


@dataclass(frozen=True)
class Limits:
    """What a scenario tolerates."""

    faults: bool = False
    """Whether faults are injected.

    The outcome of a send may then be unknown, and texts may wait for a retry.
    """
    ordered: bool = True
    throttled: float = _MOST_THROTTLED
    write_units: int | None = None
    """The most write units that a partition key may take per second; None sets no limit."""
    texts_per_day: int = 3
    """The most texts of fill plans per employee and day."""
    ideal: float | None = None
    """The longest time until the last text, as a multiple of the ideal time.

    None sets no limit.
    """


@dataclass
class Outcome:
    """The counts of a run."""

    inbound: int = 0
    answered: int = 0
    unknown: int = 0
    silent: int = 0
    """Texts without a reply that need none."""
    texts: int = 0
    throttled: int = 0
    attempts: int = 0
    longest_wait: float = 0.0
    last_reply_at: float = 0.0


class FinalInvariants:
    """Checks everything once the system is idle."""

    def __init__(
        self,
        facts: Facts,
        people: People,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        *,
        fills: FillSteps,
        opted_out: set[str],
        quiet_hours: QuietHours,
        zones: Mapping[str, ZoneInfo],
        limits: Limits,
        now: datetime,
        told_changes: ToldChanges,
        seats_by_operators: SeatsByOperators,
    ) -> None:
        """`zones` are the time zones of employees by phone number; without one, it is UTC."""
        self._facts = facts
        self._told_changes = told_changes
        self._seats_by_operators = seats_by_operators
        self._fills = fills
        self._people = people
        self._rows = {table: [plain(row) for row in items] for table, items in rows.items()}
        self._opted_out = opted_out
        self._quiet_hours = quiet_hours
        self._zones = zones
        self._limits = limits
        self._now = now
        self._ledger: dict[Key, Mapping[str, Any]] = {
            facts.row_key(table, row): row
            for table in LEDGERS
            for row in self._rows[table]
            if "status" in row
        }
        self.outcome = Outcome(inbound=len(people.inbound), texts=len(facts.sends))

    def check(self) -> Outcome:
        """Checks all invariants and returns the counts."""
        self._check_ledger()
        sent_at = {send.key: send.at for send in self._facts.sends if send.key}
        waits = []
        for fact in self._people.inbound.values():
            key = ("Conversations", fact.phone, f"INBOUND#{fact.message_id}")
            self._check_answer(fact, key)
            if len(self._facts.effects.get(fact.message_id, ())) > 1:
                self._facts.violate("once", f"{fact.message_id} changed shifts more than once")
            if key in sent_at:
                waits.append((fact.at, sent_at[key]))
        self._check_order(waits)
        self.outcome.longest_wait = max((sent - arrived for arrived, sent in waits), default=0.0)
        self.outcome.last_reply_at = max((sent for _, sent in waits), default=0.0)
        self._check_campaigns()
        self._check_shifts()
        self._check_bookings()
        self._check_silent_bookings()
        self._check_inbox()
        self._check_callbacks()
        managers = ManagerInvariants(
            self._ledger,
            self._rows,
            events=self._fills.manager_events,
            opted_out=self._opted_out,
            quiet_hours=self._quiet_hours,
            zones=self._zones,
            now=self._now,
        )
        changes = self._told_changes.violations(self._ledger, self._rows["Shifts"], opted_out=self._opted_out)
        filled = fill_violations(
            self._rows, self._fills, texts_per_day=self._limits.texts_per_day, now=self._now
        )
        seats = self._seats_by_operators.violations(
            self._ledger, self._rows["Shifts"], opted_out=self._opted_out
        )
        for invariant, text in (*managers.violations(), *filled, *changes, *seats):
            self._violate(invariant, text)
        for row in self._rows["Outbox"]:
            self._violate("no silent loss", f"a text is left in the outbox: {row['position']}")
        return self.outcome

    def _violate(self, invariant: str, text: str) -> None:
        self._facts.violate(invariant, text)

    def _check_ledger(self) -> None:
        for key, row in self._ledger.items():
            status, name = row["status"], "/".join(key)
            accepted = self._facts.accepted[key]
            if status not in _FINAL:
                self._violate("no silent loss", f"{name} is still {status}")
            elif (status in _POSSIBLY_SENT and accepted != 1) or (
                status not in _POSSIBLY_SENT and status != "unknown" and accepted and key[0] != "Deliveries"
            ):
                self._violate("the ledger adds up", f"{name} is {status}, and {accepted} texts were sent")
            elif status == "unknown" and key not in self._facts.interrupted:
                self._violate("no silent loss", f"{name} is unknown, although nothing interrupted it")
        for key in self._facts.accepted:
            if key not in self._ledger:
                self._violate("the ledger adds up", f"{'/'.join(key)} was sent and has no row")

    def _check_answer(self, fact: InboundFact, key: Key) -> None:
        accepted = self._facts.accepted[key]
        status = self._ledger.get(key, {}).get("status")
        if accepted:
            self.outcome.answered += 1
            if fact.expected is Expected.NONE:
                self._violate("once", f"{fact.message_id} needed no reply and got one: {fact.body!r}")
        elif status == "unknown":
            self.outcome.unknown += 1
        elif fact.expected is Expected.REPLY and fact.phone not in self._opted_out:
            self._violate("once", f"{fact.message_id} got no reply: {fact.body!r}, its status is {status}")
        else:
            self.outcome.silent += 1

    def _check_order(self, waits: Sequence[tuple[float, float]]) -> None:
        """Checks that no reply overtakes one whose text arrived more than ten seconds earlier."""
        if not self._limits.ordered:
            return
        latest = 0.0
        for arrived, sent in sorted(waits, key=lambda wait: wait[1]):
            if arrived < latest - _ORDER_SECONDS:
                self._violate(
                    "reply order",
                    f"a reply to a text of {arrived:.1f} s was sent at {sent:.1f} s,"
                    f" after one to a text of {latest:.1f} s",
                )
                return
            latest = max(latest, arrived)

    def _check_campaigns(self) -> None:
        statuses: dict[str, Counter[str]] = {}
        for row in self._rows["Deliveries"]:
            statuses.setdefault(str(row["campaign_id"]), Counter())[row["status"]] += 1
        for item in self._rows["Campaigns"]:
            counted = statuses.get(item["campaign_id"], Counter())
            targeted, waiting = int(item.get("targeted", 0)), int(item.get("waiting", 0))
            if targeted != counted.total() or waiting:
                self._violate(
                    "the ledger adds up",
                    f"{item['campaign_id']} targets {targeted}, has {counted.total()} rows and {waiting} waiting",
                )
            if item.get("campaign_status") not in _ENDED:
                self._violate(
                    "the ledger adds up", f"{item['campaign_id']} ends as {item.get('campaign_status')}"
                )
            for status in sorted(_FINAL):
                on_item = int(item.get(status.replace("-", "_"), 0))
                if on_item != counted[status]:
                    self._violate(
                        "the ledger adds up",
                        f"{item['campaign_id']} counts {on_item} {status}, and {counted[status]} rows are",
                    )

    def _check_shifts(self) -> None:
        """Checks that no offer outlives its deadline, and that free seats are offered."""
        for row in self._rows["Shifts"]:
            if row.get("shift_status") not in ("available", "taken") or row.get("shift_error"):
                continue
            holders, offers = row.get("employees") or {}, row.get("offers") or {}
            for offer in offers.values():
                if (self._now - datetime.fromisoformat(offer["until"])).total_seconds() > 180:
                    self._violate("no silent loss", f"an offer of {row['shift_id']} was never withdrawn")
            free = int(row.get("seats", 1)) - len(holders) - len(offers)
            if free > 0 and row.get("waiting_list"):
                self._violate("no silent loss", f"a free seat of {row['shift_id']} is not offered")

    def _check_bookings(self) -> None:
        """Checks that every holder has the shift among their bookings."""
        bookings = {row["phone_number"]: row.get("shifts", {}) for row in self._rows["EmployeeBookings"]}
        for row in self._rows["Shifts"]:
            for phone in row.get("employees") or {}:
                if row["shift_id"] not in bookings.get(phone, {}):
                    self._violate("the ledger adds up", f"a holder of {row['shift_id']} has no booking of it")

    def _check_silent_bookings(self) -> None:
        """Checks that no employee has a seat by a text whose reply was not sent.

        A seat that a later text tells of is allowed.
        """
        for (shift_id, phone), spans in self._facts.holdings.items():
            last = spans[-1]
            if last.until is not None or last.booked_by is None:
                continue
            key = ("Conversations", phone, f"INBOUND#{last.booked_by}")
            status = self._ledger.get(key, {}).get("status")
            if status in _NEVER_SENT and not self._was_told(shift_id, phone, last.since):
                self._violate(
                    "no silent bookings",
                    f"the reply about {shift_id} is {status}, and the seat is still held",
                )

    def _was_told(self, shift_id: str, phone: str, since: float) -> bool:
        return any(
            shift_id in codes_after(beginning, send.body)
            for send in self._facts.sends
            if send.to == phone and send.at >= since
            for beginning in _TELLS_OF_A_SEAT
        )

    def _check_inbox(self) -> None:
        for row in self._rows["OperatorInbox"]:
            if row.get("reply") and row.get("message_status") == "open":
                self._violate("no silent loss", f"the reply to {row['message_id']} was not sent")

    def _check_callbacks(self) -> None:
        for token, calls in self._facts.calls.items():
            # Connect returns the existing contact for a known token.
            if token not in self._people.inbound:
                self._violate("once", f"{calls} calls were started without an inbound text")


def throttling(outcome: Outcome, limits: Limits) -> Iterator[str]:
    """Yields a violation if too many sends were throttled."""
    allowed = limits.throttled * outcome.attempts + 2
    if not limits.faults and outcome.throttled > allowed:
        yield f"the rate: {outcome.throttled} of {outcome.attempts} sends were throttled"


def needless_deliveries(redelivered: int, limits: Limits) -> Iterator[str]:
    """Yields a violation if a message was returned to its queue although nothing failed."""
    if not limits.faults and redelivered:
        yield f"no waiting in queues: {redelivered} messages or records were delivered again"


def slowness(ratio: float, limits: Limits) -> Iterator[str]:
    """Yields a violation if the last text was sent too late."""
    if limits.ideal is not None and ratio > limits.ideal:
        yield f"time: the last text was sent after {ratio:.2f} times the ideal time"


def busy_partitions(metrics: Metrics, limits: Limits) -> Iterator[str]:
    """Yields a violation for each partition key that takes too many write units in one second."""
    for table, index, key, usage in metrics.busiest_partitions() if limits.write_units else ():
        if usage.peak_write_units > (limits.write_units or 0) * _ONE_SECOND:
            name = f"{table}/{index}" if index else table
            yield f"write units: {key} of {name} takes {usage.peak_write_units} in one second"

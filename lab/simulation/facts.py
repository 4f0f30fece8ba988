"""What happened in a run, observed from outside: sends, claims, seats.

The invariants judge it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.phone_network.phones.encoding import measure
from lab.simulation.aws.tables.definitions import TableDefinition
from lab.simulation.execution.faults import Attempt
from lab.simulation.execution.functions import Environment, LogLine
from shift_sms_runtime.aws.dynamodb import plain

Key = tuple[str, ...]
"""A row of a ledger: the table and the values of its key."""

LEDGERS = ("Conversations", "Deliveries")
_INBOUND_ENTRY = "INBOUND#"


@dataclass(frozen=True)
class SendFact:
    """A text that the messaging service accepted."""

    at: float
    to: str
    body: str
    key: Key | None
    """The ledger row that its sender had claimed."""
    function: str
    parts: int


@dataclass
class Holding:
    """A span of time in which an employee had a seat, or an offer of one."""

    since: float
    until: float | None = None
    booked_by: str | None = None
    """The inbound text that booked the seat; None if an operator assigned it, and for an offer."""


@dataclass
class Seats:
    """The seats of a shift as its item says."""

    seats: int
    holders: frozenset[str]
    offered: frozenset[str]
    status: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Seats":
        """Returns the seats of an item."""
        holders = set(values.get("employees") or {})
        if values.get("employee") and values.get("shift_status") == "taken":
            holders.add(values["employee"])
        return cls(
            int(values.get("seats", 1)),
            frozenset(holders),
            frozenset(values.get("offers") or {}) - holders,
            str(values.get("shift_status", "")),
        )


@dataclass(frozen=True)
class _Write:
    table: str
    key: Mapping[str, Any]
    expression: str
    values: Mapping[str, Any]


@dataclass
class Facts:
    """Everything that was observed."""

    tables: Mapping[str, TableDefinition]
    now: Callable[[], float]
    strangers: frozenset[str] = frozenset()
    sends: list[SendFact] = field(default_factory=list)
    accepted: Counter[Key] = field(default_factory=Counter)
    """How many texts the service accepted for each ledger row."""
    claimed: Counter[Key] = field(default_factory=Counter)
    interrupted: set[Key] = field(default_factory=set)
    """Rows whose claim a fault or a stop has hit before it was settled."""
    holdings: dict[tuple[str, str], list[Holding]] = field(default_factory=lambda: defaultdict(list))
    offers: dict[tuple[str, str], list[Holding]] = field(default_factory=lambda: defaultdict(list))
    effects: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The transactions that changed shifts for each inbound text."""
    sick_calls: dict[str, str] = field(default_factory=dict)
    """The shifts on which sick calls were recorded, by the inbound text."""
    calls: Counter[str] = field(default_factory=Counter)
    """How many calls Connect accepted for each client token."""
    logs: list[LogLine] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    on_send: Callable[[SendFact], None] = lambda _send: None
    on_seats: Callable[[str, Seats | None, Seats | None], None] = lambda _id, _before, _after: None
    on_item: Callable[[str, Mapping[str, Any], Mapping[str, Any]], None] = lambda _id, _before, _after: None
    """Called with the item of a shift before and after a change; empty if there is none."""
    _removed: list[tuple[float, str, str]] = field(default_factory=list)
    """The holders who lost a seat last: the time, the shift and the phone number."""
    _added: list[tuple[float, str, str]] = field(default_factory=list)
    """The employees who got a seat last, in the same form."""
    _sick: list[tuple[float, str, str]] = field(default_factory=list)
    """The employees whose sick calls were recorded last, in the same form."""
    _open_claims: dict[str, dict[tuple[str, str], Key]] = field(default_factory=lambda: defaultdict(dict))
    """The claims that are not settled, by execution environment, and by task and phone number."""
    _last_claims: dict[tuple[str, str], Key] = field(default_factory=dict)
    """The last claim of each task on a text to each phone number."""

    def observe(self, attempt: Attempt) -> None:
        """Records one attempt at a call."""
        environment = attempt.environment.name
        if attempt.response is not None:
            if attempt.operation == "SendTextMessage":
                self._record_send(attempt)
            elif attempt.operation == "StartOutboundVoiceContact":
                self.calls[attempt.request["ClientToken"]] += 1
            elif attempt.service == "dynamodb":
                self._record_writes(attempt)
        if attempt.fault is not None or attempt.frozen:
            self.interrupted |= set(self._open_claims[environment].values())

    def stopped(self, environment: Environment) -> None:
        """Records that an execution environment was stopped."""
        self.interrupted |= set(self._open_claims.pop(environment.name, {}).values())

    def shift_changed(
        self, shift_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
    ) -> None:
        """Records a change of a shift's item."""
        old_item, new_item = plain(old or {}), plain(new or {})
        before = Seats.of(old_item) if old_item else None
        after = Seats.of(new_item) if new_item else None
        for spans, was, now in (
            (self.holdings, before.holders if before else (), after.holders if after else ()),
            (self.offers, before.offered if before else (), after.offered if after else ()),
        ):
            for phone in sorted(set(now) - set(was)):
                spans[shift_id, phone].append(Holding(self.now()))
                if spans is self.holdings:
                    self._added.append((self.now(), shift_id, phone))
            for phone in sorted(set(was) - set(now)):
                if spans is self.holdings:
                    self._removed.append((self.now(), shift_id, phone))
                for span in spans[shift_id, phone][-1:]:
                    span.until = self.now()
        for phone in sorted(new_item.get("sick_calls", {}).keys() - old_item.get("sick_calls", {}).keys()):
            self._sick.append((self.now(), shift_id, phone))
        self.on_seats(shift_id, before, after)
        self.on_item(shift_id, old_item, new_item)

    def held(
        self, spans: Mapping[tuple[str, str], list[Holding]], shift_id: str, phone: str, tolerance: float
    ) -> bool:
        """Returns whether an employee has a seat or an offer.

        One that ended up to `tolerance` seconds ago counts.
        """
        return any(
            span.until is None or span.until >= self.now() - tolerance
            for span in spans.get((shift_id, phone), ())
        )

    def violate(self, invariant: str, text: str) -> None:
        """Records that an invariant is violated."""
        self.violations.append(f"{invariant}: {text}")

    def _record_send(self, attempt: Attempt) -> None:
        to, body = attempt.request["DestinationPhoneNumber"], attempt.request["MessageBody"]
        key = self._last_claims.get((attempt.task, to))
        name = attempt.environment.function.name
        send = SendFact(self.now(), to, body, key, name, measure(body).parts)
        self.sends.append(send)
        if key is not None:
            self.accepted[key] += 1
        self.on_send(send)

    def _record_writes(self, attempt: Attempt) -> None:
        writes = list(_writes(attempt.operation, attempt.request))
        for write in writes:
            phone = write.key.get("phone_number")
            if phone in self.strangers and write.table != "SegmentMembers":
                self.violate("strangers get nothing", f"{write.table} was written for {phone}")
            if write.table in LEDGERS and phone is not None:
                self._record_claim(attempt, phone, write)
        changes_shift = any(write.table == "Shifts" for write in writes)
        if changes_shift and any(write.table == "OperatorInbox" for write in writes):
            # Undoing a booking tells the operator.
            owners = {write.key["phone_number"] for write in writes if write.table == "EmployeeBookings"}
            self._check_removed(owners)
        elif changes_shift and attempt.environment.function.name == "process_inbound_sms":
            self._record_effect(attempt, [write for write in writes if _reports_effect(write)])
        self._removed.clear()
        self._added.clear()
        self._sick.clear()

    def _record_claim(self, attempt: Attempt, phone: str, write: _Write) -> None:
        key, sender = self.row_key(write.table, write.key), (attempt.task, phone)
        open_claims = self._open_claims[attempt.environment.name]
        if ":lease_until" in write.values:
            self.claimed[key] += 1
            open_claims[sender] = self._last_claims[sender] = key
        elif ":after" in write.values:
            open_claims.pop(sender, None)

    def _record_effect(self, attempt: Attempt, replies: Sequence[_Write]) -> None:
        if not replies:
            self.violate("once", "a shift was changed without the reply that reports it")
            return
        for reply in replies:
            # A transaction that is repeated with its token has no further effect.
            inbound_id = str(reply.key["entry"]).removeprefix(_INBOUND_ENTRY)
            self.effects[inbound_id].add(attempt.request["ClientRequestToken"])
        self._check_removed({reply.key["phone_number"] for reply in replies})
        by_phone = {
            reply.key["phone_number"]: str(reply.key["entry"]).removeprefix(_INBOUND_ENTRY)
            for reply in replies
        }
        for at, shift_id, phone in self._added:
            if at == self.now() and phone in by_phone:
                self.holdings[shift_id, phone][-1].booked_by = by_phone[phone]
        for at, shift_id, phone in self._sick:
            if at == self.now() and phone in by_phone:
                self.sick_calls[by_phone[phone]] = shift_id

    def _check_removed(self, owners: set[str]) -> None:
        """Checks that a transaction took seats only from the employees whom it is about."""
        for at, shift_id, phone in self._removed:
            if at == self.now() and phone not in owners:
                self.violate("one seat, one person", f"a seat of {shift_id} was taken from its holder")

    def row_key(self, table: str, item: Mapping[str, Any]) -> Key:
        """Returns the key of a row."""
        definition = self.tables[table]
        names = [definition.partition_key, *([definition.sort_key] if definition.sort_key else [])]
        return (table, *(str(item[name]) for name in names))


def _reports_effect(write: _Write) -> bool:
    entry = str(write.key.get("entry", ""))
    return entry.startswith(_INBOUND_ENTRY) and ":reply" in write.values


def _writes(operation: str, request: Mapping[str, Any]) -> Iterator[_Write]:
    if operation == "TransactWriteItems":
        for action in request["TransactItems"]:
            for kind, one in action.items():
                yield from _writes({"Update": "UpdateItem", "Put": "PutItem"}.get(kind, kind), one)
    elif operation == "UpdateItem":
        yield _Write(
            request["TableName"],
            plain(request["Key"]),
            request["UpdateExpression"],
            request.get("ExpressionAttributeValues", {}),
        )
    elif operation == "PutItem":
        yield _Write(request["TableName"], plain(request["Item"]), "", {})


_CODE = re.compile(r"\b[A-G][KLMNP][RSTVW]\d{3}\b")


def codes_after(beginning: str, body: str) -> list[str]:
    """Returns the shift codes in the line of a text that begins so."""
    return [code for line in body.splitlines() if line.startswith(beginning) for code in _CODE.findall(line)]

"""The world in memory: what services need, without AWS."""

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from shift_sms_runtime.adapters.catalogues import lexicons
from shift_sms_runtime.adapters.kept_shifts import ShiftReader
from shift_sms_runtime.domain.agenda import Agenda
from shift_sms_runtime.domain.callbacks import CallbackRequest, CallOutcome
from shift_sms_runtime.domain.campaigns import CampaignGone, CampaignStatus, Halt
from shift_sms_runtime.domain.deliveries import (
    Answer,
    Change,
    Delivery,
    DeliveryStatus,
    LeftOut,
    NewDelivery,
    OutgoingText,
    SendClaim,
    SendResult,
    Sent,
)
from shift_sms_runtime.domain.front_desk import (
    BY_THE_SERVICE,
    Arrival,
    ChangedMeanwhile,
    Contact,
    Decided,
    Effect,
    ListingPlace,
    Question,
)
from shift_sms_runtime.domain.guard import Recent, notice_row, texts_row
from shift_sms_runtime.domain.messages import Message, MessageStatus, OperatorAnswer
from shift_sms_runtime.domain.pace import Turn
from shift_sms_runtime.domain.plans import Plan, PlanState
from shift_sms_runtime.domain.progress import (
    ATTRIBUTES,
    VERSION,
    Counter,
    CounterRow,
    Tally,
    tallies_of,
    tally_of,
)
from shift_sms_runtime.domain.receipts import DeliveryRow, EventOrder, Receipt
from shift_sms_runtime.domain.shifts import DECISIVE, Shift, ShiftStatus
from shift_sms_runtime.domain.work_items import Page, WorkItem
from shift_sms_runtime.services.roster_engine import NO_DELAY

Key = TypeVar("Key")
Place = TypeVar("Place")
Thing = TypeVar("Thing")


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_time(self, **span: float) -> None:
        """Let so much time pass, in words of ``timedelta``."""
        self.time += timedelta(**span)


class Patience:
    """An invocation with ``seconds`` left; waiting moves the clock."""

    def __init__(self, clock: Clock, seconds: float = 30) -> None:
        self._clock = clock
        self._end = clock.time + timedelta(seconds=seconds)

    def remaining(self) -> float:
        return (self._end - self._clock.time).total_seconds()

    def wait(self, seconds: float) -> None:
        self._clock.time += timedelta(seconds=seconds)


class Killed(BaseException):
    """The function is stopped, as by SIGKILL."""


class Throttled(Exception):
    """A store would not, or its answer got lost: the platform hears of it and delivers the record again."""


def die() -> None:
    """Stop the function here."""
    raise Killed


def throttle() -> None:
    """Have the store say that it is throttled."""
    raise Throttled


class Steps:
    """Counts what functions ask of the world, and lets something happen right before or after one of these steps."""

    def __init__(self) -> None:
        self.taken = 0
        self.happens: Callable[[int, bool], None] = lambda _step, _after: None
        """Called with the number of each step, and whether it has taken effect."""

    def once(self, step: int, act: Callable[[], None], *, after: bool = False) -> None:
        """Have ``act`` happen at the ``step``-th step from now on, counted from 1."""
        due = self.taken + step

        def happens(number: int, taken: bool) -> None:
            if (number, taken) == (due, after):
                self.happens = lambda _step, _after: None
                act()

        self.happens = happens

    def take(self, effect: Callable[[], Thing]) -> Thing:
        """Take one step."""
        self.taken += 1
        number = self.taken
        self.happens(number, False)
        result = effect()
        self.happens(number, True)
        return result


def watched(thing: Thing, steps: Steps) -> Thing:
    """The same thing, each of its methods a step."""

    class Watched:
        def __getattr__(self, name: str) -> Any:
            attribute = getattr(thing, name)
            if not callable(attribute):
                return attribute
            return lambda *args, **kwargs: steps.take(lambda: attribute(*args, **kwargs))

    return cast("Thing", Watched())


class MemoryShiftBook:
    """Shifts, and the agendas of those who have them, in memory. ``writes`` counts round trips that tried to write.

    ``rows`` are items as they are stored.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.agendas: dict[str, Agenda] = {}
        self.decided: dict[str, Decided] = {}
        self.answers: Mapping[str, LedgerRow] = {}
        """Where answers stand: see ``MemoryFrontDesk``."""
        self.writes = 0
        self._reader = ShiftReader(ZoneInfo("UTC"), lexicons("shifts"))

    def put(self, shift_id: str, info: str = "", **attributes: Any) -> None:
        item = {"shift_id": shift_id, "shift_info": info, "shift_status": "available", **attributes}
        self.rows[shift_id] = {name: value for name, value in item.items() if value is not None}

    def edit(self, shift_id: str, **attributes: Any) -> None:
        """Change an item by hand; None removes."""
        self.rows[shift_id] = {
            name: value for name, value in {**self.rows[shift_id], **attributes}.items() if value is not None
        }

    def get(self, shift_id: str) -> Shift | None:
        row = self.rows.get(shift_id)
        return None if row is None else self._reader.read(dict(row))

    def write(self, effect: Effect) -> None:
        self.writes += 1
        self._check(*effect.changed)
        answer = self.answers.get(effect.message_id)
        if (
            effect.message_id in self.decided
            or (answer is not None and answer.status is not DeliveryStatus.QUEUED)
        ) or (effect.before != effect.after and self.agendas.get(effect.person, Agenda()) != effect.before):
            raise ChangedMeanwhile
        self._store(*effect.changed)
        self.decided[effect.message_id] = effect.decided
        self.agendas[effect.person] = effect.after

    def save(self, shift: Shift) -> None:
        self._check(shift)
        self._store(shift)

    def of(self, numbers: Sequence[str]) -> dict[str, Agenda]:
        return {number: self.agendas.get(number, Agenda()) for number in numbers}

    def replace(self, number: str, *, before: Agenda, after: Agenda, now: datetime) -> None:
        if self.agendas.get(number, Agenda()) != before:
            raise ChangedMeanwhile
        self.agendas[number] = after

    def available(self, *, after: str | None) -> Iterator[Shift]:
        for shift_id in sorted(self.rows):
            shift = self.get(shift_id)
            if shift and shift.status == ShiftStatus.AVAILABLE and (after is None or shift_id > after):
                yield shift

    def ids(self) -> Iterator[str]:
        wanted = (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN)
        yield from (key for key, row in list(self.rows.items()) if row.get("shift_status") in wanted)

    def existing(self, shift_ids: Sequence[str]) -> list[str]:
        return [shift_id for shift_id in shift_ids if shift_id in self.rows]

    def taken(self) -> dict[str, str | None]:
        rows = self.rows.values()
        return {row["shift_id"]: row.get("employee") for row in rows if row.get("shift_status") == "taken"}

    def holders(self, shift_id: str) -> list[str]:
        """Who has a seat."""
        shift = self.get(shift_id)
        return sorted(shift.holders) if shift else []

    def _check(self, *shifts: Shift) -> None:
        for shift in shifts:
            row = self.rows.get(shift.shift_id)
            if row is None or any(row.get(name) != shift.stored.get(name) for name in DECISIVE):
                raise ChangedMeanwhile

    def _store(self, *shifts: Shift) -> None:
        for shift in shifts:
            self.edit(shift.shift_id, **shift.item())


class MemoryMessages:
    """The Messages table in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Message] = {}
        self.status: dict[str, tuple[MessageStatus, str]] = {}

    def keep(self, message: Message) -> None:
        self.kept.setdefault(message.message_id, message)

    def answered(self, answer: OperatorAnswer, status: MessageStatus, error: str, *, now: datetime) -> None:
        self.status.setdefault(answer.message_id, (status, error))


class MemoryWakeUps:
    """Calls at a time, in memory."""

    def __init__(self) -> None:
        self.at: dict[str, datetime] = {}

    def set(self, shift_id: str, at: datetime) -> None:
        self.at[shift_id] = at

    def clear(self, shift_id: str) -> None:
        self.at.pop(shift_id, None)


class MemoryCounters:
    """The counters of campaigns in memory: some rows each, as if several functions wrote them."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, CounterRow]] = {}
        self._writers = itertools.cycle(range(3))

    def add(self, tally: Tally) -> None:
        """Count a tally, in the step that changes what is counted."""
        rows = self._rows.setdefault(tally.campaign_id, {})
        writer = next(self._writers)
        row = rows.get(writer, CounterRow({}, 0))
        counts, times = dict(row.counts), dict(row.times)
        for counter, count in tally.counts.items():
            if count:
                counts[counter] = counts.get(counter, 0) + count
        for what, at in (("send", tally.sent_at), ("booking", tally.booked_at)):
            if at is not None:
                times.setdefault(f"first_{what}_at", at.isoformat())
                times[f"last_{what}_at"] = at.isoformat()
        rows[writer] = CounterRow(counts, row.writes + 1, times)

    def rows(self, campaign_id: str) -> list[CounterRow]:
        return list(self._rows.get(campaign_id, {}).values())


@dataclass(frozen=True)
class LedgerRow:
    """Where one text stands."""

    status: DeliveryStatus
    lease_until: datetime | None = None
    reason: str = ""
    sms_message_id: str = ""
    token: str = ""
    segments: int | None = None
    event: EventOrder | None = None


class MemorySendLedger(Generic[Key, Place]):
    """Rows of texts in memory; what else their changes bring with them is for those who know what the rows are."""

    def __init__(self, counters: MemoryCounters | None = None) -> None:
        self.rows: dict[Place, LedgerRow] = {}
        self.counters = counters or MemoryCounters()

    def place(self, key: Key) -> Place:
        raise NotImplementedError

    def claimable(self, key: Key) -> bool:
        return True

    def with_claim(self, key: Key) -> None:
        raise NotImplementedError

    def settled(self, row: LedgerRow, key: Key) -> LedgerRow:
        raise NotImplementedError

    def tallies(self, key: Key, change: Change) -> list[Tally]:
        raise NotImplementedError

    def count(self, tally: Tally) -> None:
        self.counters.add(tally)

    def claim(
        self, key: Key, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        row = self.rows.get(self.place(key), LedgerRow(DeliveryStatus.QUEUED))
        if row.status is DeliveryStatus.QUEUED:
            if not self.claimable(key):
                return SendClaim.BUSY
            self.rows[self.place(key)] = replace(
                row, status=DeliveryStatus.SENDING, lease_until=lease_until, token=token
            )
            self.with_claim(key)
            return SendClaim.GRANTED
        if row.status is not DeliveryStatus.SENDING:
            return row.status
        if row.token == token:
            return SendClaim.GRANTED
        assert row.lease_until is not None
        return SendClaim.BUSY if row.lease_until > now else SendClaim.ABANDONED

    def settle(
        self,
        key: Key,
        status: DeliveryStatus,
        *,
        token: str,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        row = self.rows[self.place(key)]
        thought_dead = row.status is DeliveryStatus.UNKNOWN and status.final
        if row.token == token and (row.status is DeliveryStatus.SENDING or thought_dead):
            message_id = sms_message_id or row.sms_message_id
            self._move(key, replace(row, reason=reason, sms_message_id=message_id), status, now)

    def give_up(self, key: Key, *, now: datetime) -> bool:
        row = self.rows.get(self.place(key))
        if row is None or row.status is not DeliveryStatus.SENDING:
            return True
        if row.lease_until is None or row.lease_until > now:
            return False
        self._move(key, replace(row, reason="interrupted"), DeliveryStatus.UNKNOWN, now)
        return True

    def _move(self, key: Key, row: LedgerRow, status: DeliveryStatus, now: datetime) -> None:
        change = Change(row.status, status, now)
        self.rows[self.place(key)] = self.settled(replace(row, status=status, lease_until=None), key)
        for tally in self.tallies(key, change):
            self.count(tally)


class MemoryAnswers(MemorySendLedger[Answer, str]):
    """Answers of the Inbox in memory, and what else is written with them."""

    def __init__(self, counters: MemoryCounters | None = None) -> None:
        super().__init__(counters)
        self.texts: dict[str, Recent] = {}
        self.offered: dict[str, str] = {}
        self.decided: Mapping[str, Decided] = {}
        """What texts have led to: see ``MemoryFrontDesk``."""

    def claimable(self, key: Answer) -> bool:
        return key.decided or key.message_id not in self.decided

    def place(self, key: Answer) -> str:
        return key.message_id

    def with_claim(self, key: Answer) -> None:
        if key.counted is not None:
            before = self.texts.get(key.counted.row, Recent())
            self.texts[key.counted.row] = Recent(before.texts + 1, key.counted.last, key.counted.repeats)

    def settled(self, row: LedgerRow, key: Answer) -> LedgerRow:
        if key.offers and row.status is DeliveryStatus.SENT:
            self.offered[row.sms_message_id] = key.offers
        return row

    def tallies(self, key: Answer, change: Change) -> list[Tally]:
        return tallies_of(key, change)


class MemoryDeliveries(MemorySendLedger[Delivery, tuple[str, str]]):
    """The Deliveries table in memory: every change of a row is counted with it.

    ``last_campaigns`` is the Inbox's note of which campaign texted a number last.
    """

    def __init__(self, counters: MemoryCounters | None = None) -> None:
        super().__init__(counters)
        self.last_campaigns: dict[str, str] = {}
        self.offered: dict[str, str] = {}

    def of(self, campaign_id: str) -> dict[str, LedgerRow]:
        """The rows of one campaign by number."""
        return {number: row for (campaign, number), row in self.rows.items() if campaign == campaign_id}

    def place(self, key: Delivery) -> tuple[str, str]:
        return key.campaign_id, key.phone_number

    def with_claim(self, key: Delivery) -> None:
        self.last_campaigns[key.phone_number] = key.campaign_id

    def settled(self, row: LedgerRow, key: Delivery) -> LedgerRow:
        if key.offers and row.status is DeliveryStatus.SENT:
            self.offered[row.sms_message_id] = key.offers
        return replace(row, segments=key.segments) if row.status is DeliveryStatus.SENT else row

    def tallies(self, key: Delivery, change: Change) -> list[Tally]:
        if not change.after.final:
            return []
        segments = key.segments if change.after is DeliveryStatus.SENT else 0
        return [tally_of(key.campaign_id, change, segments=segments)]

    def open(
        self, campaign_id: str, rows: Sequence[NewDelivery], *, reopen: bool, now: datetime
    ) -> list[str]:
        assert len(rows) == len({row.phone_number for row in rows}) <= 99
        there = self.of(campaign_id)
        new = [row for row in rows if row.phone_number not in there]
        if new:
            counts = {Counter.TARGETED: len(new)}
            for row in new:
                self.rows[campaign_id, row.phone_number] = LedgerRow(row.status, reason=row.reason)
                if row.status.final:
                    counts[Counter.of(row.status)] = counts.get(Counter.of(row.status), 0) + 1
            self.count(Tally(campaign_id, counts))
        if reopen:
            left_out = [row.phone_number for row in rows if row.phone_number in there]
            self._change(
                campaign_id, left_out, Change(DeliveryStatus.STOPPED, DeliveryStatus.QUEUED, now), ""
            )
        now_there = self.of(campaign_id)
        return [row.phone_number for row in rows if not now_there[row.phone_number].status.final]

    def leave_out(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> LeftOut:
        rows = self.of(campaign_id)
        sending = [
            number for number in numbers if number in rows and rows[number].status is DeliveryStatus.SENDING
        ]
        change = Change(DeliveryStatus.QUEUED, status, now)
        return LeftOut(self._change(campaign_id, numbers, change, reason), tuple(sending))

    def _change(self, campaign_id: str, numbers: Sequence[str], change: Change, reason: str) -> int:
        rows = self.of(campaign_id)
        moving = [number for number in numbers if number in rows and rows[number].status is change.before]
        for number in moving:
            row = self.rows[campaign_id, number]
            self.rows[campaign_id, number] = replace(row, status=change.after, reason=reason)
        if moving:
            self.count(tally_of(campaign_id, change, recipients=len(moving)))
        return len(moving)

    def apply(self, receipt: Receipt, seen: DeliveryRow, *, now: datetime) -> tuple[bool, DeliveryRow | None]:
        place = receipt.campaign_id, receipt.phone_number
        if place not in self.rows:
            return False, None
        row = self.rows[place]
        current = DeliveryRow(row.status, row.sms_message_id or None, row.segments, row.event)
        if current != seen:
            return False, current
        self.rows[place] = replace(
            row,
            status=receipt.status,
            lease_until=None,
            reason=receipt.order.event_type,
            sms_message_id=receipt.message_id,
            segments=receipt.segments if row.segments is None else row.segments,
            event=receipt.order,
        )
        spent = receipt.segments if row.segments is None else 0
        change = Change(row.status, receipt.status, now)
        self.count(tally_of(receipt.campaign_id, change, segments=spent))
        return True, None


@dataclass
class Employee:
    """A row of the Employees table."""

    opted_out: bool = False
    only_opt_out: bool = False
    changed_at: datetime | None = None
    changed_by: str = ""
    language: str = ""
    roles: frozenset[str] = frozenset()


class MemoryEmployees:
    """The Employees table in memory."""

    def __init__(self, numbers: Collection[str] = ()) -> None:
        self.rows = {number: Employee() for number in numbers}

    def of(self, numbers: Sequence[str]) -> dict[str, Contact]:
        rows = {number: self.rows[number] for number in numbers if number in self.rows}
        return {
            number: Contact(row.language, row.opted_out, not row.only_opt_out) for number, row in rows.items()
        }

    def wanting_no_texts(self) -> set[str]:
        return {number for number, row in self.rows.items() if row.opted_out}

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        assert len(numbers) == len(set(numbers)) <= 100
        return self.wanting_no_texts() & set(numbers)

    def refused(self, number: str, *, now: datetime) -> None:
        row = self.rows.get(number)
        if row is not None and not row.opted_out:
            row.opted_out, row.changed_at, row.changed_by = True, now, BY_THE_SERVICE


class MemoryFrontDesk:
    """Everything that is looked up for a text, in memory."""

    def __init__(
        self,
        employees: MemoryEmployees,
        answers: MemoryAnswers,
        deliveries: MemoryDeliveries | None = None,
        shifts: MemoryShiftBook | None = None,
    ) -> None:
        self._employees = employees
        self._answers = answers
        self._deliveries = deliveries or MemoryDeliveries()
        self._shifts = shifts or MemoryShiftBook()
        # Both are parts of one row of the Inbox.
        answers.decided, self._shifts.answers = self._shifts.decided, answers.rows
        self._places: dict[str, ListingPlace] = {}

    def look_up(self, question: Question) -> Arrival:
        sender, book = question.sender, self._shifts
        answer = self._answers.rows.get(question.message_id)
        employee = self._employees.rows.get(sender)
        recent = self._answers.texts.get(texts_row(sender, question.now), Recent())
        notice = self._answers.rows.get(notice_row(sender, question.now))
        offered = {**self._answers.offered, **self._deliveries.offered}
        shifts = {shift_id: book.get(shift_id) for shift_id in question.shift_ids}
        return Arrival(
            on_roster=employee is not None and not employee.only_opt_out,
            answer=answer.status if answer else None,
            decided=book.decided.get(question.message_id),
            listing=self._places.get(sender),
            opted_out=employee is not None and employee.opted_out,
            opted_out_by=(employee.changed_by or None) if employee else None,
            campaign_id=self._deliveries.last_campaigns.get(sender),
            language=employee.language if employee else "",
            roles=employee.roles if employee else frozenset(),
            recent=replace(recent, told=notice is not None and notice.status is not DeliveryStatus.QUEUED),
            offered=offered.get(question.answers_to or ""),
            agenda=book.agendas.get(sender, Agenda()),
            shifts={shift_id: shift for shift_id, shift in shifts.items() if shift is not None},
        )

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        self._places[sender] = place

    def opt_out(self, sender: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        if on_roster and sender not in self._employees.rows:
            return False
        row = self._employees.rows.get(sender, Employee())
        if row.changed_at is not None and row.changed_at > at:
            return False
        if row.opted_out and row.changed_by not in (message_id, BY_THE_SERVICE):
            row.changed_at = at
            return False
        only_opt_out = row.only_opt_out or not on_roster
        self._employees.rows[sender] = replace(
            row, opted_out=True, only_opt_out=only_opt_out, changed_at=at, changed_by=message_id
        )
        return True

    def opt_in(self, sender: str, message_id: str, *, at: datetime) -> bool:
        row = self._employees.rows.get(sender)
        if row is None or (row.changed_at is not None and row.changed_at > at):
            return False
        self._employees.rows[sender] = replace(row, opted_out=False, changed_at=at, changed_by=message_id)
        return True

    def let_through(self, sender: str, message_id: str, *, at: datetime) -> None:
        row = self._employees.rows.get(sender)
        if row is not None and row.changed_by == BY_THE_SERVICE:
            self.opt_in(sender, message_id, at=at)


@dataclass
class Phones:
    """Takes every text; ``results`` says otherwise for the next ones, ``refusals`` for some numbers always."""

    results: list[SendResult] = field(default_factory=list)
    refusals: dict[str, SendResult] = field(default_factory=dict)
    texts: list[OutgoingText] = field(default_factory=list)
    attempts: int = 0
    latest: dict[str, str] = field(default_factory=dict)
    """The service's id of the last text that each phone got."""

    def send(self, text: OutgoingText) -> SendResult:
        self.attempts += 1
        result = self.results.pop(0) if self.results else self.refusals.get(text.to)
        if result is None:
            result = Sent(f"sms-{self.attempts}")
        if isinstance(result, Sent):
            self.texts.append(text)
            self.latest[text.to] = result.message_id
        return result

    def heard(self, number: str) -> list[str]:
        return [text.body for text in self.texts if text.to == number]


class Switchboard:
    """Callback queue and call centre in one: starts a call once for each text."""

    def __init__(self, outcome: CallOutcome = CallOutcome.ACCEPTED) -> None:
        self.outcome = outcome
        self.waiting: list[CallbackRequest] = []
        self.calls: dict[str, CallbackRequest] = {}

    def put(self, request: CallbackRequest) -> None:
        assert CallbackRequest.from_json(request.to_json()) == request
        self.waiting.append(request)

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        if self.outcome is CallOutcome.ACCEPTED:
            self.calls.setdefault(request.message_id, request)
        return self.outcome


class MemoryCallLog:
    """What came of requests for calls, in memory."""

    def __init__(self) -> None:
        self.noted: dict[str, CallOutcome] = {}
        self.reserved: set[str] = set()
        self.calls: dict[tuple[str, date], int] = {}

    def outcome(self, message_id: str) -> CallOutcome | None:
        return self.noted.get(message_id)

    def reserve(self, message_id: str, employee: str, *, most: int, now: datetime) -> bool:
        day = (employee, now.date())
        if message_id not in self.reserved:
            if self.calls.get(day, 0) >= most:
                return False
            self.reserved.add(message_id)
            self.calls[day] = self.calls.get(day, 0) + 1
        return True

    def note(self, message_id: str, outcome: CallOutcome, *, now: datetime) -> None:
        self.noted.setdefault(message_id, outcome)


class MemoryRoster:
    """Segments in memory, in the order of DynamoDB's keys; ``most`` members on a page, as if they were large."""

    def __init__(self, segments: Mapping[str, Collection[str]], most: int | None = None) -> None:
        self.segments = {segment: set(members) for segment, members in segments.items()}
        self.added_at: dict[str, datetime] = {}
        """Of members whose rows say it, whatever the segment."""
        self._most = most

    def put(self, segment: str, member: str, added_at: datetime) -> None:
        self.segments.setdefault(segment, set()).add(member)
        self.added_at[member] = added_at

    def page(
        self, segment: str, after: str, limit: int, *, added_by: datetime | None = None
    ) -> tuple[list[str], str | None]:
        limit = limit if self._most is None else min(limit, self._most)
        members = sorted(member for member in self.segments.get(segment, ()) if member > after)[:limit]
        # Like DynamoDB, which finds out only by looking that nothing follows a full page.
        last = members[-1] if len(members) == limit else None
        in_time = [
            member
            for member in members
            if added_by is None or member not in self.added_at or self.added_at[member] <= added_by
        ]
        return in_time, last


class MemoryPagesQueue:
    """The pages queue in memory. What was put with a delay is in ``later`` until a test says that its time has come."""

    def __init__(self) -> None:
        self.waiting: list[Page] = []
        self.later: list[Page] = []

    def put_page(self, page: Page, *, delay: timedelta = NO_DELAY) -> None:
        assert Page.from_json(page.to_json()) == page
        (self.later if delay else self.waiting).append(page)


class MemoryDispatchQueue:
    """The dispatch queue in memory. What was put with a delay waits in ``hidden``, with the time when it is seen."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.waiting: list[WorkItem] = []
        self.hidden: list[tuple[datetime, WorkItem]] = []

    def put(self, items: Sequence[WorkItem], *, delay: timedelta = NO_DELAY) -> None:
        assert timedelta() <= delay
        for item in items:
            assert WorkItem.from_json(item.to_json()) == item
            self.hidden.append((self._clock() + min(delay, timedelta(minutes=15)), item))
        self.look()

    def look(self) -> datetime | None:
        """Let those be seen whose time has come; returns when the next one's will."""
        self.waiting += [item for seen_at, item in self.hidden if seen_at <= self._clock()]
        self.hidden = [(seen_at, item) for seen_at, item in self.hidden if seen_at > self._clock()]
        return min((seen_at for seen_at, _ in self.hidden), default=None)


@dataclass(frozen=True)
class PlanRow:
    """How far one launch has come."""

    launch_id: str
    status: str = "going-on"
    after: str = ""


class MemoryPlans:
    """Plans of the Progress table in memory."""

    def __init__(self, counters: MemoryCounters | None = None) -> None:
        self.rows: dict[str, PlanRow] = {}
        self._counters = counters or MemoryCounters()

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> Plan:
        row = self.rows.get(campaign_id)
        again = relaunch and row is not None and row.launch_id != launch_id
        if row is not None and row.status == "going-on" and not again:
            return Plan(PlanState.GOES_ON, row.launch_id, row.after)
        if row is not None and row.status == "done" and not again:
            return Plan(PlanState.DONE_BEFORE, row.launch_id)
        self.rows[campaign_id] = PlanRow(launch_id)
        return Plan(PlanState.BEGUN, launch_id)

    def touch(self, campaign_id: str) -> None:
        self._counters.add(Tally(campaign_id, {}))

    def is_at(self, page: Page) -> bool:
        row = self.rows.get(page.campaign_id, PlanRow(""))
        return (row.launch_id, row.status) == (page.launch_id, "going-on") and row.after <= page.after

    def advance(self, page: Page, after: str) -> None:
        if self.is_at(page):
            self.rows[page.campaign_id] = replace(self.rows[page.campaign_id], after=after)

    def finish(self, page: Page, *, void: bool = False) -> None:
        if self.is_at(page):
            status = "void" if void else "done"
            self.rows[page.campaign_id] = replace(self.rows[page.campaign_id], status=status)


class MemoryPace:
    """When the number is free, in memory. ``reserved`` are the spans that were given out."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.free_from: datetime | None = None
        self.reserved: list[tuple[datetime, datetime]] = []

    def reserve(self, span: timedelta, latest: datetime) -> Turn:
        now = self._clock()
        begin = now if self.free_from is None else max(now, self.free_from)
        if begin > latest:
            return Turn(begin, reserved=False)
        self.free_from = begin + span
        self.reserved.append((begin, self.free_from))
        return Turn(begin)


class MemoryCampaignBoard:
    """The Campaigns table in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def status(self, campaign_id: str) -> CampaignStatus | None:
        if campaign_id not in self.rows:
            raise CampaignGone(campaign_id)
        status = self.rows[campaign_id].get("campaign_status")
        return CampaignStatus(status) if status in list(CampaignStatus) else None

    def halted(self, campaign_id: str, launch_id: str) -> str | None:
        if campaign_id not in self.rows:
            return "the campaign item was deleted"
        row = self.rows[campaign_id]
        if row.get("campaign_status") == CampaignStatus.STOPPED:
            return str(row.get("campaign_error", "stopped by the operator"))
        if row.get("launch_id") == launch_id:
            return None
        if row.get("campaign_status") == CampaignStatus.FAILED:
            return str(row.get("campaign_error", "put again, and failed"))
        return Halt.REPLACED if "launch_id" in row else Halt.UNDECIDED

    def begin(self, campaign_id: str) -> bool:
        if campaign_id not in self.rows or "campaign_status" in self.rows[campaign_id]:
            return False
        self._write(campaign_id, CampaignStatus.LAUNCHING)
        return True

    def give_back(self, campaign_id: str) -> None:
        self.rows.get(campaign_id, {}).pop("campaign_status", None)

    def launching(
        self, campaign_id: str, launch_id: str, details: Mapping[str, str | int], *, over: str | None
    ) -> bool:
        if campaign_id not in self.rows:
            return False
        row = self.rows[campaign_id]
        if row.get("campaign_status") not in (None, CampaignStatus.LAUNCHING, over):
            return False
        for name in ("campaign_error", "campaign_note", "not_gsm", *ATTRIBUTES):
            row.pop(name, None)
        self._write(campaign_id, CampaignStatus.LAUNCHING, {"launch_id": launch_id, **details})
        return True

    def launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        if self.rows.get(campaign_id, {}).get("campaign_status") != CampaignStatus.STOPPED:
            self.rows.get(campaign_id, {}).pop("campaign_error", None)
            self._write(campaign_id, CampaignStatus.LAUNCHED, details)

    def failed(self, campaign_id: str, error: str) -> None:
        self._write(campaign_id, CampaignStatus.FAILED, {"campaign_error": error})

    def stop(self, campaign_id: str, reason: str) -> None:
        self._write(campaign_id, CampaignStatus.STOPPED, {"campaign_error": reason})

    def report(self, campaign_id: str, progress: Mapping[str, Any]) -> None:
        row = self.rows.get(campaign_id)
        if row is not None and row.get(VERSION, -1) < progress[VERSION]:
            row |= progress

    def _write(
        self, campaign_id: str, status: CampaignStatus, details: Mapping[str, str | int] | None = None
    ) -> None:
        if campaign_id in self.rows:
            self.rows[campaign_id] |= {"campaign_status": status.value, **(details or {})}


message_ids = (f"inbound-{number}" for number in itertools.count(1))
"""A new id for every inbound text of a test run."""

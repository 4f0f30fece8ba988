"""The world in memory: what services need, without AWS."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from shift_sms_runtime.domain.callbacks import CallbackRequest, CallOutcome
from shift_sms_runtime.domain.campaigns import CampaignGone, CampaignStatus
from shift_sms_runtime.domain.deliveries import (
    DeliveryKey,
    DeliveryStatus,
    NewDelivery,
    OutgoingText,
    SendClaim,
    SendResult,
    Sent,
)
from shift_sms_runtime.domain.front_desk import Arrival, ListingPlace
from shift_sms_runtime.domain.shifts import (
    AVAILABLE,
    TAKEN,
    Claim,
    ClaimOutcome,
    Shift,
    outcome_of_refusal,
)
from shift_sms_runtime.domain.work_items import WorkItem

Key = TypeVar("Key")


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


class Patience:
    """An invocation with ``seconds`` left; waiting moves the clock."""

    def __init__(self, clock: Clock, seconds: float = 30) -> None:
        self._clock = clock
        self._end = clock.time + timedelta(seconds=seconds)

    def remaining(self) -> float:
        return (self._end - self._clock.time).total_seconds()

    def wait(self, seconds: float) -> None:
        self._clock.time += timedelta(seconds=seconds)


class MemoryShiftBook:
    """The Shifts table in memory. ``claims`` counts round trips."""

    def __init__(self) -> None:
        self.rows: dict[str, Shift] = {}
        self.claims = 0

    def put(self, shift_id: str, info: str) -> None:
        self.rows[shift_id] = Shift(shift_id, info, AVAILABLE)

    def claim(self, codes: Sequence[str], *, employee: str, message_id: str, now: datetime) -> list[Claim]:
        assert len(codes) == len(set(codes)) <= 25
        self.claims += 1
        return [self._claim(code, employee, message_id) for code in codes]

    def _claim(self, code: str, employee: str, message_id: str) -> Claim:
        row = self.rows.get(code)
        if row is None or row.status != AVAILABLE:
            outcome = outcome_of_refusal(row, employee=employee, message_id=message_id)
            return Claim(code, outcome, row.info if row else "")
        self.rows[code] = replace(row, status=TAKEN, employee=employee, claim_message_id=message_id)
        return Claim(code, ClaimOutcome.BOOKED, row.info)

    def available(self, *, after: str | None) -> Iterator[Shift]:
        for shift_id in sorted(self.rows):
            if self.rows[shift_id].status == AVAILABLE and (after is None or shift_id > after):
                yield self.rows[shift_id]

    def ids(self) -> Iterator[str]:
        yield from (row.shift_id for row in list(self.rows.values()) if row.status in (AVAILABLE, TAKEN))

    def taken(self) -> dict[str, str | None]:
        return {row.shift_id: row.employee for row in self.rows.values() if row.status == TAKEN}


@dataclass
class LedgerRow:
    """Where one text stands."""

    status: DeliveryStatus
    lease_until: datetime | None = None
    reason: str = ""
    sms_message_id: str = ""
    token: str = ""


class MemorySendLedger(Generic[Key]):
    """Deliveries or the Inbox in memory."""

    def __init__(self) -> None:
        self.rows: dict[Key, LedgerRow] = {}

    def claim(self, key: Key, *, token: str, now: datetime, lease_until: datetime) -> SendClaim:
        row = self.rows.get(key)
        if row is None or row.status is DeliveryStatus.QUEUED:
            self.rows[key] = LedgerRow(DeliveryStatus.SENDING, lease_until, token=token)
            return SendClaim.GRANTED
        if row.status is not DeliveryStatus.SENDING:
            return SendClaim.SETTLED
        if row.token == token:
            return SendClaim.GRANTED
        assert row.lease_until is not None
        return SendClaim.BUSY if row.lease_until > now else SendClaim.ABANDONED

    def settle(
        self,
        key: Key,
        status: DeliveryStatus,
        *,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        self.rows[key] = LedgerRow(status, None, reason, sms_message_id)

    def give_up(self, key: Key, *, now: datetime) -> None:
        if self.rows[key].status is DeliveryStatus.SENDING:
            self.rows[key] = LedgerRow(DeliveryStatus.UNKNOWN, None, "interrupted")


class MemoryDeliveryLedger:
    """Where the rows of a campaign begin, in memory."""

    def __init__(self, ledger: MemorySendLedger[DeliveryKey]) -> None:
        self._ledger = ledger

    def open(self, campaign_id: str, rows: Sequence[NewDelivery], *, now: datetime) -> None:
        assert len(rows) <= 25
        for row in rows:
            key = DeliveryKey(campaign_id, row.phone_number)
            self._ledger.rows.setdefault(key, LedgerRow(row.status, None, row.reason))


class MemoryFrontDesk:
    """Employees and the Inbox in memory."""

    def __init__(self, employees: set[str], answers: MemorySendLedger[str]) -> None:
        self._employees = employees
        self._answers = answers
        self._places: dict[str, ListingPlace] = {}

    def look_up(self, message_id: str, sender: str) -> Arrival:
        answer = self._answers.rows.get(message_id)
        return Arrival(sender in self._employees, answer.status if answer else None, self._places.get(sender))

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        self._places[sender] = place


@dataclass
class Phones:
    """Takes every text; ``results`` says otherwise for the next ones."""

    results: list[SendResult] = field(default_factory=list)
    texts: list[OutgoingText] = field(default_factory=list)
    attempts: int = 0

    def send(self, text: OutgoingText) -> SendResult:
        self.attempts += 1
        result = self.results.pop(0) if self.results else Sent(f"sms-{self.attempts}")
        if isinstance(result, Sent):
            self.texts.append(text)
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
        self.waiting.append(request)

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        if self.outcome is CallOutcome.ACCEPTED:
            self.calls.setdefault(request.message_id, request)
        return self.outcome


class MemoryCallLog:
    """What came of requests for calls, in memory."""

    def __init__(self) -> None:
        self.noted: dict[str, CallOutcome] = {}

    def outcome(self, message_id: str) -> CallOutcome | None:
        return self.noted.get(message_id)

    def note(self, message_id: str, outcome: CallOutcome, *, now: datetime) -> None:
        self.noted.setdefault(message_id, outcome)


class MemoryRoster:
    """Segments in memory."""

    def __init__(self, segments: Mapping[str, Sequence[str]]) -> None:
        self._segments = segments

    def members(self, segment: str) -> Iterator[str]:
        yield from self._segments.get(segment, ())


class MemoryDispatchQueue:
    """The dispatch queue in memory."""

    def __init__(self) -> None:
        self.items: list[WorkItem] = []

    def put(self, items: Sequence[WorkItem]) -> None:
        self.items.extend(items)


class MemoryCampaignBoard:
    """The Campaigns table in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str | int]] = {}

    def status(self, campaign_id: str) -> CampaignStatus | None:
        if campaign_id not in self.rows:
            raise CampaignGone(campaign_id)
        status = self.rows[campaign_id].get("campaign_status")
        return None if status is None else CampaignStatus(str(status))

    def begin(self, campaign_id: str) -> bool:
        if "campaign_status" in self.rows[campaign_id]:
            return False
        self.rows[campaign_id]["campaign_status"] = CampaignStatus.LAUNCHING.value
        return True

    def give_back(self, campaign_id: str) -> None:
        self.rows[campaign_id].pop("campaign_status")

    def launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        if campaign_id in self.rows:
            self.rows[campaign_id] |= {"campaign_status": CampaignStatus.LAUNCHED.value, **details}

    def failed(self, campaign_id: str, error: str) -> None:
        if campaign_id in self.rows:
            self.rows[campaign_id] |= {
                "campaign_status": CampaignStatus.FAILED.value,
                "campaign_error": error,
            }


message_ids = (f"inbound-{number}" for number in itertools.count(1))
"""A new id for every inbound text of a test run."""

"""Stores the Conversations table in memory."""

from collections.abc import Callable
from datetime import date, datetime

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.campaigns.counters import CounterDelta
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, TextCount
from shift_sms_runtime.messaging.ledger import OutboxPosition, ReplyKey, ReplyKind, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.memory.campaign_counters import MemoryCampaignCounters
from tests.support.memory.send_ledger import LedgerRow, MemorySendLedger

ReplyRowKey = tuple[str, ReplyKind, str]
"""The phone number, the kind and the id of a reply."""


class MemoryConversations(MemorySendLedger[ReplyKey, ReplyRowKey]):
    """The Conversations table in memory: the ledger of texts outside campaigns, and entries of inbound texts."""

    def __init__(self, counters: MemoryCampaignCounters | None = None) -> None:
        super().__init__(counters)
        self.recent_texts: dict[tuple[str, datetime], RecentTexts] = {}
        """The texts that each number has sent, by phone number and hour."""
        self.offered_shifts: dict[tuple[str, str], str] = {}
        """The offered shift, by phone number and the service's id of our text."""
        self.replies: dict[ReplyRowKey, Reply] = {}
        """What each inbound text was replied."""
        self.listings: dict[str, ListingPosition] = {}
        self.delete_from_outbox: Callable[[OutboxPosition], None] = lambda _row: None

    def row_key(self, key: ReplyKey) -> ReplyRowKey:
        return key.phone_number, key.kind, key.reply_id

    def after_claim(self, key: ReplyKey) -> None:
        pass

    def count_text(self, counted: TextCount) -> None:
        """Counts an inbound text for the hourly limit."""
        rate = counted.phone_number, counted.hour
        before = self.recent_texts.get(rate, RecentTexts())
        self.recent_texts[rate] = RecentTexts(before.texts + 1, counted.digest, counted.repeats)

    def after_change(self, row: LedgerRow, key: ReplyKey) -> LedgerRow:
        if key.offered_shift_id and row.status is DeliveryStatus.SENT:
            self.offered_shifts[key.phone_number, row.sms_message_id] = key.offered_shift_id
        if key.outbox is not None and row.status in key.outbox.removed_on:
            self.delete_from_outbox(key.outbox)
        return row

    def counter_deltas(self, key: ReplyKey, change: StatusChange) -> list[CounterDelta]:
        return []


class MemoryCallLog:
    """Implements `CallLog` in memory."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], CallOutcome] = {}
        self.reserved: set[tuple[str, str]] = set()
        self.calls: dict[tuple[str, date], int] = {}

    def outcome(self, request: CallbackRequest) -> CallOutcome | None:
        return self.outcomes.get((request.phone_number, request.message_id))

    def reserve(self, request: CallbackRequest, *, limit: int, now: datetime) -> bool:
        text, day = (request.phone_number, request.message_id), (request.phone_number, now.date())
        if text not in self.reserved:
            if self.calls.get(day, 0) >= limit:
                return False
            self.reserved.add(text)
            self.calls[day] = self.calls.get(day, 0) + 1
        return True

    def record(self, request: CallbackRequest, outcome: CallOutcome, *, now: datetime) -> None:
        self.outcomes.setdefault((request.phone_number, request.message_id), outcome)

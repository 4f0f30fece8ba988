"""Keeps replies, offers and calls of conversations in memory."""

from collections.abc import Mapping
from datetime import date, datetime

from shift_sms_runtime.callbacks.callback_request import CallOutcome
from shift_sms_runtime.campaigns.counters import CounterDelta, deltas_of
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts
from shift_sms_runtime.messaging.ledger import ReplyKey, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.memory.campaign_counters import MemoryCampaignCounters
from tests.support.memory.send_ledger import LedgerRow, MemorySendLedger


class MemoryConversations(MemorySendLedger[ReplyKey, str]):
    """Answers of the Inbox in memory, and what else is written with them."""

    def __init__(self, counters: MemoryCampaignCounters | None = None) -> None:
        super().__init__(counters)
        self.texts: dict[str, RecentTexts] = {}
        self.offered: dict[str, str] = {}
        self.decided: Mapping[str, Reply] = {}
        """What texts have led to: see ``MemoryFrontDesk``."""

    def claimable(self, key: ReplyKey) -> bool:
        return key.decided or key.message_id not in self.decided

    def place(self, key: ReplyKey) -> str:
        return key.message_id

    def with_claim(self, key: ReplyKey) -> None:
        if key.counted is not None:
            before = self.texts.get(key.counted.row, RecentTexts())
            self.texts[key.counted.row] = RecentTexts(before.texts + 1, key.counted.last, key.counted.repeats)

    def settled(self, row: LedgerRow, key: ReplyKey) -> LedgerRow:
        if key.offers and row.status is DeliveryStatus.SENT:
            self.offered[row.sms_message_id] = key.offers
        return row

    def tallies(self, key: ReplyKey, change: StatusChange) -> list[CounterDelta]:
        return deltas_of(key, change)


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

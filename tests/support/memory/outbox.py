"""Keeps the outbox in memory."""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.messaging.hourly_limit import TextCount
from shift_sms_runtime.messaging.ledger import OutboxPosition, ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.send_ledger import LedgerRow


class MemoryOutboxRows:
    """The Outbox table in memory."""

    def __init__(self) -> None:
        self._lanes: dict[str, list[tuple[str, OutboxText]]] = {}

    def put(self, text: OutboxText) -> None:
        lane = self._lanes.setdefault(text.row.lane, [])
        if not self._found(lane, text.position):
            insort(lane, (text.position, text), key=lambda row: row[0])

    def delete(self, row: OutboxPosition) -> None:
        lane = self._lanes.get(row.lane, [])
        if self._found(lane, row.position):
            del lane[self._index(lane, row.position)]

    def texts(self, priority: Priority, limit: int | None = None) -> list[OutboxText]:
        """Returns the texts of a priority, the oldest first."""
        return [text for _, text in self._lanes.get(priority.value, [])[:limit]]

    @property
    def empty(self) -> bool:
        return not any(self._lanes.values())

    def _index(self, lane: list[tuple[str, OutboxText]], position: str) -> int:
        return bisect_left(lane, position, key=lambda row: row[0])

    def _found(self, lane: list[tuple[str, OutboxText]], position: str) -> bool:
        index = self._index(lane, position)
        return index < len(lane) and lane[index][0] == position


class MemoryOutbox:
    """Implements `Outbox` in memory, on the rows that `conversations` deletes when it settles a text."""

    def __init__(self, conversations: MemoryConversations, clock: Callable[[], datetime]) -> None:
        self._conversations = conversations
        self._clock = clock
        self.rows = MemoryOutboxRows()
        conversations.delete_from_outbox = self.rows.delete

    def add(self, text: OutboxText, *, counted: TextCount | None = None) -> DeliveryStatus | None:
        key = self._conversations.row_key(text.key)
        row = self._conversations.rows.get(key)
        if row is not None:
            return row.status
        self._conversations.rows[key] = LedgerRow(DeliveryStatus.QUEUED)
        self.rows.put(text)
        if counted is not None:
            self._conversations.count_text(counted)
        for delta in reply_deltas(text.campaign_id, at=self._clock()):
            self._conversations.counters.add(delta)
        return None

    def statuses(self, keys: Sequence[ReplyKey]) -> Mapping[ReplyKey, DeliveryStatus]:
        rows = {key: self._conversations.rows.get(self._conversations.row_key(key)) for key in keys}
        return {key: row.status for key, row in rows.items() if row is not None}

    def oldest(self, priority: Priority, limit: int) -> Sequence[OutboxText]:
        return self.rows.texts(priority, limit)

    def withdraw(self, text: OutboxText, reason: str) -> DeliveryStatus:
        key = self._conversations.row_key(text.key)
        row = self._conversations.rows.get(key)
        if row is not None and row.status is not DeliveryStatus.QUEUED:
            return row.status
        self._conversations.rows[key] = LedgerRow(DeliveryStatus.STOPPED, reason=reason)
        if DeliveryStatus.STOPPED in text.row.removed_on:
            self.rows.delete(text.row)
        return DeliveryStatus.STOPPED

    def remove(self, text: OutboxText) -> None:
        self.rows.delete(text.row)

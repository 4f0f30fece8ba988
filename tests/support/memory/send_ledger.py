"""Claims and settles texts in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from shift_sms_runtime.campaigns.counters import CounterDelta
from shift_sms_runtime.delivery_events.delivery_event import EventOrder
from shift_sms_runtime.messaging.ledger import SendClaim, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.memory.campaign_counters import MemoryCampaignCounters

Key = TypeVar("Key")


RowKey = TypeVar("RowKey")


@dataclass(frozen=True)
class LedgerRow:
    """The status of one text, and the claim on it."""

    status: DeliveryStatus
    lease_until: datetime | None = None
    reason: str = ""
    sms_message_id: str = ""
    token: str = ""
    segments: int | None = None
    event: EventOrder | None = None
    settled_at: datetime | None = field(default=None, compare=False)


class MemorySendLedger(Generic[Key, RowKey]):
    """Implements `SendLedger` in memory. Subclasses define the rows and the effects of claims and changes."""

    def __init__(self, counters: MemoryCampaignCounters | None = None) -> None:
        self.rows: dict[RowKey, LedgerRow] = {}
        self.counters = counters or MemoryCampaignCounters()

    def row_key(self, key: Key) -> RowKey:
        raise NotImplementedError

    def after_claim(self, key: Key) -> None:
        raise NotImplementedError

    def after_change(self, row: LedgerRow, key: Key) -> LedgerRow:
        raise NotImplementedError

    def counter_deltas(self, key: Key, change: StatusChange) -> list[CounterDelta]:
        raise NotImplementedError

    def count(self, delta: CounterDelta) -> None:
        self.counters.add(delta)

    def claim(
        self, key: Key, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        row = self.rows.get(self.row_key(key), LedgerRow(DeliveryStatus.QUEUED))
        if row.status is DeliveryStatus.QUEUED:
            self.rows[self.row_key(key)] = replace(
                row, status=DeliveryStatus.SENDING, lease_until=lease_until, token=token
            )
            self.after_claim(key)
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
        row = self.rows[self.row_key(key)]
        settled_as_abandoned = row.status is DeliveryStatus.UNKNOWN and status.final
        if row.token == token and (row.status is DeliveryStatus.SENDING or settled_as_abandoned):
            message_id = sms_message_id or row.sms_message_id
            self._change_status(key, replace(row, reason=reason, sms_message_id=message_id), status, now)

    def settle_abandoned(self, key: Key, *, now: datetime) -> bool:
        row = self.rows.get(self.row_key(key))
        if row is None or row.status is not DeliveryStatus.SENDING:
            return True
        if row.lease_until is None or row.lease_until > now:
            return False
        self._change_status(key, replace(row, reason="interrupted"), DeliveryStatus.UNKNOWN, now)
        return True

    def _change_status(self, key: Key, row: LedgerRow, status: DeliveryStatus, now: datetime) -> None:
        change = StatusChange(row.status, status, now)
        self.rows[self.row_key(key)] = self.after_change(
            replace(row, status=status, lease_until=None, settled_at=now), key
        )
        for delta in self.counter_deltas(key, change):
            self.count(delta)

"""Claims and settles texts in memory."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from shift_sms_runtime.campaigns.counters import CounterDelta
from shift_sms_runtime.delivery_events.delivery_event import EventOrder
from shift_sms_runtime.messaging.ledger import SendClaim, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.memory.campaign_counters import MemoryCampaignCounters

Key = TypeVar("Key")


Place = TypeVar("Place")


@dataclass(frozen=True)
class LedgerRow:
    """The status of one text, and who has claimed it."""

    status: DeliveryStatus
    lease_until: datetime | None = None
    reason: str = ""
    sms_message_id: str = ""
    token: str = ""
    segments: int | None = None
    event: EventOrder | None = None


class MemorySendLedger(Generic[Key, Place]):
    """Implements `SendLedger` in memory. Subclasses say what a change of a row brings with it."""

    def __init__(self, counters: MemoryCampaignCounters | None = None) -> None:
        self.rows: dict[Place, LedgerRow] = {}
        self.counters = counters or MemoryCampaignCounters()

    def place(self, key: Key) -> Place:
        raise NotImplementedError

    def claimable(self, key: Key) -> bool:
        return True

    def with_claim(self, key: Key) -> None:
        raise NotImplementedError

    def settled(self, row: LedgerRow, key: Key) -> LedgerRow:
        raise NotImplementedError

    def deltas(self, key: Key, change: StatusChange) -> list[CounterDelta]:
        raise NotImplementedError

    def count(self, delta: CounterDelta) -> None:
        self.counters.add(delta)

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
        given_up = row.status is DeliveryStatus.UNKNOWN and status.final
        if row.token == token and (row.status is DeliveryStatus.SENDING or given_up):
            message_id = sms_message_id or row.sms_message_id
            self._move(key, replace(row, reason=reason, sms_message_id=message_id), status, now)

    def settle_abandoned(self, key: Key, *, now: datetime) -> bool:
        row = self.rows.get(self.place(key))
        if row is None or row.status is not DeliveryStatus.SENDING:
            return True
        if row.lease_until is None or row.lease_until > now:
            return False
        self._move(key, replace(row, reason="interrupted"), DeliveryStatus.UNKNOWN, now)
        return True

    def _move(self, key: Key, row: LedgerRow, status: DeliveryStatus, now: datetime) -> None:
        change = StatusChange(row.status, status, now)
        self.rows[self.place(key)] = self.settled(replace(row, status=status, lease_until=None), key)
        for delta in self.deltas(key, change):
            self.count(delta)

"""Keeps the deliveries of campaigns in memory, and compares them with the counters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, Counter, CounterDelta, delivery_delta
from shift_sms_runtime.campaigns.deliveries import Delivery, NewDelivery, SkipResult
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow
from shift_sms_runtime.messaging.ledger import StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.memory.campaign_counters import MemoryCampaignCounters
from tests.support.memory.send_ledger import LedgerRow, MemorySendLedger


class MemoryDeliveries(MemorySendLedger[Delivery, tuple[str, str]]):
    """Implements `Deliveries`, `DeliveryEventLedger` and their send ledger in memory.

    `last_campaigns` stands for the entries of Conversations that name the campaign that last texted a number.
    """

    def __init__(self, counters: MemoryCampaignCounters | None = None) -> None:
        super().__init__(counters)
        self.last_campaigns: dict[str, str] = {}
        self.offered_shifts: dict[tuple[str, str], str] = {}
        """Shifts by phone number and the service's id of the text that offered them."""

    def of(self, campaign_id: str) -> dict[str, LedgerRow]:
        """Returns the rows of one campaign by phone number."""
        return {number: row for (campaign, number), row in self.rows.items() if campaign == campaign_id}

    def row_key(self, key: Delivery) -> tuple[str, str]:
        return key.campaign_id, key.phone_number

    def after_claim(self, key: Delivery) -> None:
        self.last_campaigns[key.phone_number] = key.campaign_id

    def after_change(self, row: LedgerRow, key: Delivery) -> LedgerRow:
        if key.offered_shift_id and row.status is DeliveryStatus.SENT:
            self.offered_shifts[key.phone_number, row.sms_message_id] = key.offered_shift_id
        return replace(row, segments=key.segments) if row.status is DeliveryStatus.SENT else row

    def counter_deltas(self, key: Delivery, change: StatusChange) -> list[CounterDelta]:
        if not change.after.final:
            return []
        segments = key.segments if change.after is DeliveryStatus.SENT else 0
        return [delivery_delta(key.campaign_id, change, segments=segments)]

    def add(
        self,
        campaign_id: str,
        rows: Sequence[NewDelivery],
        *,
        requeue_stopped: bool,
        stopped_by: datetime | None = None,
        now: datetime,
    ) -> list[str]:
        assert len(rows) == len({row.phone_number for row in rows}) <= 99
        before = self.of(campaign_id)
        new = [row for row in rows if row.phone_number not in before]
        if new:
            counts = {Counter.TARGETED: len(new)}
            for row in new:
                self.rows[campaign_id, row.phone_number] = LedgerRow(row.status, reason=row.reason)
                if row.status.final:
                    counts[Counter.of(row.status)] = counts.get(Counter.of(row.status), 0) + 1
            self.count(CounterDelta(campaign_id, counts))
        if requeue_stopped:
            existing = [
                row.phone_number
                for row in rows
                if row.phone_number in before and _is_settled_by(before[row.phone_number], stopped_by)
            ]
            self._change(
                campaign_id, existing, StatusChange(DeliveryStatus.STOPPED, DeliveryStatus.QUEUED, now), ""
            )
        after = self.of(campaign_id)
        return [row.phone_number for row in rows if not after[row.phone_number].status.final]

    def skip(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> SkipResult:
        rows = self.of(campaign_id)
        claimed = [
            number for number in numbers if number in rows and rows[number].status is DeliveryStatus.SENDING
        ]
        change = StatusChange(DeliveryStatus.QUEUED, status, now)
        return SkipResult(self._change(campaign_id, numbers, change, reason), tuple(claimed))

    def statuses(self, campaign_id: str, numbers: Sequence[str]) -> Mapping[str, DeliveryStatus]:
        rows = self.of(campaign_id)
        return {number: rows[number].status for number in numbers if number in rows}

    def _change(self, campaign_id: str, numbers: Sequence[str], change: StatusChange, reason: str) -> int:
        rows = self.of(campaign_id)
        changing = [number for number in numbers if number in rows and rows[number].status is change.before]
        for number in changing:
            row = self.rows[campaign_id, number]
            self.rows[campaign_id, number] = replace(
                row, status=change.after, reason=reason, settled_at=change.at
            )
        if changing:
            self.count(delivery_delta(campaign_id, change, recipients=len(changing)))
        return len(changing)

    def record_event(
        self, event: DeliveryEvent, seen: DeliveryRow, *, now: datetime
    ) -> tuple[bool, DeliveryRow | None]:
        place = event.campaign_id, event.phone_number
        if place not in self.rows:
            return False, None
        row = self.rows[place]
        current = DeliveryRow(row.status, row.sms_message_id or None, row.segments, row.event)
        if current != seen:
            return False, current
        self.rows[place] = replace(
            row,
            status=event.status,
            lease_until=None,
            reason=event.order.event_type,
            sms_message_id=event.sms_message_id,
            segments=event.segments if row.segments is None else row.segments,
            event=event.order,
        )
        spent = event.segments if row.segments is None else 0
        change = StatusChange(row.status, event.status, now)
        self.count(delivery_delta(event.campaign_id, change, segments=spent))
        return True, None


def miscounted(rows: Mapping[str, LedgerRow], counted: Mapping[str, Any]) -> list[str]:
    """Returns the differences between the counters of a campaign and its rows."""
    recounted = dict.fromkeys((Counter.TARGETED, *STATUS_COUNTERS, Counter.SEGMENTS_SPENT), 0)
    for row in rows.values():
        recounted[Counter.TARGETED] += 1
        recounted[Counter.SEGMENTS_SPENT] += row.segments or 0
        if row.status.final:
            recounted[Counter.of(row.status)] += 1
    return [
        f"{counter}: {counted[counter]} counted, {in_rows} in the rows"
        for counter, in_rows in recounted.items()
        if counted[counter] != in_rows
    ]


def _is_settled_by(row: LedgerRow, time: datetime | None) -> bool:
    return time is None or (row.settled_at is not None and row.settled_at <= time)

"""The Deliveries table: one row per recipient of a campaign.

A change of a row and its count are one transaction.

The key is `campaign_shard` (`<campaign_id>#<n>`) and `phone_number`. n is a hash of the phone number, modulo 16. The
attributes:

| attribute | holds |
|---|---|
| `campaign_id` | the campaign |
| `status`, `reason` | the status of the text, and why |
| `segments`, `sms_message_id` | known once the service has accepted the text |
| `claim_token`, `lease_until` | which attempt has claimed the row, and until when |
| `event_at`, `event_type`, `event_final` | the delivery event that took effect last |
| `queued_at`, `settled_at`, `expires_at` | times |

A partition key accepts 1,000 write units per second, and a transactional write of up to 1 KB takes 2. Each row has less
than 1 KB. Adding it takes 2 units, claiming it 2, settling it 2, its delivery event 2. A campaign that sends 500 texts
per second takes 500 × 6 = 3,000 units. Planning a page of 990 members in a second takes 1,980 more. On 16 keys these
are 311 units each. Source: "Partitions" and "Read and write operations" in the DynamoDB developer guide.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, transact, wire
from shift_sms_runtime.campaigns.counters import Counter, CounterDelta, delivery_delta
from shift_sms_runtime.campaigns.deliveries import MAX_ROWS_PER_WRITE, Delivery, NewDelivery, SkipResult
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow, EventOrder
from shift_sms_runtime.messaging.ledger import StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.campaign_counters import counter_action
from shift_sms_runtime.tables.conversations import last_campaign_action, offer_actions
from shift_sms_runtime.tables.send_ledger import DynamoSendLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

DELIVERY_RETENTION = timedelta(days=90)
"""How long a row is kept after its last write."""
_SHARDS = 16


class _DeliveryRows:
    """The rows of the send ledger.

    A claim attributes the recipient's next texts to the campaign. A settled text is counted.
    """

    def __init__(self, deliveries: str, conversations: str, counters: str) -> None:
        self.table = deliveries
        self.retention = DELIVERY_RETENTION
        self._conversations = conversations
        self._counters = counters

    def key(self, key: Delivery) -> Mapping[str, str]:
        return delivery_key(key.campaign_id, key.phone_number)

    def claim_actions(self, key: Delivery, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:
        return [last_campaign_action(self._conversations, key.phone_number, key.campaign_id, now=now)]

    def change_attributes(self, key: Delivery, change: StatusChange) -> Mapping[str, object]:
        return {"segments": key.segments} if change.after is DeliveryStatus.SENT else {}

    def change_actions(self, key: Delivery, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        if not change.after.final:
            return ()
        segments = key.segments if change.after is DeliveryStatus.SENT else 0
        delta = delivery_delta(key.campaign_id, change, segments=segments)
        return [
            counter_action(self._counters, delta, now=change.at),
            *offer_actions(self._conversations, key.phone_number, key.offered_shift_id, change),
        ]


def delivery_send_ledger(
    client: "DynamoDBClient", *, deliveries: str, conversations: str, counters: str
) -> DynamoSendLedger[Delivery]:
    """Returns the send ledger of campaign texts.

    Args:
        client: The DynamoDB client.
        deliveries: The name of the Deliveries table.
        conversations: The name of the Conversations table.
        counters: The name of the CampaignCounters table.
    """
    return DynamoSendLedger(client, _DeliveryRows(deliveries, conversations, counters))


class DynamoDeliveries:
    """Implements `Deliveries` and `DeliveryEventLedger` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, deliveries: str, counters: str) -> None:
        """`deliveries` and `counters` are the names of the Deliveries and CampaignCounters tables."""
        self._client = client
        self._deliveries = deliveries
        self._counters = counters

    def add(
        self,
        campaign_id: str,
        rows: Sequence[NewDelivery],
        *,
        requeue_stopped: bool,
        stopped_by: datetime | None = None,
        now: datetime,
    ) -> list[str]:
        """See `Deliveries.add`."""
        new = {row.phone_number: row for row in rows}
        waiting: list[str] = []
        stopped: list[str] = []
        while new:
            try:
                transact(self._client, [*self._inserts(campaign_id, new.values(), now)])
            except ConditionsFailed as failed:
                # The actions are the rows in order, and the update of the counters, which has no condition.
                for number, failed_condition in zip(list(new), failed.by_action, strict=False):
                    if failed_condition is not None:
                        del new[number]
                        status = (failed_condition.row or {}).get("status")
                        # The function that has claimed the row may have stopped, and only a work item of an earlier
                        # launch may contain the row. So it needs a sender of this launch.
                        unsettled = status in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
                        waiting += [number] if unsettled else []
                        stopped += [number] if status == DeliveryStatus.STOPPED else []
            else:
                break
        waiting += [row.phone_number for row in new.values() if row.status is DeliveryStatus.QUEUED]
        if requeue_stopped:
            change = StatusChange(DeliveryStatus.STOPPED, DeliveryStatus.QUEUED, now)
            requeued, _ = self._change(campaign_id, stopped, change, "", settled_by=stopped_by)
            waiting += requeued
        return waiting

    def skip(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> SkipResult:
        """See `Deliveries.skip`."""
        change = StatusChange(DeliveryStatus.QUEUED, status, now)
        settled, claimed = 0, []
        for start in range(0, len(numbers), MAX_ROWS_PER_WRITE):
            batch = numbers[start : start + MAX_ROWS_PER_WRITE]
            changed, claimed_in_batch = self._change(campaign_id, batch, change, reason)
            settled += len(changed)
            claimed += claimed_in_batch
        return SkipResult(settled, tuple(claimed))

    def record_event(
        self, event: DeliveryEvent, seen: DeliveryRow, *, now: datetime
    ) -> tuple[bool, DeliveryRow | None]:
        """See `DeliveryEventLedger.record_event`."""
        change = StatusChange(seen.status, event.status, now)
        segments = event.segments if seen.segments is None else 0
        delta = delivery_delta(event.campaign_id, change, segments=segments)
        count = counter_action(self._counters, delta, now=now)
        try:
            transact(self._client, [self._event_update(event, seen, now), count])
        except ConditionsFailed as failed:
            failed_condition = failed.by_action[0]
            row = failed_condition.row if failed_condition else None
            return False, _delivery_row(row) if row else None
        return True, None

    def statuses(self, campaign_id: str, numbers: Sequence[str]) -> Mapping[str, DeliveryStatus]:
        """See `Deliveries.statuses`."""
        keys = [delivery_key(campaign_id, number) for number in numbers]
        rows = read_batch(self._client, {self._deliveries: keys}).get(self._deliveries, ()) if keys else ()
        return {str(row["phone_number"]): DeliveryStatus(row["status"]) for row in rows}

    def rows_of(self, campaign_id: str, page_size: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yields the number, status, reason, segments and time of every row of a campaign, a page at a time.

        Args:
            campaign_id: The campaign.
            page_size: The most rows of a page. By default as many as one call reads.
        """
        names = ("phone_number", "status", "reason", "segments", "settled_at")
        pages = self._client.get_paginator("query")
        for shard in range(_SHARDS):
            for page in pages.paginate(
                TableName=self._deliveries,
                KeyConditionExpression="campaign_shard = :shard",
                ExpressionAttributeValues=wire({":shard": f"{campaign_id}#{shard}"}),
                ProjectionExpression=", ".join(f"#{name}" for name in names),
                ExpressionAttributeNames={f"#{name}": name for name in names},
                ConsistentRead=True,
                PaginationConfig={"PageSize": page_size} if page_size else {},
            ):
                yield from map(plain, page["Items"])

    def _inserts(
        self, campaign_id: str, rows: Iterable[NewDelivery], now: datetime
    ) -> Iterable["TransactWriteItemTypeDef"]:
        counts = {Counter.TARGETED: 0}
        for row in rows:
            counts[Counter.TARGETED] += 1
            if row.status.final:
                counter = Counter.of(row.status)
                counts[counter] = counts.get(counter, 0) + 1
            yield {
                "Put": {
                    "TableName": self._deliveries,
                    "Item": wire(
                        {
                            **delivery_key(campaign_id, row.phone_number),
                            "campaign_id": campaign_id,
                            "status": row.status.value,
                            **({"reason": row.reason} if row.reason else {}),
                            "queued_at": now.isoformat(),
                            "expires_at": int((now + DELIVERY_RETENTION).timestamp()),
                        }
                    ),
                    "ConditionExpression": "attribute_not_exists(campaign_shard)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
        yield counter_action(self._counters, CounterDelta(campaign_id, counts), now=now)

    def _change(
        self,
        campaign_id: str,
        numbers: Sequence[str],
        change: StatusChange,
        reason: str,
        *,
        settled_by: datetime | None = None,
    ) -> tuple[list[str], list[str]]:
        """Changes the status of rows, at most `MAX_ROWS_PER_WRITE`.

        Rows with another status stay unchanged, and those that were settled after `settled_by`.

        Returns the phone numbers of the changed rows, and those of the unchanged rows that are claimed.
        """
        changing, claimed = list(numbers), []
        while changing:
            delta = delivery_delta(campaign_id, change, recipients=len(changing))
            try:
                transact(
                    self._client,
                    [
                        *(
                            self._status_update(campaign_id, number, change, reason, settled_by)
                            for number in changing
                        ),
                        counter_action(self._counters, delta, now=change.at),
                    ],
                )
            except ConditionsFailed as failed:
                for number, failed_condition in zip(list(changing), failed.by_action, strict=False):
                    if failed_condition is not None:
                        changing.remove(number)
                        status = (failed_condition.row or {}).get("status")
                        claimed += [number] if status == DeliveryStatus.SENDING else []
            else:
                break
        return changing, claimed

    def _status_update(
        self, campaign_id: str, number: str, change: StatusChange, reason: str, settled_by: datetime | None
    ) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._deliveries,
                "Key": wire(delivery_key(campaign_id, number)),
                "UpdateExpression": "SET #status = :after, settled_at = :at"
                + (", reason = :reason" if reason else " REMOVE reason"),
                "ConditionExpression": "#status = :before"
                + (" AND settled_at <= :settled_by" if settled_by else ""),
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": wire(
                    {
                        ":before": change.before.value,
                        ":after": change.after.value,
                        ":at": change.at.isoformat(),
                        **({":reason": reason} if reason else {}),
                        **({":settled_by": settled_by.isoformat()} if settled_by else {}),
                    }
                ),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _event_update(
        self, event: DeliveryEvent, seen: DeliveryRow, now: datetime
    ) -> "TransactWriteItemTypeDef":
        attributes: dict[str, object] = {
            "sms_message_id": event.sms_message_id,
            "settled_at": now.isoformat(),
            "segments": event.segments if seen.segments is None else seen.segments,
            "reason": event.order.event_type,
            "event_at": event.order.at,
            "event_type": event.order.event_type,
            "event_final": event.order.final,
        }
        conditions, values = ["#status = :seen"], {":seen": seen.status.value}
        for name, value in _expected(seen).items():
            conditions.append(
                f"attribute_not_exists(#{name})" if value is None else f"#{name} = :seen_{name}"
            )
            values |= {} if value is None else {f":seen_{name}": value}
        return {
            "Update": {
                "TableName": self._deliveries,
                "Key": wire(delivery_key(event.campaign_id, event.phone_number)),
                "UpdateExpression": "SET #status = :status, "
                + ", ".join(f"#{name} = :{name}" for name in attributes)
                + " REMOVE lease_until",
                "ConditionExpression": " AND ".join(conditions),
                # Some names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
                "ExpressionAttributeNames": {
                    "#status": "status",
                    **{f"#{name}": name for name in attributes},
                },
                "ExpressionAttributeValues": wire(
                    {
                        ":status": event.status,
                        **{f":{name}": value for name, value in attributes.items()},
                        **values,
                    }
                ),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def _expected(seen: DeliveryRow) -> dict[str, Any]:
    """Returns the attributes that an event was compared with.

    They must be unchanged when it is written.
    """
    return {
        "sms_message_id": seen.sms_message_id,
        "segments": seen.segments,
        "event_at": None if seen.event is None else seen.event.at,
        "event_type": None if seen.event is None else seen.event.event_type,
    }


def _delivery_row(row: Mapping[str, Any]) -> DeliveryRow:
    event = None
    if "event_at" in row:
        event = EventOrder(row["event_final"], int(row["event_at"]), row["event_type"])
    segments = row.get("segments")
    return DeliveryRow(
        DeliveryStatus(row["status"]),
        row.get("sms_message_id"),
        None if segments is None else int(segments),
        event,
    )


def delivery_key(campaign_id: str, phone_number: str) -> dict[str, str]:
    """Returns the key of a recipient's row."""
    shard = zlib.crc32(phone_number.encode()) % _SHARDS
    return {"campaign_shard": f"{campaign_id}#{shard}", "phone_number": phone_number}

"""The Deliveries table: one row per recipient of a campaign. Every change of a row is counted in its transaction.

The key is `campaign_id` and `phone_number`. The attributes:

| attribute | holds |
|---|---|
| `status`, `reason` | the status of the text, and why |
| `segments`, `sms_message_id` | known once the service has taken the text |
| `claim_token`, `lease_until` | which attempt has claimed the row, and until when |
| `event_at`, `event_type`, `event_final` | the delivery event that was recorded last |
| `queued_at`, `settled_at`, `expires_at` | times |
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, transact, wire
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

_RETENTION = timedelta(days=90)


class _DeliveryRows:
    """Rows as a send ledger: a claim attributes the recipient's next texts to the campaign, and a send is counted."""

    def __init__(self, deliveries: str, conversations: str, counters: str) -> None:
        self.table = deliveries
        self.retention = _RETENTION
        self._conversations = conversations
        self._counters = counters

    def key(self, key: Delivery) -> Mapping[str, str]:
        return _key(key.campaign_id, key.phone_number)

    def claim_condition(self, key: Delivery) -> str:  # noqa: ARG002 - the protocol's
        return ""

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
            *offer_actions(self._conversations, key.phone_number, key.offers, change),
        ]


def delivery_send_ledger(
    client: "DynamoDBClient", *, deliveries: str, conversations: str, counters: str
) -> DynamoSendLedger[Delivery]:
    """Returns the ledger in which texts of campaigns are claimed and settled.

    Args:
        client: The DynamoDB client.
        deliveries: The name of the Deliveries table.
        conversations: The name of the Conversations table.
        counters: The name of the CampaignCounters table.
    """
    return DynamoSendLedger(client, _DeliveryRows(deliveries, conversations, counters))


class DynamoDeliveries:
    """Writes rows of campaigns without a send: new ones, skipped ones, and what delivery events report."""

    def __init__(self, client: "DynamoDBClient", *, deliveries: str, counters: str) -> None:
        """`deliveries` and `counters` are the names of the Deliveries and the CampaignCounters table."""
        self._client = client
        self._deliveries = deliveries
        self._counters = counters

    def open(
        self, campaign_id: str, rows: Sequence[NewDelivery], *, reopen: bool, now: datetime
    ) -> list[str]:
        """See `Deliveries.open`. A row that exists stays as it is, unless it is reopened."""
        new = {row.phone_number: row for row in rows}
        waiting: list[str] = []
        stopped: list[str] = []
        while new:
            try:
                transact(self._client, [*self._inserts(campaign_id, new.values(), now)])
            except ConditionsFailed as failed:
                # The actions are the rows in order and, without a condition, the one that counts.
                for number, failed_condition in zip(list(new), failed.by_action, strict=False):
                    if failed_condition is not None:
                        del new[number]
                        status = (failed_condition.row or {}).get("status")
                        # The function that claimed the row may be dead, and the row in no work item but that of an
                        # earlier launch: a sender of this launch has to look at it.
                        unsettled = status in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
                        waiting += [number] if unsettled else []
                        stopped += [number] if status == DeliveryStatus.STOPPED else []
            else:
                break
        waiting += [row.phone_number for row in new.values() if row.status is DeliveryStatus.QUEUED]
        if reopen:
            reopened, _ = self._change(
                campaign_id, stopped, StatusChange(DeliveryStatus.STOPPED, DeliveryStatus.QUEUED, now), ""
            )
            waiting += reopened
        return waiting

    def skip(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> SkipResult:
        """See `Deliveries.skip`."""
        change = StatusChange(DeliveryStatus.QUEUED, status, now)
        settled, being_sent = 0, []
        for start in range(0, len(numbers), MAX_ROWS_PER_WRITE):
            some = numbers[start : start + MAX_ROWS_PER_WRITE]
            changed, sending = self._change(campaign_id, some, change, reason)
            settled += len(changed)
            being_sent += sending
        return SkipResult(settled, tuple(being_sent))

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
                            **_key(campaign_id, row.phone_number),
                            "status": row.status.value,
                            **({"reason": row.reason} if row.reason else {}),
                            "queued_at": now.isoformat(),
                            "expires_at": int((now + _RETENTION).timestamp()),
                        }
                    ),
                    "ConditionExpression": "attribute_not_exists(campaign_id)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
        yield counter_action(self._counters, CounterDelta(campaign_id, counts), now=now)

    def _change(
        self, campaign_id: str, numbers: Sequence[str], change: StatusChange, reason: str
    ) -> tuple[list[str], list[str]]:
        """Changes the rows that have the status before the change, at most `MAX_ROWS_PER_WRITE`.

        Returns the phone numbers of these rows, and of the other rows those that are being sent.
        """
        moving, sending = list(numbers), []
        while moving:
            delta = delivery_delta(campaign_id, change, recipients=len(moving))
            try:
                transact(
                    self._client,
                    [
                        *(self._status_update(campaign_id, number, change, reason) for number in moving),
                        counter_action(self._counters, delta, now=change.at),
                    ],
                )
            except ConditionsFailed as failed:
                for number, failed_condition in zip(list(moving), failed.by_action, strict=False):
                    if failed_condition is not None:
                        moving.remove(number)
                        status = (failed_condition.row or {}).get("status")
                        sending += [number] if status == DeliveryStatus.SENDING else []
            else:
                break
        return moving, sending

    def _status_update(
        self, campaign_id: str, number: str, change: StatusChange, reason: str
    ) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._deliveries,
                "Key": wire(_key(campaign_id, number)),
                "UpdateExpression": "SET #status = :after, settled_at = :at"
                + (", reason = :reason" if reason else " REMOVE reason"),
                "ConditionExpression": "#status = :before",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": wire(
                    {
                        ":before": change.before.value,
                        ":after": change.after.value,
                        ":at": change.at.isoformat(),
                        **({":reason": reason} if reason else {}),
                    }
                ),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _event_update(
        self, event: DeliveryEvent, seen: DeliveryRow, now: datetime
    ) -> "TransactWriteItemTypeDef":
        facts: dict[str, object] = {
            "sms_message_id": event.message_id,
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
                "Key": wire(_key(event.campaign_id, event.phone_number)),
                "UpdateExpression": "SET #status = :status, "
                + ", ".join(f"#{name} = :{name}" for name in facts)
                + " REMOVE lease_until",
                "ConditionExpression": " AND ".join(conditions),
                # Some of the names are reserved words of DynamoDB.
                "ExpressionAttributeNames": {"#status": "status", **{f"#{name}": name for name in facts}},
                "ExpressionAttributeValues": wire(
                    {
                        ":status": event.status,
                        **{f":{name}": value for name, value in facts.items()},
                        **values,
                    }
                ),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def _expected(seen: DeliveryRow) -> dict[str, Any]:
    """Returns what the attributes that decided about an event must still be when it is written."""
    return {
        "sms_message_id": seen.message_id,
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


def _key(campaign_id: str, phone_number: str) -> dict[str, str]:
    return {"campaign_id": campaign_id, "phone_number": phone_number}

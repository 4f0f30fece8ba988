"""The Deliveries table: one row per recipient of a campaign. Each change of a row is counted in its transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, transact, wire
from shift_sms_runtime.campaigns.counters import Counter, CounterDelta, delta_of
from shift_sms_runtime.campaigns.deliveries import Delivery, NewDelivery, Skipped
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow, EventOrder
from shift_sms_runtime.messaging.ledger import StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.campaign_counters import counting
from shift_sms_runtime.tables.conversations import last_campaign_action, offer_actions
from shift_sms_runtime.tables.send_ledger import DynamoSendLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

DELIVERIES_KEPT = timedelta(days=90)
_ROWS_PER_WRITE = 99


class _DeliveryRows:
    """What a recipient texts after the claim is an answer to the campaign; what is sent is counted as spent."""

    def __init__(self, deliveries: str, conversations: str, progress: str) -> None:
        self.table = deliveries
        self.kept = DELIVERIES_KEPT
        self._conversations = conversations
        self._progress = progress

    def key(self, key: Delivery) -> Mapping[str, str]:
        return _key(key.campaign_id, key.phone_number)

    def claimable(self, key: Delivery) -> str:  # noqa: ARG002 - the protocol's
        return ""

    def with_claim(self, key: Delivery, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:
        return [last_campaign_action(self._conversations, key.phone_number, key.campaign_id, now=now)]

    def facts(self, key: Delivery, change: StatusChange) -> Mapping[str, object]:
        return {"segments": key.segments} if change.after is DeliveryStatus.SENT else {}

    def with_change(self, key: Delivery, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        if not change.after.final:
            return ()
        segments = key.segments if change.after is DeliveryStatus.SENT else 0
        counted = counting(
            self._progress, delta_of(key.campaign_id, change, segments=segments), now=change.at
        )
        return [counted, *offer_actions(self._conversations, key.phone_number, key.offers, change)]


def deliveries_ledger(
    client: "DynamoDBClient", *, deliveries: str, conversations: str, progress: str
) -> DynamoSendLedger[Delivery]:
    """Where the texts of campaigns are claimed and settled."""
    return DynamoSendLedger(client, _DeliveryRows(deliveries, conversations, progress))


class DynamoDeliveries:
    """Where the rows of a campaign begin, and end that were never sent."""

    def __init__(self, client: "DynamoDBClient", *, deliveries: str, progress: str) -> None:
        self._client = client
        self._deliveries = deliveries
        self._progress = progress

    def open(
        self, campaign_id: str, rows: Sequence[NewDelivery], *, reopen: bool, now: datetime
    ) -> list[str]:
        """See ``DeliveryLedger.open``: a row that is there already stays as it is."""
        new = {row.phone_number: row for row in rows}
        waiting: list[str] = []
        left_out: list[str] = []
        while new:
            try:
                transact(self._client, [*self._inserts(campaign_id, new.values(), now)])
            except ConditionsFailed as failed:
                # The last action counts and has no condition; the others are the rows in order.
                for number, refusal in zip(list(new), failed.refusals, strict=False):
                    if refusal is not None:
                        del new[number]
                        status = (refusal.row or {}).get("status")
                        # Whoever claimed it may be dead, and its work item an earlier launch's: somebody must look.
                        unsettled = status in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
                        waiting += [number] if unsettled else []
                        left_out += [number] if status == DeliveryStatus.STOPPED else []
            else:
                break
        waiting += [row.phone_number for row in new.values() if row.status is DeliveryStatus.QUEUED]
        if reopen:
            reopened, _ = self._change(
                campaign_id, left_out, StatusChange(DeliveryStatus.STOPPED, DeliveryStatus.QUEUED, now), ""
            )
            waiting += reopened
        return waiting

    def leave_out(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> Skipped:
        """See ``DeliveryLedger.leave_out``."""
        change = StatusChange(DeliveryStatus.QUEUED, status, now)
        settled, being_sent = 0, []
        for start in range(0, len(numbers), _ROWS_PER_WRITE):
            some = numbers[start : start + _ROWS_PER_WRITE]
            changed, sending = self._change(campaign_id, some, change, reason)
            settled += len(changed)
            being_sent += sending
        return Skipped(settled, tuple(being_sent))

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
                            "expires_at": int((now + DELIVERIES_KEPT).timestamp()),
                        }
                    ),
                    "ConditionExpression": "attribute_not_exists(campaign_id)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
        yield counting(self._progress, CounterDelta(campaign_id, counts), now=now)

    def _change(
        self, campaign_id: str, numbers: Sequence[str], change: StatusChange, reason: str
    ) -> tuple[list[str], list[str]]:
        """Change those rows that are as the change says, at most ``_ROWS_PER_WRITE``.

        Returns which were, and which others are being sent.
        """
        moving, sending = list(numbers), []
        while moving:
            tally = delta_of(campaign_id, change, recipients=len(moving))
            try:
                transact(
                    self._client,
                    [
                        *(self._update(campaign_id, number, change, reason) for number in moving),
                        counting(self._progress, tally, now=change.at),
                    ],
                )
            except ConditionsFailed as failed:
                for number, refusal in zip(list(moving), failed.refusals, strict=False):
                    if refusal is not None:
                        moving.remove(number)
                        status = (refusal.row or {}).get("status")
                        sending += [number] if status == DeliveryStatus.SENDING else []
            else:
                break
        return moving, sending

    def _update(
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


class DynamoDeliveryEventLedger:
    """Deliveries, as events change them."""

    def __init__(self, client: "DynamoDBClient", *, deliveries: str, progress: str) -> None:
        self._client = client
        self._deliveries = deliveries
        self._progress = progress

    def apply(
        self, receipt: DeliveryEvent, seen: DeliveryRow, *, now: datetime
    ) -> tuple[bool, DeliveryRow | None]:
        """See ``ReceiptLedger.apply``."""
        change = StatusChange(seen.status, receipt.status, now)
        segments = receipt.segments if seen.segments is None else 0
        tally = delta_of(receipt.campaign_id, change, segments=segments)
        try:
            transact(
                self._client, [self._update(receipt, seen, now), counting(self._progress, tally, now=now)]
            )
        except ConditionsFailed as failed:
            refusal = failed.refusals[0]
            row = refusal.row if refusal else None
            return False, _seen(row) if row else None
        return True, None

    def _update(self, receipt: DeliveryEvent, seen: DeliveryRow, now: datetime) -> "TransactWriteItemTypeDef":
        facts: dict[str, object] = {
            "sms_message_id": receipt.message_id,
            "settled_at": now.isoformat(),
            "segments": receipt.segments if seen.segments is None else seen.segments,
            "reason": receipt.order.event_type,
            "event_at": receipt.order.at,
            "event_type": receipt.order.event_type,
            "event_final": receipt.order.final,
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
                "Key": wire(_key(receipt.campaign_id, receipt.phone_number)),
                "UpdateExpression": "SET #status = :status, "
                + ", ".join(f"#{name} = :{name}" for name in facts)
                + " REMOVE lease_until",
                "ConditionExpression": " AND ".join(conditions),
                # Some of the names are words of DynamoDB's own.
                "ExpressionAttributeNames": {"#status": "status", **{f"#{name}": name for name in facts}},
                "ExpressionAttributeValues": wire(
                    {
                        ":status": receipt.status,
                        **{f":{name}": value for name, value in facts.items()},
                        **values,
                    }
                ),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def _expected(seen: DeliveryRow) -> dict[str, Any]:
    """What must still be so for the event to be written as it was decided."""
    return {
        "sms_message_id": seen.message_id,
        "segments": seen.segments,
        "event_at": None if seen.event is None else seen.event.at,
        "event_type": None if seen.event is None else seen.event.event_type,
    }


def _seen(row: Mapping[str, Any]) -> DeliveryRow:
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

"""The Outbox table: texts outside campaigns that wait to be sent.

A text also stays until its outcome is recorded.

The key is `lane`, which is the priority of the texts, and `position`, which sorts them by the time at which they were
queued. The ledger row of each text is an entry of the Conversations table.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.messaging.ledger import OutboxPosition, ReplyKind
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

OUTBOX_RETENTION = timedelta(days=15)
"""How long DynamoDB keeps a text that nothing removes. Workers withdraw texts earlier."""


def outbox_put(table: str, text: OutboxText) -> "TransactWriteItemTypeDef":
    """Returns the action that adds a text to the outbox."""
    item: dict[str, object] = {
        **_key(text.row),
        "phone_number": text.phone_number,
        "kind": text.kind.value,
        "reply_id": text.reply_id,
        "origination_identity": text.origination_identity,
        "queued_at": text.queued_at.isoformat(),
        "expires_at": int((text.queued_at + OUTBOX_RETENTION).timestamp()),
        **({} if text.body is None else {"body": text.body}),
        **({} if text.shift_id is None else {"shift_id": text.shift_id}),
        **({} if text.campaign_id is None else {"campaign_id": text.campaign_id}),
        **({"follow_up": True} if text.follow_up else {}),
    }
    return {"Put": {"TableName": table, "Item": wire(item)}}


def outbox_delete(table: str, row: OutboxPosition) -> "TransactWriteItemTypeDef":
    """Returns the action that removes a text from the outbox. It succeeds if the row is gone."""
    return {"Delete": {"TableName": table, "Key": wire(_key(row))}}


def delete_from_outbox(client: "DynamoDBClient", table: str, row: OutboxPosition) -> None:
    """Removes a text from the outbox. Does nothing if the row is gone."""
    client.delete_item(TableName=table, Key=wire(_key(row)))


def oldest_in_outbox(
    client: "DynamoDBClient", table: str, priority: Priority, limit: int
) -> tuple[OutboxText, ...]:
    """Returns the texts of a priority that were queued first, in one consistent read."""
    response = client.query(
        TableName=table,
        KeyConditionExpression="lane = :lane",
        ExpressionAttributeValues=wire({":lane": priority.value}),
        ConsistentRead=True,
        Limit=limit,
    )
    return tuple(_read(plain(item)) for item in response["Items"])


def _key(row: OutboxPosition) -> dict[str, str]:
    return {"lane": row.lane, "position": row.position}


def _read(row: Mapping[str, Any]) -> OutboxText:
    return OutboxText(
        phone_number=row["phone_number"],
        kind=ReplyKind(row["kind"]),
        reply_id=row["reply_id"],
        priority=Priority(row["lane"]),
        origination_identity=row["origination_identity"],
        queued_at=datetime.fromisoformat(row["queued_at"]),
        body=row.get("body"),
        shift_id=row.get("shift_id"),
        campaign_id=row.get("campaign_id"),
        follow_up=row.get("follow_up", False),
    )

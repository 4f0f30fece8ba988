"""The OperatorInbox table: texts that a person has to read."""

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import sortable_time, wire
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef

_KEPT = timedelta(days=90)
"""How long an item is kept after the text was received."""


def inbox_key(message_id: str) -> dict[str, str]:
    """Returns the key of an item."""
    return {"message_id": message_id}


def inbox_item_update(table: str, item: InboxItem) -> "UpdateTypeDef":
    """Returns the write that adds an item.

    It changes nothing if the table has the item already.
    """
    row = {
        "phone_number": item.phone_number,
        "reply_from": item.reply_from,
        "text": item.text,
        "received_at": sortable_time(item.received_at),
        "message_status": InboxStatus.OPEN.value,
        "expires_at": int((item.received_at + _KEPT).timestamp()),
        **({"urgent": True} if item.urgent else {}),
    }
    return {
        "TableName": table,
        "Key": wire(inbox_key(item.message_id)),
        "UpdateExpression": "SET " + ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in row),
        # `text` is a reserved word. Source: "Reserved words" in the DynamoDB developer guide.
        "ExpressionAttributeNames": {f"#{name}": name for name in row},
        "ExpressionAttributeValues": wire({f":{name}": value for name, value in row.items()}),
    }


class DynamoOperatorInbox:
    """Implements `OperatorInbox` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        """See `OperatorInbox.record_outcome`."""
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=wire(inbox_key(message_id)),
                UpdateExpression="SET message_status = :status, replied_at = :at"
                + (", reply_error = :error" if error else " REMOVE reply_error"),
                ConditionExpression="message_status = :open",
                ExpressionAttributeValues=wire(
                    {":status": status.value, ":at": sortable_time(now), ":open": InboxStatus.OPEN.value}
                    | ({":error": error} if error else {})
                ),
            )

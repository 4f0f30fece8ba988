"""The OperatorInbox table: texts that a person has to read."""

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import sortable_time, wire
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT = timedelta(days=90)
"""How long an item is kept after the text was received."""


class DynamoOperatorInbox:
    """Implements `OperatorInbox` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, item: InboxItem) -> None:
        """See `OperatorInbox.add`."""
        row = {
            "message_id": item.message_id,
            "phone_number": item.phone_number,
            "reply_from": item.reply_from,
            "text": item.text,
            "received_at": sortable_time(item.received_at),
            "message_status": InboxStatus.OPEN.value,
            "expires_at": int((item.received_at + _KEPT).timestamp()),
        }
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.put_item(
                TableName=self._table,
                Item=wire(row),
                ConditionExpression="attribute_not_exists(message_id)",
            )

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        """See `OperatorInbox.record_outcome`."""
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=wire({"message_id": message_id}),
                UpdateExpression="SET message_status = :status, replied_at = :at"
                + (", reply_error = :error" if error else " REMOVE reply_error"),
                ConditionExpression="message_status = :open",
                ExpressionAttributeValues=wire(
                    {":status": status.value, ":at": sortable_time(now), ":open": InboxStatus.OPEN.value}
                    | ({":error": error} if error else {})
                ),
            )

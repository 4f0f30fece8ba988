"""The Messages table: words for a person, with an index of those that nobody has answered."""

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import moment, wire
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus, OperatorReply

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT = timedelta(days=90)


class DynamoOperatorInbox:
    """See ``MessageDesk`` and ``AnswerDesk``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, message: InboxItem) -> None:
        """See ``MessageDesk.keep``."""
        item = {
            "message_id": message.message_id,
            "phone_number": message.phone_number,
            "answer_from": message.answer_from,
            "words": message.words,
            "received_at": moment(message.received_at),
            "message_status": InboxStatus.OPEN.value,
            "expires_at": int((message.received_at + _KEPT).timestamp()),
        }
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.put_item(
                TableName=self._table,
                Item=wire(item),
                ConditionExpression="attribute_not_exists(message_id)",
            )

    def answered(self, answer: OperatorReply, status: InboxStatus, error: str, *, now: datetime) -> None:
        """See ``AnswerDesk.answered``."""
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=wire({"message_id": answer.message_id}),
                UpdateExpression="SET message_status = :status, answered_at = :at"
                + (", message_error = :error" if error else " REMOVE message_error"),
                ConditionExpression="message_status = :open",
                ExpressionAttributeValues=wire(
                    {":status": status.value, ":at": moment(now), ":open": InboxStatus.OPEN.value}
                    | ({":error": error} if error else {})
                ),
            )

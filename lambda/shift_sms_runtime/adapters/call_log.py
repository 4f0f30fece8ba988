"""What came of each request for a call, on the Inbox row of its text."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import ConditionsFailed, plain, transact, wire
from shift_sms_runtime.adapters.inbox import inbox_expiry, inbox_key
from shift_sms_runtime.domain.callbacks import CallOutcome

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef

_DAY_KEPT = timedelta(days=2)


class DynamoCallLog:
    """Read consistently: a call that was noted is not started again."""

    def __init__(self, client: "DynamoDBClient", inbox: str) -> None:
        self._client = client
        self._inbox = inbox

    def outcome(self, message_id: str) -> CallOutcome | None:
        """See ``CallLog.outcome``."""
        row = self._client.get_item(
            TableName=self._inbox, Key=wire(inbox_key(message_id)), ConsistentRead=True
        ).get("Item")
        noted = plain(row).get("call_outcome") if row else None
        return None if noted is None else CallOutcome(noted)

    def reserve(self, message_id: str, employee: str, *, most: int, now: datetime) -> bool:
        """See ``CallLog.reserve``."""
        day = now.astimezone(UTC).date()
        request: UpdateTypeDef = {
            "TableName": self._inbox,
            "Key": wire(inbox_key(message_id)),
            "UpdateExpression": "SET call_reserved = :true, expires_at = if_not_exists(expires_at, :expires_at)",
            "ConditionExpression": "attribute_not_exists(call_reserved)",
            "ExpressionAttributeValues": wire({":true": True, ":expires_at": inbox_expiry(now)}),
        }
        calls: UpdateTypeDef = {
            "TableName": self._inbox,
            "Key": wire(inbox_key(f"calls#{employee}#{day}")),
            "UpdateExpression": "SET expires_at = :expires_at ADD calls :one",
            "ConditionExpression": "attribute_not_exists(calls) OR calls < :most",
            "ExpressionAttributeValues": wire(
                {":one": 1, ":most": most, ":expires_at": int((now + _DAY_KEPT).timestamp())}
            ),
        }
        try:
            transact(self._client, [{"Update": request}, {"Update": calls}])
        except ConditionsFailed as failed:
            # An earlier delivery of the request has counted it.
            return failed.refusals[0] is not None
        return True

    def note(self, message_id: str, outcome: CallOutcome, *, now: datetime) -> None:
        """See ``CallLog.note``."""
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._inbox,
                Key=wire(inbox_key(message_id)),
                UpdateExpression="SET call_outcome = :outcome, expires_at = :expires_at",
                ConditionExpression="attribute_not_exists(call_outcome)",
                ExpressionAttributeValues=wire({":outcome": outcome.value, ":expires_at": inbox_expiry(now)}),
            )

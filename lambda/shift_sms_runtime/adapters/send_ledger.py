"""Rows that say where each text stands: one per recipient in Deliveries, one per answered text in the Inbox."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from shift_sms_runtime.adapters.dynamodb import execute_batch, plain, statement, wire
from shift_sms_runtime.adapters.inbox import INBOX_KEPT, inbox_key
from shift_sms_runtime.domain.deliveries import DeliveryKey, DeliveryStatus, NewDelivery, SendClaim

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Key = TypeVar("Key")

DELIVERIES_KEPT = timedelta(days=90)

_CLAIM = (
    "SET #status = :sending, claim_token = :token, lease_until = :lease_until,"
    " expires_at = if_not_exists(expires_at, :expires_at)"
)
_CLAIMABLE = "attribute_not_exists(#status) OR #status = :queued"
_SETTLE = (
    "SET #status = :status, settled_at = :now, reason = :reason, sms_message_id = :sms_message_id"
    " REMOVE lease_until, claim_token"
)
_GIVE_UP = "SET #status = :unknown, settled_at = :now, reason = :reason REMOVE lease_until, claim_token"


class DynamoSendLedger(Generic[Key]):
    """Claims and settles sends with conditional writes; ``key`` gives a row's key attributes."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        key: Callable[[Key], Mapping[str, str]],
        kept: timedelta,
    ) -> None:
        self._client = client
        self._table = table
        self._key = key
        self._kept = kept

    def claim(self, key: Key, *, token: str, now: datetime, lease_until: datetime) -> SendClaim:
        """See ``SendLedger.claim``."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=wire(self._key(key)),
                UpdateExpression=_CLAIM,
                ConditionExpression=_CLAIMABLE,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=wire(
                    {
                        ":sending": DeliveryStatus.SENDING.value,
                        ":queued": DeliveryStatus.QUEUED.value,
                        ":token": token,
                        ":lease_until": int(lease_until.timestamp()),
                        ":expires_at": int((now + self._kept).timestamp()),
                    }
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            row = plain(cast("Mapping[str, Any]", refusal.response.get("Item", {})))
            if row.get("status") != DeliveryStatus.SENDING:
                return SendClaim.SETTLED
            if row.get("claim_token") == token:
                return SendClaim.GRANTED
            return SendClaim.BUSY if row["lease_until"] > now.timestamp() else SendClaim.ABANDONED
        return SendClaim.GRANTED

    def settle(
        self, key: Key, status: DeliveryStatus, *, now: datetime, reason: str = "", sms_message_id: str = ""
    ) -> None:
        """See ``SendLedger.settle``."""
        self._client.update_item(
            TableName=self._table,
            Key=wire(self._key(key)),
            UpdateExpression=_SETTLE,
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=wire(
                {
                    ":status": status.value,
                    ":now": now.isoformat(),
                    ":reason": reason,
                    ":sms_message_id": sms_message_id,
                }
            ),
        )

    def give_up(self, key: Key, *, now: datetime) -> None:
        """See ``SendLedger.give_up``."""
        # The owner may have settled it a moment ago: then its word stands.
        with contextlib.suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=wire(self._key(key)),
                UpdateExpression=_GIVE_UP,
                ConditionExpression="#status = :sending",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=wire(
                    {
                        ":unknown": DeliveryStatus.UNKNOWN.value,
                        ":sending": DeliveryStatus.SENDING.value,
                        ":now": now.isoformat(),
                        ":reason": "interrupted",
                    }
                ),
            )


def answers_ledger(client: "DynamoDBClient", table: str) -> DynamoSendLedger[str]:
    """The Inbox: one row per inbound text that was answered."""
    return DynamoSendLedger(client, table, key=inbox_key, kept=INBOX_KEPT)


def deliveries_ledger(client: "DynamoDBClient", table: str) -> DynamoSendLedger[DeliveryKey]:
    """Deliveries: one row per recipient of a campaign."""
    return DynamoSendLedger(
        client,
        table,
        key=lambda key: {"campaign_id": key.campaign_id, "phone_number": key.phone_number},
        kept=DELIVERIES_KEPT,
    )


class DynamoDeliveryLedger:
    """Where the rows of a campaign begin."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._insert = (
            f"INSERT INTO \"{table}\" VALUE {{'campaign_id': ?, 'phone_number': ?, 'status': ?, 'reason': ?,"
            " 'queued_at': ?, 'expires_at': ?}"
        )

    def open(self, campaign_id: str, rows: Sequence[NewDelivery], *, now: datetime) -> None:
        """See ``DeliveryLedger.open``: a row that is there already stays as it is."""
        expires_at = int((now + DELIVERIES_KEPT).timestamp())
        execute_batch(
            self._client,
            [
                statement(
                    self._insert,
                    [
                        campaign_id,
                        row.phone_number,
                        row.status.value,
                        row.reason,
                        now.isoformat(),
                        expires_at,
                    ],
                )
                for row in rows
            ],
        )

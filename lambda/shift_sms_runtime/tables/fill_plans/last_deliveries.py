"""Reads the outcome of the last text of a campaign or a fill plan to numbers.

The Conversations table names the campaign, and the Deliveries table has the outcome.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import read_batch
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.conversations import last_campaign_key
from shift_sms_runtime.tables.deliveries import delivery_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoLastDeliveries:
    """Implements `LastDeliveries` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, conversations: str, deliveries: str) -> None:
        """`conversations` and `deliveries` are the names of the tables."""
        self._client = client
        self._conversations = conversations
        self._deliveries = deliveries

    def failures(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """See `LastDeliveries.failures`."""
        entries = read_batch(
            self._client, {self._conversations: [last_campaign_key(number) for number in numbers]}
        ).get(self._conversations, ())
        keys = [delivery_key(str(row["campaign_id"]), str(row["phone_number"])) for row in entries]
        rows = read_batch(self._client, {self._deliveries: keys}).get(self._deliveries, ()) if keys else ()
        return {
            str(row["phone_number"]): str(row.get("reason", ""))
            for row in rows
            if row["status"] == DeliveryStatus.FAILED
        }

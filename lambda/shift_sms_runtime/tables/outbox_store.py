"""Adds texts to the outbox together with their ledger rows, and withdraws them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, transact
from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.messaging.hourly_limit import TextCount
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.tables.campaign_counters import counter_action
from shift_sms_runtime.tables.conversations import (
    queued_entry_update,
    read_statuses,
    text_count_action,
    withdrawn_entry_update,
)
from shift_sms_runtime.tables.outbox import delete_from_outbox, oldest_in_outbox, outbox_delete, outbox_put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoOutbox:
    """Implements `Outbox` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        outbox: str,
        conversations: str,
        clock: Clock,
        campaign_counters: str | None = None,
    ) -> None:
        """Takes the names of the tables.

        Args:
            client: The DynamoDB client.
            outbox: The Outbox table.
            conversations: The Conversations table.
            clock: Returns the current time.
            campaign_counters: The CampaignCounters table; None if no text of the function counts for a campaign.
        """
        self._client = client
        self._outbox = outbox
        self._conversations = conversations
        self._clock = clock
        self._campaign_counters = campaign_counters

    def add(
        self,
        text: OutboxText,
        *,
        counted: TextCount | None = None,
        also: "Sequence[TransactWriteItemTypeDef]" = (),
    ) -> DeliveryStatus | None:
        """See `Outbox.add`. `also` are further actions of the transaction, such as an audit record."""
        now = self._clock()
        entry = queued_entry_update(self._conversations, text, now=now)
        actions: list[TransactWriteItemTypeDef] = [{"Update": entry}, outbox_put(self._outbox, text), *also]
        if counted is not None:
            actions.append(text_count_action(self._conversations, counted))
        if self._campaign_counters is not None:
            deltas = reply_deltas(text.campaign_id, at=now)
            actions += [counter_action(self._campaign_counters, delta, now=now) for delta in deltas]
        try:
            transact(self._client, actions)
        except ConditionsFailed as failed:
            return _status(failed)
        return None

    def statuses(self, keys: Sequence[ReplyKey]) -> Mapping[ReplyKey, DeliveryStatus]:
        """See `Outbox.statuses`."""
        return read_statuses(self._client, self._conversations, keys)

    def oldest(self, priority: Priority, limit: int) -> Sequence[OutboxText]:
        """See `Outbox.oldest`."""
        return oldest_in_outbox(self._client, self._outbox, priority, limit)

    def withdraw(self, text: OutboxText, reason: str) -> DeliveryStatus:
        """See `Outbox.withdraw`."""
        entry = withdrawn_entry_update(self._conversations, text, reason=reason, now=self._clock())
        actions: list[TransactWriteItemTypeDef] = [{"Update": entry}]
        if DeliveryStatus.STOPPED in text.row.removed_on:
            actions.append(outbox_delete(self._outbox, text.row))
        try:
            transact(self._client, actions)
        except ConditionsFailed as failed:
            return _status(failed)
        return DeliveryStatus.STOPPED

    def remove(self, text: OutboxText) -> None:
        """See `Outbox.remove`."""
        delete_from_outbox(self._client, self._outbox, text.row)


def _status(failed: ConditionsFailed) -> DeliveryStatus:
    """Returns the status of the ledger row when its condition failed."""
    condition = failed.by_action[0]
    row = (condition.row if condition else None) or {}
    return DeliveryStatus(str(row.get("status", DeliveryStatus.QUEUED)))

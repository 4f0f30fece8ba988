"""Rows of the Inbox: one for each text, and some of our own, whose ids have a ``#`` in them: where each employee is in
the list of open shifts, which campaign texted a number last, which shift a text of ours offered, how many texts a
number has sent this hour."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, transact, wire
from shift_sms_runtime.callbacks.callback_request import CallOutcome
from shift_sms_runtime.campaigns.counters import deltas_of
from shift_sms_runtime.messaging.ledger import ReplyKey, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.campaign_counters import counting
from shift_sms_runtime.tables.send_ledger import DynamoSendLedger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef


INBOX_KEPT = timedelta(days=15)
"""Longer than a queue and its dead-letter queue can hold a text, so that none is answered again."""


def inbox_key(row_id: str) -> dict[str, str]:
    """The key of a row: a text's ``inboundMessageId``, or an id of our own with a ``#`` in it."""
    return {"inbound_message_id": row_id}


def last_campaign_key(phone_number: str) -> dict[str, str]:
    """The key of the row that says which campaign texted a number last."""
    return inbox_key(f"campaign#{phone_number}")


def offered_key(sms_message_id: str) -> dict[str, str]:
    """The key of the row that says which one shift a text of ours offered."""
    return inbox_key(f"offered#{sms_message_id}")


def inbox_expiry(now: datetime) -> int:
    """When a row written now may go, in seconds since 1970."""
    return int((now + INBOX_KEPT).timestamp())


def attributing(
    table: str, phone_number: str, campaign_id: str, *, now: datetime
) -> "TransactWriteItemTypeDef":
    """The action that makes what a number texts from now on an answer to a campaign."""
    row = {"campaign_id": campaign_id, "expires_at": inbox_expiry(now)}
    return {"Put": {"TableName": table, "Item": wire({**last_campaign_key(phone_number), **row})}}


def offering(table: str, shift_id: str | None, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
    """The action that makes YES to a text that was just sent a claim of the one shift it offers."""
    if shift_id is None or change.after is not DeliveryStatus.SENT or not change.sms_message_id:
        return ()
    row = {**offered_key(change.sms_message_id), "shift_id": shift_id, "expires_at": inbox_expiry(change.at)}
    return [{"Put": {"TableName": table, "Item": wire(row)}}]


class _AnswerRows:
    """One row per inbound text that was answered; an answer counts for the campaign that led to it, and its text for
    the limit of its number."""

    def __init__(self, inbox: str, progress: str | None) -> None:
        self.table = inbox
        self.kept = INBOX_KEPT
        self._progress = progress

    def key(self, key: ReplyKey) -> Mapping[str, str]:
        return inbox_key(key.message_id)

    def claimable(self, key: ReplyKey) -> str:
        return "" if key.decided else "attribute_not_exists(decided)"

    def with_claim(self, key: ReplyKey, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:  # noqa: ARG002 - the protocol's
        this = key.counted
        if this is None:
            return ()
        return [
            {
                "Update": {
                    "TableName": self.table,
                    "Key": wire(inbox_key(this.row)),
                    "UpdateExpression": "SET last_text = :last, repeats = :repeats, expires_at = :expires_at"
                    " ADD texts :one",
                    "ExpressionAttributeValues": wire(
                        {
                            ":last": this.last,
                            ":repeats": this.repeats,
                            ":expires_at": this.expires_at,
                            ":one": 1,
                        }
                    ),
                }
            }
        ]

    def facts(self, _key: ReplyKey, _change: StatusChange) -> Mapping[str, object]:
        return {}

    def with_change(self, key: ReplyKey, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        return [*offering(self.table, key.offers, change), *self._counted(key, change)]

    def _counted(self, key: ReplyKey, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        if self._progress is None:
            return ()
        return [counting(self._progress, tally, now=change.at) for tally in deltas_of(key, change)]


def answers_ledger(
    client: "DynamoDBClient", *, inbox: str, progress: str | None = None
) -> DynamoSendLedger[ReplyKey]:
    """Where the answers to inbound texts are claimed and settled, and what we text by ourselves.

    ``progress`` is where answers count for campaigns; what belongs to none needs none.
    """
    return DynamoSendLedger(client, _AnswerRows(inbox, progress))


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

"""Rows of the Inbox: one for each text, and some of our own, whose ids have a ``#`` in them: where each employee is in
the list of open shifts, which campaign texted a number last, which shift a text of ours offered, how many texts a
number has sent this hour."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import wire
from shift_sms_runtime.adapters.progress_table import counting
from shift_sms_runtime.adapters.send_ledger import DynamoSendLedger
from shift_sms_runtime.domain.deliveries import Answer, Change, DeliveryStatus
from shift_sms_runtime.domain.progress import tallies_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

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


def offering(table: str, shift_id: str | None, change: Change) -> Sequence["TransactWriteItemTypeDef"]:
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

    def key(self, key: Answer) -> Mapping[str, str]:
        return inbox_key(key.message_id)

    def claimable(self, key: Answer) -> str:
        return "" if key.decided else "attribute_not_exists(decided)"

    def with_claim(self, key: Answer, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:  # noqa: ARG002 - the protocol's
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

    def facts(self, _key: Answer, _change: Change) -> Mapping[str, object]:
        return {}

    def with_change(self, key: Answer, change: Change) -> Sequence["TransactWriteItemTypeDef"]:
        return [*offering(self.table, key.offers, change), *self._counted(key, change)]

    def _counted(self, key: Answer, change: Change) -> Sequence["TransactWriteItemTypeDef"]:
        if self._progress is None:
            return ()
        return [counting(self._progress, tally, now=change.at) for tally in tallies_of(key, change)]


def answers_ledger(
    client: "DynamoDBClient", *, inbox: str, progress: str | None = None
) -> DynamoSendLedger[Answer]:
    """Where the answers to inbound texts are claimed and settled, and what we text by ourselves.

    ``progress`` is where answers count for campaigns; what belongs to none needs none.
    """
    return DynamoSendLedger(client, _AnswerRows(inbox, progress))

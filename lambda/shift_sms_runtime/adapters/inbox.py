"""Rows of the Inbox: one for each text, one for where each employee is in the list of open shifts, and one for which
campaign texted a number last."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import wire
from shift_sms_runtime.adapters.progress_table import counting
from shift_sms_runtime.adapters.send_ledger import DynamoSendLedger
from shift_sms_runtime.domain.deliveries import Answer, Change
from shift_sms_runtime.domain.progress import Counter, Tally

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


def inbox_expiry(now: datetime) -> int:
    """When a row written now may go, in seconds since 1970."""
    return int((now + INBOX_KEPT).timestamp())


def attributing(
    table: str, phone_number: str, campaign_id: str, *, now: datetime
) -> "TransactWriteItemTypeDef":
    """The action that makes what a number texts from now on an answer to a campaign."""
    row = {"campaign_id": campaign_id, "expires_at": inbox_expiry(now)}
    return {"Put": {"TableName": table, "Item": wire({**last_campaign_key(phone_number), **row})}}


class _AnswerRows:
    """One row per inbound text that was answered; an answer counts for the campaign that led to it."""

    def __init__(self, inbox: str, progress: str) -> None:
        self.table = inbox
        self.kept = INBOX_KEPT
        self._progress = progress

    def key(self, key: Answer) -> Mapping[str, str]:
        return inbox_key(key.message_id)

    def with_claim(self, _key: Answer, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:  # noqa: ARG002 - the protocol's
        return ()

    def facts(self, _key: Answer, _change: Change) -> Mapping[str, object]:
        return {}

    def with_change(self, key: Answer, change: Change) -> Sequence["TransactWriteItemTypeDef"]:
        if key.campaign_id is None or change.before.final or not change.after.final:
            return ()
        counts = {
            Counter.REPLIES: 1,
            Counter.BOOKINGS: key.bookings,
            Counter.SEATS_FILLED: key.bookings,
        }
        tally = Tally(key.campaign_id, counts, booked_at=change.at if key.bookings else None)
        return [counting(self._progress, tally, now=change.at)]


def answers_ledger(client: "DynamoDBClient", *, inbox: str, progress: str) -> DynamoSendLedger[Answer]:
    """Where the answers to inbound texts are claimed and settled."""
    return DynamoSendLedger(client, _AnswerRows(inbox, progress))

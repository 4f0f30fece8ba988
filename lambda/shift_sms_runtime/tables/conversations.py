"""The Conversations table: texts of each number, and texts to it outside campaigns.

Each phone number has several items. The sort key `entry` says what an item holds:

| entry | holds |
|---|---|
| `INBOUND#<message id>` | an inbound text: its reply, the claim on it, its callback |
| `LISTING` | the number's position in the list that was sent last, and its filter |
| `LAST_CAMPAIGN` | the campaign that texted the number last |
| `OFFER#<sms message id>` | the one shift that our text offered |
| `RATE#<hour>` | the number of texts received in an hour, and the digest of the last one |
| `CALLS#<day>` | the number of calls started on a day |
| `NOTICE#<notice>` | an offer, a cancellation notice or a reminder |
| `MANAGER_NOTICE#<notice>` | a notice to a manager |
| `LIMIT_NOTICE#<hour>` | the notice of the hourly limit |
| `OPERATOR_REPLY#<message id>` | an operator's reply |
| `CAMPAIGN_TEST#<operation>` | the text of a campaign, sent to one number first |
| `STRANGER_REPLY#<day>` | the reply to a number that is not approved |

Each entry has its own `expires_at`.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, transact, update, wire
from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, TextCount, hour_name, hour_of
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.tables.outbox import outbox_delete
from shift_sms_runtime.tables.send_ledger import DynamoSendLedger
from shift_sms_runtime.tables.stored_replies import (
    read_stored_filter,
    read_stored_reply,
    stored_filter,
    stored_reply,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef


_RETENTION = timedelta(days=15)
"""Longer than SQS keeps a text, which is 14 days at most.

No text can return after its entry has expired.
"""
_RATE_RETENTION = timedelta(hours=2)
_CALL_COUNT_RETENTION = timedelta(days=2)

_MAX_ID_BYTES = 900
"""Longer ids are stored as digests.

A sort key has at most 1,024 bytes. Source: Amazon DynamoDB Developer Guide, "Quotas and limits".
"""

_LISTING = "LISTING"
_LAST_CAMPAIGN = "LAST_CAMPAIGN"


def _entry_key(phone_number: str, kind: str, entry_id: str = "") -> dict[str, str]:
    if not entry_id:
        return {"phone_number": phone_number, "entry": kind}
    encoded = entry_id.encode(errors="replace")
    if len(encoded) > _MAX_ID_BYTES:
        entry_id = hashlib.sha256(encoded).hexdigest()
    return {"phone_number": phone_number, "entry": f"{kind}#{entry_id}"}


def _reply_entry_key(key: ReplyKey) -> dict[str, str]:
    return _entry_key(key.phone_number, key.kind.name, key.reply_id)


def _offer_key(phone_number: str, sms_message_id: str) -> dict[str, str]:
    return _entry_key(phone_number, "OFFER", sms_message_id)


def _rate_key(phone_number: str, hour: datetime) -> dict[str, str]:
    return _entry_key(phone_number, "RATE", hour_name(hour))


def _limit_notice_key(phone_number: str, hour: datetime) -> dict[str, str]:
    return _reply_entry_key(ReplyKey(phone_number, hour_name(hour), ReplyKind.LIMIT_NOTICE))


def _expiry(now: datetime) -> int:
    return int((now + _RETENTION).timestamp())


def last_campaign_key(phone_number: str) -> dict[str, str]:
    """Returns the key of the entry that names the campaign that texted a number last."""
    return _entry_key(phone_number, _LAST_CAMPAIGN)


def conversation_keys(text: InboundText, now: datetime) -> list[dict[str, str]]:
    """Returns the keys of the entries that are read for an inbound text."""
    number, hour = text.sender, hour_of(now)
    return [
        _reply_entry_key(ReplyKey(number, text.message_id)),
        _entry_key(number, _LISTING),
        last_campaign_key(number),
        _rate_key(number, hour),
        _limit_notice_key(number, hour),
        *([_offer_key(number, text.in_reply_to)] if text.in_reply_to else []),
    ]


class ConversationEntries:
    """Converts the rows read with the `conversation_keys` of an inbound text."""

    def __init__(self, text: InboundText, now: datetime, rows: Iterable[Mapping[str, Any]]) -> None:
        self._text = text
        self._number = text.sender
        self._hour = hour_of(now)
        self._rows = {str(row["entry"]): row for row in rows}

    def _row(self, key: Mapping[str, str]) -> Mapping[str, Any]:
        return self._rows.get(key["entry"], {})

    @property
    def _entry(self) -> Mapping[str, Any]:
        return self._row(_reply_entry_key(ReplyKey(self._number, self._text.message_id)))

    @property
    def reply_status(self) -> DeliveryStatus | None:
        """The status of the reply; None if no delivery of the text has decided on one."""
        status = self._entry.get("status")
        # A queued row without `outbox` was written by a version that had no outbox.
        if status is None or (status == DeliveryStatus.QUEUED and "outbox" not in self._entry):
            return None
        return DeliveryStatus(status)

    @property
    def reply(self) -> Reply | None:
        """The reply that was decided on."""
        stored = self._entry.get("reply")
        return None if stored is None else read_stored_reply(stored, self._text.message_id)

    @property
    def listing(self) -> ListingPosition | None:
        """The number's position in the list that was sent last."""
        row = self._row(_entry_key(self._number, _LISTING))
        if not row:
            return None
        return ListingPosition(
            row["listed_for"],
            row.get("page_after"),
            row.get("next_after"),
            read_stored_filter(row.get("limited_to")),
            row.get("own_shifts", False),
        )

    @property
    def campaign_id(self) -> str | None:
        """The campaign that texted the number last."""
        return self._row(_entry_key(self._number, _LAST_CAMPAIGN)).get("campaign_id")

    @property
    def offered_shift_id(self) -> str | None:
        """The one shift that our text offered to which the inbound text replies."""
        in_reply_to = self._text.in_reply_to
        return self._row(_offer_key(self._number, in_reply_to)).get("shift_id") if in_reply_to else None

    @property
    def recent_texts(self) -> RecentTexts:
        """The texts that the number has sent within this hour."""
        row = self._row(_rate_key(self._number, self._hour))
        notice = self._row(_limit_notice_key(self._number, self._hour))
        return RecentTexts(
            int(row.get("texts", 0)),
            row.get("last_digest", ""),
            int(row.get("repeats", 0)),
            # While a notice waits, each further text makes sure that a worker sends it.
            notified="status" in notice and DeliveryStatus(notice["status"]).final,
        )


def listing_update(
    table: str, phone_number: str, position: ListingPosition, *, now: datetime
) -> "UpdateTypeDef":
    """Returns the write that stores a number's position in a list."""
    return {
        "TableName": table,
        "Key": wire(_entry_key(phone_number, _LISTING)),
        "UpdateExpression": "SET listed_for = :for, page_after = :page, next_after = :next,"
        " limited_to = :limited_to, own_shifts = :own_shifts, expires_at = :expires_at",
        "ExpressionAttributeValues": wire(
            {
                ":for": position.message_id,
                ":page": position.page_after,
                ":next": position.next_after,
                ":limited_to": stored_filter(position.limited_to),
                ":own_shifts": position.own_shifts,
                ":expires_at": _expiry(now),
            }
        ),
    }


def queued_entry_update(
    table: str, text: OutboxText, *, now: datetime, reply: Reply | None = None
) -> "UpdateTypeDef":
    """Returns the write that creates the ledger row of a text and its outbox row.

    Its condition fails if an earlier write has created the ledger row.

    Args:
        table: The name of the Conversations table.
        text: The text.
        now: The time of the write.
        reply: The outcome of an inbound text, which its reply reports.
    """
    values: dict[str, object] = {
        ":queued": DeliveryStatus.QUEUED.value,
        ":outbox": text.position,
        ":expires_at": _expiry(now),
    }
    stored = ""
    if reply is not None:
        stored = ", reply = :reply"
        values[":reply"] = stored_reply(reply)
    return {
        "TableName": table,
        "Key": wire(_reply_entry_key(text.key)),
        "UpdateExpression": "SET #status = :queued, outbox = :outbox,"
        f" expires_at = if_not_exists(expires_at, :expires_at){stored}",
        # A queued row without `outbox` was written by a version that had no outbox.
        "ConditionExpression": "attribute_not_exists(#status)"
        " OR (#status = :queued AND attribute_not_exists(outbox))",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": wire(values),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def withdrawn_entry_update(table: str, text: OutboxText, *, reason: str, now: datetime) -> "UpdateTypeDef":
    """Returns the write that settles a queued text as STOPPED.

    Its condition fails if the text is claimed or settled. If its ledger row is gone, the write creates it.
    """
    return {
        "TableName": table,
        "Key": wire(_reply_entry_key(text.key)),
        "UpdateExpression": "SET #status = :stopped, reason = :reason, settled_at = :now,"
        " expires_at = if_not_exists(expires_at, :expires_at)",
        "ConditionExpression": "attribute_not_exists(#status) OR #status = :queued",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": wire(
            {
                ":stopped": DeliveryStatus.STOPPED.value,
                ":queued": DeliveryStatus.QUEUED.value,
                ":reason": reason,
                ":now": now.isoformat(),
                ":expires_at": _expiry(now),
            }
        ),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def read_statuses(
    client: "DynamoDBClient", table: str, keys: Sequence[ReplyKey]
) -> Mapping[ReplyKey, DeliveryStatus]:
    """Reads the statuses of texts with strong consistency. Omits texts without a status."""
    wanted = {tuple(_reply_entry_key(key).values()): key for key in keys}
    rows = read_batch(client, {table: [_reply_entry_key(key) for key in wanted.values()]}).get(table, [])
    return {
        wanted[row["phone_number"], row["entry"]]: DeliveryStatus(row["status"])
        for row in rows
        if "status" in row
    }


def reply_keys(phone_number: str, message_ids: Iterable[str]) -> list[dict[str, str]]:
    """Returns the keys of the ledger rows of the replies to inbound texts."""
    return [_reply_entry_key(ReplyKey(phone_number, message_id)) for message_id in message_ids]


def reply_outcomes(
    phone_number: str, message_ids: Iterable[str], rows: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, DeliveryStatus], dict[str, str]]:
    """Converts the rows read with `reply_keys`.

    Returns the statuses of the replies, and why replies were not sent.
    """
    ids = {_reply_entry_key(ReplyKey(phone_number, one))["entry"]: one for one in message_ids}
    found = {ids[row["entry"]]: row for row in rows if "status" in row}
    statuses = {message_id: DeliveryStatus(row["status"]) for message_id, row in found.items()}
    return statuses, {message_id: row["reason"] for message_id, row in found.items() if "reason" in row}


def last_campaign_action(
    table: str, phone_number: str, campaign_id: str, *, now: datetime
) -> "TransactWriteItemTypeDef":
    """Returns the action that attributes the recipient's next texts to a campaign."""
    row = {"campaign_id": campaign_id, "expires_at": _expiry(now)}
    return {"Put": {"TableName": table, "Item": wire({**_entry_key(phone_number, _LAST_CAMPAIGN), **row})}}


def offer_actions(
    table: str, phone_number: str, shift_id: str | None, change: StatusChange
) -> Sequence["TransactWriteItemTypeDef"]:
    """Returns the action that stores which shift YES to a sent text books.

    Returns none if the text offers no shift.
    """
    if shift_id is None or change.after is not DeliveryStatus.SENT or not change.sms_message_id:
        return ()
    key = _offer_key(phone_number, change.sms_message_id)
    row = {**key, "shift_id": shift_id, "expires_at": _expiry(change.at)}
    return [{"Put": {"TableName": table, "Item": wire(row)}}]


def text_count_action(table: str, counted: TextCount) -> "TransactWriteItemTypeDef":
    """Returns the action that counts an inbound text for the hourly limit."""
    return {
        "Update": {
            "TableName": table,
            "Key": wire(_rate_key(counted.phone_number, counted.hour)),
            "UpdateExpression": "SET last_digest = :last, repeats = :repeats, expires_at = :expires_at"
            " ADD texts :one",
            "ExpressionAttributeValues": wire(
                {
                    ":last": counted.digest,
                    ":repeats": counted.repeats,
                    ":expires_at": int((counted.hour + _RATE_RETENTION).timestamp()),
                    ":one": 1,
                }
            ),
        }
    }


class _ReplyRows:
    """The entries of texts that belong to no campaign, as rows of a send ledger.

    A status change deletes the text from the outbox if its outcome needs no follow-up.
    """

    def __init__(self, conversations: str, outbox: str) -> None:
        self.table = conversations
        self.retention = _RETENTION
        self._outbox = outbox

    def key(self, key: ReplyKey) -> Mapping[str, str]:
        return _reply_entry_key(key)

    def claim_actions(self, _key: ReplyKey, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:  # noqa: ARG002 - the protocol's
        return ()

    def change_attributes(self, _key: ReplyKey, _change: StatusChange) -> Mapping[str, object]:
        return {}

    def change_actions(self, key: ReplyKey, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        offers = offer_actions(self.table, key.phone_number, key.offered_shift_id, change)
        if key.outbox is None or change.after not in key.outbox.removed_on:
            return offers
        return [*offers, outbox_delete(self._outbox, key.outbox)]


def reply_send_ledger(
    client: "DynamoDBClient", *, conversations: str, outbox: str
) -> DynamoSendLedger[ReplyKey]:
    """Returns the ledger of texts that belong to no campaign.

    Args:
        client: The DynamoDB client.
        conversations: The name of the Conversations table.
        outbox: The name of the Outbox table.
    """
    return DynamoSendLedger(client, _ReplyRows(conversations, outbox))


class DynamoCallLog:
    """Implements `CallLog` on DynamoDB.

    Reads are consistent, so that no recorded call is started again.
    """

    def __init__(self, client: "DynamoDBClient", conversations: str) -> None:
        self._client = client
        self._conversations = conversations

    def outcome(self, request: CallbackRequest) -> CallOutcome | None:
        """See `CallLog.outcome`."""
        row = self._client.get_item(
            TableName=self._conversations, Key=wire(self._key(request)), ConsistentRead=True
        ).get("Item")
        stored = plain(row).get("call_outcome") if row else None
        return None if stored is None else CallOutcome(stored)

    def reserve(self, request: CallbackRequest, *, limit: int, now: datetime) -> bool:
        """See `CallLog.reserve`."""
        day = now.astimezone(UTC).date()
        reservation: UpdateTypeDef = {
            "TableName": self._conversations,
            "Key": wire(self._key(request)),
            "UpdateExpression": "SET call_reserved = :true, expires_at = if_not_exists(expires_at, :expires_at)",
            "ConditionExpression": "attribute_not_exists(call_reserved)",
            "ExpressionAttributeValues": wire({":true": True, ":expires_at": _expiry(now)}),
        }
        call_count: UpdateTypeDef = {
            "TableName": self._conversations,
            "Key": wire(_entry_key(request.phone_number, "CALLS", day.isoformat())),
            "UpdateExpression": "SET expires_at = :expires_at ADD calls :one",
            "ConditionExpression": "attribute_not_exists(calls) OR calls < :limit",
            "ExpressionAttributeValues": wire(
                {":one": 1, ":limit": limit, ":expires_at": int((now + _CALL_COUNT_RETENTION).timestamp())}
            ),
        }
        try:
            transact(self._client, [{"Update": reservation}, {"Update": call_count}])
        except ConditionsFailed as failed:
            # The reservation exists: an earlier delivery of the request has counted the call.
            return failed.by_action[0] is not None
        return True

    def record(self, request: CallbackRequest, outcome: CallOutcome, *, now: datetime) -> None:
        """See `CallLog.record`."""
        with contextlib.suppress(ConditionsFailed):
            update(
                self._client,
                {
                    "TableName": self._conversations,
                    "Key": wire(self._key(request)),
                    "UpdateExpression": "SET call_outcome = :outcome, expires_at = :expires_at",
                    "ConditionExpression": "attribute_not_exists(call_outcome)",
                    "ExpressionAttributeValues": wire(
                        {":outcome": outcome.value, ":expires_at": _expiry(now)}
                    ),
                },
            )

    def _key(self, request: CallbackRequest) -> dict[str, str]:
        return _reply_entry_key(ReplyKey(request.phone_number, request.message_id))

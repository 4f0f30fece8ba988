"""Stored texts in Conversations: the attribute `reply`, and what operators see."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.bookings.booking import BookingStatus
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.list_filter import ListFilter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@record
class StoredText:
    """A text outside campaigns, as its ledger row has it."""

    kind: ReplyKind
    reply_id: str
    status: DeliveryStatus
    queued_at: datetime
    body: str = ""
    """Empty for a notice, which is rendered when it is sent."""
    reason: str = ""
    """Why it was not sent."""


def stored_texts(
    client: "DynamoDBClient", table: str, phone_number: str, kind: ReplyKind, *, limit: int
) -> list[StoredText]:
    """Reads up to `limit` texts of a kind to a number, in no order of time. Omits those without a status."""
    prefix = f"{kind.name}#"
    response = client.query(
        TableName=table,
        KeyConditionExpression="phone_number = :number AND begins_with(#entry, :prefix)",
        ExpressionAttributeNames={"#entry": "entry"},
        ExpressionAttributeValues=wire({":number": phone_number, ":prefix": prefix}),
        Limit=limit,
    )
    return [
        _stored_text(kind, str(row["entry"]).removeprefix(prefix), row)
        for row in map(plain, response["Items"])
        if "status" in row and "outbox" in row
    ]


def _stored_text(kind: ReplyKind, reply_id: str, row: Mapping[str, Any]) -> StoredText:
    return StoredText(
        kind,
        reply_id,
        DeliveryStatus(row["status"]),
        # The position in the outbox begins with the time.
        datetime.fromisoformat(str(row["outbox"]).partition("#")[0]),
        str(row.get("reply", {}).get("text", "")),
        str(row.get("reason", "")),
    )


def stored_reply(reply: Reply) -> dict[str, object]:
    """Returns a reply as stored, without what the same transaction writes elsewhere."""
    listing = reply.listing
    attributes: dict[str, object] = {
        "text": reply.text,
        "offered_shift_id": reply.offered_shift_id,
        "statuses": {shift_id: status.value for shift_id, status in reply.statuses.items()},
        "droppable": {**reply.droppable},
        "roles": {**reply.roles},
        "view": reply.view and reply.view.value,
        "page_after": listing and listing.page_after,
        "next_after": listing and listing.next_after,
        "limited_to": listing and stored_filter(listing.limited_to),
        "confirms_opt_out": reply.confirms_opt_out,
    }
    return {name: value for name, value in attributes.items() if value}


def read_stored_reply(stored: Mapping[str, Any], message_id: str) -> Reply:
    """Returns the reply to the inbound text with this id."""
    view = ReplyView(stored["view"]) if "view" in stored else None
    listing = ListingPosition(
        message_id,
        stored.get("page_after"),
        stored.get("next_after"),
        read_stored_filter(stored.get("limited_to")),
        own_shifts=view is ReplyView.OWN_SHIFTS,
    )
    is_page = any((listing.page_after, listing.next_after, listing.limited_to))
    return Reply(
        stored["text"],
        stored.get("offered_shift_id"),
        {shift_id: BookingStatus(status) for shift_id, status in stored.get("statuses", {}).items()},
        droppable=stored.get("droppable", {}),
        roles=stored.get("roles", {}),
        view=view,
        listing=listing if is_page else None,
        confirms_opt_out=stored.get("confirms_opt_out", False),
    )


def stored_filter(limited_to: ListFilter | None) -> dict[str, object] | None:
    """Returns the filter of a list as it is stored."""
    if limited_to is None:
        return None
    wanted, asked_at = limited_to.wanted, limited_to.asked_at.isoformat()
    days = {"days": wanted.days.value} if wanted.days is not None else {}
    return {**days, "words": list(wanted.words), "asked_at": asked_at}


def read_stored_filter(stored: Mapping[str, Any] | None) -> ListFilter | None:
    """Returns a filter that was stored. Days that this version does not have limit nothing."""
    if stored is None:
        return None
    days = stored.get("days")
    wanted = ShiftFilter(DaysWanted(days) if days in set(DaysWanted) else None, tuple(stored["words"]))
    return ListFilter(wanted, datetime.fromisoformat(stored["asked_at"]))

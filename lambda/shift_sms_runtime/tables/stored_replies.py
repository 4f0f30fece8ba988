"""The attribute `reply` of an inbound text in the Conversations table: what its reply tells."""

from collections.abc import Mapping
from typing import Any

from shift_sms_runtime.bookings.booking import BookingStatus
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView


def stored_reply(reply: Reply) -> dict[str, object]:
    """Returns a reply as it is stored, without what was written elsewhere in the same transaction."""
    listing = reply.listing
    attributes: dict[str, object] = {
        "text": reply.text,
        "offered_shift_id": reply.offered_shift_id,
        "statuses": {shift_id: status.value for shift_id, status in reply.statuses.items()},
        "view": reply.view and reply.view.value,
        "page_after": listing and listing.page_after,
        "next_after": listing and listing.next_after,
        "confirms_opt_out": reply.confirms_opt_out,
    }
    return {name: value for name, value in attributes.items() if value}


def read_stored_reply(stored: Mapping[str, Any], message_id: str) -> Reply:
    """Returns the reply to the inbound text with this id."""
    view = ReplyView(stored["view"]) if "view" in stored else None
    page_after, next_after = stored.get("page_after"), stored.get("next_after")
    is_page = page_after is not None or next_after is not None
    return Reply(
        stored["text"],
        stored.get("offered_shift_id"),
        {shift_id: BookingStatus(status) for shift_id, status in stored.get("statuses", {}).items()},
        view,
        ListingPosition(message_id, page_after, next_after) if is_page else None,
        stored.get("confirms_opt_out", False),
    )

"""The attribute `reply` of an inbound text in Conversations: what its reply tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shift_sms_runtime.bookings.booking import BookingStatus
from shift_sms_runtime.inbound.reply import ListingPosition, Reply, ReplyView
from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.shift_lists.list_filter import ListFilter


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

"""Rows of the Inbox: one for each text, and one for where each employee is in the list of open shifts."""

from datetime import datetime, timedelta

INBOX_KEPT = timedelta(days=15)
"""Longer than a queue and its dead-letter queue can hold a text, so that none is answered again."""


def inbox_key(row_id: str) -> dict[str, str]:
    """The key of a row: a text's ``inboundMessageId``, or an id of our own with a ``#`` in it."""
    return {"inbound_message_id": row_id}


def inbox_expiry(now: datetime) -> int:
    """When a row written now may go, in seconds since 1970."""
    return int((now + INBOX_KEPT).timestamp())

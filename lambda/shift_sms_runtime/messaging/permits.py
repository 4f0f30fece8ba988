"""Permits to send: the sending time of an origination identity, divided by priority."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Priority(StrEnum):
    """The priorities of texts, the highest first."""

    REPLY = "reply"
    """Replies to inbound texts, including those that an operator wrote."""
    NOTICE = "notice"
    """Offers, cancellation notices and reminders."""
    CAMPAIGN = "campaign"


@dataclass(frozen=True)
class Permit:
    """A span of time for one sender. If it is not `reserved`, `begins` is when to ask again."""

    begins: datetime
    reserved: bool = True

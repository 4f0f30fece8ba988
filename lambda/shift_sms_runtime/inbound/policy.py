"""The inbound policy: who may text, how often, and whether others get a reply."""

from dataclasses import dataclass
from enum import StrEnum


class StrangerReply(StrEnum):
    """Whether a number that is not approved gets a reply."""

    SILENT = "silent"
    ONCE_PER_DAY = "once-per-day"


@dataclass(frozen=True)
class InboundPolicy:
    """Which numbers may text, how often, and whether strangers get a reply.

    Fields are named like settings.
    """

    approved_numbers: frozenset[str] = frozenset()
    """Numbers that may text without a row in Employees, E.164."""
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed_opt_outs: bool = False
    """Whether this system replies to STOP, START and HELP instead of the messaging service."""
    texts_per_hour: int = 0
    """The number of texts handled per phone number and hour; 0 is no limit."""

"""Who may text, how much, and what unapproved numbers hear."""

from dataclasses import dataclass
from enum import StrEnum


class StrangerReply(StrEnum):
    """Whether a number that is not approved gets an answer."""

    SILENT = "silent"
    ONCE_PER_DAY = "once-per-day"


@dataclass(frozen=True)
class InboundPolicy:
    """Who may text and how much, and what strangers hear."""

    approved_numbers: frozenset[str] = frozenset()
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed_opt_outs: bool = False
    """Whether STOP, START and HELP are ours to answer, not the messaging service's."""
    texts_per_hour: int = 0
    """That one number may send; 0 is no limit."""

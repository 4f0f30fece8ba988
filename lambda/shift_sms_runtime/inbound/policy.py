"""The inbound policy: who may text, how often, and whether other numbers get a reply."""

from dataclasses import dataclass
from enum import StrEnum


class StrangerReply(StrEnum):
    """Whether a number that is not approved gets a reply."""

    SILENT = "silent"
    ONCE_PER_DAY = "once-per-day"


@dataclass(frozen=True)
class InboundPolicy:
    """Who may text, how often, and whether strangers get a reply. Fields are named like the settings."""

    approved_numbers: frozenset[str] = frozenset()
    """Numbers that may text besides the employees, E.164."""
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed_opt_outs: bool = False
    """Whether we reply to STOP, START and HELP, and not the messaging service."""
    texts_per_hour: int = 0
    """How many texts of one number are handled in an hour; 0 is no limit."""

"""A wish to be called by a person, on its way from the inbound text to the call."""

from dataclasses import dataclass
from enum import StrEnum

from shift_sms_runtime.queue_messages import QueueMessage


@dataclass(frozen=True)
class CallbackRequest(QueueMessage):
    """One AGENT text. ``message_id`` is the inbound text's id: one call per text."""

    message_id: str
    employee: str
    answer_from: str
    words: str
    campaign_id: str | None = None
    """The campaign that texted this employee last."""
    language: str = ""
    """The one the employee is answered in."""


class CallOutcome(StrEnum):
    """What came of one request for a call: what Amazon Connect said, or our own limit."""

    ACCEPTED = "accepted"
    NOT_ALLOWED = "not-allowed"
    LIMIT_REACHED = "limit-reached"
    USED_UP = "used-up"
    """The number has had its calls of the day."""

"""A request for a call, on its way from the inbound text to Amazon Connect."""

from dataclasses import dataclass
from enum import StrEnum

from shift_sms_runtime.queue_messages import QueueMessage


@dataclass(frozen=True)
class CallbackRequest(QueueMessage):
    """One AGENT text."""

    message_id: str
    """Of the inbound text, which gets one call."""
    phone_number: str
    """Of the employee."""
    reply_from: str
    """The number that the employee texted: the confirmation leaves from it."""
    message: str
    """What the employee wrote besides AGENT, for the agent."""
    campaign_id: str | None = None
    """The campaign that texted the employee last."""
    language: str = ""
    """The language of the confirmation."""


class CallOutcome(StrEnum):
    """The outcome of a request: the answer of Amazon Connect, or the limit of calls per day."""

    ACCEPTED = "accepted"
    NOT_ALLOWED = "not-allowed"
    """Connect may not call this number."""
    LIMIT_REACHED = "limit-reached"
    """Connect has as many calls as its quota allows."""
    USED_UP = "used-up"
    """The employee has had the calls of the day."""

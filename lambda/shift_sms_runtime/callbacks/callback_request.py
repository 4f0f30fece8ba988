"""A request for a call, which an inbound text makes and Amazon Connect carries out."""

from enum import StrEnum

from shift_sms_runtime.queue_messages import QueueMessage
from shift_sms_runtime.records import record

_LONGEST_AGENT_MESSAGE = 1024


@record
class CallbackRequest(QueueMessage):
    """One AGENT text."""

    message_id: str
    """The id of the inbound text. A text starts one call at most."""
    phone_number: str
    """The employee's number."""
    reply_from: str
    """The number that the employee texted. It sends the confirmation."""
    message: str
    """What the employee wrote besides AGENT. The agent sees it."""
    campaign_id: str | None = None
    """The campaign that texted the employee last."""
    language: str = ""
    """The language of the confirmation."""

    @property
    def agent_message(self) -> str:
        """The message as the agent sees it: its first 1,024 characters."""
        return self.message[:_LONGEST_AGENT_MESSAGE]


class CallOutcome(StrEnum):
    """The outcome of a callback request."""

    ACCEPTED = "accepted"
    NOT_ALLOWED = "not-allowed"
    """The Connect instance must not call this number."""
    QUOTA_REACHED = "quota-reached"
    """The Connect instance has as many calls as its quota allows."""
    DAILY_LIMIT_REACHED = "daily-limit-reached"
    """The employee has had as many calls as `calls_per_day` allows."""

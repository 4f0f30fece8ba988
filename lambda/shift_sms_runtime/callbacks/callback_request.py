"""A wish to be called by a person, on its way from the inbound text to the call."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


@dataclass(frozen=True)
class CallbackRequest:
    """One AGENT text. ``message_id`` is the inbound text's id: one call per text."""

    message_id: str
    employee: str
    answer_from: str
    words: str
    campaign_id: str | None = None
    """The campaign that texted this employee last."""
    language: str = ""
    """The one the employee is answered in."""

    def to_json(self) -> str:
        """The form in the callback queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "CallbackRequest":
        """Read the form in the callback queue.

        Raises:
            ValueError, TypeError: it is not what ``to_json`` writes.
        """
        return cls(**json.loads(text))


class CallOutcome(StrEnum):
    """What came of one request for a call: what Amazon Connect said, or our own limit."""

    ACCEPTED = "accepted"
    NOT_ALLOWED = "not-allowed"
    LIMIT_REACHED = "limit-reached"
    USED_UP = "used-up"
    """The number has had its calls of the day."""

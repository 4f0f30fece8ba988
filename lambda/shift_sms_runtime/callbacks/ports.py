"""What callbacks need: the call center and the log of calls."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome


class CallCenter(Protocol):
    """Starts calls."""

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        """Start the call of this request. The same ``message_id`` again starts no second call."""


class CallLog(Protocol):
    """What came of each request for a call, kept beside its answer."""

    def outcome(self, request: CallbackRequest) -> CallOutcome | None:
        """What was noted, if anything was."""

    def reserve(self, request: CallbackRequest, *, most: int, now: datetime) -> bool:
        """Count a call for its number and this day, once for each request; False when it has had ``most``."""

    def note(self, request: CallbackRequest, outcome: CallOutcome, *, now: datetime) -> None:
        """Note what came of a request; what was noted first stays."""

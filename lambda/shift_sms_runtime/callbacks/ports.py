"""Protocols of the call center, and of the call log in the Conversations table."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome


class CallCenter(Protocol):
    """Amazon Connect."""

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        """Starts the call of a request. A repeated request starts no second call."""


class CallLog(Protocol):
    """The outcomes of callback requests, each on the entry of its inbound text."""

    def outcome(self, request: CallbackRequest) -> CallOutcome | None:
        """Returns the recorded outcome; None if there is none."""

    def reserve(self, request: CallbackRequest, *, limit: int, now: datetime) -> bool:
        """Counts a call toward the daily limit of the employee's number, once per request.

        Returns:
            False if the number has had `limit` calls on that day.
        """

    def record(self, request: CallbackRequest, outcome: CallOutcome, *, now: datetime) -> None:
        """Records an outcome, unless the request has one."""

"""Place a call for an employee who asked for a person, and only then promise it."""

from collections.abc import Mapping
from typing import Protocol

from shift_sms_runtime.domain.callbacks import CallbackRequest, CallOutcome
from shift_sms_runtime.domain.deliveries import OutgoingText
from shift_sms_runtime.domain.replies import Reply
from shift_sms_runtime.services.send_once import Patience, SendOnce

_ANSWERS: Mapping[CallOutcome, Reply] = {
    CallOutcome.ACCEPTED: Reply.CALLING,
    CallOutcome.NOT_ALLOWED: Reply.CALL_NOT_ALLOWED,
    CallOutcome.LIMIT_REACHED: Reply.CALL_LIMIT,
}


class CallCentre(Protocol):
    """Starts calls."""

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        """Start the call of this request. The same ``message_id`` again starts no second call."""


class Callback:
    """One AGENT text: a call, then the answer."""

    def __init__(self, call_centre: CallCentre, answers: SendOnce[str]) -> None:
        self._call_centre = call_centre
        self._answers = answers

    def handle(self, request: CallbackRequest, patience: Patience) -> CallOutcome:
        """Start the call and text what came of it.

        Raises:
            TryAgainLater: the answer could not be sent yet; the call is not repeated by trying again.
        """
        outcome = self._call_centre.start_call(request)
        text = OutgoingText(request.employee, request.answer_from, _ANSWERS[outcome])
        self._answers.send(request.message_id, text, patience)
        return outcome

"""Place a call for an employee who asked for a person, and only then promise it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.domain.callbacks import CallbackRequest, CallOutcome
from shift_sms_runtime.domain.deliveries import Answer, OutgoingText
from shift_sms_runtime.domain.replies import Reply
from shift_sms_runtime.services.send_once import Clock, Patience, SendOnce

_ANSWERS: Mapping[CallOutcome, Reply] = {
    CallOutcome.ACCEPTED: Reply.CALLING,
    CallOutcome.NOT_ALLOWED: Reply.CALL_NOT_ALLOWED,
    CallOutcome.LIMIT_REACHED: Reply.CALL_LIMIT,
}


class CallCentre(Protocol):
    """Starts calls."""

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        """Start the call of this request. The same ``message_id`` again starts no second call."""


class CallLog(Protocol):
    """What came of each request for a call, kept beside its answer."""

    def outcome(self, message_id: str) -> CallOutcome | None:
        """What was noted, if anything was."""

    def note(self, message_id: str, outcome: CallOutcome, *, now: datetime) -> None:
        """Note what came of a request; what was noted first stays."""


class Callback:
    """One AGENT text: a call, then the answer."""

    def __init__(
        self, call_centre: CallCentre, log: CallLog, answers: SendOnce[Answer], clock: Clock
    ) -> None:
        self._call_centre = call_centre
        self._log = log
        self._answers = answers
        self._clock = clock

    def handle(self, request: CallbackRequest, patience: Patience) -> CallOutcome:
        """Start the call and text what came of it. A request that comes again is answered by what came of it before.

        Raises:
            TryAgainLater: the answer could not be sent yet.
        """
        outcome = self._log.outcome(request.message_id)
        if outcome is None:
            outcome = self._call_centre.start_call(request)
            self._log.note(request.message_id, outcome, now=self._clock())
        text = OutgoingText(request.employee, request.answer_from, _ANSWERS[outcome])
        self._answers.send(Answer(request.message_id, request.campaign_id), text, patience)
        return outcome

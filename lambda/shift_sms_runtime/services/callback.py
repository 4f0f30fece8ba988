"""Place a call for an employee who asked for a person, and only then promise it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.domain.callbacks import CallbackRequest, CallOutcome
from shift_sms_runtime.domain.catalogue import Reply
from shift_sms_runtime.domain.deliveries import Answer, OutgoingText
from shift_sms_runtime.domain.guard import Recent, count
from shift_sms_runtime.services.languages import Languages
from shift_sms_runtime.services.send_once import Clock, Patience, SendOnce

_ANSWERS: Mapping[CallOutcome, Reply] = {
    CallOutcome.ACCEPTED: Reply.CALLING,
    CallOutcome.NOT_ALLOWED: Reply.CALL_NOT_ALLOWED,
    CallOutcome.LIMIT_REACHED: Reply.CALL_LIMIT,
    CallOutcome.USED_UP: Reply.CALLS_USED_UP,
}


class CallCentre(Protocol):
    """Starts calls."""

    def start_call(self, request: CallbackRequest) -> CallOutcome:
        """Start the call of this request. The same ``message_id`` again starts no second call."""


class CallLog(Protocol):
    """What came of each request for a call, kept beside its answer."""

    def outcome(self, message_id: str) -> CallOutcome | None:
        """What was noted, if anything was."""

    def reserve(self, message_id: str, employee: str, *, most: int, now: datetime) -> bool:
        """Count a call for this number and day, once for each request; False when it has had ``most``."""

    def note(self, message_id: str, outcome: CallOutcome, *, now: datetime) -> None:
        """Note what came of a request; what was noted first stays."""


class Callback:
    """One AGENT text: a call, then the answer."""

    def __init__(
        self,
        call_centre: CallCentre,
        log: CallLog,
        answers: SendOnce[Answer],
        languages: Languages,
        clock: Clock,
        *,
        calls_per_day: int,
    ) -> None:
        """``calls_per_day`` is what one number may cause; 0 is no limit."""
        self._call_centre = call_centre
        self._log = log
        self._answers = answers
        self._languages = languages
        self._clock = clock
        self._calls_per_day = calls_per_day

    def handle(self, request: CallbackRequest, patience: Patience) -> CallOutcome:
        """Start the call and text what came of it. A request that comes again is answered by what came of it before.

        Raises:
            TryAgainLater: the answer could not be sent yet.
        """
        outcome = self._log.outcome(request.message_id)
        if outcome is None:
            outcome = self._call(request)
            self._log.note(request.message_id, outcome, now=self._clock())
        wording = self._languages.of(request.language).wording
        text = OutgoingText(request.employee, request.answer_from, wording.say(_ANSWERS[outcome]))
        this = count(request.employee, request.words, Recent(), self._clock())
        self._answers.send(Answer(request.message_id, request.campaign_id, counted=this), text, patience)
        return outcome

    def _call(self, request: CallbackRequest) -> CallOutcome:
        most, now = self._calls_per_day, self._clock()
        if most and not self._log.reserve(request.message_id, request.employee, most=most, now=now):
            return CallOutcome.USED_UP
        return self._call_centre.start_call(request)

"""Starts the call that an employee asked for, then promises it."""

from collections.abc import Mapping

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.callbacks.ports import CallCenter, CallLog
from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.messaging.encoding import sendable
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, count
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce

_ANSWERS: Mapping[CallOutcome, Template] = {
    CallOutcome.ACCEPTED: Template.CALLING,
    CallOutcome.NOT_ALLOWED: Template.CALL_NOT_ALLOWED,
    CallOutcome.LIMIT_REACHED: Template.CALL_LIMIT,
    CallOutcome.USED_UP: Template.CALLS_USED_UP,
}


class CallbackStarter:
    """One AGENT text: a call, then the answer."""

    def __init__(
        self,
        call_centre: CallCenter,
        log: CallLog,
        answers: SendOnce[ReplyKey],
        languages: Locales,
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

    def handle(self, request: CallbackRequest, patience: InvocationDeadline) -> CallOutcome:
        """Start the call and text what came of it. A request that comes again is answered by what came of it before.

        Raises:
            TryAgainLater: the answer could not be sent yet.
        """
        outcome = self._log.outcome(request)
        if outcome is None:
            outcome = self._call(request)
            self._log.note(request, outcome, now=self._clock())
        body = sendable(self._languages.of(request.language).say(_ANSWERS[outcome]))
        text = OutgoingText(request.employee, request.answer_from, body)
        this = count(request.employee, request.words, RecentTexts(), self._clock())
        key = ReplyKey(request.employee, request.message_id, campaign_id=request.campaign_id, counted=this)
        self._answers.send(key, text, patience)
        return outcome

    def _call(self, request: CallbackRequest) -> CallOutcome:
        most, now = self._calls_per_day, self._clock()
        if most and not self._log.reserve(request, most=most, now=now):
            return CallOutcome.USED_UP
        return self._call_centre.start_call(request)

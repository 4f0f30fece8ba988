"""Starts the call that an employee asked for, then confirms it by text."""

from collections.abc import Mapping

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.callbacks.ports import CallCenter, CallLog
from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, count_text
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce

_TEMPLATES: Mapping[CallOutcome, Template] = {
    CallOutcome.ACCEPTED: Template.CALLING,
    CallOutcome.NOT_ALLOWED: Template.CALL_NOT_ALLOWED,
    CallOutcome.QUOTA_REACHED: Template.CALL_LIMIT,
    CallOutcome.DAILY_LIMIT_REACHED: Template.CALLS_USED_UP,
}


class CallbackStarter:
    """Starts the calls of AGENT texts."""

    def __init__(
        self,
        *,
        call_center: CallCenter,
        call_log: CallLog,
        send_once: SendOnce[ReplyKey],
        locales: Locales,
        calls_per_day: int,
        clock: Clock,
    ) -> None:
        """Creates a starter.

        Args:
            call_center: starts calls.
            call_log: records the outcomes.
            send_once: sends the confirmations.
            locales: the languages of the confirmations.
            calls_per_day: the maximum for one number; 0 sets no maximum.
            clock: the time.
        """
        self._call_center = call_center
        self._call_log = call_log
        self._send_once = send_once
        self._locales = locales
        self._calls_per_day = calls_per_day
        self._clock = clock

    def handle(self, request: CallbackRequest, deadline: InvocationDeadline) -> CallOutcome:
        """Starts a call and texts its outcome to the employee.

        A repeated request starts no second call and has the recorded outcome.

        Raises:
            TryAgainLater: the text could not be sent yet.
        """
        outcome = self._call_log.outcome(request)
        if outcome is None:
            outcome = self._call(request)
            self._call_log.record(request, outcome, now=self._clock())
        body = make_sendable(self._locales.of(request.language).say(_TEMPLATES[outcome]))
        key = ReplyKey(
            request.phone_number,
            request.message_id,
            campaign_id=request.campaign_id,
            counted=count_text(request.phone_number, request.message, RecentTexts(), self._clock()),
        )
        self._send_once.send(key, OutgoingText(request.phone_number, request.reply_from, body), deadline)
        return outcome

    def _call(self, request: CallbackRequest) -> CallOutcome:
        """Starts a call, unless the employee has reached the daily limit."""
        limit = self._calls_per_day
        if limit and not self._call_log.reserve(request, limit=limit, now=self._clock()):
            return CallOutcome.DAILY_LIMIT_REACHED
        return self._call_center.start_call(request)

"""Starts the call that an employee asked for, then queues the text that confirms it."""

from collections.abc import Mapping

from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.callbacks.ports import CallCenter, CallLog
from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, count_text
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers

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
        outbox: Outbox,
        workers: OutboxWorkers,
        locales: Locales,
        calls_per_day: int,
        clock: Clock,
    ) -> None:
        """Creates a starter.

        Args:
            call_center: starts calls.
            call_log: records the outcomes.
            outbox: takes the confirmations.
            workers: send the texts of the outbox.
            locales: the languages of the confirmations.
            calls_per_day: the maximum for one number; 0 sets no maximum.
            clock: the time.
        """
        self._call_center = call_center
        self._call_log = call_log
        self._outbox = outbox
        self._workers = workers
        self._locales = locales
        self._calls_per_day = calls_per_day
        self._clock = clock

    def handle(self, request: CallbackRequest) -> CallOutcome:
        """Starts a call and adds the text with its outcome to the outbox.

        A repeated request starts no second call, has the recorded outcome and adds no second text.
        """
        outcome = self._call_log.outcome(request)
        if outcome is None:
            outcome = self._call(request)
            self._call_log.record(request, outcome, now=self._clock())
        self._confirm(request, outcome)
        return outcome

    def _confirm(self, request: CallbackRequest, outcome: CallOutcome) -> None:
        now = self._clock()
        text = OutboxText(
            request.phone_number,
            ReplyKind.INBOUND,
            request.message_id,
            Priority.REPLY,
            request.reply_from,
            queued_at=now,
            body=make_sendable(self._locales.of(request.language).say(_TEMPLATES[outcome])),
            campaign_id=request.campaign_id,
        )
        counted = count_text(request.phone_number, request.message, RecentTexts(), now)
        status = self._outbox.add(text, counted=counted)
        if status is None or not status.final:
            self._workers.ensure_running(Priority.REPLY)

    def _call(self, request: CallbackRequest) -> CallOutcome:
        """Starts a call, unless the employee has reached the daily limit."""
        limit = self._calls_per_day
        if limit and not self._call_log.reserve(request, limit=limit, now=self._clock()):
            return CallOutcome.DAILY_LIMIT_REACHED
        return self._call_center.start_call(request)

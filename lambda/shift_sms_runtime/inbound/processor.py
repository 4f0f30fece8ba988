"""Handles an inbound text: checks whether to handle it, carries out its intent, sends the reply.

One write stores the effect of a text and the reply that reports it, under the text's id. A further delivery of the text
changes nothing and gets the same reply. The reply is sent at most once. Therefore a text has one effect and at most one
reply, even if its function is stopped between any two steps.
"""

from collections.abc import Mapping
from dataclasses import replace

from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.command_executor import CommandExecutor
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.opt_outs import OptOuts
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.inbound.ports import InboundStore
from shift_sms_runtime.inbound.repeated_texts import judge_text
from shift_sms_runtime.inbound.reply import InboundOutcome, Reply
from shift_sms_runtime.inbound.strangers import Strangers
from shift_sms_runtime.language.intents import (
    CarrierIntent,
    Intent,
    RequestCallback,
    SayYes,
    Thanks,
)
from shift_sms_runtime.language.interpreter import interpret
from shift_sms_runtime.language.locale import Locale, Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.hourly_limit import TextCount, Verdict, count_text, hour_name
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import ClaimedElsewhere, SendOnce
from shift_sms_runtime.queue_messages import Queue

_OUTCOME_BY_STATUS: Mapping[DeliveryStatus, InboundOutcome] = {
    DeliveryStatus.SENT: InboundOutcome.REPLIED,
    DeliveryStatus.UNKNOWN: InboundOutcome.REPLY_UNKNOWN,
}


class InboundProcessor:
    """Handles inbound texts, one at a time."""

    def __init__(
        self,
        *,
        store: InboundStore,
        executor: CommandExecutor,
        employees: Employees,
        locales: Locales,
        send_once: SendOnce[ReplyKey],
        callbacks: Queue[CallbackRequest] | None,
        policy: InboundPolicy,
        clock: Clock,
    ) -> None:
        """`callbacks` is the queue of callback requests; None if Amazon Connect is off."""
        self._store = store
        self._executor = executor
        self._locales = locales
        self._send_once = send_once
        self._callbacks = callbacks
        self._policy = policy
        self._opt_outs = OptOuts(employees=employees, send_once=send_once, policy=policy, clock=clock)
        self._strangers = Strangers(send_once=send_once, locales=locales, policy=policy, clock=clock)

    def handle(self, text: InboundText, deadline: InvocationDeadline) -> InboundOutcome:
        """Carries out a text and replies to it.

        Raises:
            TryAgainLater: the reply could not be sent yet.
        """
        if not text.sender:
            return InboundOutcome.STRANGER
        context = self._store.read(text)
        approved = context.employee.on_roster or text.sender in self._policy.approved_numbers
        locale = self._locales.of(context.employee.language)
        intent = interpret(text.body, locale.lexicon, context.shifts)
        if isinstance(intent, CarrierIntent):
            return self._opt_outs.handle(intent, context, locale, deadline, approved=approved)
        if not approved:
            return self._strangers.handle(text, deadline)
        return self._handle_approved(intent, context, locale, deadline)

    def _handle_approved(
        self, intent: Intent, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> InboundOutcome:
        """Handles a text of an approved number, unless it was handled before or exceeds the limits."""
        if context.reply_status is not None and context.reply_status.final:
            return InboundOutcome.DUPLICATE
        if context.employee.opted_out and self._policy.self_managed_opt_outs:
            return InboundOutcome.OPTED_OUT
        if context.reply_status is DeliveryStatus.SENDING and context.reply is None:
            return self._wait_for_earlier_delivery(context, deadline)
        text = context.text
        counted = count_text(text.sender, text.body, context.recent_texts, context.now)
        verdict = judge_text(intent, context, counted, self._policy)
        # An earlier delivery passed the limits. Texts that were sent after it must not hold its reply back.
        within_limits_before = context.reply is not None or context.reply_status is not None
        if verdict is not Verdict.HANDLE and not within_limits_before:
            return self._ignore(verdict, context, counted, locale, deadline)
        return self._carry_out(intent, context, counted, locale, deadline)

    def _wait_for_earlier_delivery(
        self, context: InboundContext, deadline: InvocationDeadline
    ) -> InboundOutcome:
        """Handles the text again, unless an earlier delivery may still be sending a reply without an effect.

        A new decision could contradict that reply.

        Raises:
            ClaimedElsewhere: the function of the earlier delivery may still be running.
        """
        if not self._send_once.settle_abandoned(context.reply_key):
            raise ClaimedElsewhere("an earlier delivery of this text may be sending its reply")
        if self._store.read(context.text).reply_status is DeliveryStatus.UNKNOWN:
            return InboundOutcome.REPLY_UNKNOWN
        return self.handle(context.text, deadline)

    def _ignore(
        self,
        verdict: Verdict,
        context: InboundContext,
        counted: TextCount,
        locale: Locale,
        deadline: InvocationDeadline,
    ) -> InboundOutcome:
        """Ignores a text beyond the limits, and sends the notice of the hour if it is due."""
        if verdict is Verdict.SEND_NOTICE:
            text = context.text
            key = ReplyKey(text.sender, hour_name(counted.hour), ReplyKind.LIMIT_NOTICE)
            body = make_sendable(locale.say(Template.TOO_MANY_TEXTS))
            self._send_once.send(key, OutgoingText(text.sender, text.reply_from, body), deadline)
        return InboundOutcome.IGNORED

    def _carry_out(
        self,
        intent: Intent,
        context: InboundContext,
        counted: TextCount,
        locale: Locale,
        deadline: InvocationDeadline,
    ) -> InboundOutcome:
        """Carries out an intent within the limits: no reply, a callback request, or a command and its reply."""
        if isinstance(intent, Thanks) or (
            intent == SayYes(may_only_acknowledge=True) and context.offered_shift_id is None
        ):
            return InboundOutcome.THANKED
        if isinstance(intent, RequestCallback) and self._callbacks is not None:
            text = context.text
            request = CallbackRequest(
                text.message_id,
                text.sender,
                text.reply_from,
                intent.words,
                context.campaign_id,
                locale.language,
            )
            self._callbacks.put([request])
            return InboundOutcome.CALLBACK_REQUESTED
        reply = self._executor.execute(intent, context, locale, deadline)
        # A text is counted once, with the first claim of its reply.
        key = replace(reply.key, counted=counted if context.reply_status is None else None)
        return self._send(replace(reply, key=key), context, deadline)

    def _send(self, reply: Reply, context: InboundContext, deadline: InvocationDeadline) -> InboundOutcome:
        text = context.text
        outgoing = OutgoingText(text.sender, text.reply_from, reply.text)
        outcome = self._send_once.send(reply.key, outgoing, deadline)
        if outcome.earlier:
            return InboundOutcome.DUPLICATE
        self._opt_outs.record_send_outcome(outcome, context)
        return _OUTCOME_BY_STATUS.get(outcome.status, InboundOutcome.REPLY_NOT_SENT)

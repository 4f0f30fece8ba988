"""Handles an inbound text, and sends the reply if it can.

What the text does and the reply are written together.

One write stores the effect of a text, its reply and the place of the reply in the outbox, under the text's id. A
further delivery of the text finds the reply and changes nothing. If the number is free, the same invocation sends the
reply. Otherwise a worker of the outbox does. So a text has one effect and one reply, even if its function is stopped
between any two steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.command_executor import CommandExecutor
from shift_sms_runtime.inbound.context import InboundContext, WaitingReply
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.opt_outs import OptOuts
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.inbound.ports import InboundStore
from shift_sms_runtime.inbound.refusals import Refusals
from shift_sms_runtime.inbound.reply import InboundOutcome, Reply
from shift_sms_runtime.language.intents import (
    CarrierIntent,
    Intent,
    RequestCallback,
    SayYes,
    Thanks,
    UrgentText,
)
from shift_sms_runtime.language.locale import Locale, Locales
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.messaging.hourly_limit import Verdict
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers
from shift_sms_runtime.outbox.sender import OutboxSender
from shift_sms_runtime.queue_messages import Queue
from shift_sms_runtime.shifts.ports import ChangedMeanwhile

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
        outbox: Outbox,
        workers: OutboxWorkers,
        sender: OutboxSender,
        callbacks: Queue[CallbackRequest] | None,
        policy: InboundPolicy,
        clock: Clock,
        on_urgent: Callable[[], None],
    ) -> None:
        """Creates a processor.

        Args:
            store: Reads and writes what texts concern.
            executor: Carries out intents.
            employees: Records opt-outs.
            locales: The languages of the replies.
            outbox: Takes the replies to texts that are not carried out.
            workers: Send the replies that wait.
            sender: Sends the replies that need not wait.
            callbacks: The queue of callback requests; None if Amazon Connect is off.
            policy: Which numbers may text, and how often.
            clock: The time.
            on_urgent: Called for each urgent text before it is written, so that no alarm is lost.
        """
        self._store = store
        self._executor = executor
        self._locales = locales
        self._outbox = outbox
        self._workers = workers
        self._sender = sender
        self._callbacks = callbacks
        self._policy = policy
        self._on_urgent = on_urgent
        self._opt_outs = OptOuts(employees=employees, policy=policy, clock=clock)
        self._refusals = Refusals(locales=locales, policy=policy)

    def handle(self, text: InboundText, deadline: InvocationDeadline) -> InboundOutcome:
        """Carries out a text and replies to it.

        A reply that cannot be sent at once waits in the outbox.

        Raises:
            TransientFailure: the rows that the text concerns kept changing until the deadline. Nothing was written.
        """
        if not text.sender:
            return InboundOutcome.STRANGER
        context = self._store.read(text)
        if context.reply_status is not None:
            return self._repeat(context)
        approved = context.employee.on_roster or text.sender in self._policy.approved_numbers
        locale = self._locales.of(context.employee.language)
        intent = interpret(text.body, locale.lexicons, context.shifts)
        if isinstance(intent, CarrierIntent):
            outcome, confirmation = self._opt_outs.carry_out(intent, context, locale, approved=approved)
            if confirmation is not None:
                self._confirm(confirmation, context, deadline)
            return outcome
        if not approved:
            self._refuse(self._refusals.stranger_reply(context), deadline)
            return InboundOutcome.STRANGER
        return self._handle_approved(intent, context, locale, deadline)

    def _handle_approved(
        self, intent: Intent, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> InboundOutcome:
        """Handles a text of an approved number within the limits.

        With self-managed opt-outs, a number that has opted out gets no reply.
        """
        if context.employee.opted_out and self._policy.self_managed_opt_outs:
            if isinstance(intent, UrgentText):
                self._keep_silently(intent, context, locale, deadline)
            return InboundOutcome.OPTED_OUT
        verdict = self._refusals.judge(intent, context)
        if verdict is Verdict.SEND_NOTICE:
            self._refuse(self._refusals.limit_notice(context, locale), deadline)
        if verdict is not Verdict.HANDLE:
            return InboundOutcome.IGNORED
        return self._carry_out(intent, context, locale, deadline)

    def _keep_silently(
        self, intent: UrgentText, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> None:
        """Keeps an urgent text of a number that has opted out. A worker withdraws the reply."""
        if self._refusals.judge(intent, context) is Verdict.HANDLE:
            self._on_urgent()
            self._executor.execute(intent, context, locale, deadline)
            self._workers.ensure_running(Priority.REPLY)

    def _repeat(self, context: InboundContext) -> InboundOutcome:
        """Handles a further delivery of a text.

        Starts a worker if the reply or its follow-up may still wait.
        """
        if context.reply_status not in context.outbox_text.row.removed_on:
            self._workers.ensure_running(Priority.REPLY)
        return InboundOutcome.DUPLICATE

    def _confirm(self, reply: Reply, context: InboundContext, deadline: InvocationDeadline) -> None:
        """Confirms a carrier keyword or an opt-out in plain words."""
        try:
            self._store.write(context, reply)
        except ChangedMeanwhile:
            # Another delivery of the text has written the confirmation.
            self._repeat(context)
        else:
            self._send(WaitingReply(reply, context), deadline)

    def _refuse(self, reply: OutboxText | None, deadline: InvocationDeadline) -> None:
        """Sends the reply to a text that is not carried out, unless the number got it already."""
        if reply is None or reply.body is None:
            return
        status = self._outbox.add(reply)
        if status is None:
            self._sender.send_now(reply, RenderedText(reply.body, reply.key), deadline)
        elif not status.final:
            self._workers.ensure_running(Priority.REPLY)

    def _carry_out(
        self, intent: Intent, context: InboundContext, locale: Locale, deadline: InvocationDeadline
    ) -> InboundOutcome:
        """Carries out an intent within the limits.

        The result is no reply, a callback request, or a command with its reply.
        """
        if _needs_no_reply(intent, context):
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
        if isinstance(intent, UrgentText):
            self._on_urgent()
        written = self._executor.execute(intent, context, locale, deadline)
        return self._repeat(context) if written is None else self._send(written, deadline)

    def _send(self, written: WaitingReply, deadline: InvocationDeadline) -> InboundOutcome:
        """Sends a reply that was just written, if the number is free. Otherwise a worker sends it."""
        reply, context = written.reply, written.context
        text = context.outbox_text
        rendered = RenderedText(reply.text, replace(text.key, offered_shift_id=reply.offered_shift_id))
        outcome = self._sender.send_now(text, rendered, deadline)
        if outcome is None:
            return InboundOutcome.REPLY_QUEUED
        return _OUTCOME_BY_STATUS.get(outcome.status, InboundOutcome.REPLY_NOT_SENT)


def _needs_no_reply(intent: Intent, context: InboundContext) -> bool:
    """Whether a text only thanks or acknowledges: "thanks", or after a booking a thumb up."""
    match intent:
        case Thanks():
            return True
        case SayYes(may_only_acknowledge, is_symbol):
            return (may_only_acknowledge or is_symbol) and context.offered_shift_id is None
        case _:
            return False

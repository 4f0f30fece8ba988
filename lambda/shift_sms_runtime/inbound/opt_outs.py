"""Carries out STOP, START and HELP, and records opt-outs that only the messaging service knows."""

from shift_sms_runtime.employees.employee import MESSAGING_SERVICE
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.language.intents import AskForHelp, CarrierIntent, OptIn, OptOut
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.hourly_limit import Verdict, count_text, judge
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendOutcome
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce


class OptOuts:
    """Records opt-outs of every number, approved or not.

    With self-managed opt-outs, it also replies to the keywords of approved numbers.
    """

    def __init__(
        self, *, employees: Employees, send_once: SendOnce[ReplyKey], policy: InboundPolicy, clock: Clock
    ) -> None:
        self._employees = employees
        self._send_once = send_once
        self._policy = policy
        self._clock = clock

    def handle(
        self,
        intent: CarrierIntent,
        context: InboundContext,
        locale: Locale,
        deadline: InvocationDeadline,
        *,
        approved: bool,
    ) -> InboundOutcome:
        """Carries out a carrier keyword and sends its confirmation, if one is due.

        Raises:
            TryAgainLater: the confirmation could not be sent yet.
        """
        text, employee = context.text, context.employee
        sent_at = text.sent_at or self._clock()
        counted = count_text(text.sender, text.body, context.recent_texts, context.now)
        match intent:
            case OptOut():
                confirm = self._employees.opt_out(
                    text.sender, text.message_id, at=sent_at, on_roster=employee.on_roster
                )
                # If a second STOP came between two deliveries of this one, the confirmation of this one is still due.
                confirm = confirm or (employee.opted_out and employee.opt_changed_by == text.message_id)
                outcome, template = InboundOutcome.OPTED_OUT, Template.OPTED_OUT
            case OptIn():
                confirm = self._employees.opt_in(text.sender, text.message_id, at=sent_at)
                outcome, template = InboundOutcome.OPTED_IN, Template.OPTED_IN
            case AskForHelp():
                limit = self._policy.texts_per_hour
                verdict = judge(context.recent_texts, counted, texts_per_hour=limit, may_repeat=False)
                confirm = not employee.opted_out and verdict is Verdict.HANDLE
                outcome, template = InboundOutcome.HELP, Template.HELP
        if confirm and approved and self._policy.self_managed_opt_outs:
            key = ReplyKey(text.sender, text.message_id, counted=counted)
            body = make_sendable(locale.say(template))
            self._send_once.send(key, OutgoingText(text.sender, text.reply_from, body), deadline)
        return outcome

    def record_send_outcome(self, outcome: SendOutcome, context: InboundContext) -> None:
        """Records the opt-out or opt-in that the result of a send reveals.

        The service publishes no keyword that it handles itself. It refuses texts to a number that has opted out, and
        sends them once the number has opted in again.
        """
        number = context.employee.phone_number
        if outcome.status is DeliveryStatus.OPTED_OUT:
            on_roster = context.employee.on_roster
            self._employees.opt_out(number, MESSAGING_SERVICE, at=self._clock(), on_roster=on_roster)
        elif outcome.status is DeliveryStatus.SENT and context.employee.opt_changed_by == MESSAGING_SERVICE:
            self._employees.clear_refusal(number, context.text.message_id, at=self._clock())

"""Carries out STOP, START and HELP, and learns of opt-outs from what the messaging service does with replies."""

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
    """Records who wants no texts, whether they are approved or not.

    Confirms to approved numbers, where the messaging service leaves the confirmation to us.
    """

    def __init__(
        self, *, employees: Employees, replies: SendOnce[ReplyKey], policy: InboundPolicy, clock: Clock
    ) -> None:
        self._employees = employees
        self._replies = replies
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
        """Carries out a carrier keyword and confirms it, if a confirmation is due.

        Raises:
            TryAgainLater: the confirmation could not be sent yet.
        """
        text, employee = context.text, context.employee
        at = text.sent_at or self._clock()
        counted = count_text(text.sender, text.body, context.recent, context.now)
        match intent:
            case OptOut():
                news = self._employees.opt_out(
                    text.sender, text.message_id, at=at, on_roster=employee.on_roster
                )
                # A repeated STOP may have overtaken this one, whose confirmation is still due.
                news = news or (employee.opted_out and employee.opt_changed_by == text.message_id)
                outcome, template = InboundOutcome.OPTED_OUT, Template.OPTED_OUT
            case OptIn():
                news = self._employees.opt_in(text.sender, text.message_id, at=at)
                outcome, template = InboundOutcome.OPTED_IN, Template.OPTED_IN
            case AskForHelp():
                limit = self._policy.texts_per_hour
                verdict = judge(context.recent, counted, texts_per_hour=limit, may_repeat=False)
                news = not employee.opted_out and verdict is Verdict.HANDLE
                outcome, template = InboundOutcome.HELP, Template.HELP
        if news and approved and self._policy.self_managed_opt_outs:
            key = ReplyKey(text.sender, text.message_id, counted=counted)
            words = make_sendable(locale.say(template))
            self._replies.send(key, OutgoingText(text.sender, text.recipient, words), deadline)
        return outcome

    def learn(self, outcome: SendOutcome, context: InboundContext) -> None:
        """Records an opt-out that the messaging service knows of and the text did not say.

        The service refuses replies to a number that has opted out, and lets them through after it has opted in again.
        It publishes no keyword that it handles itself.
        """
        number = context.employee.phone_number
        if outcome.status is DeliveryStatus.OPTED_OUT:
            on_roster = context.employee.on_roster
            self._employees.opt_out(number, MESSAGING_SERVICE, at=self._clock(), on_roster=on_roster)
        elif outcome.status is DeliveryStatus.SENT and context.employee.opt_changed_by == MESSAGING_SERVICE:
            self._employees.clear_refusal(number, context.text.message_id, at=self._clock())

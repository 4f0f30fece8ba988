"""Carries out STOP, START and HELP, and opt-outs in plain words."""

from shift_sms_runtime.employees.employee import MESSAGING_SERVICE
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.inbound.reply import InboundOutcome, Reply
from shift_sms_runtime.language.intents import AskForHelp, CarrierIntent, OptIn, OptOut
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.hourly_limit import Verdict, judge
from shift_sms_runtime.messaging.ports import Clock


class OptOuts:
    """Records opt-outs of every number, approved or not."""

    def __init__(self, *, employees: Employees, policy: InboundPolicy, clock: Clock) -> None:
        self._employees = employees
        self._policy = policy
        self._clock = clock

    def carry_out(
        self, intent: CarrierIntent, context: InboundContext, locale: Locale, *, approved: bool
    ) -> tuple[InboundOutcome, Reply | None]:
        """Carries out a carrier keyword, or an opt-out in plain words.

        Returns:
            The outcome, and the confirmation if one is due to an approved number.
        """
        text, employee = context.text, context.employee
        sent_at = text.sent_at or self._clock()
        match intent:
            case OptOut():
                confirm = self._employees.opt_out(
                    text.sender, text.message_id, at=sent_at, on_roster=employee.on_roster
                )
                # An earlier delivery may have recorded this STOP and been stopped before it wrote the confirmation.
                confirm = confirm or (employee.opted_out and employee.opt_changed_by == text.message_id)
                outcome, template = InboundOutcome.OPTED_OUT, Template.OPTED_OUT
            case OptIn():
                confirm = self._employees.opt_in(text.sender, text.message_id, at=sent_at)
                outcome, template = InboundOutcome.OPTED_IN, Template.OPTED_IN
            case AskForHelp():
                limit = self._policy.texts_per_hour
                verdict = judge(context.recent_texts, context.counted, texts_per_hour=limit, may_repeat=False)
                confirm = not employee.opted_out and verdict is Verdict.HANDLE
                outcome, template = InboundOutcome.HELP, Template.HELP
        if not (confirm and approved and self._replies_to(intent, context)):
            return outcome, None
        # A confirmation counts for no campaign.
        return outcome, Reply(
            make_sendable(locale.say(template)), confirms_opt_out=isinstance(intent, OptOut)
        )

    def _replies_to(self, intent: CarrierIntent, context: InboundContext) -> bool:
        """Whether this system replies, instead of the messaging service.

        The service does not recognize an opt-out in plain words. START ends it, and the service replies to START only
        if the number has START as a keyword.
        """
        if self._policy.self_managed_opt_outs:
            return True
        text, employee = context.text, context.employee
        match intent:
            case OptOut(in_words):
                return in_words
            case OptIn():
                texted = employee.opted_out and employee.opt_changed_by != MESSAGING_SERVICE
                repeated = employee.opt_changed_by == text.message_id
                return (texted or repeated) and not text.answered_by_service
            case AskForHelp():
                return False

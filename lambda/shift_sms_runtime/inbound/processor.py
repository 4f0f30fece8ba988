"""One text from an employee: its effect, then its one answer.

The effect and the words that tell of it are written in one step, under the text's id: a text that is delivered again
has no second effect and gets the same answer. The answer is sent at most once. So a text whose function was killed
anywhere ends in one effect and one answer.
"""

from collections.abc import Mapping

from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.employees.employee import BY_THE_SERVICE
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.inbound.command_executor import CommandExecutor
from shift_sms_runtime.inbound.context import InboundQuery, Visit
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.policy import InboundPolicy, StrangerReply
from shift_sms_runtime.inbound.ports import FrontDesk
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.intents import (
    AskForHelp,
    CarrierIntent,
    Intent,
    ListShifts,
    OptIn,
    OptOut,
    RequestCallback,
    SayNo,
    SayYes,
    Thanks,
)
from shift_sms_runtime.language.interpreter import interpret
from shift_sms_runtime.language.locale import Locale, Locales, Template
from shift_sms_runtime.language.shift_codes import candidate_ids
from shift_sms_runtime.messaging.encoding import sendable
from shift_sms_runtime.messaging.hourly_limit import TextCount, Verdict, count, hour_name, judge
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import AnotherIsSending, SendOnce
from shift_sms_runtime.queue_messages import Queue

_MOST_IDS = 60
"""Shifts looked up for one text: all of 25 codes, and of every neighbour that might belong to them."""


_HANDLED: Mapping[DeliveryStatus, InboundOutcome] = {
    DeliveryStatus.SENT: InboundOutcome.ANSWERED,
    DeliveryStatus.UNKNOWN: InboundOutcome.ANSWER_UNKNOWN,
}


class InboundProcessor:
    """Handles one text after the other."""

    def __init__(
        self,
        *,
        front_desk: FrontDesk,
        employees: Employees,
        wishes: CommandExecutor,
        languages: Locales,
        answers: SendOnce[ReplyKey],
        callbacks: Queue[CallbackRequest] | None,
        policy: InboundPolicy,
        clock: Clock,
    ) -> None:
        self._front_desk = front_desk
        self._employees = employees
        self._wishes = wishes
        self._languages = languages
        self._answers = answers
        self._callbacks = callbacks
        self._policy = policy
        self._clock = clock

    def handle(self, text: InboundText, patience: InvocationDeadline) -> InboundOutcome:
        """Do what the text asks for and answer it.

        Raises:
            TryAgainLater: the answer could not be sent yet.
        """
        if text.sender is None:
            return InboundOutcome.STRANGER
        question = InboundQuery(
            text.message_id,
            text.sender,
            text.answers_to,
            candidate_ids(text.body, most=_MOST_IDS),
            self._clock(),
        )
        visit = Visit(text, text.sender, question, self._front_desk.look_up(question))
        approved = visit.arrival.employee.on_roster or visit.sender in self._policy.approved_numbers
        locale = self._languages.of(visit.arrival.employee.language)
        wish = interpret(text.body, locale.lexicon, visit.arrival.shifts)
        if isinstance(wish, CarrierIntent):
            return self._opt(wish, visit, locale, patience, approved=approved)
        if not approved:
            return self._turn_away(visit, patience)
        if visit.arrival.answer is not None and visit.arrival.answer.final:
            return InboundOutcome.DUPLICATE
        if visit.arrival.employee.opted_out and self._policy.self_managed_opt_outs:
            return InboundOutcome.OPTED_OUT
        return self._serve(wish, visit, locale, patience)

    def _wait_for_another(self, visit: Visit, patience: InvocationDeadline) -> InboundOutcome:
        """An earlier delivery changed nothing, and may be telling so right now: to decide anew could make it untrue.

        Raises:
            AnotherIsSending: it may still be alive.
        """
        if not self._answers.settled(
            ReplyKey(visit.sender, visit.text.message_id, campaign_id=visit.arrival.campaign_id)
        ):
            raise AnotherIsSending("an earlier delivery of this text is being answered")
        if self._front_desk.look_up(visit.question).answer is DeliveryStatus.UNKNOWN:
            return InboundOutcome.ANSWER_UNKNOWN
        return self.handle(visit.text, patience)

    def _serve(
        self, wish: Intent, visit: Visit, locale: Locale, patience: InvocationDeadline
    ) -> InboundOutcome:
        """An employee is heard."""
        arrival, text = visit.arrival, visit.text
        if arrival.answer is DeliveryStatus.SENDING and arrival.decided is None:
            return self._wait_for_another(visit, patience)
        this = self._count(visit)
        asked_for = isinstance(wish, ListShifts) or (
            isinstance(wish, SayYes | SayNo) and arrival.offered is not None
        )
        verdict = self._judge(visit, this, may_repeat=asked_for)
        # What was let through before is answered, whatever came after it.
        if arrival.decided is None and arrival.answer is None and verdict is not Verdict.HANDLE:
            return self._refuse(verdict, this, visit, locale, patience)
        if isinstance(wish, Thanks) or (wish == SayYes(casual=True) and arrival.offered is None):
            return InboundOutcome.THANKED
        if isinstance(wish, RequestCallback) and self._callbacks is not None:
            request = CallbackRequest(
                text.message_id,
                visit.sender,
                text.recipient,
                wish.words,
                arrival.campaign_id,
                locale.language,
            )
            self._callbacks.put([request])
            return InboundOutcome.CALLBACK_REQUESTED
        renderer = ReplyRenderer(locale, agent_offered=self._callbacks is not None)
        decided = self._wishes.carry_out(visit, locale, renderer, patience)
        counted = this if arrival.answer is None else None  # an earlier delivery has counted it
        key = ReplyKey(
            visit.sender,
            text.message_id,
            campaign_id=decided.campaign_id if decided.has_effect else arrival.campaign_id,
            bookings=decided.bookings,
            offers=decided.offers,
            counted=counted,
            has_effect=decided.has_effect,
            given_back=decided.given_back,
        )
        return self._answer(key, visit, decided.answer, patience)

    def _answer(
        self, key: ReplyKey, visit: Visit, answer: str, patience: InvocationDeadline
    ) -> InboundOutcome:
        text, sender, arrival = visit.text, visit.sender, visit.arrival
        outcome = self._answers.send(key, OutgoingText(sender, text.recipient, answer), patience)
        # What the service does with our texts tells what it was asked for, when nobody tells us.
        if outcome.earlier:
            return InboundOutcome.DUPLICATE
        if outcome.status is DeliveryStatus.OPTED_OUT:
            self._employees.opt_out(
                sender, BY_THE_SERVICE, at=self._clock(), on_roster=arrival.employee.on_roster
            )
        elif outcome.status is DeliveryStatus.SENT and arrival.employee.opted_out_by == BY_THE_SERVICE:
            self._employees.let_through(sender, text.message_id, at=self._clock())
        return _HANDLED.get(outcome.status, InboundOutcome.ANSWER_NOT_SENT)

    def _count(self, visit: Visit) -> TextCount:
        return count(visit.sender, visit.text.body, visit.arrival.recent, self._clock())

    def _judge(self, visit: Visit, this: TextCount, *, may_repeat: bool = False) -> Verdict:
        limit = self._policy.texts_per_hour
        return judge(visit.arrival.recent, this, texts_per_hour=limit, may_repeat=may_repeat)

    def _refuse(
        self,
        verdict: Verdict,
        this: TextCount,
        visit: Visit,
        locale: Locale,
        patience: InvocationDeadline,
    ) -> InboundOutcome:
        if verdict is Verdict.SEND_NOTICE:
            enough = sendable(locale.say(Template.TOO_MANY_TEXTS))
            text = OutgoingText(visit.sender, visit.text.recipient, enough)
            key = ReplyKey(visit.sender, hour_name(this.hour), ReplyKind.LIMIT_NOTICE)
            self._answers.send(key, text, patience)
        return InboundOutcome.IGNORED

    def _opt(
        self,
        command: CarrierIntent,
        visit: Visit,
        locale: Locale,
        patience: InvocationDeadline,
        *,
        approved: bool,
    ) -> InboundOutcome:
        """Keep to what a person wants, whoever it is; answer employees, if nobody else does."""
        text, sender, arrival = visit.text, visit.sender, visit.arrival
        at, this = text.sent_at or self._clock(), self._count(visit)
        match command:
            case OptOut():
                news = self._employees.opt_out(
                    sender, text.message_id, at=at, on_roster=arrival.employee.on_roster
                )
                # Said again meanwhile, and this one's confirmation may still be due.
                news = news or (
                    arrival.employee.opted_out and arrival.employee.opted_out_by == text.message_id
                )
                handled, reply = InboundOutcome.OPTED_OUT, Template.OPTED_OUT
            case OptIn():
                news = self._employees.opt_in(sender, text.message_id, at=at)
                handled, reply = InboundOutcome.OPTED_IN, Template.OPTED_IN
            case AskForHelp():
                news = not arrival.employee.opted_out and self._judge(visit, this) is Verdict.HANDLE
                handled, reply = InboundOutcome.HELP, Template.HELP
        if news and approved and self._policy.self_managed_opt_outs:
            answer = sendable(locale.say(reply))
            key = ReplyKey(sender, text.message_id, counted=this)
            self._answers.send(key, OutgoingText(sender, text.recipient, answer), patience)
        return handled

    def _turn_away(self, visit: Visit, patience: InvocationDeadline) -> InboundOutcome:
        if self._policy.stranger_reply is StrangerReply.ONCE_PER_DAY:
            day = self._clock().date().isoformat()
            answer = sendable(self._languages.of("").say(Template.STRANGER))
            self._answers.send(
                ReplyKey(visit.sender, day, ReplyKind.STRANGER_REPLY),
                OutgoingText(visit.sender, visit.text.recipient, answer),
                patience,
            )
        return InboundOutcome.STRANGER

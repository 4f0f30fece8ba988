"""One text from an employee: its effect, then its one answer.

The effect and the words that tell of it are written in one step, under the text's id: a text that is delivered again
has no second effect and gets the same answer. The answer is sent at most once. So a text whose function was killed
anywhere ends in one effect and one answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shift_sms_runtime.domain.callbacks import CallbackRequest
from shift_sms_runtime.domain.catalogue import Reply
from shift_sms_runtime.domain.commands import (
    AskForHelp,
    CallMe,
    CarrierCommand,
    ListShifts,
    OptIn,
    OptOut,
    SayNo,
    SayYes,
    Thanks,
    carrier_command,
    interpret,
)
from shift_sms_runtime.domain.deliveries import Answer, DeliveryStatus, OutgoingText
from shift_sms_runtime.domain.front_desk import BY_THE_SERVICE, Question, StrangerReply
from shift_sms_runtime.domain.guard import Count, Verdict, count, judge
from shift_sms_runtime.domain.inbound import InboundText
from shift_sms_runtime.domain.text_parts import KnownCodes, possible_ids, take_apart
from shift_sms_runtime.services.languages import Language, Languages
from shift_sms_runtime.services.send_once import AnotherIsSending, Clock, Patience, SendOnce
from shift_sms_runtime.services.wishes import FrontDesk, Visit, Wishes

_MOST_IDS = 60
"""Shifts looked up for one text: all of 25 codes, and of every neighbour that might belong to them."""


class Handled(StrEnum):
    """What became of a text, for logs and metrics."""

    ANSWERED = "answered"
    ANSWER_NOT_SENT = "answer-not-sent"
    ANSWER_UNKNOWN = "answer-unknown"
    CALLBACK_REQUESTED = "callback-requested"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted-out"
    """It said STOP, or came from somebody who has: no answer, or the one confirmation."""
    OPTED_IN = "opted-in"
    HELP = "help"
    STRANGER = "stranger"
    THANKED = "thanked"
    """It wants nothing, not even an answer."""
    IGNORED = "ignored"
    """Too many texts, or one and the same too often."""


_HANDLED: Mapping[DeliveryStatus, Handled] = {
    DeliveryStatus.SENT: Handled.ANSWERED,
    DeliveryStatus.UNKNOWN: Handled.ANSWER_UNKNOWN,
}


class CallbackQueue(Protocol):
    """Where wishes to be called wait for their call."""

    def put(self, request: CallbackRequest) -> None:
        """Hand over one request."""


@dataclass(frozen=True)
class Policy:
    """Who may text and how much, and what strangers hear."""

    approved_numbers: frozenset[str] = frozenset()
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed_opt_outs: bool = False
    """Whether STOP, START and HELP are ours to answer, not the messaging service's."""
    texts_per_hour: int = 0
    """That one number may send; 0 is no limit."""


class Conversation:
    """Handles one text after the other."""

    def __init__(
        self,
        *,
        front_desk: FrontDesk,
        wishes: Wishes,
        languages: Languages,
        answers: SendOnce[Answer],
        callbacks: CallbackQueue | None,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._front_desk = front_desk
        self._wishes = wishes
        self._languages = languages
        self._answers = answers
        self._callbacks = callbacks
        self._policy = policy
        self._clock = clock

    def handle(self, text: InboundText, patience: Patience) -> Handled:
        """Do what the text asks for and answer it.

        Raises:
            TryAgainLater: the answer could not be sent yet.
        """
        if text.sender is None:
            return Handled.STRANGER
        parts = take_apart(text.body)
        question = Question(
            text.message_id,
            text.sender,
            text.answers_to,
            possible_ids(parts, most=_MOST_IDS),
            self._clock(),
        )
        visit = Visit(text, text.sender, parts, question, self._front_desk.look_up(question))
        approved = visit.arrival.on_roster or visit.sender in self._policy.approved_numbers
        carrier = carrier_command(parts)
        if carrier is not None:
            return self._opt(carrier, visit, patience, approved=approved)
        if not approved:
            return self._turn_away(visit, patience)
        if visit.arrival.answer is not None and visit.arrival.answer.final:
            return Handled.DUPLICATE
        if visit.arrival.opted_out and self._policy.self_managed_opt_outs:
            return Handled.OPTED_OUT
        return self._serve(visit, patience)

    def _wait_for_another(self, visit: Visit, patience: Patience) -> Handled:
        """An earlier delivery changed nothing, and may be telling so right now: to decide anew could make it untrue.

        Raises:
            AnotherIsSending: it may still be alive.
        """
        if not self._answers.settled(Answer(visit.text.message_id, visit.arrival.campaign_id)):
            raise AnotherIsSending("an earlier delivery of this text is being answered")
        if self._front_desk.look_up(visit.question).answer is DeliveryStatus.UNKNOWN:
            return Handled.ANSWER_UNKNOWN
        return self.handle(visit.text, patience)

    def _serve(self, visit: Visit, patience: Patience) -> Handled:
        """An employee is heard."""
        arrival, text = visit.arrival, visit.text
        if arrival.answer is DeliveryStatus.SENDING and arrival.decided is None:
            return self._wait_for_another(visit, patience)
        language = self._languages.of(arrival.language)
        this = self._count(visit)
        wish = interpret(visit.parts, language.lexicon, KnownCodes(arrival.shifts))
        asked_for = isinstance(wish, ListShifts) or (
            isinstance(wish, SayYes | SayNo) and arrival.offered is not None
        )
        verdict = self._judge(visit, this, may_repeat=asked_for)
        # What was let through before is answered, whatever came after it.
        if arrival.decided is None and arrival.answer is None and verdict is not Verdict.HANDLE:
            return self._refuse(verdict, this, visit, language, patience)
        if isinstance(wish, Thanks) or (wish == SayYes(casual=True) and arrival.offered is None):
            return Handled.THANKED
        if isinstance(wish, CallMe) and self._callbacks is not None:
            self._callbacks.put(
                CallbackRequest(
                    text.message_id,
                    visit.sender,
                    text.recipient,
                    wish.words,
                    arrival.campaign_id,
                    language.catalogue.language,
                )
            )
            return Handled.CALLBACK_REQUESTED
        decided = self._wishes.carry_out(visit, language, patience)
        counted = this if arrival.answer is None else None  # an earlier delivery has counted it
        key = Answer(
            text.message_id,
            decided.campaign_id if decided.has_effect else arrival.campaign_id,
            decided.bookings,
            decided.offers,
            counted,
            decided=decided.has_effect,
            given_back=decided.given_back,
        )
        return self._answer(key, visit, decided.answer, patience)

    def _answer(self, key: Answer, visit: Visit, answer: str, patience: Patience) -> Handled:
        text, sender, arrival = visit.text, visit.sender, visit.arrival
        outcome = self._answers.send(key, OutgoingText(sender, text.recipient, answer), patience)
        # What the service does with our texts tells what it was asked for, when nobody tells us.
        if outcome.earlier:
            return Handled.DUPLICATE
        if outcome.status is DeliveryStatus.OPTED_OUT:
            self._front_desk.opt_out(sender, BY_THE_SERVICE, at=self._clock(), on_roster=arrival.on_roster)
        elif outcome.status is DeliveryStatus.SENT and arrival.opted_out_by == BY_THE_SERVICE:
            self._front_desk.let_through(sender, text.message_id, at=self._clock())
        return _HANDLED.get(outcome.status, Handled.ANSWER_NOT_SENT)

    def _count(self, visit: Visit) -> Count:
        return count(visit.sender, visit.text.body, visit.arrival.recent, self._clock())

    def _judge(self, visit: Visit, this: Count, *, may_repeat: bool = False) -> Verdict:
        limit = self._policy.texts_per_hour
        return judge(visit.arrival.recent, this, texts_per_hour=limit, may_repeat=may_repeat)

    def _refuse(
        self, verdict: Verdict, this: Count, visit: Visit, language: Language, patience: Patience
    ) -> Handled:
        if verdict is Verdict.SAY_IT_IS_ENOUGH:
            enough = language.wording.say(Reply.TOO_MANY_TEXTS)
            text = OutgoingText(visit.sender, visit.text.recipient, enough)
            self._answers.send(Answer(this.notice), text, patience)
        return Handled.IGNORED

    def _opt(self, command: CarrierCommand, visit: Visit, patience: Patience, *, approved: bool) -> Handled:
        """Keep to what a person wants, whoever it is; answer employees, if nobody else does."""
        text, sender, arrival = visit.text, visit.sender, visit.arrival
        at, this = text.sent_at or self._clock(), self._count(visit)
        match command:
            case OptOut():
                news = self._front_desk.opt_out(sender, text.message_id, at=at, on_roster=arrival.on_roster)
                # Said again meanwhile, and this one's confirmation may still be due.
                news = news or (arrival.opted_out and arrival.opted_out_by == text.message_id)
                handled, reply = Handled.OPTED_OUT, Reply.OPTED_OUT
            case OptIn():
                news = self._front_desk.opt_in(sender, text.message_id, at=at)
                handled, reply = Handled.OPTED_IN, Reply.OPTED_IN
            case AskForHelp():
                news = not arrival.opted_out and self._judge(visit, this) is Verdict.HANDLE
                handled, reply = Handled.HELP, Reply.HELP
        if news and approved and self._policy.self_managed_opt_outs:
            answer = self._languages.of(arrival.language).wording.say(reply)
            key = Answer(text.message_id, counted=this)
            self._answers.send(key, OutgoingText(sender, text.recipient, answer), patience)
        return handled

    def _turn_away(self, visit: Visit, patience: Patience) -> Handled:
        if self._policy.stranger_reply is StrangerReply.ONCE_PER_DAY:
            day = self._clock().date().isoformat()
            answer = self._languages.of("").wording.say(Reply.STRANGER)
            self._answers.send(
                Answer(f"stranger#{visit.sender}#{day}"),
                OutgoingText(visit.sender, visit.text.recipient, answer),
                patience,
            )
        return Handled.STRANGER

"""One text from an employee: its effect, then its one answer.

The effect is safe to repeat, because every write carries the id of the text that caused it; the answer is sent at most
once. So a text that is delivered again, or whose function was killed anywhere, ends in one booking and one answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shift_sms_runtime.domain.callbacks import CallbackRequest
from shift_sms_runtime.domain.commands import (
    AskForHelp,
    CallMe,
    ClaimShifts,
    ListShifts,
    OptIn,
    OptOut,
    looks_like_code,
    parse,
)
from shift_sms_runtime.domain.deliveries import Answer, DeliveryStatus, OutgoingText
from shift_sms_runtime.domain.front_desk import IMPORTED, Arrival, ListingPlace, StrangerReply
from shift_sms_runtime.domain.inbound import InboundText
from shift_sms_runtime.domain.replies import Listing, Reply, to_claims
from shift_sms_runtime.domain.shifts import Claim, ClaimOutcome, Shift, spelling
from shift_sms_runtime.services.send_once import Clock, Patience, SendOnce

MOST_CODES = 25
"""Codes of one text that are claimed: as many as one DynamoDB batch statement carries."""


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


_HANDLED: Mapping[DeliveryStatus | None, Handled] = {
    None: Handled.DUPLICATE,
    DeliveryStatus.SENT: Handled.ANSWERED,
    DeliveryStatus.UNKNOWN: Handled.ANSWER_UNKNOWN,
}


class FrontDesk(Protocol):
    """What is known about a sender and a text."""

    def look_up(self, message_id: str, sender: str) -> Arrival:
        """Everything on record, in one read."""

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """Keep where an employee is in the list, for MORE."""

    def opt_out(self, sender: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        """Note that a number wants no texts; False when it was noted before, or a later text says otherwise.

        For a number that is not ``on_roster`` the note is all that is kept: it approves nobody.
        """

    def opt_in(self, sender: str, message_id: str, *, at: datetime) -> bool:
        """Note that a number that is on record wants texts; False when it is not, or a later text says otherwise."""


class ShiftBook(Protocol):
    """The Shifts table."""

    def claim(self, codes: Sequence[str], *, employee: str, message_id: str, now: datetime) -> list[Claim]:
        """Claim each shift in one round trip; at most ``MOST_CODES``; no code twice.

        A claim is one conditional write: of any number of claimants one gets the shift. Repeated with the same
        ``message_id`` it says BOOKED again.
        """

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Open shifts by id, from the one after ``after``; read as far as they are asked for."""

    def ids(self) -> Iterator[str]:
        """Ids of all shifts that are open or taken."""


class CallbackQueue(Protocol):
    """Where wishes to be called wait for their call."""

    def put(self, request: CallbackRequest) -> None:
        """Hand over one request."""


@dataclass(frozen=True)
class Policy:
    """Who may text, and what strangers hear."""

    approved_numbers: frozenset[str]
    stranger_reply: StrangerReply
    self_managed_opt_outs: bool = False
    """Whether STOP, START and HELP are ours to answer, not the messaging service's."""


class Conversation:
    """Handles one text after the other."""

    def __init__(
        self,
        *,
        front_desk: FrontDesk,
        shifts: ShiftBook,
        answers: SendOnce[Answer],
        callbacks: CallbackQueue | None,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._front_desk = front_desk
        self._shifts = shifts
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
        command = parse(text.body)
        arrival = self._front_desk.look_up(text.message_id, text.sender)
        approved = arrival.on_roster or text.sender in self._policy.approved_numbers
        if isinstance(command, OptOut | OptIn | AskForHelp):
            return self._opt(command, text, text.sender, arrival, patience, approved=approved)
        if not approved:
            return self._turn_away(text.sender, text.recipient, patience)
        if arrival.answer is not None and arrival.answer.final:
            return Handled.DUPLICATE
        if arrival.opted_out and self._policy.self_managed_opt_outs:
            return Handled.OPTED_OUT
        return self._carry_out(command, text, text.sender, arrival, patience)

    def _carry_out(
        self,
        command: ClaimShifts | ListShifts | CallMe,
        text: InboundText,
        sender: str,
        arrival: Arrival,
        patience: Patience,
    ) -> Handled:
        bookings = 0
        match command:
            case CallMe(words) if self._callbacks is not None:
                self._callbacks.put(
                    CallbackRequest(text.message_id, sender, text.recipient, words, arrival.campaign_id)
                )
                return Handled.CALLBACK_REQUESTED
            case CallMe():
                answer: str = Reply.INVALID_CODE
            case ListShifts(more):
                answer = self._list(text.message_id, sender, arrival.listing, more=more)
            case ClaimShifts(codes):
                answer, bookings = self._claim(codes, sender, text.message_id)
        key = Answer(text.message_id, arrival.campaign_id, bookings)
        outcome = self._answers.send(key, OutgoingText(sender, text.recipient, answer), patience)
        # What the service does with our texts tells what it was asked for, when nobody tells us.
        if outcome is DeliveryStatus.OPTED_OUT:
            self._front_desk.opt_out(sender, text.message_id, at=self._clock(), on_roster=arrival.on_roster)
        elif outcome is DeliveryStatus.SENT and arrival.opted_out and arrival.opted_out_by != IMPORTED:
            self._front_desk.opt_in(sender, text.message_id, at=self._clock())
        return _HANDLED.get(outcome, Handled.ANSWER_NOT_SENT)

    def _opt(
        self,
        command: OptOut | OptIn | AskForHelp,
        text: InboundText,
        sender: str,
        arrival: Arrival,
        patience: Patience,
        *,
        approved: bool,
    ) -> Handled:
        """Keep to what a person wants, whoever it is; answer employees, if nobody else does."""
        at = text.sent_at or self._clock()
        match command:
            case OptOut():
                news = self._front_desk.opt_out(sender, text.message_id, at=at, on_roster=arrival.on_roster)
                handled, answer = Handled.OPTED_OUT, Reply.OPTED_OUT
            case OptIn():
                news = self._front_desk.opt_in(sender, text.message_id, at=at)
                handled, answer = Handled.OPTED_IN, Reply.OPTED_IN
            case AskForHelp():
                news = not arrival.opted_out
                handled, answer = Handled.HELP, Reply.HELP
        if news and approved and self._policy.self_managed_opt_outs:
            self._answers.send(
                Answer(text.message_id), OutgoingText(sender, text.recipient, answer), patience
            )
        return handled

    def _turn_away(self, sender: str, recipient: str, patience: Patience) -> Handled:
        if self._policy.stranger_reply is StrangerReply.ONCE_PER_DAY:
            day = self._clock().date().isoformat()
            self._answers.send(
                Answer(f"stranger#{sender}#{day}"),
                OutgoingText(sender, recipient, Reply.STRANGER),
                patience,
            )
        return Handled.STRANGER

    def _claim(self, codes: Sequence[str], employee: str, message_id: str) -> tuple[str, int]:
        """Claim the shifts; returns what to say, and how many seats this text has taken."""
        if not codes:
            return Reply.INVALID_CODE, 0

        def claim(shift_ids: Sequence[str]) -> dict[str, Claim]:
            results = self._shifts.claim(
                shift_ids, employee=employee, message_id=message_id, now=self._clock()
            )
            return dict(zip(shift_ids, results, strict=True))

        # What looks like a code goes first: pleasantries must not push a shift out of the batch.
        ranked = sorted(codes, key=lambda code: not looks_like_code(code))
        wanted = ranked[:MOST_CODES]
        claims = claim([code.upper() for code in wanted])
        by_code = {code: claims[code.upper()] for code in wanted}
        spelled = self._other_spellings(by_code)
        if spelled:
            claims = claim(list(dict.fromkeys(spelled.values())))
            by_code |= {code: claims[shift_id] for code, shift_id in spelled.items()}
        booked = {claim.code for claim in by_code.values() if claim.outcome is ClaimOutcome.BOOKED}
        return to_claims([by_code[code] for code in wanted], left_over=ranked[MOST_CODES:]), len(booked)

    def _other_spellings(self, by_code: Mapping[str, Claim]) -> dict[str, str]:
        """Operators write ids as they like: find the shifts that unknown codes mean, letters and digits compared.

        Taken shifts are looked through as well: who comes late, or again, must hear the truth. Pleasantries beside a
        known code are not worth a look.
        """
        missed = [code for code, claim in by_code.items() if claim.outcome is ClaimOutcome.UNKNOWN]
        if len(missed) < len(by_code):
            missed = [code for code in missed if looks_like_code(code)]
        if not missed:
            return {}
        ids: dict[str, list[str]] = {}
        for shift_id in self._shifts.ids():
            ids.setdefault(spelling(shift_id), []).append(shift_id)
        meant = {code: _meant(code, ids.get(spelling(code), [])) for code in missed}
        return {code: shift_id for code, shift_id in meant.items() if shift_id is not None}

    def _list(self, message_id: str, sender: str, place: ListingPlace | None, *, more: bool) -> str:
        if place is not None and place.message_id == message_id:
            after = place.page_after
        else:
            after = place.next_after if more and place is not None else None
        listing = Listing()
        for shift in self._shifts.available(after=after):
            if not listing.add(shift):
                break
        next_after = None if listing.complete else listing.last_shift_id
        if next_after is not None or place is not None:
            self._front_desk.remember_listing(
                sender, ListingPlace(message_id, after, next_after), now=self._clock()
            )
        return listing.text()


def _meant(code: str, shift_ids: Sequence[str]) -> str | None:
    """The one shift that a code can mean; of several only one that is spelled exactly so, or differs in case alone."""
    if code in shift_ids:
        return code
    candidates = [shift_id for shift_id in shift_ids if shift_id.casefold() == code.casefold()] or shift_ids
    return candidates[0] if len(candidates) == 1 else None

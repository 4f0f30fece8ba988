"""One text from an employee: its effect, then its one answer.

The effect is safe to repeat, because every write carries the id of the text that caused it; the answer is sent at most
once. So a text that is delivered again, or whose function was killed anywhere, ends in one booking and one answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shift_sms_runtime.domain.callbacks import CallbackRequest
from shift_sms_runtime.domain.commands import (
    CallMe,
    ClaimShifts,
    ListShifts,
    OptOutWord,
    looks_like_code,
    parse,
)
from shift_sms_runtime.domain.deliveries import DeliveryStatus, OutgoingText
from shift_sms_runtime.domain.front_desk import Arrival, ListingPlace, StrangerReply
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
    OPT_OUT_WORD = "opt-out-word"
    STRANGER = "stranger"


class FrontDesk(Protocol):
    """What is known about a sender and a text."""

    def look_up(self, message_id: str, sender: str) -> Arrival:
        """Everything on record, in one read."""

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """Keep where an employee is in the list, for MORE."""


class ShiftBook(Protocol):
    """The Shifts table."""

    def claim(self, codes: Sequence[str], *, employee: str, message_id: str, now: datetime) -> list[Claim]:
        """Claim each shift in one round trip; at most ``MOST_CODES``; no code twice.

        A claim is one conditional write: of any number of claimants one gets the shift. Repeated with the same
        ``message_id`` it says BOOKED again.
        """

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Open shifts by id, from the one after ``after``; read as far as they are asked for."""


class CallbackQueue(Protocol):
    """Where wishes to be called wait for their call."""

    def put(self, request: CallbackRequest) -> None:
        """Hand over one request."""


@dataclass(frozen=True)
class Policy:
    """Who may text, and what strangers hear."""

    approved_numbers: frozenset[str]
    stranger_reply: StrangerReply


class Conversation:
    """Handles one text after the other."""

    def __init__(
        self,
        *,
        front_desk: FrontDesk,
        shifts: ShiftBook,
        answers: SendOnce[str],
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
        arrival = self._front_desk.look_up(text.message_id, text.sender)
        if not arrival.on_roster and text.sender not in self._policy.approved_numbers:
            return self._turn_away(text.sender, text.recipient, patience)
        if arrival.answer is not None and arrival.answer.final:
            return Handled.DUPLICATE
        match parse(text.body):
            case OptOutWord():
                return Handled.OPT_OUT_WORD
            case CallMe(words) if self._callbacks is not None:
                self._callbacks.put(CallbackRequest(text.message_id, text.sender, text.recipient, words))
                return Handled.CALLBACK_REQUESTED
            case CallMe():
                answer: str = Reply.INVALID_CODE
            case ListShifts(more):
                answer = self._list(text.message_id, text.sender, arrival.listing, more=more)
            case ClaimShifts(codes):
                answer = self._claim(codes, text.sender, text.message_id)
        return self._answer(text.message_id, OutgoingText(text.sender, text.recipient, answer), patience)

    def _answer(self, key: str, text: OutgoingText, patience: Patience) -> Handled:
        match self._answers.send(key, text, patience):
            case None:
                return Handled.DUPLICATE
            case DeliveryStatus.SENT:
                return Handled.ANSWERED
            case DeliveryStatus.UNKNOWN:
                return Handled.ANSWER_UNKNOWN
            case _:
                return Handled.ANSWER_NOT_SENT

    def _turn_away(self, sender: str, recipient: str, patience: Patience) -> Handled:
        if self._policy.stranger_reply is StrangerReply.ONCE_PER_DAY:
            day = self._clock().date().isoformat()
            self._answers.send(
                f"stranger#{sender}#{day}", OutgoingText(sender, recipient, Reply.STRANGER), patience
            )
        return Handled.STRANGER

    def _claim(self, codes: Sequence[str], employee: str, message_id: str) -> str:
        if not codes:
            return Reply.INVALID_CODE
        # What looks like a code goes first: pleasantries must not push a shift out of the batch.
        ranked = sorted(codes, key=lambda code: not looks_like_code(code))
        wanted = ranked[:MOST_CODES]
        claim = self._claimant(employee, message_id)
        by_code = dict(zip(wanted, claim([code.upper() for code in wanted]), strict=True))
        missed = [code for code in wanted if by_code[code].outcome is ClaimOutcome.UNKNOWN]
        if missed:
            by_code |= self._claim_other_spellings(missed, claim)
        return to_claims([by_code[code] for code in wanted], left_over=ranked[MOST_CODES:])

    def _claimant(self, employee: str, message_id: str) -> Callable[[Sequence[str]], list[Claim]]:
        def claim(codes: Sequence[str]) -> list[Claim]:
            return self._shifts.claim(codes, employee=employee, message_id=message_id, now=self._clock())

        return claim

    def _claim_other_spellings(
        self, missed: Sequence[str], claim: Callable[[Sequence[str]], list[Claim]]
    ) -> dict[str, Claim]:
        """Operators write ids as they like: try the usual capitals, and the spelling of an open shift."""
        open_ids = {spelling(shift.shift_id): shift.shift_id for shift in self._shifts.available(after=None)}
        found: dict[str, Claim] = {}
        attempts: dict[str, str] = {}
        for code in missed:
            for candidate in (open_ids.get(spelling(code)), code, code.lower(), code.capitalize()):
                if candidate is not None and candidate != code.upper():
                    attempts.setdefault(candidate, code)
        candidates = list(attempts)
        for start in range(0, len(candidates), MOST_CODES):
            for result in claim(candidates[start : start + MOST_CODES]):
                if result.outcome is not ClaimOutcome.UNKNOWN:
                    found.setdefault(attempts[result.code], result)
        return found

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

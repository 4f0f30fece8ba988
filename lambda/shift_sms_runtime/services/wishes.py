"""Carry out what a text wishes for: read, decide, write what changes and the words that tell of it, all or nothing.

What was read may change before it is written: then it is read and decided again. So nobody is told what is not so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from shift_sms_runtime.domain.agenda import Agenda
from shift_sms_runtime.domain.booking import (
    Decision,
    Outcome,
    Person,
    Rules,
    Step,
    claim,
    decide,
    decline,
    drop,
    eligible,
    stale,
    standing,
    wait,
)
from shift_sms_runtime.domain.catalogue import Reply
from shift_sms_runtime.domain.commands import (
    CallMe,
    FreeText,
    ListShifts,
    MyShifts,
    OnShifts,
    SayNo,
    SayYes,
    Unclear,
    Verb,
    Wish,
    interpret,
)
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.front_desk import (
    Arrival,
    ChangedMeanwhile,
    Decided,
    Effect,
    ListingPlace,
    Question,
)
from shift_sms_runtime.domain.inbound import InboundText
from shift_sms_runtime.domain.messages import Message
from shift_sms_runtime.domain.near_misses import suggestions
from shift_sms_runtime.domain.shifts import Shift, spelling
from shift_sms_runtime.domain.text_parts import A_FEW_WORDS, KnownCodes, TextParts, may_be_codes
from shift_sms_runtime.services.languages import Language
from shift_sms_runtime.services.send_once import AnotherIsSending, Clock, Patience, SlowDown

MOST_CODES = 25
"""Codes of one text that are carried out."""
_MOST_MINE = 40
_MOST_SUGGESTED = 3

_TIME_TO_DECIDE = 10.0
"""Seconds that must be left to read and decide once more, and to answer."""

_SAID: dict[type[Wish], Reply] = {
    SayYes: Reply.WHICH_SHIFT,
    SayNo: Reply.NOTHING_CHANGED,
    CallMe: Reply.INVALID_CODE,
}
"""What has one answer, whatever is on record."""

_STEPS: dict[Verb, Step] = {Verb.CLAIM: claim, Verb.DROP: drop, Verb.WAIT: wait}


@dataclass(frozen=True)
class Visit:
    """One text, and what is on record of it and its sender."""

    text: InboundText
    sender: str
    parts: TextParts
    question: Question
    arrival: Arrival


class FrontDesk(Protocol):
    """What is known about a sender and a text."""

    def look_up(self, question: Question) -> Arrival:
        """Everything on record, in one read that sees every write before it."""

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """Keep where an employee is in the list, for MORE."""

    def opt_out(self, sender: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        """Note that a number wants no texts; False when it was noted before, or a later text says otherwise.

        For a number that is not ``on_roster`` the note is all that is kept: it approves nobody.
        """

    def opt_in(self, sender: str, message_id: str, *, at: datetime) -> bool:
        """Note that a number that is on record wants texts; False when it is not, or a later text says otherwise."""

    def let_through(self, sender: str, message_id: str, *, at: datetime) -> None:
        """The service lets our texts through again to a number that only the service had refused."""


class ShiftBook(Protocol):
    """The Shifts table, and the agendas of those who have shifts."""

    def write(self, effect: Effect) -> None:
        """Write everything that a text changes, in one step.

        Raises:
            ChangedMeanwhile: as it says; also when another delivery of the text has been faster.
        """

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """Open shifts by id, from the one after ``after``; read as far as they are asked for."""

    def ids(self) -> Iterator[str]:
        """Ids of all shifts that are open or taken."""


class MessageDesk(Protocol):
    """Where words for a person are kept."""

    def keep(self, message: Message) -> None:
        """Keep one, unless it is there already."""


@dataclass(frozen=True)
class _LookUp:
    """These shifts must be known first."""

    shift_ids: tuple[str, ...]


@dataclass(frozen=True)
class _LookUpAll:
    """The ids of all shifts must be known first: a word may be one that is spelled in its own way."""


@dataclass(frozen=True)
class _Case:
    """One text and all that is known about it by now."""

    visit: Visit
    language: Language
    now: datetime
    every: tuple[str, ...] | None
    """The ids of all shifts that are open or taken; None as long as nobody needed them."""

    @property
    def parts(self) -> TextParts:
        return self.visit.parts

    @property
    def arrival(self) -> Arrival:
        return self.visit.arrival

    @property
    def person(self) -> Person:
        return Person(self.visit.sender, self.arrival.roles, self.arrival.campaign_id)

    @cached_property
    def known(self) -> KnownCodes:
        """The shifts that the text may name."""
        mine = self.arrival.agenda.bookings
        return KnownCodes(dict.fromkeys((*(self.every or ()), *self.arrival.shifts, *mine)))

    def missing(self, shift_ids: Sequence[str]) -> tuple[str, ...]:
        """Those that were not looked up."""
        return tuple(one for one in shift_ids if one not in self.visit.question.shift_ids)

    def shift(self, shift_id: str) -> Shift:
        return self.arrival.shifts[shift_id]

    def agenda(self) -> Agenda:
        """The agenda without what was found not to be this person's any more."""
        gone = [one for one in self.visit.question.shift_ids if one not in self.arrival.shifts]
        return stale(self.arrival.agenda, self.arrival.shifts.values(), self.person).without(*gone)


class Wishes:
    """Carries out one wish after the other."""

    def __init__(
        self,
        *,
        front_desk: FrontDesk,
        shifts: ShiftBook,
        messages: MessageDesk,
        rules: Rules,
        clock: Clock,
    ) -> None:
        self._front_desk = front_desk
        self._shifts = shifts
        self._messages = messages
        self._rules = rules
        self._clock = clock

    def carry_out(self, visit: Visit, language: Language, patience: Patience) -> Decided:
        """Do it, and say what to answer.

        Raises:
            SlowDown: others keep changing the same shifts; nothing was done.
            AnotherIsSending: another delivery of the text has come further.
        """
        every: tuple[str, ...] | None = None
        while True:
            case = _Case(visit, language, self._clock(), every)
            decided = visit.arrival.decided
            match self._consider(case) if decided is None else self._repeat(decided, case):
                case Decided() as decided:
                    return decided
                case Effect() as effect:
                    try:
                        self._shifts.write(effect)
                    except ChangedMeanwhile:
                        if patience.remaining() < _TIME_TO_DECIDE:
                            raise SlowDown("others keep changing the same shifts") from None
                    else:
                        return effect.decided
                case _LookUp(shift_ids):
                    ids = tuple(dict.fromkeys((*visit.question.shift_ids, *shift_ids)))
                    visit = replace(visit, question=replace(visit.question, shift_ids=ids))
                case _LookUpAll():
                    every = tuple(self._shifts.ids())
                    continue
            question = replace(visit.question, now=self._clock())
            visit = replace(visit, question=question, arrival=self._front_desk.look_up(question))
            undecided = visit.arrival.decided is None
            if undecided and visit.arrival.answer not in (None, DeliveryStatus.QUEUED):
                raise AnotherIsSending("another delivery of this text is being answered")

    def _repeat(self, decided: Decided, case: _Case) -> Decided | _LookUp:
        """What an earlier delivery of the text has led to, in words that are still true: much may have come between."""
        missing = case.missing(tuple(decided.standings))
        if missing:
            return _LookUp(missing)
        shifts = {code: case.arrival.shifts.get(code) for code in decided.standings}
        if all(standing(shifts[code], case.person) is then for code, then in decided.standings.items()):
            return decided
        there = [shift for shift in shifts.values() if shift is not None]
        say = case.language.wording
        now = say.info(there, case.person.number, case.now) if there else say.say(Reply.INVALID_CODE)
        return replace(decided, answer=now, offers=None)

    def _consider(self, case: _Case) -> Decided | Effect | _LookUp | _LookUpAll:
        """What to do now: it is decided, or is to be written, or more must be read."""
        wish = interpret(case.parts, case.language.lexicon, case.known)
        if case.every is None and _may_name_another(wish, case.parts):
            return _LookUpAll()
        match wish:
            case SayYes(casual) if case.arrival.offered is not None:
                return self._accept(case.arrival.offered, case, casual=casual)
            case SayNo() if case.arrival.offered is not None:
                return self._decline(case.arrival.offered, case)
            case OnShifts():
                return self._on_shifts(wish, case)
            case FreeText() | Unclear():
                return self._for_a_person(wish, case)
        return self._tell(wish, case)

    def _tell(self, wish: Wish, case: _Case) -> Decided | _LookUp:
        """What changes nothing."""
        match wish:
            case ListShifts(more):
                return self._list(case, more=more)
            case MyShifts():
                return self._mine(case)
        return Decided(case.language.wording.say(_SAID.get(type(wish), Reply.HOW_TO)))

    def _on_shifts(self, wish: OnShifts, case: _Case) -> Decided | Effect | _LookUp:
        say = case.language.wording
        if not wish.codes and wish.unknown:
            suggestion = self._suggest(case) if wish.verb is Verb.CLAIM else None
            return suggestion or Decided(say.say(Reply.INVALID_CODE))
        if not wish.codes:
            return self._which(wish.verb, case)
        codes, left_over = wish.codes[:MOST_CODES], wish.codes[MOST_CODES:]
        missing = case.missing(codes)
        if missing:
            return _LookUp(missing)
        if wish.verb is Verb.INFO:
            shifts = [case.shift(code) for code in codes if code in case.arrival.shifts]
            return Decided(
                say.info(shifts, case.person.number, case.now),
                offers=_only([one for one in shifts if _bookable(one, case)]) if len(codes) == 1 else None,
            )
        return self._decide(_STEPS[wish.verb], codes, case, unknown=wish.unknown, left_over=left_over)

    def _decide(
        self,
        step: Step,
        codes: Sequence[str],
        case: _Case,
        *,
        unknown: Sequence[str] = (),
        left_over: Sequence[str] = (),
    ) -> Decided | Effect | _LookUp:
        agenda = case.agenda()
        decision = decide(
            step,
            codes,
            case.arrival.shifts,
            person=case.person,
            agenda=agenda,
            rules=self._rules,
            now=case.now,
        )
        # A refusal for the sake of another shift holds only if that one is still theirs.
        missing = case.missing([other for result in decision.results for other in result.others])
        if missing:
            return _LookUp(missing)
        answer = case.language.wording.results(decision.results, unknown=unknown, left_over=left_over)
        decided = Decided(answer, decision.bookings, _offered(decision))
        if not decision.changed:
            return decided
        standings = {one.code: standing(one.shift, case.person) for one in decision.results if one.shift}
        return Effect(
            case.visit.text.message_id,
            case.person.number,
            decision.changed,
            case.arrival.agenda,
            decision.agenda,
            replace(
                decided,
                standings=standings,
                given_back=decision.given_back,
                campaign_id=case.arrival.campaign_id,
                has_effect=True,
            ),
            case.now,
        )

    def _accept(self, shift_id: str, case: _Case, *, casual: bool) -> Decided | Effect | _LookUp:
        """ "OK, thanks" takes a seat that was held for somebody; to anything else it may be no more than thanks."""
        missing = case.missing([shift_id])
        if missing:
            return _LookUp(missing)
        shift = case.arrival.shifts.get(shift_id)
        held = shift.settled(case.now, self._rules.offer_time).offers if shift else {}
        if casual and case.person.number not in held:
            return Decided(case.language.wording.unclear([shift_id]))
        return self._on_shifts(OnShifts(Verb.CLAIM, (shift_id,)), case)

    def _decline(self, shift_id: str, case: _Case) -> Decided | Effect | _LookUp:
        missing = case.missing([shift_id])
        if missing:
            return _LookUp(missing)
        shift = case.arrival.shifts.get(shift_id)
        if shift is None or case.person.number not in shift.offers:
            return Decided(case.language.wording.say(Reply.NOTHING_CHANGED))
        return self._decide(decline, [shift_id], case)

    def _which(self, verb: Verb, case: _Case) -> Decided | _LookUp:
        """A command without a code."""
        say = case.language.wording
        if verb is Verb.CLAIM:
            return Decided(say.say(Reply.INVALID_CODE))
        if verb is not Verb.DROP:
            return Decided(say.say(Reply.WHICH_SHIFT))
        mine = self._own(case)
        return mine if isinstance(mine, _LookUp) else Decided(say.which_to_drop(mine))

    def _mine(self, case: _Case) -> Decided | _LookUp:
        mine = self._own(case)
        return mine if isinstance(mine, _LookUp) else Decided(case.language.wording.mine(mine))

    def _own(self, case: _Case) -> list[Shift] | _LookUp:
        """What somebody has and is not over, the next one first."""
        bookings = sorted(
            (
                booking
                for booking in case.arrival.agenda.bookings.values()
                if booking.span is None or booking.span.end > case.now
            ),
            key=lambda booking: (booking.span is None, booking.span and booking.span.start, booking.shift_id),
        )
        ids = [booking.shift_id for booking in bookings[:_MOST_MINE]]
        missing = case.missing(ids)
        if missing:
            return _LookUp(missing)
        shifts = [case.arrival.shifts[shift_id] for shift_id in ids if shift_id in case.arrival.shifts]
        return [shift for shift in shifts if case.person.number in shift.holders]

    def _suggest(self, case: _Case) -> Decided | _LookUp | None:
        """Shifts whose codes are nearly what was typed; None when there are none, or too many."""
        if case.every is None:
            return None
        for typed, joined in may_be_codes(case.parts, case.language.lexicon):
            near = suggestions(spelling(joined), case.known, most=_MOST_SUGGESTED)
            codes = [code for spelled in near for code in case.known.under(spelled)]
            missing = case.missing(codes)
            if missing:
                return _LookUp(missing)
            shifts = [case.shift(code) for code in codes if code in case.arrival.shifts]
            bookable = [shift for shift in shifts if _bookable(shift, case)]
            if bookable:
                return Decided(case.language.wording.suggestion(typed, bookable), offers=_only(bookable))
        return None

    def _for_a_person(self, wish: FreeText | Unclear, case: _Case) -> Decided | _LookUp:
        """Have a person read what we do not understand, unless it is nearly a code."""
        if isinstance(wish, Unclear):
            answer = case.language.wording.unclear(wish.codes)
        else:
            suggestion = self._suggest(case)
            if suggestion is not None:
                return suggestion
            answer = case.language.wording.say(Reply.KEPT)
        self._messages.keep(
            Message(
                case.visit.text.message_id,
                case.person.number,
                case.visit.text.recipient,
                case.visit.text.body,
                case.now,
            )
        )
        return Decided(answer)

    def _list(self, case: _Case, *, more: bool) -> Decided:
        place = case.arrival.listing
        if place is not None and place.message_id == case.visit.text.message_id:
            after = place.page_after
        else:
            after = place.next_after if more and place is not None else None
        listing = case.language.wording.listing()
        for shift in self._shifts.available(after=after):
            if _bookable(shift, case) and not listing.add(shift):
                break
        last = listing.last
        next_after = None if listing.complete or last is None else last.shift_id
        if next_after is not None or place is not None:
            self._front_desk.remember_listing(
                case.person.number,
                ListingPlace(case.visit.text.message_id, after, next_after),
                now=case.now,
            )
        only = listing.only if after is None else None
        return Decided(listing.text(), offers=only.shift_id if only else None)


def _may_name_another(wish: Wish, parts: TextParts) -> bool:
    """Whether a text has words that may be shifts which were not found by key."""
    if isinstance(wish, OnShifts):
        return bool(wish.unknown)
    return isinstance(wish, FreeText) and (
        len(parts.words) <= A_FEW_WORDS or any(word.has_digit for word in parts.words)
    )


def _bookable(shift: Shift, case: _Case) -> bool:
    free = shift.free or case.person.number in shift.offers
    return (
        bool(free)
        and shift.open_at(case.now)
        and eligible(shift, case.person)
        and case.person.number not in shift.holders
    )


def _offered(decision: Decision) -> str | None:
    """The one shift that a YES to the answer can only mean."""
    match decision.results:
        case [only] if only.outcome is Outcome.STILL_FREE:
            return only.code
        case _:
            return None


def _only(shifts: Sequence[Shift]) -> str | None:
    return shifts[0].shift_id if len(shifts) == 1 else None

"""Carry out what a text wishes for: read, decide, write what changes and the words that tell of it, all or nothing.

What was read may change before it is written: then it is read and decided again. So nobody is told what is not so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shift_sms_runtime.inbound.context import Case, ListingPlace, Visit
from shift_sms_runtime.inbound.ports import FrontDesk, OpenShifts
from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.inbound.shift_list import ShiftList
from shift_sms_runtime.language.intents import (
    FreeText,
    Intent,
    ListOwnShifts,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Unclear,
)
from shift_sms_runtime.language.interpreter import interpret, may_name_more_shifts
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.language.shift_codes import suggested_ids
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import AnotherIsSending, SlowDown
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.operator_inbox.ports import OperatorInbox
from shift_sms_runtime.shifts.booking import (
    BookingDecision,
    BookingOutcome,
    Step,
    booking_status,
    claim,
    decide,
    decline,
    drop,
    eligible,
    wait,
)
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift

MOST_CODES = 25
"""Codes of one text that are carried out."""


_MOST_MINE = 40


_MOST_SUGGESTED = 3


_TIME_TO_DECIDE = 10.0
"""Seconds that must be left to read and decide once more, and to answer."""


_SAID: dict[type[Intent], Template] = {
    SayYes: Template.WHICH_SHIFT,
    SayNo: Template.NOTHING_CHANGED,
    RequestCallback: Template.INVALID_CODE,
}
"""What has one answer, whatever is on record."""


_STEPS: dict[ShiftAction, Step] = {ShiftAction.CLAIM: claim, ShiftAction.DROP: drop, ShiftAction.WAIT: wait}


@dataclass(frozen=True)
class _LookUp:
    """These shifts must be known first."""

    shift_ids: tuple[str, ...]


@dataclass(frozen=True)
class _LookUpAll:
    """The ids of all shifts must be known first: a word may be one that is spelled in its own way."""


class CommandExecutor:
    """Carries out one wish after the other."""

    def __init__(
        self,
        *,
        front_desk: FrontDesk,
        shifts: OpenShifts,
        operator_inbox: OperatorInbox,
        rules: BookingPolicy,
        clock: Clock,
    ) -> None:
        self._front_desk = front_desk
        self._shifts = shifts
        self._operator_inbox = operator_inbox
        self._rules = rules
        self._clock = clock

    def carry_out(
        self, visit: Visit, locale: Locale, renderer: ReplyRenderer, patience: InvocationDeadline
    ) -> Reply:
        """Do it, and say what to answer.

        Raises:
            SlowDown: others keep changing the same shifts; nothing was done.
            AnotherIsSending: another delivery of the text has come further.
        """
        every: tuple[str, ...] | None = None
        while True:
            case = Case(visit, locale, renderer, self._clock(), every)
            decided = visit.arrival.decided
            match self._consider(case) if decided is None else self._repeat(decided, case):
                case Reply() as decided:
                    return decided
                case Effect() as effect:
                    try:
                        self._front_desk.write(effect)
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

    def _repeat(self, decided: Reply, case: Case) -> Reply | _LookUp:
        """What an earlier delivery of the text has led to, in words that are still true: much may have come between."""
        missing = case.missing(tuple(decided.standings))
        if missing:
            return _LookUp(missing)
        shifts = {code: case.arrival.shifts.get(code) for code in decided.standings}
        if all(
            booking_status(shifts[code], case.employee.phone_number) is then
            for code, then in decided.standings.items()
        ):
            return decided
        there = [shift for shift in shifts.values() if shift is not None]
        say = case.renderer
        now = (
            say.info(there, case.employee.phone_number, case.now) if there else say.say(Template.INVALID_CODE)
        )
        return replace(decided, answer=now, offers=None)

    def _consider(self, case: Case) -> Reply | Effect | _LookUp | _LookUpAll:
        """What to do now: it is decided, or is to be written, or more must be read."""
        wish = interpret(case.visit.text.body, case.locale.lexicon, case.known_ids)
        if case.every is None and may_name_more_shifts(wish, case.visit.text.body):
            return _LookUpAll()
        match wish:
            case SayYes(casual) if case.arrival.offered is not None:
                return self._accept(case.arrival.offered, case, casual=casual)
            case SayNo() if case.arrival.offered is not None:
                return self._decline(case.arrival.offered, case)
            case ShiftCommand():
                return self._on_shifts(wish, case)
            case FreeText() | Unclear():
                return self._for_a_person(wish, case)
        return self._tell(wish, case)

    def _tell(self, wish: Intent, case: Case) -> Reply | _LookUp:
        """What changes nothing."""
        match wish:
            case ListShifts(more):
                return self._list(case, more=more)
            case ListOwnShifts():
                return self._mine(case)
        return Reply(case.renderer.say(_SAID.get(type(wish), Template.HOW_TO)))

    def _on_shifts(self, wish: ShiftCommand, case: Case) -> Reply | Effect | _LookUp:
        say = case.renderer
        if not wish.codes and wish.unknown:
            suggestion = self._suggest(case) if wish.action is ShiftAction.CLAIM else None
            return suggestion or Reply(say.say(Template.INVALID_CODE))
        if not wish.codes:
            return self._which(wish.action, case)
        codes, left_over = wish.codes[:MOST_CODES], wish.codes[MOST_CODES:]
        missing = case.missing(codes)
        if missing:
            return _LookUp(missing)
        if wish.action is ShiftAction.INFO:
            shifts = [case.shift(code) for code in codes if code in case.arrival.shifts]
            return Reply(
                say.info(shifts, case.employee.phone_number, case.now),
                offers=_only([one for one in shifts if _bookable(one, case)]) if len(codes) == 1 else None,
            )
        return self._decide(_STEPS[wish.action], codes, case, unknown=wish.unknown, left_over=left_over)

    def _decide(
        self,
        step: Step,
        codes: Sequence[str],
        case: Case,
        *,
        unknown: Sequence[str] = (),
        left_over: Sequence[str] = (),
    ) -> Reply | Effect | _LookUp:
        agenda = case.agenda()
        decision = decide(
            step,
            codes,
            case.arrival.shifts,
            employee=case.employee,
            campaign_id=case.arrival.campaign_id,
            bookings=agenda,
            policy=self._rules,
            now=case.now,
        )
        # A refusal for the sake of another shift holds only if that one is still theirs.
        missing = case.missing([other for result in decision.results for other in result.conflicting])
        if missing:
            return _LookUp(missing)
        answer = case.renderer.results(decision.results, unknown=unknown, left_over=left_over)
        decided = Reply(answer, decision.seats_booked, _offered(decision))
        if not decision.changed:
            return decided
        standings = {
            one.code: booking_status(one.shift, case.employee.phone_number)
            for one in decision.results
            if one.shift
        }
        return Effect(
            case.visit.text.message_id,
            case.employee.phone_number,
            decision.changed,
            case.arrival.agenda,
            decision.bookings,
            replace(
                decided,
                standings=standings,
                given_back=decision.given_back,
                campaign_id=case.arrival.campaign_id,
                has_effect=True,
            ),
            case.now,
        )

    def _accept(self, shift_id: str, case: Case, *, casual: bool) -> Reply | Effect | _LookUp:
        """ "OK, thanks" takes a seat that was held for somebody; to anything else it may be no more than thanks."""
        missing = case.missing([shift_id])
        if missing:
            return _LookUp(missing)
        shift = case.arrival.shifts.get(shift_id)
        held = shift.as_of(case.now, self._rules.offer_time).offers if shift else {}
        if casual and case.employee.phone_number not in held:
            return Reply(case.renderer.unclear([shift_id]))
        return self._on_shifts(ShiftCommand(ShiftAction.CLAIM, (shift_id,)), case)

    def _decline(self, shift_id: str, case: Case) -> Reply | Effect | _LookUp:
        missing = case.missing([shift_id])
        if missing:
            return _LookUp(missing)
        shift = case.arrival.shifts.get(shift_id)
        if shift is None or case.employee.phone_number not in shift.offers:
            return Reply(case.renderer.say(Template.NOTHING_CHANGED))
        return self._decide(decline, [shift_id], case)

    def _which(self, action: ShiftAction, case: Case) -> Reply | _LookUp:
        """A command without a code."""
        say = case.renderer
        if action is ShiftAction.CLAIM:
            return Reply(say.say(Template.INVALID_CODE))
        if action is not ShiftAction.DROP:
            return Reply(say.say(Template.WHICH_SHIFT))
        mine = self._own(case)
        return mine if isinstance(mine, _LookUp) else Reply(say.which_to_drop(mine))

    def _mine(self, case: Case) -> Reply | _LookUp:
        mine = self._own(case)
        return mine if isinstance(mine, _LookUp) else Reply(case.renderer.mine(mine))

    def _own(self, case: Case) -> list[Shift] | _LookUp:
        """What somebody has and is not over, the next one first."""
        bookings = sorted(
            (
                booking
                for booking in case.arrival.agenda.by_shift.values()
                if booking.span is None or booking.span.end > case.now
            ),
            key=lambda booking: (booking.span is None, booking.span and booking.span.start, booking.shift_id),
        )
        ids = [booking.shift_id for booking in bookings[:_MOST_MINE]]
        missing = case.missing(ids)
        if missing:
            return _LookUp(missing)
        shifts = [case.arrival.shifts[shift_id] for shift_id in ids if shift_id in case.arrival.shifts]
        return [shift for shift in shifts if case.employee.phone_number in shift.holders]

    def _suggest(self, case: Case) -> Reply | _LookUp | None:
        """Shifts whose codes are nearly what was typed; None when there are none, or too many."""
        if case.every is None:
            return None
        for typed, codes in suggested_ids(
            case.visit.text.body, case.locale.lexicon, case.known_ids, most=_MOST_SUGGESTED
        ):
            missing = case.missing(codes)
            if missing:
                return _LookUp(missing)
            shifts = [case.shift(code) for code in codes if code in case.arrival.shifts]
            bookable = [shift for shift in shifts if _bookable(shift, case)]
            if bookable:
                return Reply(case.renderer.suggestion(typed, bookable), offers=_only(bookable))
        return None

    def _for_a_person(self, wish: FreeText | Unclear, case: Case) -> Reply | _LookUp:
        """Have a person read what we do not understand, unless it is nearly a code."""
        if isinstance(wish, Unclear):
            answer = case.renderer.unclear(wish.codes)
        else:
            suggestion = self._suggest(case)
            if suggestion is not None:
                return suggestion
            answer = case.renderer.say(Template.KEPT)
        self._operator_inbox.keep(
            InboxItem(
                case.visit.text.message_id,
                case.employee.phone_number,
                case.visit.text.recipient,
                case.visit.text.body,
                case.now,
            )
        )
        return Reply(answer)

    def _list(self, case: Case, *, more: bool) -> Reply:
        place = case.arrival.listing
        if place is not None and place.message_id == case.visit.text.message_id:
            after = place.page_after
        else:
            after = place.next_after if more and place is not None else None
        listing = ShiftList(case.locale)
        for shift in self._shifts.available(after=after):
            if _bookable(shift, case) and not listing.add(shift):
                break
        last = listing.last
        next_after = None if listing.complete or last is None else last.shift_id
        if next_after is not None or place is not None:
            self._front_desk.remember_listing(
                case.employee.phone_number,
                ListingPlace(case.visit.text.message_id, after, next_after),
                now=case.now,
            )
        only = listing.only if after is None else None
        return Reply(listing.text(), offers=only.shift_id if only else None)


def _bookable(shift: Shift, case: Case) -> bool:
    free = shift.free or case.employee.phone_number in shift.offers
    return (
        bool(free)
        and shift.open_at(case.now)
        and eligible(shift, case.employee)
        and case.employee.phone_number not in shift.holders
    )


def _offered(decision: BookingDecision) -> str | None:
    """The one shift that a YES to the answer can only mean."""
    match decision.results:
        case [only] if only.outcome is BookingOutcome.STILL_FREE:
            return only.code
        case _:
            return None


def _only(shifts: Sequence[Shift]) -> str | None:
    return shifts[0].shift_id if len(shifts) == 1 else None

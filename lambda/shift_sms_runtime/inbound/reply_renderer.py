"""The one place where an outcome becomes words, in the fewest segments.

The words themselves are in the catalogues, one for each language.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import measure, sendable, with_gsm_twins
from shift_sms_runtime.shifts.booking import BookingOutcome, CodeResult
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus

_ORDER: dict[BookingOutcome, Template] = {
    BookingOutcome.BOOKED: Template.BOOKED,
    BookingOutcome.ALREADY_YOURS: Template.ALREADY_YOURS,
    BookingOutcome.DROPPED: Template.DROPPED,
    BookingOutcome.LEFT_WAITING_LIST: Template.LEFT_WAITING_LIST,
    BookingOutcome.WAITING: Template.WAITING,
    BookingOutcome.ALREADY_WAITING: Template.ALREADY_WAITING,
    BookingOutcome.DECLINED: Template.DECLINED,
    BookingOutcome.TAKEN: Template.TAKEN,
    BookingOutcome.STILL_FREE: Template.STILL_FREE,
    BookingOutcome.WAITING_LIST_FULL: Template.WAITING_LIST_FULL,
    BookingOutcome.CLOSED: Template.CLOSED,
    BookingOutcome.CANCELED: Template.CANCELED,
    BookingOutcome.NOT_OPEN: Template.NOT_OPEN,
    BookingOutcome.WRONG_ROLE: Template.WRONG_ROLE,
    BookingOutcome.OVERLAP: Template.OVERLAP,
    BookingOutcome.REST: Template.REST,
    BookingOutcome.HOURS: Template.HOURS,
    BookingOutcome.TOO_LATE_TO_DROP: Template.TOO_LATE_TO_DROP,
    BookingOutcome.NOT_YOURS: Template.NOT_YOURS,
}
"""What is said of each outcome, and in which order; what was unknown comes last."""


_WITH_DETAILS = frozenset({BookingOutcome.BOOKED, BookingOutcome.ALREADY_YOURS})


_EACH_ITS_OWN = frozenset({BookingOutcome.OVERLAP, BookingOutcome.REST, BookingOutcome.HOURS})


_MOST_NAMED = 3


class ReplyRenderer:
    """Says things in one language, to somebody who may or may not ask for an agent."""

    def __init__(self, locale: Locale, *, agent_offered: bool) -> None:
        self._locale = locale
        self._agent_offered = agent_offered

    def say(self, reply: Template, **values: object) -> str:
        """One reply, in characters that cost little."""
        return sendable(self._locale.say(reply, **values))

    def results(
        self, results: Iterable[CodeResult], *, unknown: Sequence[str] = (), left_over: Sequence[str] = ()
    ) -> str:
        """Say what became of every code: with the shifts' details where that costs no extra segment.

        ``unknown`` are words that look like codes and are none; ``left_over`` are codes that were not looked at.
        """
        known = list({result.code: result for result in results}.values())
        unknown = [*(one.code for one in known if one.outcome is BookingOutcome.UNKNOWN), *unknown]
        known = [result for result in known if result.outcome is not BookingOutcome.UNKNOWN]
        if not known and not left_over:
            return self.say(Template.INVALID_CODE)
        if len(known) == 1 and known[0].outcome is BookingOutcome.TAKEN and not unknown and not left_over:
            return self.say(Template.ONE_TAKEN, code=known[0].code)
        detailed = "\n".join(self._lines(known, unknown, left_over, details=True))
        brief = "\n".join(self._lines(known, unknown, left_over, details=False))
        cheaper = measure(brief).segments < measure(detailed).segments
        return sendable(brief if cheaper or not measure(detailed).sendable else detailed)

    def _lines(
        self, known: Sequence[CodeResult], unknown: Sequence[str], left_over: Sequence[str], *, details: bool
    ) -> Iterator[str]:
        for outcome, reply in _ORDER.items():
            mine = [result for result in known if result.outcome is outcome]
            if not mine:
                continue
            if outcome in _EACH_ITS_OWN:
                for result in mine:
                    yield self._plain(reply, code=result.code, others=_some(result.conflicting))
            else:
                with_details = details and outcome in _WITH_DETAILS
                named = [
                    describe(one.shift, self._locale) if with_details and one.shift else one.code
                    for one in mine
                ]
                late = outcome is BookingOutcome.TOO_LATE_TO_DROP and not self._agent_offered
                said = Template.TOO_LATE_TO_DROP_NO_AGENT if late else reply
                yield self._plain(said, shifts=", ".join(named))
        if unknown:
            yield self._plain(Template.UNKNOWN, shifts=", ".join(unknown))
        if left_over:
            yield self._plain(Template.TOO_MANY, shifts=", ".join(left_over))

    def suggestion(self, typed: str, shifts: Sequence[Shift]) -> str:
        """Ask whether one of these shifts was meant."""
        if len(shifts) == 1:
            named = self.say(Template.DID_YOU_MEAN_ONE, typed=typed, shift=describe(shifts[0], self._locale))
            brief = self.say(Template.DID_YOU_MEAN_ONE, typed=typed, shift=shifts[0].shift_id)
            return named if measure(named).segments == 1 else brief
        return self.say(Template.DID_YOU_MEAN, typed=typed, codes=", ".join(one.shift_id for one in shifts))

    def unclear(self, codes: Sequence[str]) -> str:
        """Ask what is wanted of shifts that a text names."""
        return self.say(Template.UNCLEAR, code=codes[0])

    def which_to_drop(self, shifts: Sequence[Shift]) -> str:
        """Ask which of their own somebody wants to give back."""
        if not shifts:
            return self.say(Template.MINE_EMPTY)
        return self.say(Template.WHICH_TO_DROP, shifts=_some(tuple(one.shift_id for one in shifts)))

    def mine(self, shifts: Sequence[Shift]) -> str:
        """What somebody has, the next one first, as far as one text goes."""
        if not shifts:
            return self.say(Template.MINE_EMPTY)
        lines = [self._plain(Template.MINE), *map(self._line, shifts)]
        while not measure("\n".join(lines)).sendable and len(lines) > 2:
            lines.pop()
        return sendable("\n".join(lines))

    def info(self, shifts: Sequence[Shift], person: str, now: datetime) -> str:
        """How it stands with each of these shifts."""
        said = [self._standing(shift, person, now) for shift in shifts]
        while not measure("\n".join(said)).sendable and len(said) > 1:
            said.pop()
        return sendable("\n".join(said))

    def _standing(self, shift: Shift, person: str, now: datetime) -> str:
        named, code = describe(shift, self._locale), shift.shift_id
        if shift.status == ShiftStatus.CANCELED:
            return self._plain(Template.INFO_CANCELED, shift=named)
        if person in shift.holders:
            return self._plain(Template.INFO_YOURS, shift=named)
        if shift.status not in DERIVED_STATUSES:
            return self._plain(Template.NOT_OPEN, shifts=named)
        if not shift.open_at(now):
            return self._plain(Template.INFO_CLOSED, shift=named)
        if shift.free or person in shift.offers:
            free = max(1, shift.free)
            return self._plain(Template.INFO_FREE, shift=named, code=code, free=free, seats=shift.seats)
        return self._plain(Template.INFO_TAKEN, shift=named, code=code)

    def _line(self, shift: Shift) -> str:
        return with_gsm_twins(describe(shift, self._locale))

    def _plain(self, reply: Template, **values: object) -> str:
        return with_gsm_twins(self._locale.say(reply, **values))


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:_MOST_NAMED]) + (", ..." if len(codes) > _MOST_NAMED else "")

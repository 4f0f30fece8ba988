"""The one place where an outcome becomes words, in the fewest segments.

The words themselves are in the catalogues, one for each language.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import longest_start, measure, sendable, with_gsm_twins
from shift_sms_runtime.shifts.booking import BookingOutcome, CodeResult
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Offer, Shift, ShiftStatus

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
    BookingOutcome.CANCELED: Template.CANCELLED,
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

    def __init__(self, catalogue: Locale, *, agent_offered: bool) -> None:
        self.catalogue = catalogue
        self._agent_offered = agent_offered

    def say(self, reply: Template, **values: object) -> str:
        """One reply, in characters that cost little."""
        return sendable(self.catalogue.say(reply, **values))

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
                    self.catalogue.named(one.shift) if with_details and one.shift else one.code
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
            named = self.say(Template.DID_YOU_MEAN_ONE, typed=typed, shift=self.catalogue.named(shifts[0]))
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
        named, code = self.catalogue.named(shift), shift.shift_id
        if shift.status == ShiftStatus.CANCELED:
            return self._plain(Template.INFO_CANCELLED, shift=named)
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

    def offer(self, shift: Shift, offer: Offer) -> str:
        """A seat is free for somebody who waited."""
        time = f"{offer.until.astimezone(shift.zone):%H:%M}"
        return self._one_segment(Template.OFFER, shift, time=time)

    def cancelled(self, shift: Shift) -> str:
        """The operator has called it off."""
        return self._one_segment(Template.CANCELLED_NOTICE, shift)

    def reminder(self, shift: Shift, *, droppable: bool) -> str:
        """It is soon."""
        if droppable:
            return self._one_segment(Template.REMINDER, shift, code=shift.shift_id)
        return self._one_segment(Template.REMINDER_FIXED, shift)

    def listing(self) -> "ShiftList":
        """An empty list of open shifts."""
        return ShiftList(self)

    def _line(self, shift: Shift) -> str:
        return with_gsm_twins(self.catalogue.named(shift))

    def _plain(self, reply: Template, **values: object) -> str:
        return with_gsm_twins(self.catalogue.say(reply, **values))

    def _one_segment(self, reply: Template, shift: Shift, **values: object) -> str:
        """With the shift's details, shortened to what one segment leaves for them."""

        def text(named: str) -> str:
            return self._plain(reply, shift=named, **values)

        named = with_gsm_twins(self.catalogue.named(shift))
        details = longest_start(named, lambda start: measure(text(start)).segments <= 1)
        return sendable(text(named if len(details) < len(shift.shift_id) else details.strip()))


class ShiftList:
    """The open shifts as one text, filled line by line until the next line would make it too long to send."""

    def __init__(self, wording: ReplyRenderer) -> None:
        self._wording = wording
        self._lines: list[str] = [wording.say(Template.LIST)]
        self._more = wording.say(Template.LIST_MORE)
        self.last: Shift | None = None
        """The last shift that fitted; what comes after it is for MORE."""
        self.complete = True

    @property
    def only(self) -> Shift | None:
        """The shift, if it is one that is listed, and all there is."""
        return self.last if len(self._lines) == 2 and self.complete else None

    def add(self, shift: Shift) -> bool:
        """Take one more shift; False when it does not fit, and then the listing is full."""
        line = with_gsm_twins(self._wording.catalogue.named(shift))
        if not self._fits(line):
            if self.last is not None:
                self.complete = False
                return False
            line = longest_start(line, self._fits)
        self._lines.append(line)
        self.last = shift
        return True

    def text(self) -> str:
        """The text to send."""
        if self.last is None:
            return self._wording.say(Template.LIST_EMPTY)
        return "\n".join(self._lines if self.complete else [*self._lines, self._more])

    def _fits(self, line: str) -> bool:
        return measure("\n".join([*self._lines, line, self._more])).sendable


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:_MOST_NAMED]) + (", ..." if len(codes) > _MOST_NAMED else "")

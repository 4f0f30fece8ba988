"""The one place where an outcome becomes words, in the fewest segments.

The words themselves are in the catalogues, one for each language.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from shift_sms_runtime.domain.booking import Outcome, Result
from shift_sms_runtime.domain.catalogue import Catalogue, Reply
from shift_sms_runtime.domain.shifts import KEPT, Offer, Shift, ShiftStatus
from shift_sms_runtime.domain.sms_text import longest_start, measure, with_gsm_twins

_ORDER: dict[Outcome, Reply] = {
    Outcome.BOOKED: Reply.BOOKED,
    Outcome.ALREADY_YOURS: Reply.ALREADY_YOURS,
    Outcome.DROPPED: Reply.DROPPED,
    Outcome.LEFT_WAITING_LIST: Reply.LEFT_WAITING_LIST,
    Outcome.WAITING: Reply.WAITING,
    Outcome.ALREADY_WAITING: Reply.ALREADY_WAITING,
    Outcome.DECLINED: Reply.DECLINED,
    Outcome.TAKEN: Reply.TAKEN,
    Outcome.STILL_FREE: Reply.STILL_FREE,
    Outcome.WAITING_LIST_FULL: Reply.WAITING_LIST_FULL,
    Outcome.CLOSED: Reply.CLOSED,
    Outcome.CANCELLED: Reply.CANCELLED,
    Outcome.NOT_OPEN: Reply.NOT_OPEN,
    Outcome.WRONG_ROLE: Reply.WRONG_ROLE,
    Outcome.OVERLAP: Reply.OVERLAP,
    Outcome.REST: Reply.REST,
    Outcome.HOURS: Reply.HOURS,
    Outcome.TOO_LATE_TO_DROP: Reply.TOO_LATE_TO_DROP,
    Outcome.NOT_YOURS: Reply.NOT_YOURS,
}
"""What is said of each outcome, and in which order; what was unknown comes last."""
_WITH_DETAILS = frozenset({Outcome.BOOKED, Outcome.ALREADY_YOURS})
_EACH_ITS_OWN = frozenset({Outcome.OVERLAP, Outcome.REST, Outcome.HOURS})
_MOST_NAMED = 3


class Wording:
    """Says things in one language, to somebody who may or may not ask for an agent."""

    def __init__(self, catalogue: Catalogue, *, agent_offered: bool) -> None:
        self.catalogue = catalogue
        self._agent_offered = agent_offered

    def say(self, reply: Reply, **values: object) -> str:
        """One reply, in characters that cost little."""
        return _sendable(self.catalogue.say(reply, **values))

    def results(
        self, results: Iterable[Result], *, unknown: Sequence[str] = (), left_over: Sequence[str] = ()
    ) -> str:
        """Say what became of every code: with the shifts' details where that costs no extra segment.

        ``unknown`` are words that look like codes and are none; ``left_over`` are codes that were not looked at.
        """
        known = list({result.code: result for result in results}.values())
        unknown = [*(one.code for one in known if one.outcome is Outcome.UNKNOWN), *unknown]
        known = [result for result in known if result.outcome is not Outcome.UNKNOWN]
        if not known and not left_over:
            return self.say(Reply.INVALID_CODE)
        if len(known) == 1 and known[0].outcome is Outcome.TAKEN and not unknown and not left_over:
            return self.say(Reply.ONE_TAKEN, code=known[0].code)
        detailed = "\n".join(self._lines(known, unknown, left_over, details=True))
        brief = "\n".join(self._lines(known, unknown, left_over, details=False))
        cheaper = measure(brief).segments < measure(detailed).segments
        return _sendable(brief if cheaper or not measure(detailed).sendable else detailed)

    def _lines(
        self, known: Sequence[Result], unknown: Sequence[str], left_over: Sequence[str], *, details: bool
    ) -> Iterator[str]:
        for outcome, reply in _ORDER.items():
            mine = [result for result in known if result.outcome is outcome]
            if not mine:
                continue
            if outcome in _EACH_ITS_OWN:
                for result in mine:
                    yield self._plain(reply, code=result.code, others=_some(result.others))
            else:
                with_details = details and outcome in _WITH_DETAILS
                named = [
                    self.catalogue.named(one.shift) if with_details and one.shift else one.code
                    for one in mine
                ]
                late = outcome is Outcome.TOO_LATE_TO_DROP and not self._agent_offered
                said = Reply.TOO_LATE_TO_DROP_NO_AGENT if late else reply
                yield self._plain(said, shifts=", ".join(named))
        if unknown:
            yield self._plain(Reply.UNKNOWN, shifts=", ".join(unknown))
        if left_over:
            yield self._plain(Reply.TOO_MANY, shifts=", ".join(left_over))

    def suggestion(self, typed: str, shifts: Sequence[Shift]) -> str:
        """Ask whether one of these shifts was meant."""
        if len(shifts) == 1:
            named = self.say(Reply.DID_YOU_MEAN_ONE, typed=typed, shift=self.catalogue.named(shifts[0]))
            brief = self.say(Reply.DID_YOU_MEAN_ONE, typed=typed, shift=shifts[0].shift_id)
            return named if measure(named).segments == 1 else brief
        return self.say(Reply.DID_YOU_MEAN, typed=typed, codes=", ".join(one.shift_id for one in shifts))

    def unclear(self, codes: Sequence[str]) -> str:
        """Ask what is wanted of shifts that a text names."""
        return self.say(Reply.UNCLEAR, code=codes[0])

    def which_to_drop(self, shifts: Sequence[Shift]) -> str:
        """Ask which of their own somebody wants to give back."""
        if not shifts:
            return self.say(Reply.MINE_EMPTY)
        return self.say(Reply.WHICH_TO_DROP, shifts=_some(tuple(one.shift_id for one in shifts)))

    def mine(self, shifts: Sequence[Shift]) -> str:
        """What somebody has, the next one first, as far as one text goes."""
        if not shifts:
            return self.say(Reply.MINE_EMPTY)
        lines = [self._plain(Reply.MINE), *map(self._line, shifts)]
        while not measure("\n".join(lines)).sendable and len(lines) > 2:
            lines.pop()
        return _sendable("\n".join(lines))

    def info(self, shifts: Sequence[Shift], person: str, now: datetime) -> str:
        """How it stands with each of these shifts."""
        said = [self._standing(shift, person, now) for shift in shifts]
        while not measure("\n".join(said)).sendable and len(said) > 1:
            said.pop()
        return _sendable("\n".join(said))

    def _standing(self, shift: Shift, person: str, now: datetime) -> str:
        named, code = self.catalogue.named(shift), shift.shift_id
        if shift.status == ShiftStatus.CANCELLED:
            return self._plain(Reply.INFO_CANCELLED, shift=named)
        if person in shift.holders:
            return self._plain(Reply.INFO_YOURS, shift=named)
        if shift.status not in KEPT:
            return self._plain(Reply.NOT_OPEN, shifts=named)
        if not shift.open_at(now):
            return self._plain(Reply.INFO_CLOSED, shift=named)
        if shift.free or person in shift.offers:
            free = max(1, shift.free)
            return self._plain(Reply.INFO_FREE, shift=named, code=code, free=free, seats=shift.seats)
        return self._plain(Reply.INFO_TAKEN, shift=named, code=code)

    def offer(self, shift: Shift, offer: Offer) -> str:
        """A seat is free for somebody who waited."""
        time = f"{offer.until.astimezone(shift.zone):%H:%M}"
        return self._one_segment(Reply.OFFER, shift, time=time)

    def cancelled(self, shift: Shift) -> str:
        """The operator has called it off."""
        return self._one_segment(Reply.CANCELLED_NOTICE, shift)

    def reminder(self, shift: Shift, *, droppable: bool) -> str:
        """It is soon."""
        if droppable:
            return self._one_segment(Reply.REMINDER, shift, code=shift.shift_id)
        return self._one_segment(Reply.REMINDER_FIXED, shift)

    def listing(self) -> "Listing":
        """An empty list of open shifts."""
        return Listing(self)

    def _line(self, shift: Shift) -> str:
        return with_gsm_twins(self.catalogue.named(shift))

    def _plain(self, reply: Reply, **values: object) -> str:
        return with_gsm_twins(self.catalogue.say(reply, **values))

    def _one_segment(self, reply: Reply, shift: Shift, **values: object) -> str:
        """With the shift's details, shortened to what one segment leaves for them."""

        def text(named: str) -> str:
            return self._plain(reply, shift=named, **values)

        named = with_gsm_twins(self.catalogue.named(shift))
        details = longest_start(named, lambda start: measure(text(start)).segments <= 1)
        return _sendable(text(named if len(details) < len(shift.shift_id) else details.strip()))


class Listing:
    """The open shifts as one text, filled line by line until the next line would make it too long to send."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._lines: list[str] = [wording.say(Reply.LIST)]
        self._more = wording.say(Reply.LIST_MORE)
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
            return self._wording.say(Reply.LIST_EMPTY)
        return "\n".join(self._lines if self.complete else [*self._lines, self._more])

    def _fits(self, line: str) -> bool:
        return measure("\n".join([*self._lines, line, self._more])).sendable


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:_MOST_NAMED]) + (", ..." if len(codes) > _MOST_NAMED else "")


def _sendable(text: str) -> str:
    plain = with_gsm_twins(text)
    return longest_start(plain, lambda start: measure(start).sendable)

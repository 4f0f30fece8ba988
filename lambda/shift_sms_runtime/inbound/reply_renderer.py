"""Renders booking decisions and shifts as replies, in as few segments as possible."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from shift_sms_runtime.bookings.booking import BookingOutcome, BookingStatus, CodeResult, booking_status
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import make_sendable, measure, with_gsm_substitutes
from shift_sms_runtime.shifts.descriptions import describe, describe_fully
from shift_sms_runtime.shifts.shift import Shift

_TEMPLATES: dict[BookingOutcome, Template] = {
    BookingOutcome.SICK: Template.SICK,
    BookingOutcome.SICK_KEPT: Template.SICK_KEPT,
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
"""The template of each outcome, in the order of the lines of a reply.

Unknown codes come last.
"""

_DETAILS: tuple[Callable[[Shift, Locale], str], ...] = (
    describe_fully,
    describe,
    lambda shift, _locale: shift.shift_id,
)
"""How shifts are described, from the longest to the shortest."""

_WITH_DETAILS = frozenset({BookingOutcome.BOOKED, BookingOutcome.ALREADY_YOURS})
"""Outcomes whose line describes the shift instead of its code alone."""

_ONE_LINE_PER_CODE = frozenset(
    {BookingOutcome.WRONG_ROLE, BookingOutcome.OVERLAP, BookingOutcome.REST, BookingOutcome.HOURS}
)
"""Outcomes whose line names the role of one shift, or the shifts that conflict with it."""

_STATE_TEMPLATES: dict[BookingStatus, Template] = {
    BookingStatus.BOOKED: Template.INFO_YOURS,
    BookingStatus.WAITING: Template.ALREADY_WAITING,
    BookingStatus.FREE: Template.INFO_FREE,
    BookingStatus.TAKEN: Template.INFO_TAKEN,
    BookingStatus.CLOSED: Template.INFO_CLOSED,
    BookingStatus.CANCELED: Template.INFO_CANCELED,
    BookingStatus.NOT_OPEN: Template.NOT_OPEN,
}
"""The template of the state of a shift that exists."""

_MAX_CODES_NAMED = 3


class ReplyRenderer:
    """Renders replies to one employee."""

    def __init__(self, locale: Locale, *, agent_offered: bool, drop_cutoff: timedelta) -> None:
        """Creates a renderer.

        Args:
            locale: The employee's locale.
            agent_offered: Whether replies may name AGENT.
            drop_cutoff: How long before its start a shift can be given back.
        """
        self.locale = locale
        self._agent_offered = agent_offered
        self._drop_cutoff = drop_cutoff

    def say(self, template: Template, **values: object) -> str:
        """Returns a sentence as one reply."""
        return make_sendable(self.locale.say(template, **values))

    def results(
        self, results: Iterable[CodeResult], *, unknown: Sequence[str] = (), excess: Sequence[str] = ()
    ) -> str:
        """Returns the result of every code.

        Describes the shifts if that needs no further segment.

        Args:
            results: The results of known codes.
            unknown: Words that look like codes and match no shift.
            excess: Known codes that are not carried out, because the text has too many.
        """
        known = list({result.code: result for result in results}.values())
        unknown = [*(one.code for one in known if one.outcome is BookingOutcome.UNKNOWN), *unknown]
        known = [result for result in known if result.outcome is not BookingOutcome.UNKNOWN]
        if not known and not excess:
            return self.say(Template.INVALID_CODE)
        if len(known) == 1 and known[0].outcome is BookingOutcome.TAKEN and not unknown and not excess:
            return self.say(Template.ONE_TAKEN, code=known[0].code)
        full, detailed, brief = (
            "\n".join(self._lines(known, unknown, excess, details)) for details in _DETAILS
        )
        fewest = measure(brief).segments
        fitting = (text for text in (full, detailed) if measure(text).segments == fewest)
        return make_sendable(next(fitting, brief))

    def suggestion(self, typed: str, shifts: Sequence[Shift]) -> str:
        """Asks whether one of these shifts was meant."""
        if len(shifts) > 1:
            codes = ", ".join(shift.shift_id for shift in shifts)
            return self.say(Template.DID_YOU_MEAN, typed=typed, codes=codes)
        return self._in_one_segment(Template.DID_YOU_MEAN_ONE, shifts[0], typed=typed)

    def unclear(self, code: str) -> str:
        """Asks what to do with a shift that a text names."""
        return self.say(Template.UNCLEAR, code=code)

    def offer_to_book(self, shift: Shift) -> str:
        """Asks whether to book a shift that a text names."""
        return self._in_one_segment(Template.UNCLEAR_BOOKABLE, shift)

    def about_own_shifts(self, shifts: Sequence[Shift], *, may_give_back: bool) -> str:
        """Says how to give back the sender's own shifts, which a text names."""
        codes = " ".join(shift.shift_id for shift in shifts[:_MAX_CODES_NAMED])
        return self.say(Template.CANNOT_MAKE if may_give_back else Template.UNCLEAR_YOURS, code=codes)

    def absence(self, own_shifts: Sequence[Shift]) -> str:
        """Replies to a sender who cannot come: says how to give back one of their own shifts."""
        match own_shifts:
            case []:
                return self.say(Template.FREE_TEXT)
            case [_]:
                return self.about_own_shifts(own_shifts, may_give_back=True)
            case _:
                codes = _first_codes([shift.shift_id for shift in own_shifts])
                return self.say(Template.CANNOT_MAKE_WHICH, codes=codes)

    def which_is_sick_for(self, own_shifts: Sequence[Shift]) -> str:
        """Replies to a sender who is sick: asks which of their own shifts it concerns."""
        if not own_shifts:
            return self.say(Template.SICK_NOTED)
        codes = [shift.shift_id for shift in own_shifts]
        counts = range(_MAX_CODES_NAMED, 0, -1)
        texts = [self.say(Template.SICK_WHICH, codes=_first_codes(codes, count)) for count in counts]
        return next((text for text in texts if measure(text).segments == 1), texts[-1])

    def which_to_drop(self, shifts: Sequence[Shift]) -> str:
        """Asks which of their own shifts an employee wants to give back."""
        if not shifts:
            return self.say(Template.MINE_EMPTY)
        return self.say(Template.WHICH_TO_DROP, shifts=_first_codes([shift.shift_id for shift in shifts]))

    def info(self, shifts: Sequence[Shift], phone_number: str, now: datetime) -> str:
        """Returns the state of each shift for an employee, as many as fit in one text."""
        entries = [self._state(shift, phone_number, now) for shift in shifts]
        while not measure("\n".join(entries)).sendable and len(entries) > 1:
            entries.pop()
        return make_sendable("\n".join(entries))

    def _lines(
        self,
        known: Sequence[CodeResult],
        unknown: Sequence[str],
        excess: Sequence[str],
        details: Callable[[Shift, Locale], str],
    ) -> Iterator[str]:
        for outcome, template in _TEMPLATES.items():
            results = [result for result in known if result.outcome is outcome]
            if not results:
                continue
            if outcome in _ONE_LINE_PER_CODE:
                for result in results:
                    role = result.shift.role if result.shift else ""
                    others = _first_codes(result.conflicting_ids)
                    yield self._line(template, code=result.code, role=role, others=others)
                continue
            if outcome is BookingOutcome.TOO_LATE_TO_DROP and not self._agent_offered:
                template = Template.TOO_LATE_TO_DROP_NO_AGENT  # noqa: PLW2901 - the one exception
            for line, some in _by_line(outcome, template, results).items():
                shifts = ", ".join(
                    details(one.shift, self.locale) if outcome in _WITH_DETAILS and one.shift else one.code
                    for one in some
                )
                yield self._line(line, shifts=shifts)
        if unknown:
            yield self._line(Template.UNKNOWN, shifts=", ".join(unknown))
        if excess:
            yield self._line(Template.TOO_MANY, shifts=", ".join(excess))

    def _in_one_segment(self, template: Template, shift: Shift, **values: object) -> str:
        """Returns a sentence with the description of a shift.

        Names the code alone if that saves a segment.
        """
        detailed = self.say(template, shift=describe(shift, self.locale), **values)
        brief = self.say(template, shift=shift.shift_id, **values)
        return detailed if measure(detailed).segments == 1 else brief

    def _state(self, shift: Shift, phone_number: str, now: datetime) -> str:
        description = describe(shift, self.locale)
        template = _STATE_TEMPLATES[booking_status(shift, phone_number, now)]
        if template is Template.INFO_YOURS and not shift.can_be_dropped(now, self._drop_cutoff):
            template = Template.INFO_YOURS_FIXED
        return self._line(
            template,
            shift=description,
            shifts=description,
            code=shift.shift_id,
            free=max(1, shift.free_seats),
            seats=shift.seats,
        )

    def _line(self, template: Template, **values: object) -> str:
        return with_gsm_substitutes(self.locale.say(template, **values))


def _by_line(
    outcome: BookingOutcome, template: Template, results: Sequence[CodeResult]
) -> Mapping[Template, Sequence[CodeResult]]:
    """Groups the results of an outcome by the template of their line."""
    if outcome is not BookingOutcome.BOOKED:
        return {template: results}
    fixed = [one for one in results if not one.droppable]
    others = [one for one in results if one.droppable]
    return {line: some for line, some in ((template, others), (Template.BOOKED_FIXED, fixed)) if some}


def _first_codes(codes: Sequence[str], most: int = _MAX_CODES_NAMED) -> str:
    return ", ".join(codes[:most]) + (", ..." if len(codes) > most else "")

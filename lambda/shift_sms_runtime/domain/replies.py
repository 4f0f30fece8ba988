"""The one place where an outcome becomes words, in the fewest segments.

Every template is GSM-7: a character outside it would more than double the price of a text.
"""

from collections.abc import Iterable
from enum import StrEnum

from shift_sms_runtime.domain.commands import looks_like_code
from shift_sms_runtime.domain.shifts import Claim, ClaimOutcome, Shift
from shift_sms_runtime.domain.sms_text import longest_start, measure, with_gsm_twins


class Reply(StrEnum):
    """Everything the product says by itself."""

    INVALID_CODE = (
        "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"
    )
    BOOKED = "Booked: {shifts}"
    ALREADY_YOURS = "Already yours: {shifts}"
    TAKEN = "Already taken: {shifts}"
    NOT_OPEN = "Not open: {shifts}"
    UNKNOWN = "Not a shift code: {shifts}"
    ONE_TAKEN = "Sorry, {code} is already taken. Reply REQUEST to view the available shifts"
    TOO_MANY = "Too many codes for one text, please send again: {shifts}"
    LIST = "Reply a code to book:"
    LIST_MORE = "Reply MORE for the rest"
    LIST_EMPTY = "No shifts are available right now"
    CALLING = "Thank you, an agent will call you shortly"
    CALL_NOT_ALLOWED = "Sorry, we are not able to call this number. Please contact your manager"
    CALL_LIMIT = "Sorry, we are not able to call right now. Please text AGENT again later"
    OPTED_OUT = "You will get no more texts from us. Reply START to get them again"
    OPTED_IN = "You will get texts about open shifts again. Reply STOP to end them"
    HELP = "Texts about open shifts: reply a code to book, REQUEST for the list, STOP to end them"
    STRANGER = "Sorry, this number is not registered for shifts. Please contact your manager"


def to_claims(claims: Iterable[Claim], left_over: Iterable[str] = ()) -> str:
    """Say what became of every code: with the shifts' details where that costs no extra segment.

    ``left_over`` are codes that were not looked up. Pleasantries among the codes go without saying.
    """
    known, unknown = _told_apart(claims)
    # Where shifts are called by plain words, any word may have been meant as a code.
    words_are_codes = any(not looks_like_code(claim.code) for claim in known)
    unknown = [code for code in unknown if words_are_codes or looks_like_code(code)]
    left_over = [code for code in left_over if words_are_codes or looks_like_code(code)]
    if not known and not left_over:
        return Reply.INVALID_CODE
    match known:
        case [Claim(outcome=ClaimOutcome.TAKEN) as only] if not unknown and not left_over:
            return with_gsm_twins(Reply.ONE_TAKEN.format(code=only.code))
    detailed = _say_claims(known, unknown, left_over, details=True)
    brief = _say_claims(known, unknown, left_over, details=False)
    cheaper = measure(brief).segments < measure(detailed).segments and len(known) > 1
    best = brief if cheaper or not measure(detailed).sendable else detailed
    return longest_start(best, lambda start: measure(start).sendable)


def _told_apart(claims: Iterable[Claim]) -> tuple[list[Claim], list[str]]:
    known: dict[str, Claim] = {}
    unknown: list[str] = []
    for claim in claims:
        if claim.outcome is ClaimOutcome.UNKNOWN:
            unknown.append(claim.code)
        else:
            known.setdefault(claim.code, claim)
    return list(known.values()), unknown


def _say_claims(known: list[Claim], unknown: list[str], left_over: list[str], *, details: bool) -> str:
    lines = []
    for outcome, template, with_info in (
        (ClaimOutcome.BOOKED, Reply.BOOKED, details),
        (ClaimOutcome.ALREADY_YOURS, Reply.ALREADY_YOURS, details),
        (ClaimOutcome.TAKEN, Reply.TAKEN, False),
        (ClaimOutcome.NOT_OPEN, Reply.NOT_OPEN, False),
    ):
        named = [
            f"{claim.code} {claim.info}".strip() if with_info else claim.code
            for claim in known
            if claim.outcome is outcome
        ]
        if named:
            lines.append(template.format(shifts=", ".join(named)))
    if unknown:
        lines.append(Reply.UNKNOWN.format(shifts=", ".join(unknown)))
    if left_over:
        lines.append(Reply.TOO_MANY.format(shifts=", ".join(left_over)))
    return with_gsm_twins("\n".join(lines))


class Listing:
    """The open shifts as one text, filled line by line until the next line would make it too long to send."""

    def __init__(self) -> None:
        self._lines: list[str] = [Reply.LIST]
        self.last_shift_id: str | None = None
        """The last shift that fitted; what comes after it is for MORE."""
        self.complete = True

    def add(self, shift: Shift) -> bool:
        """Take one more shift; False when it does not fit, and then the listing is full."""
        line = with_gsm_twins(f"{shift.shift_id} {shift.info}".strip().replace("\n", " "))
        if not self._fits(line):
            if self.last_shift_id is not None:
                self.complete = False
                return False
            line = longest_start(line, self._fits)
        self._lines.append(line)
        self.last_shift_id = shift.shift_id
        return True

    def text(self) -> str:
        """The text to send."""
        if self.last_shift_id is None:
            return Reply.LIST_EMPTY
        return "\n".join(self._lines if self.complete else [*self._lines, Reply.LIST_MORE])

    def _fits(self, line: str) -> bool:
        return measure("\n".join([*self._lines, line, Reply.LIST_MORE])).sendable

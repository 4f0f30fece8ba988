"""The one place where an outcome becomes words, in the fewest segments.

Every template is GSM-7: a character outside it would more than double the price of a text.
"""

from collections.abc import Iterable
from enum import StrEnum

from shift_sms_runtime.domain.commands import looks_like_code
from shift_sms_runtime.domain.shifts import Claim, ClaimOutcome, Shift
from shift_sms_runtime.domain.sms_text import measure, with_gsm_twins


class Reply(StrEnum):
    """Everything the product says by itself."""

    INVALID_CODE = (
        "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"
    )
    BOOKED = "Booked: {shifts}"
    ALREADY_YOURS = "Already yours: {shifts}"
    TAKEN = "Already taken: {shifts}"
    UNKNOWN = "Not a shift code: {shifts}"
    ONE_TAKEN = "Sorry, {code} is already taken. Reply REQUEST to view the available shifts"
    TOO_MANY = "Too many codes for one text, please send again: {shifts}"
    LIST = "Reply a code to book:"
    LIST_MORE = "Reply MORE for the rest"
    LIST_EMPTY = "No shifts are available right now"
    CALLING = "Thank you, an agent will call you shortly"
    CALL_NOT_ALLOWED = "Sorry, we are not able to call this number. Please contact your manager"
    CALL_LIMIT = "Sorry, all agents are busy. Please text AGENT again later"
    STRANGER = "Sorry, this number is not registered for shifts. Please contact your manager"


def to_claims(claims: Iterable[Claim], left_over: Iterable[str] = ()) -> str:
    """Say what became of every code: with the shifts' details where that costs no extra segment."""
    claims, left_over = list(claims), [code for code in left_over if looks_like_code(code)]
    known = [claim for claim in claims if claim.outcome is not ClaimOutcome.UNKNOWN]
    if not known and not left_over:
        return Reply.INVALID_CODE
    match known:
        case [Claim(outcome=ClaimOutcome.TAKEN) as only] if len(claims) == 1:
            return with_gsm_twins(Reply.ONE_TAKEN.format(code=only.code))
    detailed = _say_claims(claims, left_over, details=True)
    brief = _say_claims(claims, left_over, details=False)
    cheaper = measure(brief).segments < measure(detailed).segments and len(claims) > 1
    return _cut(brief if cheaper or not measure(detailed).sendable else detailed)


def _say_claims(claims: list[Claim], left_over: list[str], *, details: bool) -> str:
    lines = []
    for outcome, template, with_info in (
        (ClaimOutcome.BOOKED, Reply.BOOKED, details),
        (ClaimOutcome.ALREADY_YOURS, Reply.ALREADY_YOURS, details),
        (ClaimOutcome.TAKEN, Reply.TAKEN, False),
        (ClaimOutcome.UNKNOWN, Reply.UNKNOWN, False),
    ):
        named = [
            f"{claim.code} {claim.info}".strip() if with_info else claim.code
            for claim in claims
            if claim.outcome is outcome
            and (outcome is not ClaimOutcome.UNKNOWN or looks_like_code(claim.code))
        ]
        if named:
            lines.append(template.format(shifts=", ".join(named)))
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
            line = self._shortened(line)
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

    def _shortened(self, line: str) -> str:
        while not self._fits(line):
            line = line[:-1]
        return line


def _cut(text: str) -> str:
    while not measure(text).sendable:
        text = text[: len(text) - max(1, measure(text).characters - measure(text).longest)]
    return text

"""Checks the shift codes in the message of a campaign: which exist, and whether an employee can book them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from shift_sms_operator.campaigns.views import CampaignWarning
from shift_sms_runtime.inbound.shift_search import ShiftLookup, corrected_ids
from shift_sms_runtime.language.annotator import Code, UnknownCode, annotate
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.language.shift_codes import KnownCodes, candidate_ids, near_codes, normalize_code
from shift_sms_runtime.language.tokenizer import tokenize
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.tables.shifts import DynamoShifts

_MAX_CANDIDATES = 100
_MAX_CODES = 20
"""Codes of one message that are looked at. A text has room for few."""
_MAX_SUGGESTIONS = 3
_WITHOUT_CODE = CampaignWarning("message", "names no code, so employees cannot book by replying with one")


class CodeChecker:
    """Checks the codes of messages. Reads a limited number of shifts for each message."""

    def __init__(self, shifts: DynamoShifts, lexicons: Lexicons) -> None:
        """`lexicons` are the words of all languages, which name no shift."""
        self._shifts = shifts
        self._lookup = ShiftLookup(shifts)
        self._lexicons = lexicons

    def check(self, message: str, *, now: datetime) -> tuple[CampaignWarning, ...]:
        """Returns a warning for each code that an employee could not book, or one if the message has no code."""
        ids = candidate_ids(message, most=_MAX_CANDIDATES)
        known = KnownCodes(self._shifts.existing(ids) if ids else ())
        codes = [*islice(self._codes(message, known), _MAX_CODES)]
        if not codes:
            return (_WITHOUT_CODE,)
        warnings: dict[str, CampaignWarning] = {}
        for code in codes:
            if isinstance(code, UnknownCode):
                warning: CampaignWarning | None = CampaignWarning(code.typed, self._unknown(code.typed))
            else:
                shift = self._shifts.get(code.shift_id)
                warning = None if shift is None else _not_bookable(shift, now)
            if warning is not None:
                warnings.setdefault(warning.subject, warning)
        return tuple(warnings.values())

    def _codes(self, message: str, known: KnownCodes) -> Iterator[Code | UnknownCode]:
        for part in annotate(tokenize(message), self._lexicons.together, known):
            if isinstance(part, Code) or (
                isinstance(part, UnknownCode) and not part.is_date_or_time and not part.is_link
            ):
                yield part

    def _unknown(self, typed: str) -> str:
        near = self._near(typed)
        return "no such shift" + (f". {' or '.join(near)}?" if near else "")

    def _near(self, typed: str) -> list[str]:
        """Returns the ids of shifts that may be meant."""
        corrected = self._shifts.existing(corrected_ids([typed]))
        known = KnownCodes(dict.fromkeys([*corrected, *self._lookup.ids_near([typed])]))
        codes = near_codes(normalize_code(typed), known.normalized, most=_MAX_SUGGESTIONS)
        return _ids(known, codes)


def _ids(known: KnownCodes, codes: Iterable[str]) -> list[str]:
    return [shift_id for code in codes for shift_id in known.ids_of(code)]


def _not_bookable(shift: Shift, now: datetime) -> CampaignWarning | None:
    """Returns why nobody can book a shift; None if somebody can."""
    why = ""
    if shift.problems:
        why = f"cannot be booked: {'; '.join(shift.problems)}"
    elif shift.status == ShiftStatus.CANCELED:
        why = "is canceled"
    elif shift.status not in DERIVED_STATUSES:
        why = f"is {shift.status}, which cannot be booked"
    elif shift.is_over(now):
        why = "is over"
    elif not shift.is_open(now):
        why = "cannot be booked any longer: it has started, or respond_by has passed"
    elif not shift.free_seats:
        why = "is taken"
    return CampaignWarning(shift.shift_id, why) if why else None

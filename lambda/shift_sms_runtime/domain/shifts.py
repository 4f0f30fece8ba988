"""A shift, and what becomes of one person's wish to have it."""

from dataclasses import dataclass
from enum import StrEnum

from shift_sms_runtime.domain.phone_numbers import same_number

AVAILABLE = "available"
TAKEN = "taken"


@dataclass(frozen=True)
class Shift:
    """A row of the Shifts table. ``info`` is empty where the operator wrote none."""

    shift_id: str
    info: str
    status: str
    employee: str | None = None
    claim_message_id: str | None = None
    """The inbound text that booked it: a redelivered text recognises its own booking by it."""


class ClaimOutcome(StrEnum):
    """What became of one code in a text."""

    BOOKED = "booked"
    ALREADY_YOURS = "already-yours"
    TAKEN = "taken"
    NOT_OPEN = "not-open"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Claim:
    """One code of a text and what became of it. ``code`` is the shift's own spelling where there is such a shift."""

    code: str
    outcome: ClaimOutcome
    info: str = ""


def outcome_of_refusal(current: Shift | None, *, employee: str, message_id: str) -> ClaimOutcome:
    """Why a conditional claim did not go through, from the row as it was then."""
    if current is None:
        return ClaimOutcome.UNKNOWN
    if current.status != TAKEN:
        return ClaimOutcome.NOT_OPEN
    if current.employee is None or not same_number(current.employee, employee):
        return ClaimOutcome.TAKEN
    if current.claim_message_id == message_id:
        return ClaimOutcome.BOOKED
    return ClaimOutcome.ALREADY_YOURS


def spelling(code: str) -> str:
    """A code reduced to what people do not get wrong: letters and digits, no case."""
    return "".join(c for c in code.casefold() if c.isalnum())

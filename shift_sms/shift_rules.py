"""What a business settles once for all its shifts, and several functions must agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shift_sms.building_blocks.validators import (
    DROP_CUTOFF_HOURS,
    HOURS_PER_WEEK,
    MINIMUM_REST_HOURS,
    OFFER_MINUTES,
    REMINDER_HOURS,
    TIME_ZONE,
    Validator,
    format_number,
    one_of,
    validate,
    validate_object,
)


class Vocabulary(StrEnum):
    """What is offered, and so the words that people text and read."""

    SHIFTS = "shifts"
    APPOINTMENTS = "appointments"


class Language(StrEnum):
    """What people can be answered in; each has every vocabulary."""

    ENGLISH = "en"
    SPANISH = "es"
    FRENCH = "fr"
    GERMAN = "de"


VOCABULARY = one_of(Vocabulary)
LANGUAGE = one_of(Language)

_VALIDATORS: Mapping[str, Validator[object]] = {
    "vocabulary": VOCABULARY,
    "default_language": LANGUAGE,
    "timezone": TIME_ZONE,
    "minimum_rest_hours": MINIMUM_REST_HOURS,
    "hours_per_week": HOURS_PER_WEEK,
    "drop_cutoff_hours": DROP_CUTOFF_HOURS,
    "offer_minutes": OFFER_MINUTES,
    "reminder_hours": REMINDER_HOURS,
}


@dataclass(frozen=True, kw_only=True)
class ShiftRules:
    """What a booking must keep to, and how people are spoken to. Hours may be whole or half.

    Raises ValueError, with the prop, the value and what is allowed.
    """

    vocabulary: Vocabulary = Vocabulary.SHIFTS
    default_language: Language = Language.ENGLISH
    """Of whoever has no `language` in Employees, and of campaigns."""
    timezone: str = "UTC"
    """IANA name; of times without an offset, and of days and weeks, where a shift names no `timezone` itself."""
    minimum_rest_hours: float = 0
    """Between two shifts of one person, up to 48; 0 is no rule."""
    hours_per_week: float = 0
    """The most that one person may book in a week from Monday to Sunday, up to 168; 0 is no limit."""
    drop_cutoff_hours: float = 12
    """How long before its start a shift can be given back by text for the last time, up to 336."""
    offer_minutes: int = 30
    """How long a seat is kept for the next of the waiting list, up to 1,440."""
    reminder_hours: float = 24
    """How long before its start people are reminded of a shift, up to 336; 0 is no reminder."""

    def __post_init__(self) -> None:
        for prop, rule in _VALIDATORS.items():
            object.__setattr__(self, prop, validate(prop, getattr(self, prop), rule))

    def environment(self, *props: str) -> dict[str, str]:
        """Returns what a function is told of these props: `timezone` is its variable `TIMEZONE`."""
        values = {prop: getattr(self, prop) for prop in props}
        return {
            prop.upper(): value if isinstance(value, str) else format_number(value)
            for prop, value in values.items()
        }


def rules_or_default(given: ShiftRules | None) -> ShiftRules:
    """Returns a construct's prop `rules`, where there is none what holds by default. Raises ValueError."""
    return ShiftRules() if given is None else validate_object("rules", given, _SHIFT_RULES)


def _shift_rules(given: object) -> ShiftRules:
    if isinstance(given, ShiftRules):
        return given
    raise ValueError(given)


_SHIFT_RULES = Validator("ShiftRules, or None for those by default", _shift_rules)

"""Validates and normalizes props and settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar, cast
from zoneinfo import available_timezones

from aws_cdk import Token

from shift_sms.building_blocks.origination_identity import ALLOWED as ALLOWED_ORIGINATION_IDENTITY
from shift_sms.building_blocks.origination_identity import OriginationIdentity
from shift_sms_runtime.environment import (
    ALLOWED_SEGMENT_NAMES,
    BookingPolicy,
    FillOrder,
    Language,
    LanguageSettings,
    QuietHours,
    SickCalls,
    StrangerReply,
    Vocabulary,
    fill_details,
    segment_name,
    to_e164,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)

# Lambda limits the environment of a function to 4 KB.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_APPROVED_NUMBERS = 150


@dataclass(frozen=True)
class Validator(Generic[T_co]):
    """Parses the values that a prop or setting allows."""

    allowed: str
    """Completes the sentence "allowed is …"."""
    parse: Callable[[object], T_co]
    """Returns the normalized value.

    Raises ValueError with the wrong part of the value as its argument.
    """


def is_token(given: object) -> bool:
    """Returns whether a value is known only when deployed.

    Asks the CDK only if its type can hold a token.
    """
    if isinstance(given, int | Enum):
        return False
    if isinstance(given, str):
        return _is_token_text(given)
    # The CDK recognizes a token in a list, not in a tuple.
    return Token.is_unresolved(list(given) if isinstance(given, tuple) else given)


@lru_cache(maxsize=1024)
def _is_token_text(text: str) -> bool:
    return Token.is_unresolved(text)


def validate(prop: str, given: object, validator: Validator[T]) -> T:
    """Returns a prop normalized. Tokens are returned as they are.

    Raises:
        ValueError: the value is not allowed; the message names the prop, the value and what is allowed.
    """
    if is_token(given):
        return cast("T", given)
    return validate_object(prop, given, validator)


def validate_at_synthesis(prop: str, given: object, validator: Validator[T], *, why: str) -> T:
    """Returns a prop normalized that must be known at synthesis.

    Args:
        prop: The name of the prop.
        given: Its value.
        validator: What it may be.
        why: Why a token is not allowed.

    Raises:
        ValueError: as `validate` does, and for a token.
    """
    if is_token(given):
        raise ValueError(
            f"{prop} is known only when deployed, allowed is {validator.allowed}, known at synthesis: {why}"
        )
    return validate(prop, given, validator)


def validate_object(prop: str, given: object, validator: Validator[T]) -> T:
    """Does the same as `validate` for a construct, which `Token.is_unresolved` rejects."""
    try:
        return validator.parse(given)
    except ValueError as error:
        raise ValueError(f"{prop} is {error.args[0]!r}, allowed is {validator.allowed}") from error


def validate_flag(prop: str, given: bool) -> bool:
    """Returns a Boolean prop.

    Raises as `validate_at_synthesis` does, also for text: "no" would be true.
    """
    return validate_at_synthesis(prop, given, FLAG, why="functions are configured with it")


def parse_text(value: object) -> str:
    """Returns a text without surrounding space. Raises ValueError when nothing is left."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value.strip()


def pattern_parser(pattern: str) -> Callable[[object], str]:
    """Returns a parser of texts that match the pattern completely."""

    def parse(value: object) -> str:
        text = parse_text(value)
        if not re.fullmatch(pattern, text):
            raise ValueError(value)
        return text

    return parse


def one_of(choices: type[E]) -> Validator[E]:
    """Returns the validator of a text that is a value of the enum."""

    def parse(value: object) -> E:
        if value not in list(choices):
            raise ValueError(value)
        return choices(str(value))

    return Validator(" or ".join(choices), parse)


def _parse_flag(value: object) -> bool:
    if value is True or value is False:
        return value
    raise ValueError(value)


def _whole_number(lowest: int, highest: int) -> Validator[int]:
    def parse(value: object) -> int:
        digits = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,4}", digits):
            raise ValueError(value)
        if not lowest <= int(digits) <= highest:
            raise ValueError(value)
        return int(digits)

    return Validator(f"a whole number from {lowest} to {highest}", parse)


def _days_or_zero(lowest: int, highest: int) -> Validator[int]:
    number = _whole_number(0, highest)

    def parse(value: object) -> int:
        days = number.parse(value)
        if 0 < days < lowest:
            raise ValueError(value)
        return days

    return Validator(f"0, or a whole number from {lowest} to {highest}", parse)


def _hours(highest: int) -> Validator[float]:
    def parse(value: object) -> float:
        digits = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,3}(\.[05])?", digits):
            raise ValueError(value)
        if float(digits) > highest:
            raise ValueError(value)
        return float(digits)

    return Validator(f"hours from 0 to {highest}, whole or half (37.5)", parse)


def _number_or_auto(allowed: str, parse: Callable[[str], T | None]) -> Validator[T | None]:
    """Returns the validator of a number of a fill plan. None stands for `auto`, too."""

    def parse_or_raise(value: object) -> T | None:
        try:
            return None if value is None else parse(str(value).strip())
        except ValueError:
            raise ValueError(value) from None

    return Validator(allowed, parse_or_raise)


@cache
def _time_zones() -> frozenset[str]:
    # Operating systems add names that the functions' IANA database lacks.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _parse_quiet_hours(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(given)  # noqa: TRY004 - the contract of Validator.parse
    try:
        return str(QuietHours.parse(given.strip()))
    except ValueError:
        raise ValueError(given) from None


def _parse_time_zone(value: object) -> str:
    name = parse_text(value)
    if name not in _time_zones():
        raise ValueError(value)
    return name


def _parse_number(value: object) -> str:
    try:
        return to_e164(parse_text(value))
    except ValueError:
        raise ValueError(value) from None


def _parse_numbers(value: object) -> tuple[str, ...]:
    candidates: Any = value if isinstance(value, (list, tuple)) else str(value).split(",")
    numbers: dict[str, None] = {}
    wrong: list[str] = []
    for candidate in filter(None, (str(candidate).strip() for candidate in candidates)):
        try:
            numbers[candidate if is_token(candidate) else _parse_number(candidate)] = None
        except ValueError:
            wrong.append(candidate)
    if wrong:
        raise ValueError(", ".join(wrong))
    if len(numbers) > MAX_APPROVED_NUMBERS:
        raise ValueError(f"{len(numbers)} numbers")
    return tuple(numbers)


def _parse_segment(value: object) -> str:
    try:
        return segment_name(parse_text(value))
    except ValueError:
        raise ValueError(value) from None


# AWS documents no syntax for these ids. It generates UUIDs and 32 hexadecimal digits.
_ID = pattern_parser(r"[A-Za-z0-9_-]{1,128}")

FLAG = Validator("True or False", _parse_flag)
MESSAGES_PER_SECOND = _whole_number(1, 1000)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-configurationset.html
CONFIGURATION_SET_NAME = Validator("1 to 64 letters, digits, - or _", pattern_parser(r"[A-Za-z0-9_-]{1,64}"))
SEGMENT = Validator(ALLOWED_SEGMENT_NAMES, _parse_segment)
APPROVED_NUMBERS = Validator(
    f"up to {MAX_APPROVED_NUMBERS} E.164 numbers (+14255550101), as a list or separated by commas",
    _parse_numbers,
)
ORIGINATION_IDENTITY = Validator(
    ALLOWED_ORIGINATION_IDENTITY, lambda value: OriginationIdentity.parse(parse_text(value)).value
)
PHONE_NUMBER = Validator("an E.164 number (+14255550100)", _parse_number)
SICK_CALLS = one_of(SickCalls)
STRANGER_REPLY = one_of(StrangerReply)
VOCABULARY = one_of(Vocabulary)
LANGUAGE = one_of(Language)
# https://www.iana.org/time-zones
TIME_ZONE = Validator("the IANA name of a time zone (Europe/Berlin)", _parse_time_zone)
# The limits of the booking policy reject only obvious mistakes.
MINIMUM_REST_HOURS = _hours(2 * 24)
HOURS_PER_WEEK = _hours(7 * 24)
DROP_CUTOFF_HOURS = _hours(14 * 24)
OFFER_MINUTES = _whole_number(1, 24 * 60)
REMINDER_HOURS = _hours(14 * 24)
UNFILLED_NOTICE_HOURS = _hours(14 * 24)
QUIET_HOURS = Validator("begin and end, local to the recipient (21:00-08:00), or empty", _parse_quiet_hours)
FILL_ORDER = one_of(FillOrder)
FILL_WAVE_SIZE = _number_or_auto(fill_details.ALLOWED_WAVE_SIZES, fill_details.wave_size)
FILL_WAVE_MINUTES = _number_or_auto(fill_details.ALLOWED_WAVE_MINUTES, fill_details.wave_minutes)
SHIFT_RETENTION_DAYS = _days_or_zero(14, 3650)
AUDIT_RETENTION_DAYS = _days_or_zero(1, 3650)
TEXTS_PER_HOUR = _whole_number(0, 1000)
TEXTS_PER_PERSON_PER_DAY = _whole_number(0, 100)
FILL_TARGET_MINUTES = _whole_number(1, 24 * 60)
FILL_CONTACT_RETENTION_DAYS = _whole_number(30, 3650)
INBOUND_TEXTS_PER_SECOND = _whole_number(1, 1000)
CALLS_PER_DAY = _whole_number(0, 100)
CONNECT_ID = Validator("the id alone, as the last part of the ARN: letters, digits, - and _", _ID)
PINPOINT_ID = Validator("the id alone: letters, digits, - and _", _ID)
EMAIL = Validator(
    "one e-mail address (duty@example.com)", pattern_parser(r"[^@\s,;:<>]+@[^@\s,;:<>]+\.[^@\s,;:<>.]+")
)
DOMAIN_PREFIX = Validator(
    "1 to 63 lower-case letters, digits and hyphens, without the words aws, amazon and cognito",
    pattern_parser(r"(?!.*(?:aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"),
)
OIDC_ISSUER = Validator(
    "the address of an OpenID provider: https, without a query", pattern_parser(r"https://[^\s?#@]+")
)
OIDC_CLIENT_ID = Validator("the id of the client at the provider", pattern_parser(r"[\x21-\x7e]{1,255}"))
SECRET_ARN = Validator(
    "the complete ARN of a secret in Secrets Manager",
    pattern_parser(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:\S+-[A-Za-z0-9]{6}"),
)
CLAIM = Validator("the name of a claim in ID tokens", pattern_parser(r"[\x21-\x7e]{1,255}"))
EMERGENCY_REPLY = Validator(
    "a text of 1 to 160 characters, none of them a control character except a new line",
    pattern_parser(r"(?s)(?=.*\S)[^\x00-\x09\x0b-\x1f]{1,160}"),
)

_BOOKING_POLICY: Mapping[str, Validator[Any]] = {
    "timezone": TIME_ZONE,
    "minimum_rest_hours": MINIMUM_REST_HOURS,
    "hours_per_week": HOURS_PER_WEEK,
    "drop_cutoff_hours": DROP_CUTOFF_HOURS,
    "offer_minutes": OFFER_MINUTES,
    "reminder_hours": REMINDER_HOURS,
    "unfilled_notice_hours": UNFILLED_NOTICE_HOURS,
    "sick_calls": SICK_CALLS,
    "quiet_hours": QUIET_HOURS,
    "fill_order": FILL_ORDER,
    "fill_wave_size": FILL_WAVE_SIZE,
    "fill_wave_minutes": FILL_WAVE_MINUTES,
}
_LANGUAGE: Mapping[str, Validator[Any]] = {"vocabulary": VOCABULARY, "default_language": LANGUAGE}


def validate_booking_policy(given: BookingPolicy | None) -> BookingPolicy:
    """Returns the prop `booking_policy` normalized, by default `BookingPolicy()`.

    Raises as `validate` does.
    """
    return _validate_fields("booking_policy", given, BookingPolicy, _BOOKING_POLICY)


def validate_language(given: LanguageSettings | None) -> LanguageSettings:
    """Returns the prop `language` normalized, by default `LanguageSettings()`.

    Raises as `validate` does.
    """
    return _validate_fields("language", given, LanguageSettings, _LANGUAGE)


def _validate_fields(
    prop: str, given: T | None, expected: type[T], validators: Mapping[str, Validator[Any]]
) -> T:
    if given is None:
        given = expected()
    if not isinstance(given, expected):
        raise ValueError(f"{prop} is {given!r}, allowed is {expected.__name__} or None for its defaults")  # noqa: TRY004
    return expected(
        **{
            field: validate(f"{prop}.{field}", getattr(given, field), validator)
            for field, validator in validators.items()
        }
    )

"""What a value must look like, whether it comes from a setting or from another team's stack."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, cast
from zoneinfo import available_timezones

from aws_cdk import Fn, Token, Tokenization

from shift_sms.building_blocks.origination_identity import ALLOWED as ALLOWED_ORIGINATION_IDENTITY
from shift_sms.building_blocks.origination_identity import OriginationIdentity
from shift_sms.phone_numbers import to_e164

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)

# Lambda gives a function 4 KB of environment: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_APPROVED_NUMBERS = 150


@dataclass(frozen=True)
class Validator(Generic[T_co]):
    """`parse` raises ValueError, with the offending part as its argument, for what is not `allowed`."""

    allowed: str
    parse: Callable[[object], T_co]


def validate(prop: str, given: object, rule: Validator[T]) -> T:
    """Returns a construct's prop as the rule spells it; what is known only when deployed is returned as it is.

    Raises ValueError, with the prop, the value and what is allowed.
    """
    # The CDK knows no tuples.
    if Token.is_unresolved(list(given) if isinstance(given, tuple) else given):
        return cast("T", given)
    return validate_object(prop, given, rule)


def validate_at_synthesis(prop: str, given: object, rule: Validator[T], *, why: str) -> T:
    """Returns a construct's prop as the rule spells it, where the value decides what is made.

    Raises ValueError as `checked` does, and for what is known only when deployed.
    """
    if Token.is_unresolved(given):
        raise ValueError(
            f"{prop} is known only when deployed, allowed is {rule.allowed}, known at synthesis: {why}"
        )
    return validate(prop, given, rule)


def validate_object(prop: str, given: object, rule: Validator[T]) -> T:
    """Returns a construct's prop that is an object, about which the CDK cannot be asked whether it is a token.

    Raises ValueError as `checked` does.
    """
    try:
        return rule.parse(given)
    except ValueError as error:
        raise ValueError(f"{prop} is {error.args[0]!r}, allowed is {rule.allowed}") from error


def validate_flag(prop: str, given: bool) -> str:
    """Returns a construct's prop as functions read it. Raises ValueError as `checked_now` does: "no" would be a yes."""
    return "true" if validate_at_synthesis(prop, given, FLAG, why="functions are told so then") else "false"


def format_number(number: float) -> str:
    """Returns a number as functions read it (`11`, `0.5`), or the token of one that is known only when deployed."""
    if Token.is_unresolved(number):
        return Tokenization.stringify_number(number)
    return f"{number:g}"


def parse_text(value: object) -> str:
    """Returns a text without the space around it. Raises ValueError when nothing is left."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value.strip()


def pattern_parser(pattern: str) -> Callable[[object], str]:
    """Returns what parses a text that fits the pattern from end to end."""

    def parse(value: object) -> str:
        found = parse_text(value)
        if not re.fullmatch(pattern, found):
            raise ValueError(value)
        return found

    return parse


def one_of(choices: type[E]) -> Validator[E]:
    """Returns the rule for a text that is the value of one of the choices."""

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


def _hours(highest: int) -> Validator[float]:
    def parse(value: object) -> float:
        digits = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,3}(\.[05])?", digits):
            raise ValueError(value)
        if float(digits) > highest:
            raise ValueError(value)
        return float(digits)

    return Validator(f"hours from 0 to {highest}, whole or half (37.5)", parse)


@cache
def _time_zones() -> frozenset[str]:
    # Names of some systems alone, or of no place: the functions have those of IANA.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _parse_time_zone(value: object) -> str:
    name = parse_text(value)
    if name not in _time_zones():
        raise ValueError(value)
    return name


def _parse_numbers(value: object) -> tuple[str, ...]:
    candidates: Any = value if isinstance(value, (list, tuple)) else str(value).split(",")
    numbers: dict[str, None] = {}
    offending: list[str] = []
    for candidate in filter(None, (str(candidate).strip() for candidate in candidates)):
        try:
            numbers[candidate if Token.is_unresolved(candidate) else to_e164(candidate)] = None
        except ValueError:
            offending.append(candidate)
    if offending:
        raise ValueError(", ".join(offending))
    if len(numbers) > MAX_APPROVED_NUMBERS:
        raise ValueError(f"{len(numbers)} numbers")
    return tuple(numbers)


# The ids that AWS gives look stricter (a UUID, 32 hexadecimal digits), but no reference promises it.
_ID = pattern_parser(r"[A-Za-z0-9_-]{1,128}")

FLAG = Validator("True or False", _parse_flag)
MESSAGES_PER_SECOND = _whole_number(1, 1000)
ANSWERS_SHARE_PERCENT = _whole_number(0, 90)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-configurationset.html
CONFIGURATION_SET = Validator("1 to 64 letters, digits, - or _", pattern_parser(r"[A-Za-z0-9_-]{1,64}"))
SEGMENT = Validator("1 to 128 letters, digits, or any of _ . -", pattern_parser(r"[A-Za-z0-9_.-]{1,128}"))
APPROVED_NUMBERS = Validator(
    f"up to {MAX_APPROVED_NUMBERS} E.164 numbers (+14255550101), as a list or separated by commas",
    _parse_numbers,
)
ORIGINATION_IDENTITY = Validator(
    ALLOWED_ORIGINATION_IDENTITY, lambda value: OriginationIdentity.parse(parse_text(value)).value
)
PHONE_NUMBER = Validator("an E.164 number (+14255550100)", lambda value: to_e164(parse_text(value)))
# Rest between shifts and hours of a week are for the business to know; beyond these, a number is a mistake.
MINIMUM_REST_HOURS = _hours(2 * 24)
HOURS_PER_WEEK = _hours(7 * 24)
DROP_CUTOFF_HOURS = _hours(14 * 24)
REMINDER_HOURS = _hours(14 * 24)
OFFER_MINUTES = _whole_number(1, 24 * 60)
TEXTS_PER_HOUR = _whole_number(0, 1000)
CALLS_PER_DAY = _whole_number(0, 100)
# https://www.iana.org/time-zones
TIME_ZONE = Validator("the IANA name of a time zone (Europe/Berlin)", _parse_time_zone)
CONNECT_ID = Validator("the id alone, as the last part of the ARN: letters, digits, - and _", _ID)
PINPOINT_ID = Validator("the id alone: letters, digits, - and _", _ID)
# Whether mail arrives there, only the confirmation that SNS asks for can tell.
EMAIL = Validator(
    "one e-mail address (duty@example.com)", pattern_parser(r"[^@\s,;:<>]+@[^@\s,;:<>]+\.[^@\s,;:<>.]+")
)


def join_numbers(numbers: Sequence[str]) -> str:
    """Returns the numbers as the function reads them; a list that is known only when deployed is joined then."""
    listed = list(numbers)
    return Fn.join(",", listed) if Token.is_unresolved(listed) else ",".join(listed)

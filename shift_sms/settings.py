"""Settings are read and checked once, at the edge: every mistake is told at once, and none reaches AWS."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from shift_sms.origination_identity import ALLOWED as ALLOWED_ORIGINATION_IDENTITY
from shift_sms.origination_identity import OriginationIdentity
from shift_sms.phone_numbers import is_fictional, to_e164

LOCAL = "local"

T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E", bound=StrEnum)


class CampaignEngine(StrEnum):
    """What sends a campaign."""

    END_USER_MESSAGING = "end-user-messaging"
    PINPOINT = "pinpoint"


class StrangerReply(StrEnum):
    """What a number that is not approved hears."""

    SILENT = "silent"
    ONCE_PER_DAY = "once-per-day"


class TableRemoval(StrEnum):
    """What becomes of the tables when the stack is deleted."""

    RETAIN = "retain"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Problem:
    """One setting that cannot be used."""

    key: str
    given: object
    allowed: str


class SettingsError(ValueError):
    """Every setting that cannot be used, in one message for a person."""

    def __init__(self, environment: str, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = [f"{count} wrong in environment {environment!r}:"]
        for problem in problems:
            given = "nothing" if problem.given is None else repr(problem.given)
            lines += [f"  {problem.key}", f"    given:   {given}", f"    allowed: {problem.allowed}"]
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class _Rule(Generic[T]):
    """`parse` raises ValueError, with the offending part as its argument, for what is not `allowed`."""

    allowed: str
    parse: Callable[[object], T]


class _Reader:
    """Takes settings out of a mapping and remembers every problem on the way."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given
        self.problems: list[Problem] = []

    def required(self, key: str, rule: _Rule[T], placeholder: D, *, why: str = "required") -> T | D:
        if self._given.get(key) in (None, ""):
            self.problems.append(Problem(key, self._given.get(key), f"{why}: {rule.allowed}"))
            return placeholder
        return self.optional(key, rule, placeholder)

    def optional(self, key: str, rule: _Rule[T], default: D) -> T | D:
        value = self._given.get(key)
        if value is None:
            return default
        try:
            return rule.parse(value)
        except ValueError as error:
            self.problems.append(Problem(key, error.args[0], rule.allowed))
            return default


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value.strip()


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    answer = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).strip().lower())
    if answer is None:
        raise ValueError(value)
    return answer


def _whole_number(value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 1000:
        raise ValueError(value)
    return int(text)


def _numbers(value: object) -> tuple[str, ...]:
    candidates: list[Any] = value if isinstance(value, list) else str(value).split(",")
    texts = [str(candidate).strip() for candidate in candidates]
    numbers: dict[str, None] = {}
    offending: list[str] = []
    for text in filter(None, texts):
        try:
            numbers[to_e164(text)] = None
        except ValueError:
            offending.append(text)
    if offending:
        raise ValueError(", ".join(offending))
    if len(numbers) > MAX_APPROVED_NUMBERS:
        raise ValueError(f"{len(numbers)} numbers")
    return tuple(numbers)


def _endpoint(value: object) -> str:
    url = urlsplit(_text(value))
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError(value)
    return url.geturl()


def _matching(pattern: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        text = _text(value)
        if not re.fullmatch(pattern, text):
            raise ValueError(value)
        return text

    return parse


def _refuse(value: object) -> str:
    raise ValueError(value)


def _one_of(choices: type[E]) -> _Rule[E]:
    def parse(value: object) -> E:
        if value not in list(choices):
            raise ValueError(value)
        return choices(str(value))

    return _Rule(" or ".join(choices), parse)


# Lambda gives a function 4 KB of environment: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_APPROVED_NUMBERS = 150

# The ids that AWS gives look stricter (a UUID, 32 hexadecimal digits), but no reference promises it.
_ID = _matching(r"[A-Za-z0-9_-]{1,128}")

_ORIGINATION = _Rule(
    ALLOWED_ORIGINATION_IDENTITY, lambda value: OriginationIdentity.parse(_text(value)).value
)
_ENGINE = _one_of(CampaignEngine)
_STRANGER_REPLY = _one_of(StrangerReply)
_REMOVAL = _one_of(TableRemoval)
_MESSAGES_PER_SECOND = _Rule("a whole number from 1 to 1000", _whole_number)
_SEGMENT = _Rule("1 to 128 letters, digits, or any of _ . -", _matching(r"[A-Za-z0-9_.-]{1,128}"))
_APPROVED = _Rule(
    f"up to {MAX_APPROVED_NUMBERS} E.164 numbers (+14255550101), as a list or separated by commas", _numbers
)
_YES_OR_NO = _Rule("true, false, YES or NO", _yes_or_no)
_NUMBER = _Rule("an E.164 number (+14255550100)", lambda value: to_e164(_text(value)))
_CONNECT_ID = _Rule("the id alone, as the last part of the ARN: letters, digits, - and _", _ID)
_PINPOINT_ID = _Rule("the id alone: letters, digits, - and _", _ID)
_ENDPOINT = _Rule("an http or https address", _endpoint)
_NO_ENDPOINT = _Rule(f"nothing: only the environment {LOCAL!r} may leave AWS", _refuse)


@dataclass(frozen=True)
class Settings:
    """What one environment is like. Ids of a feature that is off are empty."""

    environment: str
    origination_identity: str
    messages_per_second: int = 1
    campaign_engine: CampaignEngine = CampaignEngine.END_USER_MESSAGING
    pinpoint_application_id: str = ""
    pinpoint_segment_id: str = ""
    default_segment: str = "overtime"
    approved_numbers: tuple[str, ...] = ()
    connect_enabled: bool = False
    connect_instance_id: str = ""
    connect_contact_flow_id: str = ""
    connect_queue_id: str = ""
    connect_source_phone_number: str = ""
    stranger_reply: StrangerReply = StrangerReply.SILENT
    removal_policy: TableRemoval = TableRemoval.RETAIN
    sms_endpoint_url: str | None = None
    connect_endpoint_url: str | None = None
    pinpoint_endpoint_url: str | None = None

    @property
    def is_local(self) -> bool:
        """Says whether this deploys to an embedded cloud on the same machine."""
        return self.environment == LOCAL

    @property
    def fictional_numbers(self) -> tuple[str, ...]:
        """The numbers among the settings that no telephone will ever have."""
        numbers = (self.origination_identity, self.connect_source_phone_number, *self.approved_numbers)
        return tuple(number for number in numbers if is_fictional(number))

    @classmethod
    def parse(
        cls,
        environment: str,
        *,
        environments: Mapping[str, Mapping[str, object]],
        context: Mapping[str, object],
    ) -> "Settings":
        """Reads `environments[environment]`, overridden by the settings in the context (`-c key=value`).

        Raises SettingsError, naming every offending key.
        """
        if environment not in environments:
            known = " or ".join(sorted(environments))
            raise SettingsError(
                environment, [Problem("env", environment, f"{known} (environments in cdk.json)")]
            )
        configured = environments[environment]
        overrides = {key: value for key, value in context.items() if key in SETTING_KEYS}
        reader = _Reader({**configured, **overrides})
        settings = cls._read(environment, reader)
        problems = [*reader.problems, *_unknown_keys(configured), *_misspelt_overrides(context)]
        if problems:
            raise SettingsError(environment, problems)
        return settings

    @classmethod
    def _read(cls, environment: str, reader: _Reader) -> "Settings":
        engine = reader.optional("campaign_engine", _ENGINE, CampaignEngine.END_USER_MESSAGING)
        connect_enabled = reader.optional("connect_enabled", _YES_OR_NO, False)
        endpoint = _ENDPOINT if environment == LOCAL else _NO_ENDPOINT

        def of_pinpoint(key: str) -> str:
            if engine is not CampaignEngine.PINPOINT:
                return ""
            return reader.required(key, _PINPOINT_ID, "", why="required by the pinpoint engine")

        def of_connect(key: str, rule: _Rule[str]) -> str:
            return (
                reader.required(key, rule, "", why="required with connect_enabled") if connect_enabled else ""
            )

        return cls(
            environment=environment,
            origination_identity=reader.required("origination_identity", _ORIGINATION, ""),
            messages_per_second=reader.optional("messages_per_second", _MESSAGES_PER_SECOND, 1),
            campaign_engine=engine,
            pinpoint_application_id=of_pinpoint("pinpoint_application_id"),
            pinpoint_segment_id=of_pinpoint("pinpoint_segment_id"),
            default_segment=reader.optional("default_segment", _SEGMENT, "overtime"),
            approved_numbers=reader.optional("approved_numbers", _APPROVED, ()),
            connect_enabled=connect_enabled,
            connect_instance_id=of_connect("connect_instance_id", _CONNECT_ID),
            connect_contact_flow_id=of_connect("connect_contact_flow_id", _CONNECT_ID),
            connect_queue_id=of_connect("connect_queue_id", _CONNECT_ID),
            connect_source_phone_number=of_connect("connect_source_phone_number", _NUMBER),
            stranger_reply=reader.optional("stranger_reply", _STRANGER_REPLY, StrangerReply.SILENT),
            removal_policy=reader.optional("removal_policy", _REMOVAL, TableRemoval.RETAIN),
            sms_endpoint_url=reader.optional("sms_endpoint_url", endpoint, None),
            connect_endpoint_url=reader.optional("connect_endpoint_url", endpoint, None),
            pinpoint_endpoint_url=reader.optional("pinpoint_endpoint_url", endpoint, None),
        )


SETTING_KEYS = frozenset(Settings.__dataclass_fields__) - {"environment"}


def _unknown_keys(configured: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(key, value, f"not a setting; {_suggestion(key)}")
        for key, value in configured.items()
        if key not in SETTING_KEYS
    ]


def _misspelt_overrides(context: Mapping[str, object]) -> list[Problem]:
    """The CDK keeps much of its own in the context; only what all but spells a setting was meant as one."""
    return [
        Problem(key, value, f"not a setting; {_suggestion(key)}")
        for key, value in context.items()
        if key not in SETTING_KEYS and difflib.get_close_matches(key, SETTING_KEYS, n=1, cutoff=0.85)
    ]


def _suggestion(key: str) -> str:
    if close := difflib.get_close_matches(key, sorted(SETTING_KEYS), n=1):
        return f"did you mean {close[0]}?"
    return "known are " + ", ".join(sorted(SETTING_KEYS))

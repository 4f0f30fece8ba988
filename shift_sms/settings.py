"""Settings are read and checked once, at the edge: every mistake is told at once, and none reaches AWS."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from shift_sms.building_blocks.validators import (
    ANSWERS_SHARE_PERCENT,
    APPROVED_NUMBERS,
    CALLS_PER_DAY,
    CONFIGURATION_SET,
    CONNECT_ID,
    DROP_CUTOFF_HOURS,
    EMAIL,
    HOURS_PER_WEEK,
    MESSAGES_PER_SECOND,
    MINIMUM_REST_HOURS,
    OFFER_MINUTES,
    ORIGINATION_IDENTITY,
    PHONE_NUMBER,
    PINPOINT_ID,
    REMINDER_HOURS,
    SEGMENT,
    TEXTS_PER_HOUR,
    TIME_ZONE,
    Validator,
    one_of,
)
from shift_sms.phone_numbers import is_fictional
from shift_sms.shift_rules import LANGUAGE, VOCABULARY, Language, ShiftRules, Vocabulary

T = TypeVar("T")
D = TypeVar("D")


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


class _Reader:
    """Takes settings out of a mapping and remembers every problem on the way."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given
        self.problems: list[Problem] = []

    def required(self, key: str, rule: Validator[T], placeholder: D, *, why: str = "required") -> T | D:
        if self._given.get(key) in (None, ""):
            self.problems.append(Problem(key, self._given.get(key), f"{why}: {rule.allowed}"))
            return placeholder
        return self.optional(key, rule, placeholder)

    def optional(self, key: str, rule: Validator[T], default: D) -> T | D:
        value = self._given.get(key)
        if value is None:
            return default
        try:
            return rule.parse(value)
        except ValueError as error:
            self.problems.append(Problem(key, error.args[0], rule.allowed))
            return default


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    answer = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).strip().lower())
    if answer is None:
        raise ValueError(value)
    return answer


_ENGINE = one_of(CampaignEngine)
STRANGER_REPLY = one_of(StrangerReply)
_REMOVAL = one_of(TableRemoval)
_YES_OR_NO = Validator("true, false, YES or NO", _yes_or_no)


@dataclass(frozen=True)
class Settings:
    """What one environment is like. Ids of a feature that is off are empty."""

    environment: str
    origination_identity: str
    messages_per_second: int = 1
    answers_share_percent: int = 20
    campaign_engine: CampaignEngine = CampaignEngine.END_USER_MESSAGING
    pinpoint_application_id: str = ""
    pinpoint_segment_id: str = ""
    default_segment: str = "overtime"
    keep_typography: bool = False
    approved_numbers: tuple[str, ...] = ()
    connect_enabled: bool = False
    connect_instance_id: str = ""
    connect_contact_flow_id: str = ""
    connect_queue_id: str = ""
    connect_source_phone_number: str = ""
    stranger_reply: StrangerReply = StrangerReply.SILENT
    self_managed_opt_outs: bool = False
    vocabulary: Vocabulary = ShiftRules.vocabulary
    default_language: Language = ShiftRules.default_language
    timezone: str = ShiftRules.timezone
    minimum_rest_hours: float = ShiftRules.minimum_rest_hours
    hours_per_week: float = ShiftRules.hours_per_week
    drop_cutoff_hours: float = ShiftRules.drop_cutoff_hours
    offer_minutes: int = ShiftRules.offer_minutes
    reminder_hours: float = ShiftRules.reminder_hours
    texts_per_hour: int = 30
    calls_per_day: int = 3
    configuration_set_name: str | None = None
    """An existing configuration set to send campaigns with. Its owner publishes the delivery events."""
    alarm_email: str | None = None
    removal_policy: TableRemoval = TableRemoval.RETAIN

    @property
    def rules(self) -> ShiftRules:
        """What a booking must keep to, and how people are spoken to."""
        return ShiftRules(
            vocabulary=self.vocabulary,
            default_language=self.default_language,
            timezone=self.timezone,
            minimum_rest_hours=self.minimum_rest_hours,
            hours_per_week=self.hours_per_week,
            drop_cutoff_hours=self.drop_cutoff_hours,
            offer_minutes=self.offer_minutes,
            reminder_hours=self.reminder_hours,
        )

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
        environments: object,
        context: Mapping[str, object],
    ) -> "Settings":
        """Reads `environments[environment]`, overridden by the settings in the context (`-c key=value`).

        `environments` is what somebody has written into `cdk.json`. Raises SettingsError, naming every offending key.
        """
        configured = _configured(environment, environments)
        overrides = {key: value for key, value in context.items() if key in SETTING_KEYS}
        reader = _Reader({**configured, **overrides})
        settings = cls._read(environment, reader)
        problems = [*reader.problems, *_unknown_keys(configured), *_misspelled_overrides(context)]
        if problems:
            raise SettingsError(environment, problems)
        return settings

    @classmethod
    def _read(cls, environment: str, reader: _Reader) -> "Settings":
        engine = reader.optional("campaign_engine", _ENGINE, CampaignEngine.END_USER_MESSAGING)
        connect_enabled = reader.optional("connect_enabled", _YES_OR_NO, False)

        def of_pinpoint(key: str) -> str:
            if engine is not CampaignEngine.PINPOINT:
                return ""
            return reader.required(key, PINPOINT_ID, "", why="required by the pinpoint engine")

        def of_connect(key: str, rule: Validator[str]) -> str:
            return (
                reader.required(key, rule, "", why="required with connect_enabled") if connect_enabled else ""
            )

        return cls(
            environment=environment,
            origination_identity=reader.required("origination_identity", ORIGINATION_IDENTITY, ""),
            messages_per_second=reader.optional("messages_per_second", MESSAGES_PER_SECOND, 1),
            answers_share_percent=reader.optional("answers_share_percent", ANSWERS_SHARE_PERCENT, 20),
            campaign_engine=engine,
            pinpoint_application_id=of_pinpoint("pinpoint_application_id"),
            pinpoint_segment_id=of_pinpoint("pinpoint_segment_id"),
            default_segment=reader.optional("default_segment", SEGMENT, "overtime"),
            keep_typography=reader.optional("keep_typography", _YES_OR_NO, False),
            approved_numbers=reader.optional("approved_numbers", APPROVED_NUMBERS, ()),
            connect_enabled=connect_enabled,
            connect_instance_id=of_connect("connect_instance_id", CONNECT_ID),
            connect_contact_flow_id=of_connect("connect_contact_flow_id", CONNECT_ID),
            connect_queue_id=of_connect("connect_queue_id", CONNECT_ID),
            connect_source_phone_number=of_connect("connect_source_phone_number", PHONE_NUMBER),
            stranger_reply=reader.optional("stranger_reply", STRANGER_REPLY, StrangerReply.SILENT),
            self_managed_opt_outs=reader.optional("self_managed_opt_outs", _YES_OR_NO, False),
            vocabulary=reader.optional("vocabulary", VOCABULARY, cls.vocabulary),
            default_language=reader.optional("default_language", LANGUAGE, cls.default_language),
            timezone=reader.optional("timezone", TIME_ZONE, cls.timezone),
            minimum_rest_hours=reader.optional(
                "minimum_rest_hours", MINIMUM_REST_HOURS, cls.minimum_rest_hours
            ),
            hours_per_week=reader.optional("hours_per_week", HOURS_PER_WEEK, cls.hours_per_week),
            drop_cutoff_hours=reader.optional("drop_cutoff_hours", DROP_CUTOFF_HOURS, cls.drop_cutoff_hours),
            offer_minutes=reader.optional("offer_minutes", OFFER_MINUTES, cls.offer_minutes),
            reminder_hours=reader.optional("reminder_hours", REMINDER_HOURS, cls.reminder_hours),
            texts_per_hour=reader.optional("texts_per_hour", TEXTS_PER_HOUR, cls.texts_per_hour),
            calls_per_day=reader.optional("calls_per_day", CALLS_PER_DAY, cls.calls_per_day),
            alarm_email=reader.optional("alarm_email", EMAIL, None),
            removal_policy=reader.optional("removal_policy", _REMOVAL, TableRemoval.RETAIN),
            configuration_set_name=reader.optional("configuration_set_name", CONFIGURATION_SET, None),
        )


SETTING_KEYS = frozenset(Settings.__dataclass_fields__) - {"environment"}


def _configured(environment: str, environments: object) -> Mapping[str, object]:
    if not isinstance(environments, Mapping):
        allowed = "an object with an object of settings for each environment (in the context of cdk.json)"
        raise SettingsError(environment, [Problem("environments", environments, allowed)])
    if environment not in environments:
        known = " or ".join(sorted(environments)) or "one that is there, and there is none yet"
        raise SettingsError(environment, [Problem("env", environment, f"{known} (environments in cdk.json)")])
    configured: object = environments[environment]
    if not isinstance(configured, Mapping):
        allowed = 'an object of settings, like {"origination_identity": "+14255550100"}'
        raise SettingsError(environment, [Problem(f"environments.{environment}", configured, allowed)])
    return configured


def _unknown_keys(configured: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(key, value, f"not a setting; {_suggestion(key)}")
        for key, value in configured.items()
        if key not in SETTING_KEYS
    ]


def _misspelled_overrides(context: Mapping[str, object]) -> list[Problem]:
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

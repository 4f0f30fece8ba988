"""What each function is told by its environment, read once when it starts.

The names are the contract with the constructs in ``shift_sms``; a test holds the two sides together.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from shift_sms_runtime.inbound.policy import StrangerReply
from shift_sms_runtime.shifts.booking_policy import BookingPolicy


class CampaignEngineName(StrEnum):
    """Who sends campaigns."""

    END_USER_MESSAGING = "end-user-messaging"
    PINPOINT = "pinpoint"


@dataclass(frozen=True)
class LanguageSettings:
    """What is offered, and in which language people are answered who have none on record."""

    vocabulary: str
    default_language: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(env["VOCABULARY"], env["DEFAULT_LANGUAGE"])


@dataclass(frozen=True)
class RosterEngineSettings:
    """Where the default engine plans a campaign, and what its text is like."""

    progress_table: str
    pages_queue_url: str
    default_segment: str
    agent_offered: bool
    keep_typography: bool
    shifts_table: str
    tongue: LanguageSettings


@dataclass(frozen=True)
class PinpointEngineSettings:
    """Where the retired engine creates campaigns."""

    application_id: str
    segment_id: str
    keep_typography: bool


@dataclass(frozen=True)
class LaunchCampaign:
    """Environment of ``launch_campaign``."""

    campaigns_table: str
    engine: RosterEngineSettings | PinpointEngineSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        engine: RosterEngineSettings | PinpointEngineSettings
        if CampaignEngineName(env["CAMPAIGN_ENGINE"]) is CampaignEngineName.PINPOINT:
            engine = PinpointEngineSettings(
                env["PINPOINT_APPLICATION_ID"], env["PINPOINT_SEGMENT_ID"], _flag(env["KEEP_TYPOGRAPHY"])
            )
        else:
            engine = RosterEngineSettings(
                env["PROGRESS_TABLE"],
                env["PAGES_QUEUE_URL"],
                env["DEFAULT_SEGMENT"],
                _flag(env["AGENT_OFFERED"]),
                _flag(env["KEEP_TYPOGRAPHY"]),
                env["SHIFTS_TABLE"],
                LanguageSettings.from_env(env),
            )
        return cls(env["CAMPAIGNS_TABLE"], engine)


@dataclass(frozen=True)
class PlanCampaign:
    """Environment of ``plan_campaign``."""

    campaigns_table: str
    segment_members_table: str
    deliveries_table: str
    progress_table: str
    pages_queue_url: str
    dispatch_queue_url: str
    recipients_per_item: int
    most_waiting: int
    """Message parts of one campaign that may be in the dispatch queue."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(
            env["CAMPAIGNS_TABLE"],
            env["SEGMENT_MEMBERS_TABLE"],
            env["DELIVERIES_TABLE"],
            env["PROGRESS_TABLE"],
            env["PAGES_QUEUE_URL"],
            env["DISPATCH_QUEUE_URL"],
            int(env["RECIPIENTS_PER_ITEM"]),
            int(env["MOST_WAITING"]),
        )


@dataclass(frozen=True)
class SendCampaign:
    """Environment of ``send_campaign``."""

    campaigns_table: str
    deliveries_table: str
    employees_table: str
    inbox_table: str
    progress_table: str
    dispatch_queue_url: str
    origination_identity: str
    configuration_set: str
    sends_per_second: float
    """Message parts that all senders together may send."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(
            env["CAMPAIGNS_TABLE"],
            env["DELIVERIES_TABLE"],
            env["EMPLOYEES_TABLE"],
            env["INBOX_TABLE"],
            env["PROGRESS_TABLE"],
            env["DISPATCH_QUEUE_URL"],
            env["ORIGINATION_IDENTITY"],
            env["CONFIGURATION_SET"],
            float(env["SENDS_PER_SECOND"]),
        )


@dataclass(frozen=True)
class RecordDeliveryEvent:
    """Environment of ``delivery_events``."""

    deliveries_table: str
    progress_table: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(env["DELIVERIES_TABLE"], env["PROGRESS_TABLE"])


@dataclass(frozen=True)
class SummarizeCampaign:
    """Environment of ``campaign_progress``."""

    campaigns_table: str
    progress_table: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(env["CAMPAIGNS_TABLE"], env["PROGRESS_TABLE"])


@dataclass(frozen=True)
class ProcessInboundSms:
    """Environment of ``inbound_sms``."""

    shifts_table: str
    employees_table: str
    inbox_table: str
    progress_table: str
    agendas_table: str
    messages_table: str
    approved_numbers: frozenset[str]
    stranger_reply: StrangerReply
    self_managed_opt_outs: bool
    texts_per_hour: int
    callback_queue_url: str | None
    """None where Amazon Connect is off."""
    rules: BookingPolicy
    tongue: LanguageSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(
            env["SHIFTS_TABLE"],
            env["EMPLOYEES_TABLE"],
            env["INBOX_TABLE"],
            env["PROGRESS_TABLE"],
            env["AGENDAS_TABLE"],
            env["MESSAGES_TABLE"],
            _numbers(env["APPROVED_NUMBERS"]),
            StrangerReply(env["STRANGER_REPLY"]),
            _flag(env["SELF_MANAGED_OPT_OUTS"]),
            int(env["TEXTS_PER_HOUR"]),
            env.get("CALLBACK_QUEUE_URL"),
            BookingPolicy(
                timezone=env["TIMEZONE"],
                minimum_rest_hours=float(env["MINIMUM_REST_HOURS"]),
                hours_per_week=float(env["HOURS_PER_WEEK"]),
                drop_cutoff_hours=float(env["DROP_CUTOFF_HOURS"]),
                offer_minutes=int(env["OFFER_MINUTES"]),
            ),
            LanguageSettings.from_env(env),
        )


@dataclass(frozen=True)
class DetectShiftChanges:
    """Environment of ``follow_shifts``."""

    shift_calls_queue_url: str
    vocabulary: str
    zone: ZoneInfo

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(env["SHIFT_CALLS_QUEUE_URL"], env["VOCABULARY"], ZoneInfo(env["TIMEZONE"]))


@dataclass(frozen=True)
class ShiftTimerSettings:
    """How ``keep_shifts`` has itself called at a time."""

    group: str
    role_arn: str
    """What the scheduler puts calls into the queue with."""
    queue_arn: str
    dead_letters_arn: str


@dataclass(frozen=True)
class ReconcileShift:
    """Environment of ``keep_shifts``."""

    shifts_table: str
    agendas_table: str
    employees_table: str
    inbox_table: str
    origination_identity: str
    approved_numbers: frozenset[str]
    agent_offered: bool
    rules: BookingPolicy
    tongue: LanguageSettings
    wake_ups: ShiftTimerSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError or ValueError when a variable is missing or wrong."""
        return cls(
            env["SHIFTS_TABLE"],
            env["AGENDAS_TABLE"],
            env["EMPLOYEES_TABLE"],
            env["INBOX_TABLE"],
            env["ORIGINATION_IDENTITY"],
            _numbers(env["APPROVED_NUMBERS"]),
            _flag(env["AGENT_OFFERED"]),
            BookingPolicy(
                timezone=env["TIMEZONE"],
                drop_cutoff_hours=float(env["DROP_CUTOFF_HOURS"]),
                offer_minutes=int(env["OFFER_MINUTES"]),
                reminder_hours=float(env["REMINDER_HOURS"]),
            ),
            LanguageSettings.from_env(env),
            ShiftTimerSettings(
                env["WAKE_UP_GROUP"],
                env["WAKE_UP_ROLE_ARN"],
                env["SHIFT_CALLS_QUEUE_ARN"],
                env["SHIFT_CALLS_DEAD_LETTERS_ARN"],
            ),
        )


@dataclass(frozen=True)
class SendOperatorReply:
    """Environment of ``answer_messages``."""

    messages_table: str
    employees_table: str
    inbox_table: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(env["MESSAGES_TABLE"], env["EMPLOYEES_TABLE"], env["INBOX_TABLE"])


@dataclass(frozen=True)
class StartCallback:
    """Environment of ``connect_callback``."""

    inbox_table: str
    progress_table: str
    instance_id: str
    contact_flow_id: str
    queue_id: str
    source_phone_number: str
    calls_per_day: int
    tongue: LanguageSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Raises KeyError when a variable is missing."""
        return cls(
            env["INBOX_TABLE"],
            env["PROGRESS_TABLE"],
            env["CONNECT_INSTANCE_ID"],
            env["CONNECT_CONTACT_FLOW_ID"],
            env["CONNECT_QUEUE_ID"],
            env["CONNECT_SOURCE_PHONE_NUMBER"],
            int(env["CALLS_PER_DAY"]),
            LanguageSettings.from_env(env),
        )


def _flag(value: str) -> bool:
    return value == "true"


def _numbers(value: str) -> frozenset[str]:
    return frozenset(filter(None, value.split(",")))

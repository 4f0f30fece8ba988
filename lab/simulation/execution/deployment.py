"""What a stack deploys, as the simulation runs it.

It has tables, queues, functions, event sources and variables.

`tests/infra/test_simulated_deployment.py` compares this description with the synthesized template.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from lab.simulation.aws.tables.definitions import IndexDefinition, StreamView, TableDefinition
from shift_sms_runtime.environment import (
    BookingPolicy,
    DetectShiftChanges,
    FunctionEnvironment,
    InboundPolicy,
    IndexManagers,
    LanguageSettings,
    LaunchCampaign,
    NotifyManagers,
    PlanCampaign,
    PlanFillWave,
    ProcessInboundSms,
    ReconcileCampaign,
    ReconcileShift,
    RecordDeliveryEvent,
    SendCampaign,
    SendOperatorReply,
    SendOutbox,
    StartCallback,
    SummarizeCampaign,
    TimerSettings,
)

OUR_NUMBER = "+14255550100"
ACCOUNT_ID = "123456789012"
CONFIGURATION_SET = "shift-sms"
CONNECT = {
    "connect_instance_id": "11111111-2222-4333-8444-555555555555",
    "connect_contact_flow_id": "22222222-3333-4444-8555-666666666666",
    "connect_queue_id": "33333333-4444-4555-8666-777777777777",
    "connect_source_phone_number": "+14255550199",
}

MAX_RECEIVES = 8


@dataclass(frozen=True)
class Queue:
    """A work queue with its dead-letter queue."""

    name: str
    visibility_seconds: int
    max_receives: int = MAX_RECEIVES

    @property
    def url(self) -> str:
        return f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT_ID}/{self.name}"

    @property
    def arn(self) -> str:
        return queue_arn(self.name)


def queue_arn(name: str) -> str:
    """Returns the ARN of a queue."""
    return f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:{name}"


@dataclass(frozen=True)
class QueueSource:
    """Invokes a function with the messages of a queue."""

    queue: str
    batch_size: int
    max_concurrency: int


@dataclass(frozen=True)
class StreamSource:
    """Invokes a function with the changes of a table."""

    table: str
    pattern: Mapping[str, Any]
    """The event filter."""
    batch_size: int
    or_patterns: tuple[Mapping[str, Any], ...] = ()
    """Further event filters. A record that matches one of them is enough."""
    window_seconds: int = 0
    retries: int = 10
    max_age_seconds: int = 6 * 60 * 60


@dataclass(frozen=True)
class Function:
    """A function with its event source."""

    environment_class: type[FunctionEnvironment]
    timeout: int
    source: QueueSource | StreamSource

    @property
    def name(self) -> str:
        return self.environment_class.handler()


@dataclass(frozen=True, kw_only=True)
class SimulatedSettings:
    """The settings of the stack that scenarios change.

    Names and defaults are those of the stack.
    """

    messages_per_second: int = 1
    connect_enabled: bool = True
    policy: InboundPolicy = field(default_factory=lambda: InboundPolicy(texts_per_hour=30))
    booking_policy: BookingPolicy = field(default_factory=BookingPolicy)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    calls_per_day: int = 3
    manager_notices: bool = True
    """Whether managers are told. The construct is optional."""
    shift_retention_days: int = 90
    texts_per_person_per_day: int = 3
    fill_target_minutes: int = 15
    fill_contact_retention_days: int = 365
    urgent_overrides_quiet_hours: bool = False


TABLES = (
    TableDefinition(
        name="Shifts",
        partition_key="shift_id",
        indexes=(
            IndexDefinition(
                "open-shifts",
                "listed_role",
                "listed_at",
                frozenset({"shift_info", "starts_at", "ends_at", "respond_by", "timezone", "site", "role"}),
            ),
            IndexDefinition("by-code", "code_initial", "code", frozenset()),
            IndexDefinition("by-start", "start_list", "start_position", frozenset()),
        ),
        stream=StreamView.NEW_AND_OLD_IMAGES,
        time_to_live="expires_at",
    ),
    TableDefinition(
        name="Campaigns",
        partition_key="campaign_id",
        indexes=(IndexDefinition("by-time", "listing", "listed_at", frozenset()),),
        stream=StreamView.NEW_IMAGE,
    ),
    TableDefinition(name="Employees", partition_key="phone_number", stream=StreamView.NEW_AND_OLD_IMAGES),
    TableDefinition(
        name="SegmentMembers",
        partition_key="segment",
        sort_key="phone_number",
        indexes=(IndexDefinition("by-phone-number", "phone_number", "segment", frozenset()),),
    ),
    TableDefinition(
        name="Deliveries",
        partition_key="campaign_shard",
        sort_key="phone_number",
        time_to_live="expires_at",
    ),
    TableDefinition(
        name="CampaignCounters",
        partition_key="campaign_shard",
        sort_key="part",
        stream=StreamView.KEYS_ONLY,
        time_to_live="expires_at",
    ),
    TableDefinition(
        name="FillContacts", partition_key="shift_id", sort_key="entry", time_to_live="expires_at"
    ),
    TableDefinition(name="Outbox", partition_key="lane", sort_key="position", time_to_live="expires_at"),
    TableDefinition(name="SendPermits", partition_key="origination_identity"),
    TableDefinition(name="EmployeeBookings", partition_key="phone_number", time_to_live="expires_at"),
    TableDefinition(
        name="Conversations", partition_key="phone_number", sort_key="entry", time_to_live="expires_at"
    ),
    TableDefinition(
        name="OperatorInbox",
        partition_key="message_id",
        indexes=(IndexDefinition("by-status", "message_status", "received_at"),),
        stream=StreamView.NEW_IMAGE,
        time_to_live="expires_at",
    ),
    TableDefinition(
        name="AuditTrail",
        partition_key="subject",
        sort_key="entry",
        indexes=(IndexDefinition("by-day", "day", "entry"),),
        time_to_live="expires_at",
    ),
)

_TABLE_FIELDS = {
    "shifts_table": "Shifts",
    "campaigns_table": "Campaigns",
    "employees_table": "Employees",
    "segment_members_table": "SegmentMembers",
    "deliveries_table": "Deliveries",
    "campaign_counters_table": "CampaignCounters",
    "send_permits_table": "SendPermits",
    "outbox_table": "Outbox",
    "employee_bookings_table": "EmployeeBookings",
    "fill_contacts_table": "FillContacts",
    "conversations_table": "Conversations",
    "operator_inbox_table": "OperatorInbox",
}

_FOLLOWED = ("requested", "scheduled", "launching", "stopped")

STREAM_DEAD_LETTERS = "stream-dead-letters"


class Deployment:
    """A stack with the given settings."""

    def __init__(self, settings: SimulatedSettings) -> None:
        self.settings = settings
        self.tables = TABLES
        self.queues = {
            queue.name: queue
            for queue in (
                Queue("inbound", 180),
                Queue("callbacks", 180),
                Queue("pages", 360),
                Queue("dispatch", 360),
                Queue("events", 180),
                Queue("campaign-requests", 360),
                Queue("reconcile", 360),
                Queue("fills", 90),
                Queue("outbox", 70),
            )
        }
        rate = settings.messages_per_second
        senders = max(2, math.ceil(rate / 4))
        workers = min(30, senders)
        self._values: dict[str, object] = {
            **_TABLE_FIELDS,
            **(CONNECT if settings.connect_enabled else {}),
            "callback_queue_url": self.queues["callbacks"].url if settings.connect_enabled else None,
            "pages_queue_url": self.queues["pages"].url,
            "dispatch_queue_url": self.queues["dispatch"].url,
            "campaign_requests_queue_url": self.queues["campaign-requests"].url,
            "reconcile_queue_url": self.queues["reconcile"].url,
            "fill_queue_url": self.queues["fills"].url,
            "origination_identity": OUR_NUMBER,
            "configuration_set_name": CONFIGURATION_SET,
            "default_segment": "overtime",
            "agent_offered": settings.connect_enabled,
            "opt_out_hint": False,
            "keep_typography": False,
            "calls_per_day": settings.calls_per_day,
            "messages_per_second": rate,
            "outbox_queue_url": self.queues["outbox"].url,
            "outbox_workers": workers,
            "shift_retention_days": settings.shift_retention_days,
            "texts_per_person_per_day": settings.texts_per_person_per_day,
            "fill_target_minutes": settings.fill_target_minutes,
            "fill_contact_retention_days": settings.fill_contact_retention_days,
            "urgent_overrides_quiet_hours": settings.urgent_overrides_quiet_hours,
            "recipients_per_item": min(50, max(5, round(Fraction(20 * rate, senders)))),
            "most_waiting": rate * 6 * 60 * 60,
            **_values_of(settings.policy),
            **_values_of(settings.booking_policy),
            **_values_of(settings.language),
        }
        self._timers = {
            ReconcileCampaign: self._timers_of("campaign-requests"),
            ReconcileShift: self._timers_of("reconcile"),
            PlanFillWave: self._timers_of("fills"),
        }
        self.functions = tuple(self._functions(senders, workers))

    def _functions(self, senders: int, workers: int) -> list[Function]:
        written = {"eventName": ["INSERT", "MODIFY"]}
        functions = [
            Function(ProcessInboundSms, 30, QueueSource("inbound", 10, 20)),
            Function(
                LaunchCampaign,
                60,
                StreamSource(
                    "Campaigns",
                    {"eventName": ["INSERT"]},
                    10,
                    or_patterns=(
                        {
                            "eventName": ["MODIFY"],
                            "dynamodb": {"NewImage": {"campaign_status": {"S": list(_FOLLOWED)}}},
                        },
                        {"eventName": ["REMOVE"]},
                    ),
                ),
            ),
            Function(PlanCampaign, 60, QueueSource("pages", 1, 2)),
            Function(SendCampaign, 60, QueueSource("dispatch", 1, senders)),
            Function(
                SummarizeCampaign,
                60,
                StreamSource(
                    "CampaignCounters",
                    {**written, "dynamodb": {"Keys": {"part": {"S": ["counters"]}}}},
                    100,
                    window_seconds=5,
                ),
            ),
            Function(RecordDeliveryEvent, 30, QueueSource("events", 10, 10)),
            Function(
                DetectShiftChanges,
                60,
                StreamSource("Shifts", {"eventName": ["INSERT", "MODIFY", "REMOVE"]}, 100),
            ),
            Function(SendOutbox, 60, QueueSource("outbox", 1, workers)),
            Function(ReconcileCampaign, 60, QueueSource("campaign-requests", 1, 2)),
            Function(ReconcileShift, 60, QueueSource("reconcile", 1, 5)),
            Function(PlanFillWave, 60, QueueSource("fills", 1, 5)),
            Function(
                IndexManagers,
                60,
                StreamSource("Employees", {"eventName": ["INSERT", "MODIFY", "REMOVE"]}, 100),
            ),
            Function(
                NotifyManagers,
                60,
                StreamSource(
                    "OperatorInbox",
                    {
                        "eventName": ["INSERT"],
                        "dynamodb": {"NewImage": {"text": {"S": [{"exists": True}]}}},
                    },
                    10,
                ),
            ),
            Function(
                SendOperatorReply,
                60,
                StreamSource(
                    "OperatorInbox",
                    {
                        **written,
                        "dynamodb": {
                            "NewImage": {
                                "reply": {"S": [{"exists": True}]},
                                "message_status": {"S": ["open"]},
                            }
                        },
                    },
                    10,
                ),
            ),
        ]
        if not self.settings.manager_notices:
            functions = [
                one for one in functions if one.environment_class not in (IndexManagers, NotifyManagers)
            ]
        if self.settings.connect_enabled:
            functions.append(Function(StartCallback, 30, QueueSource("callbacks", 1, 2)))
        return functions

    def function(self, name: str) -> Function:
        """Returns a function by its handler."""
        return next(function for function in self.functions if function.name == name)

    def variables(self, function: Function) -> dict[str, str]:
        """Returns the environment variables of a function."""
        values = {**self._values, **self._timers.get(function.environment_class, {})}
        if not self.settings.manager_notices and function.environment_class in (ReconcileShift, SendOutbox):
            values["urgent_overrides_quiet_hours"] = None
            if function.environment_class is ReconcileShift:
                values |= dict.fromkeys(("segment_members_table", "operator_inbox_table"))
        return {
            variable.name: _text(value)
            for variable in function.environment_class.variables()
            if (value := values.get(variable.field)) is not None
        }

    def _timers_of(self, queue: str) -> dict[str, object]:
        """Returns the settings of the schedules that send to a queue."""
        return _values_of(
            TimerSettings(
                timer_group=f"{queue}-timers",
                timer_role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/{queue}-timers",
                timer_queue_arn=self.queues[queue].arn,
                timer_dead_letters_arn=queue_arn(f"{queue}-dead-letters"),
            )
        )


def _values_of(policy: Any) -> dict[str, object]:
    return {part.name: getattr(policy, part.name) for part in fields(policy)}


def _text(value: object) -> str:
    """Returns a value as constructs write it into a variable."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(int(value)) if float(value).is_integer() else str(value)
        case frozenset() | tuple() | list():
            return ",".join(value)
        case _:
            return str(value)


def matches(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Returns whether an event filter selects a stream record."""
    for name, rule in pattern.items():
        if isinstance(rule, Mapping):
            part = record.get(name)
            if not isinstance(part, Mapping) or not matches(rule, part):
                return False
        elif not any(_allowed(one, record, name) for one in rule):
            return False
    return True


def _allowed(rule: object, record: Mapping[str, Any], name: str) -> bool:
    match rule:
        case {"exists": bool(exists)}:
            return (name in record) is exists
        case {"prefix": str(prefix)}:
            return str(record.get(name, "")).startswith(prefix)
        case _:
            return name in record and record[name] == rule

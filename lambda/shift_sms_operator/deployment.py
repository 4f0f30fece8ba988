"""What the operations know of a deployment: the outputs of its stack.

`OperatorSettings` is one output. So no command has an option that repeats a setting.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from zoneinfo import ZoneInfo

from shift_sms_operator.refusals import Refused
from shift_sms_runtime.campaigns.segment_names import DEFAULT_SEGMENT
from shift_sms_runtime.language.language_settings import Language, LanguageSettings, Vocabulary
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from shift_sms_runtime.shifts.filling.fill_details import FillOrder


@dataclass(frozen=True)
class OperatorSettings:
    """The settings that operations depend on, named like the settings of the stack."""

    origination_identity: str
    environment: str = ""
    """The name of the environment in `cdk.json`."""
    stack_name: str = ""
    stack_id: str = ""
    """The ARN of the stack. A role can be allowed to read one stack by its ARN; by its name, all with that name."""
    messages_per_second: int = 1
    configuration_set_name: str = ""
    """The configuration set of campaigns; empty with the Pinpoint engine."""
    campaign_engine: str = "end-user-messaging"
    default_segment: str = DEFAULT_SEGMENT
    campaign_opt_out_hint: bool = False
    keep_typography: bool = False
    self_managed_opt_outs: bool = False
    approved_numbers: int = 0
    """How many numbers the setting of this name has. An output does not show the numbers."""
    connect_enabled: bool = False
    connect_instance_id: str = ""
    connect_contact_flow_id: str = ""
    connect_queue_id: str = ""
    connect_source_phone_number: str = ""
    vocabulary: Vocabulary = LanguageSettings.vocabulary
    default_language: Language = LanguageSettings.default_language
    timezone: str = BookingPolicy.timezone
    minimum_rest_hours: float = BookingPolicy.minimum_rest_hours
    hours_per_week: float = BookingPolicy.hours_per_week
    drop_cutoff_hours: float = BookingPolicy.drop_cutoff_hours
    offer_minutes: int = BookingPolicy.offer_minutes
    reminder_hours: float = BookingPolicy.reminder_hours
    unfilled_notice_hours: float = BookingPolicy.unfilled_notice_hours
    sick_calls: SickCalls = BookingPolicy.sick_calls
    quiet_hours: str = BookingPolicy.quiet_hours
    fill_order: FillOrder = BookingPolicy.fill_order
    fill_wave_size: int | None = BookingPolicy.fill_wave_size
    """None for `auto`."""
    fill_wave_minutes: float | None = BookingPolicy.fill_wave_minutes
    """None for `auto`."""
    shift_retention_days: int = 90
    audit_retention_days: int = 400
    texts_per_person_per_day: int = 3
    fill_target_minutes: int = 15
    urgent_overrides_quiet_hours: bool = False

    @classmethod
    def parse(cls, text: str) -> "OperatorSettings":
        """Reads the output. Fields that another version of the stack added are ignored."""
        given = json.loads(text)
        known = {one.name: given[one.name] for one in fields(cls) if one.name in given}
        return cls(
            **{
                **known,
                "vocabulary": Vocabulary(known.get("vocabulary", cls.vocabulary)),
                "sick_calls": SickCalls(known.get("sick_calls", cls.sick_calls)),
                "fill_order": FillOrder(known.get("fill_order", cls.fill_order)),
                "default_language": Language(known.get("default_language", cls.default_language)),
            }
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of shifts that name none."""
        return ZoneInfo(self.timezone)

    @property
    def agent_offered(self) -> bool:
        """Whether texts offer AGENT."""
        return self.connect_enabled

    @property
    def booking_policy(self) -> BookingPolicy:
        """What bookings must comply with."""
        return BookingPolicy.of(self)


@dataclass(frozen=True)
class DeploymentQueue:
    """A dead-letter queue of the stack, and the queue that its messages come from."""

    name: str
    """What the messages are about, such as `inbound-texts`."""
    dead_letters_url: str
    queue_url: str | None = None
    """None for failures of event sources, which come from no queue."""

    @classmethod
    def parse(cls, text: str) -> "tuple[DeploymentQueue, ...]":
        """Reads the output with all queues."""
        return tuple(
            cls(name, urls["dead_letters"], urls.get("queue")) for name, urls in json.loads(text).items()
        )


@dataclass(frozen=True)
class Deployment:
    """The outputs of a stack, named like them: `ShiftsTableName` is `shifts_table_name`."""

    shifts_table_name: str
    campaigns_table_name: str
    employees_table_name: str
    segment_members_table_name: str
    deliveries_table_name: str
    campaign_counters_table_name: str
    send_permits_table_name: str
    employee_bookings_table_name: str
    fill_contacts_table_name: str
    conversations_table_name: str
    outbox_table_name: str
    operator_inbox_table_name: str
    audit_trail_table_name: str
    reconcile_queue_url: str
    outbox_queue_url: str
    inbound_topic_arn: str
    alarm_topic_arn: str
    settings: OperatorSettings = field(metadata={"output": "OperatorSettings"})
    delivery_events_topic_arn: str | None = None
    """None with the Pinpoint engine, whose campaigns have no delivery events."""
    console_url: str | None = None
    """None without the console."""
    console_user_pool_id: str | None = None
    """None without the console, or if operators sign in with another OpenID provider."""
    queues: tuple[DeploymentQueue, ...] = ()

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, str]) -> "Deployment":
        """Reads the outputs of a stack.

        Raises:
            Refused: an output is missing, because another version deployed the stack.
        """
        names = {one.name: one.metadata.get("output", _output_name(one.name)) for one in fields(cls)}
        missing = [
            names[one.name]
            for one in fields(cls)
            if one.default is MISSING and names[one.name] not in outputs
        ]
        if missing:
            raise Refused(
                f"the stack has no output {', '.join(missing)}: another version deployed it; "
                "deploy it with this version, then run the command again"
            )
        values: dict[str, object] = {one: outputs[name] for one, name in names.items() if name in outputs}
        values["settings"] = OperatorSettings.parse(outputs["OperatorSettings"])
        values["queues"] = DeploymentQueue.parse(outputs.get("Queues", "{}"))
        return cls(**values)  # type: ignore[arg-type]


def _output_name(field_name: str) -> str:
    return field_name.title().replace("_", "")

"""Defines the environment variables of every function.

Constructs write them, and functions read them.

The class `ProcessInboundSms` configures the handler `process_inbound_sms`, and so on. Its field `shifts_table` is the
variable `SHIFTS_TABLE`. The fields of a policy are variables of their own. A variable is required unless its field
may be None.

Constructs import no other module of the runtime. `__all__` lists the names that they may use.
"""

from dataclasses import dataclass

from shift_sms_runtime.campaigns.segment_names import ALLOWED_SEGMENT_NAMES, DEFAULT_SEGMENT, segment_name
from shift_sms_runtime.console_sessions.session import Role
from shift_sms_runtime.environment_variables import FunctionEnvironment, Variable, WrongEnvironment
from shift_sms_runtime.inbound.policy import InboundPolicy, StrangerReply
from shift_sms_runtime.language.language_settings import Language, LanguageSettings, Vocabulary
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, is_fictional, to_e164
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from shift_sms_runtime.shifts.filling import fill_details
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

__all__ = [
    "ALLOWED_SEGMENT_NAMES",
    "DEFAULT_SEGMENT",
    "BookingPolicy",
    "DetectShiftChanges",
    "FillOrder",
    "FunctionEnvironment",
    "InboundPolicy",
    "IndexManagers",
    "Language",
    "LanguageSettings",
    "LaunchCampaign",
    "LaunchPinpointCampaign",
    "NotAPhoneNumber",
    "NotifyManagers",
    "PlanCampaign",
    "PlanFillWave",
    "ProcessInboundSms",
    "PublishDomainEvents",
    "QuietHours",
    "ReconcileCampaign",
    "ReconcileShift",
    "RecordDeliveryEvent",
    "Role",
    "SendCampaign",
    "SendOperatorReply",
    "SendOutbox",
    "ServeConsole",
    "SickCalls",
    "StartCallback",
    "StrangerReply",
    "SummarizeCampaign",
    "TimerSettings",
    "Variable",
    "Vocabulary",
    "WrongEnvironment",
    "fill_details",
    "is_fictional",
    "segment_name",
    "to_e164",
]


class ProcessInboundSms(FunctionEnvironment):
    """Environment of `process_inbound_sms`."""

    shifts_table: str
    employees_table: str
    employee_bookings_table: str
    conversations_table: str
    campaign_counters_table: str
    operator_inbox_table: str
    outbox_table: str
    outbox_queue_url: str
    send_permits_table: str
    origination_identity: str
    messages_per_second: int
    """Message parts per second that the origination identity may send."""
    callback_queue_url: str | None
    """None without Amazon Connect."""
    emergency_reply: str | None
    """The reply to urgent texts; None for the sentence of the employee's language."""
    policy: InboundPolicy
    booking_policy: BookingPolicy
    language: LanguageSettings


class StartCallback(FunctionEnvironment):
    """Environment of `start_callback`."""

    conversations_table: str
    campaign_counters_table: str
    outbox_table: str
    outbox_queue_url: str
    send_permits_table: str
    origination_identity: str
    connect_instance_id: str
    connect_contact_flow_id: str
    connect_queue_id: str
    connect_source_phone_number: str
    calls_per_day: int
    """Calls per employee and day (UTC); 0 sets no limit."""
    language: LanguageSettings


class LaunchCampaign(FunctionEnvironment):
    """Environment of `launch_campaign`."""

    campaigns_table: str
    campaign_counters_table: str
    shifts_table: str
    pages_queue_url: str
    campaign_requests_queue_url: str
    default_segment: str
    timezone: str
    agent_offered: bool
    opt_out_hint: bool
    keep_typography: bool
    language: LanguageSettings


class LaunchPinpointCampaign(FunctionEnvironment):
    """Environment of `launch_pinpoint_campaign`."""

    campaigns_table: str
    pinpoint_application_id: str
    pinpoint_segment_id: str
    keep_typography: bool


class PlanCampaign(FunctionEnvironment):
    """Environment of `plan_campaign`."""

    campaigns_table: str
    segment_members_table: str
    deliveries_table: str
    campaign_counters_table: str
    pages_queue_url: str
    dispatch_queue_url: str
    campaign_requests_queue_url: str
    recipients_per_item: int
    most_waiting: int
    """Message parts of one campaign that may wait in the dispatch queue."""


class SendCampaign(FunctionEnvironment):
    """Environment of `send_campaign`."""

    campaigns_table: str
    deliveries_table: str
    employees_table: str
    conversations_table: str
    campaign_counters_table: str
    dispatch_queue_url: str
    origination_identity: str
    configuration_set_name: str
    send_permits_table: str
    messages_per_second: int
    shifts_table: str | None
    """None without fill plans."""
    urgent_overrides_quiet_hours: bool | None
    """None without fill plans."""
    campaign_requests_queue_url: str
    quiet_hours: str
    timezone: str


class SummarizeCampaign(FunctionEnvironment):
    """Environment of `summarize_campaign`."""

    campaigns_table: str
    campaign_counters_table: str


class RecordDeliveryEvent(FunctionEnvironment):
    """Environment of `record_delivery_event`."""

    deliveries_table: str
    campaign_counters_table: str


class DetectShiftChanges(FunctionEnvironment):
    """Environment of `detect_shift_changes`."""

    shifts_table: str
    reconcile_queue_url: str
    fill_queue_url: str | None
    """None without fill plans."""
    shift_retention_days: int
    vocabulary: Vocabulary
    timezone: str


@dataclass(frozen=True)
class TimerSettings:
    """The schedules of shifts or campaigns: their group, their target and their role.

    EventBridge Scheduler assumes the role.
    """

    timer_group: str
    timer_role_arn: str
    timer_queue_arn: str
    timer_dead_letters_arn: str


class ReconcileShift(FunctionEnvironment):
    """Environment of `reconcile_shift`."""

    shifts_table: str
    employee_bookings_table: str
    employees_table: str
    conversations_table: str
    outbox_table: str
    outbox_queue_url: str
    send_permits_table: str
    origination_identity: str
    segment_members_table: str | None
    """None without manager notices."""
    operator_inbox_table: str | None
    """None without manager notices."""
    urgent_overrides_quiet_hours: bool | None
    """None without manager notices."""
    approved_numbers: frozenset[str]
    booking_policy: BookingPolicy
    vocabulary: Vocabulary
    timers: TimerSettings


class ReconcileCampaign(FunctionEnvironment):
    """Environment of `reconcile_campaign`."""

    campaigns_table: str
    campaign_counters_table: str
    pages_queue_url: str
    dispatch_queue_url: str
    campaign_requests_queue_url: str
    timezone: str
    timers: TimerSettings


class IndexManagers(FunctionEnvironment):
    """Environment of `index_managers`."""

    segment_members_table: str


class PlanFillWave(FunctionEnvironment):
    """Environment of `plan_fill_wave`."""

    shifts_table: str
    segment_members_table: str
    employees_table: str
    employee_bookings_table: str
    fill_contacts_table: str
    conversations_table: str
    deliveries_table: str
    campaign_counters_table: str
    dispatch_queue_url: str
    default_segment: str
    recipients_per_item: int
    texts_per_person_per_day: int
    """Texts of fill plans per employee and local day; 0 sets no limit."""
    fill_target_minutes: int
    """The time after its start within which half of the plans are to be filled."""
    fill_contact_retention_days: int
    urgent_overrides_quiet_hours: bool
    """Whether urgent plans text employees in quiet hours, too."""
    approved_numbers: frozenset[str]
    booking_policy: BookingPolicy
    language: LanguageSettings
    timers: TimerSettings


class PublishDomainEvents(FunctionEnvironment):
    """Environment of `publish_domain_events`."""

    event_bus: str
    timezone: str
    fill_order: FillOrder
    """The order of fill plans whose shifts have no `fill_order`."""


class SendOutbox(FunctionEnvironment):
    """Environment of `send_outbox`."""

    outbox_table: str
    outbox_queue_url: str
    outbox_workers: int
    send_permits_table: str
    origination_identity: str
    messages_per_second: int
    conversations_table: str
    shifts_table: str
    employees_table: str
    employee_bookings_table: str
    campaign_counters_table: str
    operator_inbox_table: str
    reconcile_queue_url: str | None
    """None if no shift is reconciled."""
    urgent_overrides_quiet_hours: bool | None
    """None without manager notices."""
    approved_numbers: frozenset[str]
    agent_offered: bool
    self_managed_opt_outs: bool
    booking_policy: BookingPolicy
    language: LanguageSettings


class SendOperatorReply(FunctionEnvironment):
    """Environment of `send_operator_reply`."""

    operator_inbox_table: str
    conversations_table: str
    outbox_table: str
    outbox_queue_url: str
    send_permits_table: str
    origination_identity: str


class NotifyManagers(FunctionEnvironment):
    """Environment of `notify_managers`."""

    operator_inbox_table: str
    segment_members_table: str
    employees_table: str
    conversations_table: str
    outbox_table: str
    outbox_queue_url: str
    send_permits_table: str
    origination_identity: str
    reconcile_queue_url: str
    approved_numbers: frozenset[str]
    quiet_hours: str
    timezone: str


class ServeConsole(FunctionEnvironment):
    """Environment of `serve_console`."""

    deployment_stack: str
    """The id of the stack whose outputs the operations read. A function's environment has no room for all of them."""
    console_sessions_table: str
    console_url: str
    """The address of the console, without a slash at the end."""
    oidc_issuer: str
    oidc_configuration_url: str
    """Where the issuer publishes its endpoints and keys."""
    oidc_client_id: str
    oidc_client_secret_arn: str | None
    """The secret of the client in Secrets Manager; None for a public client."""
    group_claim: str
    """The claim of ID tokens that lists the groups of an operator."""

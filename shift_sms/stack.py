"""The whole system of one environment. It only wires: what a part is, the part knows."""

from typing import Any

from aws_cdk import Annotations, CfnOutput, RemovalPolicy, Stack
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge
from shift_sms.building_blocks.alarms import AlarmTopic
from shift_sms.campaign_launcher import CampaignLauncher
from shift_sms.delivery_events import DeliveryEvents
from shift_sms.embedded_cloud import grant_schedules
from shift_sms.inbound_sms_processor import InboundSmsProcessor
from shift_sms.operator_inbox import OperatorInbox
from shift_sms.optional_connect_callback import OptionalConnectCallback
from shift_sms.pinpoint_campaign_launcher import PinpointCampaignLauncher
from shift_sms.settings import CampaignEngine, Settings, TableRemoval
from shift_sms.shift_reconciler import ShiftReconciler
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel

_REMOVAL_POLICIES = {
    TableRemoval.RETAIN: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    TableRemoval.DESTROY: RemovalPolicy.DESTROY,
}


# The embedded cloud does not know the type of a configuration set. What is played there beside it takes any name.
_LOCAL_CONFIGURATION_SET = "shift-sms-local"


class ShiftSmsStack(Stack):
    """Shift management by two-way SMS."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._settings = settings
        self._enforce_ssl = not settings.is_local
        if settings.is_local:
            for rule in ("SQS4", "SNS3"):
                acknowledge(self, rule, "the embedded cloud speaks plain HTTP, on loopback")
        self._rules = settings.rules
        self._tables = ShiftTables(self, "Tables", removal_policy=_REMOVAL_POLICIES[settings.removal_policy])
        self._channel = SmsChannel(
            self,
            "Channel",
            origination_identity=settings.origination_identity,
            endpoint_url=settings.sms_endpoint_url,
        )
        callback = self._connect_callback() if settings.connect_enabled else None
        inbound = InboundSmsProcessor(
            self,
            "Inbound",
            tables=self._tables,
            channel=self._channel,
            rules=self._rules,
            approved_numbers=settings.approved_numbers,
            stranger_reply=settings.stranger_reply,
            callback_queue=callback.queue if callback else None,
            self_managed_opt_outs=settings.self_managed_opt_outs,
            texts_per_hour=settings.texts_per_hour,
            enforce_ssl=self._enforce_ssl,
        )
        keeper = self._shift_keeper()
        messages = OperatorInbox(
            self,
            "OperatorInbox",
            tables=self._tables,
            channel=self._channel,
            enforce_ssl=self._enforce_ssl,
        )
        by_pinpoint = settings.campaign_engine is CampaignEngine.PINPOINT
        tracking = None if by_pinpoint else self._delivery_tracking()
        launcher = self._campaign_launcher(tracking) if tracking else self._pinpoint_campaign_launcher()
        alarms = AlarmTopic(
            self,
            "Alarms",
            alarms=[
                *launcher.alarms,
                *(tracking.alarms if tracking else ()),
                *inbound.alarms,
                *keeper.alarms,
                *messages.alarms,
                *(callback.alarms if callback else ()),
            ],
            email=settings.alarm_email,
            enforce_ssl=self._enforce_ssl,
        )
        self._outputs(
            {
                "ShiftsTableName": self._tables.shifts.table_name,
                "CampaignsTableName": self._tables.campaigns.table_name,
                "EmployeesTableName": self._tables.employees.table_name,
                "SegmentMembersTableName": self._tables.segment_members.table_name,
                "DeliveriesTableName": self._tables.deliveries.table_name,
                "InboxTableName": self._tables.inbox.table_name,
                "AgendasTableName": self._tables.agendas.table_name,
                "MessagesTableName": self._tables.messages.table_name,
                "ShiftCallsQueueUrl": keeper.queue.queue_url,
                "InboundTopicArn": inbound.topic.topic_arn,
                **({"DeliveryEventsTopicArn": tracking.topic.topic_arn} if tracking else {}),
                "AlarmTopicArn": alarms.topic.topic_arn,
            }
        )
        self._warn()

    def _connect_callback(self) -> OptionalConnectCallback:
        settings = self._settings
        return OptionalConnectCallback(
            self,
            "ConnectCallback",
            tables=self._tables,
            channel=self._channel,
            connect_instance_id=settings.connect_instance_id,
            connect_contact_flow_id=settings.connect_contact_flow_id,
            connect_queue_id=settings.connect_queue_id,
            connect_source_phone_number=settings.connect_source_phone_number,
            rules=self._rules,
            calls_per_day=settings.calls_per_day,
            endpoint_url=settings.connect_endpoint_url,
            enforce_ssl=self._enforce_ssl,
        )

    def _shift_keeper(self) -> ShiftReconciler:
        keeper = ShiftReconciler(
            self,
            "ShiftReconciler",
            tables=self._tables,
            channel=self._channel,
            approved_numbers=self._settings.approved_numbers,
            rules=self._rules,
            agent_offered=self._settings.connect_enabled,
            enforce_ssl=self._enforce_ssl,
        )
        if self._settings.is_local:
            grant_schedules(keeper.keep_function)
        return keeper

    def _delivery_tracking(self) -> DeliveryEvents:
        return DeliveryEvents(
            self,
            "DeliveryEvents",
            tables=self._tables,
            configuration_set_name=_LOCAL_CONFIGURATION_SET if self._settings.is_local else None,
            enforce_ssl=self._enforce_ssl,
        )

    def _campaign_launcher(self, tracking: DeliveryEvents) -> CampaignLauncher:
        settings = self._settings
        return CampaignLauncher(
            self,
            "CampaignLauncher",
            tables=self._tables,
            channel=self._channel,
            messages_per_second=settings.messages_per_second,
            answers_share_percent=settings.answers_share_percent,
            default_segment=settings.default_segment,
            rules=self._rules,
            agent_offered=settings.connect_enabled,
            keep_typography=settings.keep_typography,
            delivery_tracking=tracking,
            enforce_ssl=self._enforce_ssl,
        )

    def _pinpoint_campaign_launcher(self) -> PinpointCampaignLauncher:
        settings = self._settings
        return PinpointCampaignLauncher(
            self,
            "CampaignLauncher",
            tables=self._tables,
            pinpoint_application_id=settings.pinpoint_application_id,
            pinpoint_segment_id=settings.pinpoint_segment_id,
            keep_typography=settings.keep_typography,
            endpoint_url=settings.pinpoint_endpoint_url,
            enforce_ssl=self._enforce_ssl,
        )

    def _outputs(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            CfnOutput(self, name, value=value)

    def _warn(self) -> None:
        settings = self._settings
        if settings.fictional_numbers and not settings.is_local:
            Annotations.of(self).add_warning_v2(
                "shift-sms:fictionalNumbers",
                f"{', '.join(settings.fictional_numbers)}: no telephone has a 555-01xx number; "
                f"replace what cdk.json ships for {settings.environment!r} before anybody is texted",
            )
        if settings.alarm_email is None and not settings.is_local:
            Annotations.of(self).add_warning_v2(
                "shift-sms:nobodyHears",
                f"alarm_email is not set for {settings.environment!r}: alarms reach nobody "
                "until somebody subscribes to the alarm topic",
            )
        if settings.campaign_engine is CampaignEngine.PINPOINT:
            Annotations.of(self).add_warning_v2(
                "shift-sms:pinpointRetired",
                "AWS retired the campaigns of Amazon Pinpoint on 2026-10-30; "
                f"campaign_engine {CampaignEngine.END_USER_MESSAGING.value!r} replaces them",
            )

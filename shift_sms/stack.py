"""The stack of one environment. It only connects constructs: it defines no resource itself."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import Annotations, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from shift_sms.building_blocks.alarms import AlarmTopic
from shift_sms.building_blocks.work_queue import WorkQueue
from shift_sms.campaign_launcher import CampaignLauncher
from shift_sms.console.operator_console import OpenIdProvider, OperatorConsole
from shift_sms.delivery_events import DeliveryEvents
from shift_sms.domain_events import DomainEvents
from shift_sms.fill_planner import FillPlanner
from shift_sms.inbound_sms_processor import InboundSmsProcessor
from shift_sms.manager_notices import ManagerNotices
from shift_sms.operator_inbox import OperatorInbox
from shift_sms.optional_connect_callback import OptionalConnectCallback
from shift_sms.outbox_sender import OutboxSender
from shift_sms.pinpoint_campaign_launcher import PinpointCampaignLauncher
from shift_sms.settings import CampaignEngine, Settings, TableRemoval
from shift_sms.shift_reconciler import ShiftReconciler
from shift_sms.shift_tables import ShiftTables
from shift_sms.sms_channel import SmsChannel

_REMOVAL_POLICIES = {
    TableRemoval.RETAIN: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    TableRemoval.DESTROY: RemovalPolicy.DESTROY,
}


class ShiftSmsStack(Stack):
    """Shift management by two-way SMS.

    Attributes:
        tables: The tables.
        channel: The phone number or pool that texts leave from.
        outbox: Sends the replies and notices that wait.
        callback: Calls employees through Amazon Connect; None unless `connect_enabled`.
        inbound: Handles inbound texts.
        reconciler: Reconciles shifts.
        operator_inbox: Sends operators' replies.
        manager_notices: Tells managers what happened.
        delivery_events: Records delivery events; None with the Pinpoint engine.
        campaign_launcher: Launches campaigns with the engine of the settings.
        fill_planner: Fills shifts in waves; None with the Pinpoint engine.
        domain_events: Publishes domain events; None unless `domain_events_enabled`.
        alarms: The topic that every alarm notifies.
        console: The operators' console; None unless `console_enabled`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        """Makes the stack.

        Args:
            scope: The app or stage.
            construct_id: The stack's name, `ShiftSms-<environment>` in this app.
            settings: The settings of the environment.
            kwargs: The other props of `Stack`, such as `env`.
        """
        super().__init__(scope, construct_id, **kwargs)
        self.tables = ShiftTables(self, "Tables", removal_policy=_REMOVAL_POLICIES[settings.removal_policy])
        self.channel = SmsChannel(self, "Channel", origination_identity=settings.origination_identity)
        self.outbox = OutboxSender(
            self,
            "Outbox",
            tables=self.tables,
            channel=self.channel,
            messages_per_second=settings.messages_per_second,
            approved_numbers=settings.approved_numbers,
            booking_policy=settings.booking_policy,
            language=settings.language,
            agent_offered=settings.connect_enabled,
            self_managed_opt_outs=settings.self_managed_opt_outs,
        )
        self.callback = self._connect_callback(settings) if settings.connect_enabled else None
        self.inbound = InboundSmsProcessor(
            self,
            "Inbound",
            tables=self.tables,
            outbox=self.outbox,
            booking_policy=settings.booking_policy,
            language=settings.language,
            approved_numbers=settings.approved_numbers,
            stranger_reply=settings.stranger_reply,
            callback_queue=self.callback.queue if self.callback else None,
            self_managed_opt_outs=settings.self_managed_opt_outs,
            emergency_reply=settings.emergency_reply,
            texts_per_hour=settings.texts_per_hour,
            inbound_texts_per_second=settings.inbound_texts_per_second,
            snap_start=settings.snap_start,
        )
        self.reconciler = ShiftReconciler(
            self,
            "ShiftReconciler",
            tables=self.tables,
            outbox=self.outbox,
            approved_numbers=settings.approved_numbers,
            booking_policy=settings.booking_policy,
            language=settings.language,
            shift_retention_days=settings.shift_retention_days,
        )
        self.operator_inbox = OperatorInbox(self, "OperatorInbox", tables=self.tables, outbox=self.outbox)
        self.manager_notices = ManagerNotices(
            self,
            "ManagerNotices",
            tables=self.tables,
            outbox=self.outbox,
            reconciler=self.reconciler,
            approved_numbers=settings.approved_numbers,
            booking_policy=settings.booking_policy,
            urgent_overrides_quiet_hours=settings.urgent_overrides_quiet_hours,
        )
        self.delivery_events: DeliveryEvents | None = None
        self.campaign_launcher: CampaignLauncher | PinpointCampaignLauncher
        self.fill_planner: FillPlanner | None = None
        if settings.campaign_engine is CampaignEngine.PINPOINT:
            self.campaign_launcher = self._pinpoint_campaign_launcher(settings)
        else:
            self.delivery_events = DeliveryEvents(
                self,
                "DeliveryEvents",
                tables=self.tables,
                configuration_set_name=settings.configuration_set_name,
            )
            launcher = self.campaign_launcher = self._campaign_launcher(settings, self.delivery_events)
            self.fill_planner = self._fill_planner(settings, launcher)
        self.domain_events: DomainEvents | None = None
        if settings.domain_events_enabled:
            self.domain_events = DomainEvents(
                self,
                "DomainEvents",
                tables=self.tables,
                timezone=settings.timezone,
                fill_order=settings.fill_order,
            )
        self.console = self._console(settings) if settings.console_enabled else None
        constructs = (
            self.tables,
            self.campaign_launcher,
            self.fill_planner,
            self.delivery_events,
            self.inbound,
            self.outbox,
            self.reconciler,
            self.operator_inbox,
            self.manager_notices,
            self.callback,
            self.console,
        )
        self.alarms = AlarmTopic(
            self,
            "Alarms",
            alarms=[alarm for construct in constructs if construct for alarm in construct.alarms],
            email=settings.alarm_email,
        )
        if self.console:
            self._grant_health(self.console)
        self._add_outputs(settings)
        self._add_warnings(settings)

    def _connect_callback(self, settings: Settings) -> OptionalConnectCallback:
        return OptionalConnectCallback(
            self,
            "ConnectCallback",
            tables=self.tables,
            outbox=self.outbox,
            connect_instance_id=settings.connect_instance_id,
            connect_contact_flow_id=settings.connect_contact_flow_id,
            connect_queue_id=settings.connect_queue_id,
            connect_source_phone_number=settings.connect_source_phone_number,
            language=settings.language,
            calls_per_day=settings.calls_per_day,
        )

    def _campaign_launcher(self, settings: Settings, delivery_events: DeliveryEvents) -> CampaignLauncher:
        return CampaignLauncher(
            self,
            "CampaignLauncher",
            tables=self.tables,
            channel=self.channel,
            messages_per_second=settings.messages_per_second,
            default_segment=settings.default_segment,
            language=settings.language,
            agent_offered=settings.connect_enabled,
            opt_out_hint=settings.campaign_opt_out_hint,
            keep_typography=settings.keep_typography,
            quiet_hours=settings.quiet_hours,
            timezone=settings.timezone,
            delivery_events=delivery_events,
        )

    def _pinpoint_campaign_launcher(self, settings: Settings) -> PinpointCampaignLauncher:
        return PinpointCampaignLauncher(
            self,
            "CampaignLauncher",
            tables=self.tables,
            pinpoint_application_id=settings.pinpoint_application_id,
            pinpoint_segment_id=settings.pinpoint_segment_id,
            keep_typography=settings.keep_typography,
        )

    def _fill_planner(self, settings: Settings, launcher: CampaignLauncher) -> FillPlanner:
        return FillPlanner(
            self,
            "FillPlanner",
            tables=self.tables,
            launcher=launcher,
            reconciler=self.reconciler,
            default_segment=settings.default_segment,
            approved_numbers=settings.approved_numbers,
            booking_policy=settings.booking_policy,
            language=settings.language,
            texts_per_person_per_day=settings.texts_per_person_per_day,
            fill_target_minutes=settings.fill_target_minutes,
            fill_contact_retention_days=settings.fill_contact_retention_days,
            urgent_overrides_quiet_hours=settings.urgent_overrides_quiet_hours,
        )

    def _console(self, settings: Settings) -> OperatorConsole:
        provider, secret = None, None
        if settings.console_oidc_client_secret_arn:
            secret = secretsmanager.Secret.from_secret_complete_arn(
                self, "ConsoleClientSecret", settings.console_oidc_client_secret_arn
            )
        if settings.console_oidc_issuer:
            provider = OpenIdProvider(
                issuer=settings.console_oidc_issuer,
                client_id=settings.console_oidc_client_id,
                client_secret=secret,
                group_claim=settings.console_oidc_group_claim,
            )
        return OperatorConsole(
            self,
            "Console",
            tables=self.tables,
            outbox=self.outbox,
            domain_prefix=settings.console_domain_prefix,
            open_id_provider=provider,
            removal_policy=_REMOVAL_POLICIES[settings.removal_policy],
        )

    def _grant_health(self, console: OperatorConsole) -> None:
        events = self.delivery_events
        console.grant_health(
            topics=[self.inbound.topic, *([events.topic] if events else [])],
            alarm_topic=self.alarms.topic,
            callback=self.callback,
        )

    def _add_outputs(self, settings: Settings) -> None:
        tables, events = self.tables, self.delivery_events
        console_users = self.console.user_pool if self.console else None
        outputs: Mapping[str, str] = {
            "ShiftsTableName": tables.shifts.table_name,
            "CampaignsTableName": tables.campaigns.table_name,
            "EmployeesTableName": tables.employees.table_name,
            "SegmentMembersTableName": tables.segment_members.table_name,
            "DeliveriesTableName": tables.deliveries.table_name,
            "CampaignCountersTableName": tables.campaign_counters.table_name,
            "SendPermitsTableName": tables.send_permits.table_name,
            "EmployeeBookingsTableName": tables.employee_bookings.table_name,
            "FillContactsTableName": tables.fill_contacts.table_name,
            "ConversationsTableName": tables.conversations.table_name,
            "OutboxTableName": tables.outbox.table_name,
            "OperatorInboxTableName": tables.operator_inbox.table_name,
            "AuditTrailTableName": tables.audit_trail.table_name,
            "ReconcileQueueUrl": self.reconciler.queue.queue_url,
            "OutboxQueueUrl": self.outbox.queue.queue_url,
            "InboundTopicArn": self.inbound.topic.topic_arn,
            **({"DeliveryEventsTopicArn": events.topic.topic_arn} if events else {}),
            "AlarmTopicArn": self.alarms.topic.topic_arn,
            "OperatorSettings": json.dumps(self._settings_for_operators(settings)),
            "Queues": json.dumps(self._queue_urls()),
            **({"DomainEventBusName": self.domain_events.bus.event_bus_name} if self.domain_events else {}),
            **({"ConsoleUrl": self.console.url} if self.console else {}),
            **({"ConsoleUserPoolId": console_users.user_pool_id} if console_users else {}),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)

    def _settings_for_operators(self, settings: Settings) -> Mapping[str, object]:
        events = self.delivery_events
        return {
            **settings.for_operators(),
            "stack_name": self.stack_name,
            "stack_id": self.stack_id,
            "configuration_set_name": events.configuration_set_name if events else "",
        }

    def _queue_urls(self) -> Mapping[str, Mapping[str, str]]:
        """Returns the URLs of the queues for operators, by what their messages are about."""
        return {
            **{
                name: {"queue": one.queue.queue_url, "dead_letters": one.dead_letters.queue.queue_url}
                for name, one in self._work_queues().items()
            },
            # Event sources put their failures here. No queue is behind it.
            "table-changes": {"dead_letters": self.tables.stream_dead_letters.queue.queue_url},
        }

    def _work_queues(self) -> Mapping[str, WorkQueue]:
        launcher = self.campaign_launcher
        return {
            "inbound-texts": self.inbound.work_queue,
            "outbox": self.outbox.work_queue,
            "shifts": self.reconciler.work_queue,
            **(
                {
                    "campaign-pages": launcher.pages,
                    "campaign-texts": launcher.dispatch,
                    "campaigns": launcher.reconciler.work_queue,
                }
                if isinstance(launcher, CampaignLauncher)
                else {}
            ),
            **({"fill-plans": self.fill_planner.work_queue} if self.fill_planner else {}),
            **({"delivery-events": self.delivery_events.work_queue} if self.delivery_events else {}),
            **({"callbacks": self.callback.work_queue} if self.callback else {}),
        }

    def _add_warnings(self, settings: Settings) -> None:
        for warning_id, message in settings.warnings.items():
            Annotations.of(self).add_warning_v2(warning_id, message)

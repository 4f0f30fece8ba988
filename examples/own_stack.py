"""Two stacks of other teams: the smallest possible, and one that uses every construct with resources of its own."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from constructs import Construct

from shift_sms import (
    AlarmTopic,
    BookingPolicy,
    CampaignLauncher,
    DomainEvents,
    FillOrder,
    FillPlanner,
    InboundSmsProcessor,
    OperatorInbox,
    OptionalConnectCallback,
    OutboxSender,
    ShiftReconciler,
    ShiftTables,
    SmsChannel,
    StrangerReply,
)


class TextInStack(Stack):
    """Employees claim shifts by text. The stack sends nothing but replies."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        tables = ShiftTables(self, "Tables")
        channel = SmsChannel(self, "Sms", origination_identity="+14255550100")
        outbox = OutboxSender(self, "Outbox", tables=tables, channel=channel)
        inbound = InboundSmsProcessor(self, "Inbound", tables=tables, outbox=outbox)
        AlarmTopic(self, "OnDuty", alarms=[*inbound.alarms, *outbox.alarms], email="duty@example.com")


class HospitalStack(Stack):
    """Uses the staff table of the personnel system, and an inbound topic that other systems subscribe to, too."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        staff: dynamodb.ITable,
        two_way_topic: sns.ITopic,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        tables = ShiftTables(self, "Tables", employees=staff)
        channel = SmsChannel(self, "Sms", origination_identity="pool-0123456789abcdef0123456789abcdef")
        booking_policy = BookingPolicy(
            timezone="America/Chicago",
            minimum_rest_hours=11,
            hours_per_week=48,
            fill_order=FillOrder.FEWEST_HOURS,
        )
        outbox = OutboxSender(
            self,
            "Outbox",
            tables=tables,
            channel=channel,
            messages_per_second=10,
            booking_policy=booking_policy,
            agent_offered=True,
        )
        callback = OptionalConnectCallback(
            self,
            "NursesDesk",
            tables=tables,
            outbox=outbox,
            connect_instance_id="11111111-2222-4333-8444-555555555555",
            connect_contact_flow_id="22222222-3333-4444-8555-666666666666",
            connect_queue_id="33333333-4444-4555-8666-777777777777",
            connect_source_phone_number="+14255550199",
        )
        inbound = InboundSmsProcessor(
            self,
            "Inbound",
            tables=tables,
            outbox=outbox,
            booking_policy=booking_policy,
            stranger_reply=StrangerReply.ONCE_PER_DAY,
            topic=two_way_topic,
            callback_queue=callback.queue,
        )
        reconciler = ShiftReconciler(
            self, "Reconciler", tables=tables, outbox=outbox, booking_policy=booking_policy
        )
        head_nurse = OperatorInbox(self, "HeadNurse", tables=tables, outbox=outbox)
        campaigns = CampaignLauncher(
            self,
            "Campaigns",
            tables=tables,
            channel=channel,
            messages_per_second=10,
            default_segment="ward-nurses",
            agent_offered=True,
        )
        filling = FillPlanner(
            self,
            "Filling",
            tables=tables,
            launcher=campaigns,
            reconciler=reconciler,
            default_segment="ward-nurses",
            booking_policy=booking_policy,
        )
        DomainEvents(
            self,
            "DomainEvents",
            tables=tables,
            timezone=booking_policy.timezone,
            fill_order=booking_policy.fill_order,
        )
        AlarmTopic(
            self,
            "OnDuty",
            alarms=[
                *tables.alarms,
                *outbox.alarms,
                *filling.alarms,
                *callback.alarms,
                *inbound.alarms,
                *reconciler.alarms,
                *head_nurse.alarms,
                *campaigns.alarms,
            ],
            email="ward@example.com",
        )

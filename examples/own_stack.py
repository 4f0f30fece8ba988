"""Two stacks of other teams: one takes the least there is, one composes all with resources of its own."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from constructs import Construct

from shift_sms import (
    AlarmTopic,
    CampaignLauncher,
    InboundSmsProcessor,
    OperatorInbox,
    OptionalConnectCallback,
    ShiftReconciler,
    ShiftRules,
    ShiftTables,
    SmsChannel,
    StrangerReply,
)


class TextInStack(Stack):
    """People may claim shifts by text; nothing is ever texted first."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        shifts = InboundSmsProcessor(
            self,
            "Shifts",
            tables=ShiftTables(self, "Tables"),
            channel=SmsChannel(self, "Sms", origination_identity="+14255550100"),
        )
        AlarmTopic(self, "OnDuty", alarms=shifts.alarms, email="duty@example.com")


class HospitalStack(Stack):
    """Staff are in the personnel system's table, and the number publishes to a topic that others read too."""

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
        rules = ShiftRules(timezone="America/Chicago", minimum_rest_hours=11, hours_per_week=48)
        nurses_desk = OptionalConnectCallback(
            self,
            "NursesDesk",
            tables=tables,
            channel=channel,
            connect_instance_id="11111111-2222-4333-8444-555555555555",
            connect_contact_flow_id="22222222-3333-4444-8555-666666666666",
            connect_queue_id="33333333-4444-4555-8666-777777777777",
            connect_source_phone_number="+14255550199",
            rules=rules,
        )
        answers = InboundSmsProcessor(
            self,
            "Answers",
            tables=tables,
            channel=channel,
            rules=rules,
            stranger_reply=StrangerReply.ONCE_PER_DAY,
            topic=two_way_topic,
            callback_queue=nurses_desk.queue,
        )
        keeper = ShiftReconciler(
            self, "Keeper", tables=tables, channel=channel, rules=rules, agent_offered=True
        )
        head_nurse = OperatorInbox(self, "HeadNurse", tables=tables, channel=channel)
        campaigns = CampaignLauncher(
            self,
            "Campaigns",
            tables=tables,
            channel=channel,
            messages_per_second=10,
            default_segment="ward-nurses",
            rules=rules,
            agent_offered=True,
        )
        AlarmTopic(
            self,
            "OnDuty",
            alarms=[
                *nurses_desk.alarms,
                *answers.alarms,
                *keeper.alarms,
                *head_nurse.alarms,
                *campaigns.alarms,
            ],
            email="ward@example.com",
        )

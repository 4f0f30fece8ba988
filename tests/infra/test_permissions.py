"""Tests that each function has a role of its own and exactly the permissions that it uses."""

import json

import pytest

from tests.support.permissions import granted, of_role, on
from tests.support.synthesis import CONNECT, PINPOINT, SynthesizedStack, synthesize

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
CONSUME = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
FOLLOW = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}
SEND_SMS = "sms-voice:SendTextMessage"

INBOUND = (
    on("InboundProcessLogs.Arn", *LOGS)
    | on("InboundQueue.Arn", *CONSUME)
    | on(
        "TablesEmployees.Arn",
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:UpdateItem",
    )
    | on("TablesConversations.Arn", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | on("TablesCampaignCounters.Arn", "dynamodb:UpdateItem")
    | on("TablesOperatorInbox.Arn", "dynamodb:UpdateItem")
    | on("TablesOutbox.Arn", "dynamodb:DeleteItem", "dynamodb:PutItem")
    | on("TablesSendPermits.Arn", "dynamodb:UpdateItem")
    | on("OutboxTurnsQueue.Arn", "sqs:SendMessage")
    | on("TablesEmployeeBookings.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesShifts.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesShifts.Arn/index/open-shifts", "dynamodb:Query")
    | on("TablesShifts.Arn/index/by-code", "dynamodb:Query")
    | on("phone-number/*", SEND_SMS)
)
ADD_TO_OUTBOX = (
    on("TablesOutbox.Arn", "dynamodb:PutItem")
    | on("TablesConversations.Arn", "dynamodb:UpdateItem")
    | on("TablesSendPermits.Arn", "dynamodb:UpdateItem")
    | on("OutboxTurnsQueue.Arn", "sqs:SendMessage")
)
DETECT = (
    on("ShiftReconcilerDetectLogs.Arn", *LOGS)
    | on("TablesShifts.StreamArn", *FOLLOW)
    | on("TablesShifts.Arn", "dynamodb:UpdateItem")
    | on("ShiftReconcilerRequestsQueue.Arn", "sqs:SendMessage")
    | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
)
FILL_REQUEST = on("FillPlannerRequestsQueue.Arn", "sqs:SendMessage")
SCHEDULE = ("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")
RECONCILE = (
    on("ShiftReconcilerReconcileLogs.Arn", *LOGS)
    | on("ShiftReconcilerRequestsQueue.Arn", *CONSUME)
    | on("TablesShifts.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesEmployeeBookings.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesEmployees.Arn", "dynamodb:BatchGetItem")
    | on("TablesConversations.Arn", "dynamodb:BatchGetItem")
    | on("TablesSegmentMembers.Arn", "dynamodb:Query")
    | on("TablesOperatorInbox.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesOperatorInbox.Arn/index/by-status", "dynamodb:Query")
    | ADD_TO_OUTBOX
    | on("schedule/ShiftReconcilerTimersGroup/*", *SCHEDULE)
    | on("ShiftReconcilerTimersRole.Arn", "iam:PassRole")
)
FILL = (
    on("FillPlannerPlanLogs.Arn", *LOGS)
    | on("FillPlannerRequestsQueue.Arn", *CONSUME)
    | on("CampaignLauncherDispatchQueue.Arn", "sqs:SendMessage")
    | on("TablesShifts.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesSegmentMembers.Arn", "dynamodb:Query")
    | on("TablesEmployees.Arn", "dynamodb:BatchGetItem")
    | on("TablesEmployeeBookings.Arn", "dynamodb:BatchGetItem")
    | on("TablesConversations.Arn", "dynamodb:BatchGetItem")
    | on("TablesDeliveries.Arn", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | on("TablesCampaignCounters.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on(
        "TablesFillContacts.Arn",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    )
    | on("schedule/FillPlannerTimersGroup/*", *SCHEDULE)
    | on("FillPlannerTimersRole.Arn", "iam:PassRole")
)
OUTBOX = (
    on("OutboxSendLogs.Arn", *LOGS)
    | on("OutboxTurnsQueue.Arn", *CONSUME, "sqs:SendMessage")
    | on("TablesOutbox.Arn", "dynamodb:DeleteItem", "dynamodb:Query")
    | on("TablesShifts.Arn", "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesShifts.Arn/index/open-shifts", "dynamodb:Query")
    | on("TablesEmployeeBookings.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesCampaignCounters.Arn", "dynamodb:UpdateItem")
    | on("TablesEmployees.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesOperatorInbox.Arn", "dynamodb:UpdateItem")
    | on("ShiftReconcilerRequestsQueue.Arn", "sqs:SendMessage")
    | on("TablesConversations.Arn", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | on("TablesSendPermits.Arn", "dynamodb:UpdateItem")
    | on("phone-number/*", SEND_SMS)
)
REPLY = (
    on("OperatorInboxReplyLogs.Arn", *LOGS)
    | on("TablesOperatorInbox.StreamArn", *FOLLOW)
    | on("TablesOperatorInbox.Arn", "dynamodb:UpdateItem")
    | ADD_TO_OUTBOX
    | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
)
INDEX_MANAGERS = (
    on("ManagerNoticesIndexLogs.Arn", *LOGS)
    | on("TablesEmployees.StreamArn", *FOLLOW)
    | on("TablesSegmentMembers.Arn", "dynamodb:DeleteItem", "dynamodb:PutItem")
    | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
)
NOTIFY_MANAGERS = (
    on("ManagerNoticesNotifyLogs.Arn", *LOGS)
    | on("TablesOperatorInbox.StreamArn", *FOLLOW)
    | on("TablesOperatorInbox.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("ShiftReconcilerRequestsQueue.Arn", "sqs:SendMessage")
    | on("TablesSegmentMembers.Arn", "dynamodb:Query")
    | on("TablesEmployees.Arn", "dynamodb:BatchGetItem")
    | on("TablesConversations.Arn", "dynamodb:BatchGetItem")
    | ADD_TO_OUTBOX
    | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
)
STREAM = (
    on("CampaignLauncherLaunchLogs.Arn", *LOGS)
    | on("TablesCampaigns.StreamArn", *FOLLOW)
    | on("TablesCampaigns.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
)
REQUEST = on("CampaignLauncherReconcilerRequestsQueue.Arn", "sqs:SendMessage")
LAUNCH = (
    STREAM
    | on("TablesCampaignCounters.Arn", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | on("TablesShifts.Arn", "dynamodb:BatchGetItem")
    | on("CampaignLauncherPagesQueue.Arn", "sqs:SendMessage")
    | REQUEST
)
PLAN = (
    on("CampaignLauncherPlanLogs.Arn", *LOGS)
    | on("CampaignLauncherPagesQueue.Arn", *CONSUME, "sqs:SendMessage")
    | on("CampaignLauncherDispatchQueue.Arn", "sqs:SendMessage")
    | on("TablesCampaigns.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesSegmentMembers.Arn", "dynamodb:Query")
    | on("TablesDeliveries.Arn", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | on(
        "TablesCampaignCounters.Arn",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    )
    | REQUEST
)
SEND = (
    on("CampaignLauncherSendLogs.Arn", *LOGS)
    | on("CampaignLauncherDispatchQueue.Arn", *CONSUME, "sqs:SendMessage")
    | on("TablesCampaigns.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesDeliveries.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesEmployees.Arn", "dynamodb:BatchGetItem", "dynamodb:UpdateItem")
    | on("TablesConversations.Arn", "dynamodb:PutItem")
    | on("TablesCampaignCounters.Arn", "dynamodb:PutItem", "dynamodb:UpdateItem")
    | REQUEST
    | on("TablesSendPermits.Arn", "dynamodb:UpdateItem")
    | on("TablesShifts.Arn", "dynamodb:GetItem")
    | on("phone-number/*", SEND_SMS)
    | on("DeliveryEventsConfigurationSet.Arn", SEND_SMS)
)
RECONCILE_CAMPAIGN = (
    on("CampaignLauncherReconcilerReconcileLogs.Arn", *LOGS)
    | on("CampaignLauncherReconcilerRequestsQueue.Arn", *CONSUME, "sqs:SendMessage")
    | on("CampaignLauncherPagesQueue.Arn", "sqs:SendMessage")
    | on("CampaignLauncherDispatchQueue.Arn", "sqs:SendMessage")
    | on("TablesCampaigns.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on(
        "TablesCampaignCounters.Arn",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    )
    | on("schedule/CampaignLauncherReconcilerTimersGroup/*", *SCHEDULE)
    | on("CampaignLauncherReconcilerTimersRole.Arn", "iam:PassRole")
)
EVENTS = (
    on("DeliveryEventsRecordLogs.Arn", *LOGS)
    | on("DeliveryEventsQueue.Arn", *CONSUME)
    | on("TablesDeliveries.Arn", "dynamodb:UpdateItem")
    | on("TablesCampaignCounters.Arn", "dynamodb:UpdateItem")
)
SUMMARIZE = (
    on("CampaignLauncherSummarySummarizeLogs.Arn", *LOGS)
    | on("TablesCampaignCounters.StreamArn", *FOLLOW)
    | on("TablesCampaignCounters.Arn", "dynamodb:BatchGetItem")
    | on("TablesCampaigns.Arn", "dynamodb:GetItem", "dynamodb:UpdateItem")
    | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
)
CALL = (
    on("ConnectCallbackStartLogs.Arn", *LOGS)
    | on("ConnectCallbackCallbacksQueue.Arn", *CONSUME)
    | on("TablesConversations.Arn", "dynamodb:GetItem")
    | on("TablesCampaignCounters.Arn", "dynamodb:UpdateItem")
    | ADD_TO_OUTBOX
    | on(f"instance/{CONNECT['connect_instance_id']}", "connect:StartOutboundVoiceContact")
    | on(f"instance/{CONNECT['connect_instance_id']}/contact/*", "connect:StartOutboundVoiceContact")
)
PINPOINT_LAUNCH = (
    STREAM
    | on(f"apps/{PINPOINT['pinpoint_application_id']}", "mobiletargeting:CreateCampaign")
    | on(f"apps/{PINPOINT['pinpoint_application_id']}/*", "mobiletargeting:CreateCampaign")
)


def test_given_the_default_engine_when_deployed_then_permissions_are_exact(
    dev: SynthesizedStack,
) -> None:
    assert {name: granted(dev, name) for name in dev.functions()} == {
        "launch_campaign": LAUNCH,
        "plan_campaign": PLAN,
        "send_campaign": SEND,
        "reconcile_campaign": RECONCILE_CAMPAIGN,
        "record_delivery_event": EVENTS,
        "summarize_campaign": SUMMARIZE,
        "process_inbound_sms": INBOUND,
        "detect_shift_changes": DETECT | FILL_REQUEST,
        "reconcile_shift": RECONCILE,
        "plan_fill_wave": FILL,
        "send_operator_reply": REPLY,
        "index_managers": INDEX_MANAGERS,
        "notify_managers": NOTIFY_MANAGERS,
        "send_outbox": OUTBOX,
    }


def test_given_connect_when_deployed_then_only_the_callback_function_may_call(
    dev_with_connect: SynthesizedStack,
) -> None:
    assert granted(dev_with_connect, "start_callback") == CALL
    assert granted(dev_with_connect, "process_inbound_sms") == INBOUND | on(
        "ConnectCallbackCallbacksQueue.Arn", "sqs:SendMessage"
    )


def test_given_the_pinpoint_engine_when_deployed_then_only_pinpoint_sends_campaigns(
    pinpoint: SynthesizedStack,
) -> None:
    assert set(pinpoint.functions()) == {
        *(
            "launch_pinpoint_campaign",
            "process_inbound_sms",
            "detect_shift_changes",
            "reconcile_shift",
            "send_operator_reply",
            "index_managers",
            "notify_managers",
            "send_outbox",
        )
    }
    assert granted(pinpoint, "launch_pinpoint_campaign") == PINPOINT_LAUNCH
    assert granted(pinpoint, "detect_shift_changes") == DETECT


def test_given_functions_when_deployed_then_each_has_its_own_role_and_inline_policy(
    dev_with_connect: SynthesizedStack,
) -> None:
    roles = dev_with_connect.of_type("AWS::IAM::Role")
    used = [function["Role"]["Fn::GetAtt"][0] for function in dev_with_connect.functions().values()]
    schedulers = [role_of_the_scheduler(dev_with_connect, function) for function in SCHEDULERS]
    assert sorted([*used, *schedulers]) == sorted(roles)
    assert not any("ManagedPolicyArns" in role["Properties"] for role in roles.values())


SCHEDULERS = {
    "reconcile_campaign": "CampaignLauncherReconciler",
    "reconcile_shift": "ShiftReconciler",
    "plan_fill_wave": "FillPlanner",
}
"""The functions that manage schedules, and their constructs."""


def role_of_the_scheduler(stack: SynthesizedStack, function: str) -> str:
    environment_variables = stack.functions()[function]["Environment"]["Variables"]
    name: str = environment_variables["TIMER_ROLE_ARN"]["Fn::GetAtt"][0]
    return name


@pytest.mark.parametrize(("function", "construct"), SCHEDULERS.items())
def test_given_schedules_when_due_then_the_scheduler_may_only_write_to_two_queues(
    dev: SynthesizedStack, function: str, construct: str
) -> None:
    assert of_role(dev.statements_of_role(role_of_the_scheduler(dev, function))) == on(
        f"{construct}RequestsQueue.Arn", "sqs:SendMessage"
    ) | on(f"{construct}RequestsDeadLettersQueue.Arn", "sqs:SendMessage")


@pytest.mark.parametrize(("function", "construct"), SCHEDULERS.items())
def test_given_the_scheduler_role_when_assumed_then_only_for_this_groups_schedules(
    dev: SynthesizedStack, function: str, construct: str
) -> None:
    groups = dev.of_type("AWS::Scheduler::ScheduleGroup")
    (group,) = (name for name in groups if name.startswith(f"{construct}Timers"))
    role = dev.resources[role_of_the_scheduler(dev, function)]["Properties"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Effect"] == "Allow"
    assert trusted["Action"] == "sts:AssumeRole"
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusted["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"},
            "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]},
        }
    }


@pytest.mark.parametrize("function", SCHEDULERS)
def test_given_the_role_of_the_scheduler_when_passed_on_then_to_the_scheduler_only(
    dev: SynthesizedStack, function: str
) -> None:
    conditions = [
        statement.get("Condition")
        for statement in dev.statements(function)
        if statement["Action"] == "iam:PassRole"
    ]
    assert conditions == [{"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}]


PHONE = "phone-0123456789abcdef"
POOL = "pool-0123456789abcdef"
PHONE_ARN = f"arn:aws:sms-voice:eu-west-1:111122223333:phone-number/{PHONE}"
POOL_ARN = f"arn:aws:sms-voice:eu-west-1:111122223333:pool/{POOL}"


@pytest.mark.parametrize(
    ("identity", "campaigns", "replies"),
    [
        ("+14255550100", "phone-number/*", "phone-number/*"),
        (PHONE, f"phone-number/{PHONE}", f"phone-number/{PHONE}"),
        (PHONE_ARN, PHONE_ARN, PHONE_ARN),
        (POOL, f"pool/{POOL}", "phone-number/*"),
        (POOL_ARN, POOL_ARN, "phone-number/*"),
    ],
)
def test_given_an_origination_identity_when_texts_are_sent_then_from_what_it_names(
    identity: str, campaigns: str, replies: str
) -> None:
    stack = synthesize("dev", origination_identity=identity)
    assert (SEND_SMS, campaigns) in granted(stack, "send_campaign")
    assert (SEND_SMS, campaigns) in granted(stack, "send_outbox")
    for function in ("process_inbound_sms", "send_outbox"):
        assert (SEND_SMS, replies) in granted(stack, function)
    assert json.dumps(stack.statements("send_campaign")).count(SEND_SMS) == 1

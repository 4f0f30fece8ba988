"""Tests the alarms: on lost and late messages, and on failed campaigns and replies."""

import aws_cdk as cdk
import pytest

from shift_sms import AlarmTopic, DeadLetterQueue
from tests.support.synthesis import (
    PINPOINT,
    SynthesizedStack,
    dead_letter_queues,
    joined,
    policy_statements,
    synthesize,
    synthesize_bare,
)

DAY = 24 * 60 * 60


def alarms_on(stack: SynthesizedStack, metric: str) -> list[tuple[object, ...]]:
    keys = ("Namespace", "Dimensions", "Statistic", "Threshold", "TreatMissingData")
    return [
        tuple(alarm["Properties"][key] for key in keys)
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == metric
    ]


def watched_queues(stack: SynthesizedStack, metric: str, threshold: int) -> list[str]:
    """Returns the queues with an alarm at this threshold of the metric."""
    watched = []
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        properties = alarm["Properties"]
        if (properties["MetricName"], properties["Threshold"]) == (metric, threshold):
            assert properties["Statistic"] == "Maximum"
            assert properties["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
            watched += [dimension["Value"]["Fn::GetAtt"][0] for dimension in properties["Dimensions"]]
    return watched


@pytest.mark.parametrize(
    ("metric", "threshold"),
    [("ApproximateNumberOfMessagesVisible", 1), ("ApproximateAgeOfOldestMessage", 9 * DAY)],
)
def test_given_a_dead_letter_queue_when_filled_or_expiring_then_an_alarm_fires(
    dev_with_connect: SynthesizedStack, pinpoint: SynthesizedStack, metric: str, threshold: int
) -> None:
    for stack, expected in ((dev_with_connect, 10), (pinpoint, 4)):
        watched = watched_queues(stack, metric, threshold)
        assert sorted(watched) == sorted(dead_letter_queues(stack))
        assert len(watched) == expected


def test_given_a_work_queue_when_a_message_waits_long_then_an_alarm_fires(
    dev_with_connect: SynthesizedStack, pinpoint: SynthesizedStack
) -> None:
    for stack, expected in ((dev_with_connect, 9), (pinpoint, 3)):
        watched = watched_queues(stack, "ApproximateAgeOfOldestMessage", 3 * DAY)
        assert sorted(watched) == sorted(set(stack.of_type("AWS::SQS::Queue")) - dead_letter_queues(stack))
        assert len(watched) == expected


def test_given_any_alarm_when_it_fires_then_it_notifies_the_alarm_topic(
    dev_with_connect: SynthesizedStack, pinpoint: SynthesizedStack
) -> None:
    for stack in (dev_with_connect, pinpoint):
        topic = stack.json["Outputs"]["AlarmTopicArn"]["Value"]
        for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
            assert alarm["Properties"]["AlarmActions"] == [topic], name


@pytest.mark.parametrize(
    ("environment", "engine", "metric", "functions"),
    [
        ("dev", {}, "CampaignFailed", ["launch_campaign", "plan_campaign"]),
        ("dev", {}, "CampaignStopped", ["send_campaign"]),
        ("prod", {}, "CampaignStopped", ["send_campaign"]),
        ("dev", PINPOINT, "CampaignFailed", ["launch_pinpoint_campaign"]),
        ("dev", PINPOINT, "CampaignStopped", []),
        ("dev", {}, "OperatorReplyNotSent", ["send_outbox", "send_operator_reply"]),
        ("dev", PINPOINT, "OperatorReplyNotSent", ["send_outbox", "send_operator_reply"]),
        ("dev", {}, "OutboxTextBlocked", ["send_outbox"]),
        ("dev", PINPOINT, "OutboxTextFailed", ["send_outbox"]),
    ],
)
def test_given_a_failed_campaign_or_reply_when_counted_then_an_alarm_fires(
    environment: str, engine: dict[str, str], metric: str, functions: list[str]
) -> None:
    stack = synthesize(environment, **engine)
    namespace = f"ShiftSms/ShiftSms-{environment}"
    assert alarms_on(stack, metric) == [
        (namespace, [{"Name": "service", "Value": function}], "Sum", 1, "notBreaching")
        for function in functions
    ]
    for function in functions:
        environment_variables = stack.functions()[function]["Environment"]["Variables"]
        assert environment_variables["METRICS_NAMESPACE"] == namespace
        assert environment_variables["SERVICE_NAME"] == function


def test_given_a_message_when_it_is_about_to_expire_then_there_is_a_day_left_to_act(
    dev: SynthesizedStack,
) -> None:
    """SQS counts the 14 days from the first send, but the metric of the age from the arrival in the queue."""
    retention_periods = {
        queue["Properties"]["MessageRetentionPeriod"] for queue in dev.of_type("AWS::SQS::Queue").values()
    }
    alarm_thresholds = {
        alarm["Properties"]["Threshold"]
        for alarm in dev.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == "ApproximateAgeOfOldestMessage"
    }
    assert (min(retention_periods), max(retention_periods)) == (4 * DAY, 14 * DAY)
    assert min(retention_periods) - min(alarm_thresholds) >= DAY
    assert max(retention_periods) - min(retention_periods) - max(alarm_thresholds) >= DAY


def test_given_an_address_when_deployed_then_alarms_are_mailed_there() -> None:
    stack = synthesize("dev", alarm_email="duty@example.com")
    subscriptions = [
        subscription["Properties"]
        for subscription in stack.of_type("AWS::SNS::Subscription").values()
        if subscription["Properties"]["Protocol"] == "email"
    ]
    topic = stack.json["Outputs"]["AlarmTopicArn"]["Value"]
    assert subscriptions == [{"Protocol": "email", "Endpoint": "duty@example.com", "TopicArn": topic}]


def test_given_the_alarm_topic_when_it_has_a_policy_then_own_alarms_may_publish(
    dev: SynthesizedStack,
) -> None:
    name = dev.json["Outputs"]["AlarmTopicArn"]["Value"]["Ref"]
    statements = policy_statements(dev, "AWS::SNS::TopicPolicy", "Topics", name)
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = joined(allowed["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source == "arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*"
    assert set(allowed["Condition"]) == {"StringEquals", "ArnLike"}


def test_given_a_queue_and_a_topic_when_wired_then_the_alarm_is_sent() -> None:
    found = synthesize_bare(
        lambda stack: AlarmTopic(stack, "Duty", alarms=DeadLetterQueue(stack, "Lost").alarms)
    )
    actions = [
        alarm["Properties"]["AlarmActions"] for alarm in found.of_type("AWS::CloudWatch::Alarm").values()
    ]
    assert [len(action) for action in actions] == [1, 1]
    assert not found.of_type("AWS::SNS::Subscription")


def test_given_a_wrong_address_when_the_alarm_topic_is_made_then_it_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^email is 'duty', allowed is one e-mail address"):
        AlarmTopic(cdk.Stack(), "Duty", alarms=[], email="duty")

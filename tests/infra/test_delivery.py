"""What arrives is handled, or ends where somebody is told."""

import json
from typing import Any

import pytest

from lab.system import RECEIPTS
from shift_sms.delivery_tracking import EVENT_TYPES
from shift_sms_runtime.domain import receipts
from tests.infra.synthesis import PINPOINT, Resource, Synthesised, synthesise

DAY = 24 * 60 * 60


def mappings(stack: Synthesised) -> dict[str, Resource]:
    """Returns the event sources by the handler they invoke."""
    functions = stack.of_type("AWS::Lambda::Function")
    return {
        functions[source["Properties"]["FunctionName"]["Ref"]]["Properties"]["Handler"].split(".")[
            -2
        ]: source["Properties"]
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values()
    }


def source_queue(stack: Synthesised, function: str) -> Resource:
    name: str = mappings(stack)[function]["EventSourceArn"]["Fn::GetAtt"][0]
    properties: Resource = stack.resources[name]["Properties"]
    return properties


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def dead_letter_queues(stack: Synthesised) -> set[str]:
    redriven = {
        queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in stack.of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue["Properties"]
    }
    failed = {
        source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for source in mappings(stack).values()
        if "DestinationConfig" in source
    }
    return redriven | failed


def policy_statements(stack: Synthesised, resource_type: str, target: str, name: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in stack.of_type(resource_type).values()
        if {"Ref": name} in policy["Properties"][target]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def alarms_on(stack: Synthesised, metric: str) -> list[tuple[object, ...]]:
    keys = ("Namespace", "Dimensions", "Statistic", "Threshold", "TreatMissingData")
    return [
        tuple(alarm["Properties"][key] for key in keys)
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == metric
    ]


def watched_queues(stack: Synthesised, metric: str, threshold: int) -> list[str]:
    """Returns the queues of which an alarm tells when the metric reaches the threshold."""
    watched = []
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        properties = alarm["Properties"]
        if (properties["MetricName"], properties["Threshold"]) == (metric, threshold):
            assert properties["Statistic"] == "Maximum"
            assert properties["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
            watched += [dimension["Value"]["Fn::GetAtt"][0] for dimension in properties["Dimensions"]]
    return watched


def joined(value: dict[str, Any]) -> str:
    """Returns what CloudFormation would join, with the names of what it fills in."""
    return "".join(part if isinstance(part, str) else part["Ref"] for part in value["Fn::Join"][1])


@pytest.mark.parametrize("output", ["InboundTopicArn", "DeliveryEventsTopicArn"])
def test_given_a_topic_of_the_sms_service_when_published_to_then_only_by_that_service_for_what_is_ours(
    dev: Synthesised, output: str
) -> None:
    (configuration_set,) = dev.of_type("AWS::SMSVOICE::ConfigurationSet").values()
    tracked = f"configuration-set/{configuration_set['Properties']['ConfigurationSetName']}"
    ours = {"InboundTopicArn": "*", "DeliveryEventsTopicArn": tracked}[output]
    name = dev.json["Outputs"][output]["Value"]["Ref"]
    statements = policy_statements(dev, "AWS::SNS::TopicPolicy", "Topics", name)
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "sms-voice.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = joined(allowed["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source == f"arn:AWS::Partition:sms-voice:AWS::Region:AWS::AccountId:{ours}"


def test_given_any_topic_or_queue_when_spoken_to_without_tls_then_it_refuses(
    dev_with_connect: Synthesised,
) -> None:
    stack = dev_with_connect
    kinds = [
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ]
    for resource_type, policy_type, target in kinds:
        assert stack.of_type(resource_type)
        for name in stack.of_type(resource_type):
            denied = [
                statement["Condition"]
                for statement in policy_statements(stack, policy_type, target, name)
                if statement["Effect"] == "Deny"
            ]
            assert denied == [{"Bool": {"aws:SecureTransport": "false"}}], name


@pytest.mark.parametrize(
    ("output", "function"),
    [("InboundTopicArn", "inbound_sms"), ("DeliveryEventsTopicArn", "delivery_events")],
)
def test_given_a_topic_when_published_to_then_the_queue_gets_it_in_its_envelope_or_else_the_dead_letters(
    dev: Synthesised, output: str, function: str
) -> None:
    (subscription,) = [
        found["Properties"]
        for found in dev.of_type("AWS::SNS::Subscription").values()
        if found["Properties"]["TopicArn"] == dev.json["Outputs"][output]["Value"]
    ]
    assert subscription["Protocol"] == "sqs"
    assert "RawMessageDelivery" not in subscription
    assert subscription["Endpoint"] == mappings(dev)[function]["EventSourceArn"]
    lost = source_queue(dev, function)["RedrivePolicy"]["deadLetterTargetArn"]
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": lost}


def test_given_texts_when_sent_then_events_are_published(dev: Synthesised) -> None:
    ((name, configuration_set),) = dev.of_type("AWS::SMSVOICE::ConfigurationSet").items()
    (destination,) = configuration_set["Properties"]["EventDestinations"]
    assert destination["Enabled"] is True
    assert destination["SnsDestination"] == {
        "TopicArn": dev.json["Outputs"]["DeliveryEventsTopicArn"]["Value"]
    }
    assert destination["MatchingEventTypes"] == list(EVENT_TYPES)
    told = dev.functions()["send_campaign"]["Environment"]["Variables"]["CONFIGURATION_SET"]
    assert told == {"Ref": name}


@pytest.mark.parametrize(
    "event_type",
    [
        "TEXT_DELIVERED",
        "TEXT_SUCCESSFUL",
        "TEXT_INVALID",
        "TEXT_CARRIER_UNREACHABLE",
        "TEXT_CARRIER_BLOCKED",
        "TEXT_SPAM",
        "TEXT_TTL_EXPIRED",
        "TEXT_PROTECT_BLOCKED",
        "TEXT_UNKNOWN",
    ],
)
def test_given_an_event_that_ends_a_text_when_published_then_we_hear_of_it(event_type: str) -> None:
    assert event_type in EVENT_TYPES


def test_given_the_events_we_can_read_when_published_then_all_come_but_those_of_texts_under_way() -> None:
    assert set(receipts._STATUSES) - set(EVENT_TYPES) == {"TEXT_PENDING", "TEXT_QUEUED", "TEXT_SENT"}
    assert set(EVENT_TYPES) <= set(receipts._STATUSES)


def test_given_the_lab_when_it_stands_for_aws_then_it_publishes_what_aws_would() -> None:
    """The lab has a list of its own: to import ours, it would start the CDK's Node."""
    assert RECEIPTS.matching_event_types == frozenset(EVENT_TYPES)


def test_given_a_configuration_set_when_made_then_its_topic_lets_the_service_in_already(
    dev: Synthesised,
) -> None:
    (configuration_set,) = dev.of_type("AWS::SMSVOICE::ConfigurationSet").values()
    topic = dev.json["Outputs"]["DeliveryEventsTopicArn"]["Value"]
    policies = [
        name
        for name, policy in dev.of_type("AWS::SNS::TopicPolicy").items()
        if topic in policy["Properties"]["Topics"]
    ]
    assert set(policies) <= set(configuration_set["DependsOn"])


def test_given_the_local_environment_when_deployed_then_what_the_embedded_cloud_lacks_is_left_out() -> None:
    local = synthesise("local")
    assert not [found for found in local.resources.values() if "SMSVOICE" in found["Type"]]
    told = local.functions()["send_campaign"]["Environment"]["Variables"]
    assert told["CONFIGURATION_SET"] == "shift-sms-local"


def test_given_campaigns_when_streamed_then_only_new_ones_and_a_bad_one_holds_up_no_other(
    dev: Synthesised,
) -> None:
    source = mappings(dev)["launch_campaign"]
    assert source["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]}
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["BatchSize"] == 10
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] == 10
    assert source["MaximumRecordAgeInSeconds"] == 6 * 60 * 60
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] in dead_letter_queues(dev)


def test_given_counters_when_they_change_then_sums_are_told_in_batches_and_expiry_changes_none(
    dev: Synthesised,
) -> None:
    source = mappings(dev)["campaign_progress"]
    (pattern,) = source["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"Keys": {"part": {"S": [{"prefix": "count-"}]}}},
    }
    assert source["BatchSize"] == 100
    assert source["MaximumBatchingWindowInSeconds"] == 5
    launches = mappings(dev)["launch_campaign"]
    for key in (
        *("StartingPosition", "BisectBatchOnFunctionError", "MaximumRetryAttempts"),
        *("MaximumRecordAgeInSeconds", "FunctionResponseTypes"),
    ):
        assert source[key] == launches[key], key
    assert dev.functions()["campaign_progress"]["Timeout"] == 60
    lost = source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert lost in dead_letter_queues(dev)
    assert lost != launches["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]


@pytest.mark.parametrize(
    ("function", "batch_size", "only"),
    [
        ("follow_shifts", 100, {"eventName": ["INSERT", "MODIFY", "REMOVE"]}),
        (
            "answer_messages",
            10,
            {
                "eventName": ["INSERT", "MODIFY"],
                "dynamodb": {
                    "NewImage": {"answer": {"S": [{"exists": True}]}, "message_status": {"S": ["open"]}}
                },
            },
        ),
    ],
)
def test_given_a_table_when_it_changes_then_its_follower_gets_what_concerns_it_and_a_bad_record_holds_up_no_other(
    dev: Synthesised, function: str, batch_size: int, only: dict[str, Any]
) -> None:
    source, launches = mappings(dev)[function], mappings(dev)["launch_campaign"]
    (pattern,) = source["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == only
    assert source["BatchSize"] == batch_size
    assert "MaximumBatchingWindowInSeconds" not in source
    assert dev.functions()[function]["Timeout"] == 60
    for key in (
        *("StartingPosition", "BisectBatchOnFunctionError", "MaximumRetryAttempts"),
        *("MaximumRecordAgeInSeconds", "FunctionResponseTypes"),
    ):
        assert source[key] == launches[key], key
    lost = source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert lost in dead_letter_queues(dev)
    others = [each for name, each in mappings(dev).items() if name != function]
    assert lost not in json.dumps(others)


def test_given_shifts_to_be_looked_after_when_handed_on_or_scheduled_then_all_wait_in_one_queue(
    dev: Synthesised,
) -> None:
    queue = mappings(dev)["keep_shifts"]["EventSourceArn"]
    name = queue["Fn::GetAtt"][0]
    told = dev.functions()["keep_shifts"]["Environment"]["Variables"]
    assert told["SHIFT_CALLS_QUEUE_ARN"] == queue
    lost = source_queue(dev, "keep_shifts")["RedrivePolicy"]["deadLetterTargetArn"]
    assert told["SHIFT_CALLS_DEAD_LETTERS_ARN"] == lost
    ((group, _),) = dev.of_type("AWS::Scheduler::ScheduleGroup").items()
    assert told["WAKE_UP_GROUP"] == {"Ref": group}
    followed = dev.functions()["follow_shifts"]["Environment"]["Variables"]
    assert followed["SHIFT_CALLS_QUEUE_URL"] == dev.json["Outputs"]["ShiftCallsQueueUrl"]["Value"]
    assert followed["SHIFT_CALLS_QUEUE_URL"] == {"Ref": name}


@pytest.mark.parametrize(
    ("function", "timeout", "batch_size", "concurrency"),
    [
        ("inbound_sms", 30, 10, 10),
        ("plan_campaign", 60, 1, 2),
        ("send_campaign", 60, 1, 2),
        ("delivery_events", 30, 10, 10),
        ("connect_callback", 30, 1, 2),
        ("keep_shifts", 60, 1, 5),
    ],
)
def test_given_a_work_queue_when_its_consumer_fails_then_messages_return_in_part_and_end_in_dead_letters(
    dev_with_connect: Synthesised, function: str, timeout: int, batch_size: int, concurrency: int
) -> None:
    stack = dev_with_connect
    assert stack.functions()[function]["Timeout"] == timeout
    source = mappings(stack)[function]
    assert source["BatchSize"] == batch_size
    assert "MaximumBatchingWindowInSeconds" not in source
    assert source["ScalingConfig"] == {"MaximumConcurrency": concurrency}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = source_queue(stack, function)
    assert queue["VisibilityTimeout"] == 6 * timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 8


def test_given_functions_that_feed_their_own_queue_when_invoked_in_a_chain_then_lambda_ends_only_other_chains(
    dev_with_connect: Synthesised, prod: Synthesised, pinpoint: Synthesised
) -> None:
    """Lambda stops a chain after some 16 invocations, unless it is allowed. What fails still ends in dead letters."""
    for stack, expected in (
        (dev_with_connect, {"plan_campaign", "send_campaign"}),
        (prod, {"plan_campaign", "send_campaign"}),
        (pinpoint, set()),
    ):
        feeding = {
            function
            for function, source in mappings(stack).items()
            for statement in stack.statements(function)
            if "sqs:SendMessage" in _listed(statement["Action"])
            and source["EventSourceArn"] in _listed(statement["Resource"])
        }
        loops = {name: function.get("RecursiveLoop") for name, function in stack.functions().items()}
        assert {name for name, loop in loops.items() if loop == "Allow"} == feeding == expected
        assert {loop for name, loop in loops.items() if name not in feeding} == {None}
        for function in feeding:
            assert source_queue(stack, function)["RedrivePolicy"]["maxReceiveCount"] == 8


@pytest.mark.parametrize(
    ("metric", "threshold"),
    [("ApproximateNumberOfMessagesVisible", 1), ("ApproximateAgeOfOldestMessage", 9 * DAY)],
)
def test_given_a_dead_letter_queue_when_not_empty_or_losing_a_message_then_an_alarm_tells_whoever_is_on_duty(
    dev_with_connect: Synthesised, pinpoint: Synthesised, metric: str, threshold: int
) -> None:
    for stack, expected in ((dev_with_connect, 10), (pinpoint, 5)):
        watched = watched_queues(stack, metric, threshold)
        assert sorted(watched) == sorted(dead_letter_queues(stack))
        assert len(watched) == expected


def test_given_a_work_queue_when_nobody_gets_to_a_message_then_an_alarm_tells_before_it_is_deleted(
    dev_with_connect: Synthesised, pinpoint: Synthesised
) -> None:
    for stack, expected in ((dev_with_connect, 6), (pinpoint, 2)):
        watched = watched_queues(stack, "ApproximateAgeOfOldestMessage", 3 * DAY)
        assert sorted(watched) == sorted(set(stack.of_type("AWS::SQS::Queue")) - dead_letter_queues(stack))
        assert len(watched) == expected


def test_given_any_alarm_when_it_goes_off_then_whoever_is_on_duty_is_told(
    dev_with_connect: Synthesised, pinpoint: Synthesised
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
        ("dev", PINPOINT, "CampaignFailed", ["launch_campaign"]),
        ("dev", PINPOINT, "CampaignStopped", []),
        ("dev", {}, "MessageNotAnswered", ["answer_messages"]),
        ("dev", PINPOINT, "MessageNotAnswered", ["answer_messages"]),
    ],
)
def test_given_a_campaign_or_answer_that_fails_or_is_stopped_when_counted_then_an_alarm_tells_whoever_is_on_duty(
    environment: str, engine: dict[str, str], metric: str, functions: list[str]
) -> None:
    stack = synthesise(environment, **engine)
    namespace = f"ShiftSms/ShiftSms-{environment}"
    assert alarms_on(stack, metric) == [
        (namespace, [{"Name": "service", "Value": function}], "Sum", 1, "notBreaching")
        for function in functions
    ]
    for function in functions:
        told = stack.functions()[function]["Environment"]["Variables"]
        assert told["POWERTOOLS_METRICS_NAMESPACE"] == namespace
        assert told["POWERTOOLS_SERVICE_NAME"] == function


def test_given_a_message_when_it_is_about_to_expire_then_there_is_a_day_left_to_act(dev: Synthesised) -> None:
    """The fourteen days of a dead letter begin with the message, the age that is watched in the dead-letter queue."""
    kept = {
        queue["Properties"]["MessageRetentionPeriod"] for queue in dev.of_type("AWS::SQS::Queue").values()
    }
    told = {
        alarm["Properties"]["Threshold"]
        for alarm in dev.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == "ApproximateAgeOfOldestMessage"
    }
    assert (min(kept), max(kept)) == (4 * DAY, 14 * DAY)
    assert min(kept) - min(told) >= DAY
    assert max(kept) - min(kept) - max(told) >= DAY


def test_given_an_address_when_deployed_then_alarms_are_mailed_there() -> None:
    stack = synthesise("dev", alarm_email="duty@example.com")
    mailed = [
        subscription["Properties"]
        for subscription in stack.of_type("AWS::SNS::Subscription").values()
        if subscription["Properties"]["Protocol"] == "email"
    ]
    topic = stack.json["Outputs"]["AlarmTopicArn"]["Value"]
    assert mailed == [{"Protocol": "email", "Endpoint": "duty@example.com", "TopicArn": topic}]


def test_given_the_alarm_topic_when_it_has_a_policy_then_this_accounts_alarms_may_publish(
    dev: Synthesised,
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


def test_given_every_queue_when_at_rest_then_it_is_encrypted(dev_with_connect: Synthesised) -> None:
    for queue in dev_with_connect.of_type("AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True

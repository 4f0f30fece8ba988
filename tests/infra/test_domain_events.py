"""Tests the construct of domain events: its bus, its function, and what it reads."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events

from shift_sms import DomainEvents, ShiftTables
from tests.support.constructs import add_domain_events
from tests.support.permissions import granted, on
from tests.support.synthesis import (
    DOMAIN_EVENTS,
    SynthesizedStack,
    dead_letter_queues,
    new_app,
    synthesize,
    synthesize_bare,
    variables,
)

STATUSES = ("launching", "launched", "paused", "finished", "stopped", "failed")
FOLLOW = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")


@pytest.fixture(scope="module")
def found() -> SynthesizedStack:
    return synthesize_bare(lambda stack: add_domain_events(stack, timezone="Europe/Berlin"))


def sources(stack: SynthesizedStack) -> dict[str, dict[str, Any]]:
    """Returns the event source mappings of the function by the table whose stream they read."""
    return {
        mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][0][:-8]: mapping["Properties"]
        for mapping in stack.of_type("AWS::Lambda::EventSourceMapping").values()
    }


def test_given_a_bare_stack_when_domain_events_are_added_then_permissions_are_exact(
    found: SynthesizedStack,
) -> None:
    streams = ("TablesShifts.StreamArn", "TablesCampaigns.StreamArn")
    assert granted(found, "publish_domain_events") == (
        on("DomainEventsPublishLogs.Arn", "logs:CreateLogStream", "logs:PutLogEvents")
        | on("DomainEventsBus.Arn", "events:PutEvents")
        | on("TablesStreamDeadLettersQueue.Arn", "sqs:SendMessage")
        | {pair for stream in streams for pair in on(stream, *(f"dynamodb:{one}" for one in FOLLOW))}
    )
    (bus,) = found.of_type("AWS::Events::EventBus")
    assert variables(found, "publish_domain_events")["EVENT_BUS"] == {"Fn::GetAtt": [bus, "Arn"]}
    assert variables(found, "publish_domain_events")["TIMEZONE"] == "Europe/Berlin"


def test_given_the_tables_when_they_change_then_both_images_are_read(
    found: SynthesizedStack,
) -> None:
    tables = found.of_type("AWS::DynamoDB::GlobalTable")
    views = {name[:-8]: table["Properties"].get("StreamSpecification") for name, table in tables.items()}
    for table in ("TablesShifts", "TablesCampaigns"):
        assert views[table] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    filters = {
        table: [json.loads(one["Pattern"]) for one in source["FilterCriteria"]["Filters"]]
        for table, source in sources(found).items()
    }
    assert filters == {
        "TablesShifts": [{"eventName": ["INSERT", "MODIFY"]}],
        "TablesCampaigns": [
            {
                "eventName": ["MODIFY"],
                "dynamodb": {"NewImage": {"campaign_status": {"S": [*STATUSES]}}},
            }
        ],
    }


def test_given_changes_that_fail_when_retried_then_bisected_and_dead_lettered(
    found: SynthesizedStack,
) -> None:
    (dead_letters,) = dead_letter_queues(found)
    for source in sources(found).values():
        assert source["StartingPosition"] == "TRIM_HORIZON"
        assert source["BisectBatchOnFunctionError"] is True
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["MaximumRetryAttempts"] == 10
        assert source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] == dead_letters


def test_given_a_bus_of_their_own_when_passed_then_no_other_is_made() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    arn = "arn:aws:events:us-east-1:123456789012:event-bus/theirs"
    bus = events.EventBus.from_event_bus_arn(stack, "Bus", arn)
    made = DomainEvents(stack, "DomainEvents", tables=ShiftTables(stack, "Tables"), bus=bus)
    found = SynthesizedStack(stack)
    assert made.bus is bus
    assert ("events:PutEvents", arn) in granted(found, "publish_domain_events")
    assert found.of_type("AWS::Events::EventBus") == {}


def test_given_the_setting_when_deployed_then_the_bus_is_an_output() -> None:
    stack = synthesize("dev", **DOMAIN_EVENTS)
    (bus,) = stack.of_type("AWS::Events::EventBus")
    assert stack.json["Outputs"]["DomainEventBusName"]["Value"] == {"Ref": bus}
    # A shard of a stream has at most two readers.
    streams = [
        mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][0]
        for mapping in stack.of_type("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping["Properties"]
    ]
    assert max(map(streams.count, streams)) == 2

"""Tests which changes of tables reach which function."""

import json
from typing import Any

import pytest

from tests.support.synthesis import SynthesizedStack, dead_letter_queues, event_source_mappings, source_queue


def test_given_campaigns_when_streamed_then_launches_come_and_failures_are_bisected(
    dev: SynthesizedStack,
) -> None:
    source = event_source_mappings(dev)["launch_campaign"]
    assert [json.loads(one["Pattern"]) for one in source["FilterCriteria"]["Filters"]] == [
        {"eventName": ["INSERT"]},
        {
            "eventName": ["MODIFY"],
            "dynamodb": {
                "NewImage": {
                    "campaign_status": {"S": ["requested", "scheduled", "launching", "stopped"]},
                }
            },
        },
        {"eventName": ["REMOVE"]},
    ]
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["BatchSize"] == 10
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] == 10
    assert source["MaximumRecordAgeInSeconds"] == 6 * 60 * 60
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] in dead_letter_queues(dev)


def test_given_counters_when_they_change_then_sums_are_batched_without_expiry(
    dev: SynthesizedStack,
) -> None:
    source = event_source_mappings(dev)["summarize_campaign"]
    (pattern,) = source["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"Keys": {"part": {"S": ["counters"]}}},
    }
    assert source["BatchSize"] == 100
    assert source["MaximumBatchingWindowInSeconds"] == 5
    launches = event_source_mappings(dev)["launch_campaign"]
    for key in (
        *("StartingPosition", "BisectBatchOnFunctionError", "MaximumRetryAttempts"),
        *("MaximumRecordAgeInSeconds", "FunctionResponseTypes"),
    ):
        assert source[key] == launches[key], key
    assert dev.functions()["summarize_campaign"]["Timeout"] == 60
    dead_letters = source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert dead_letters in dead_letter_queues(dev)


@pytest.mark.parametrize(
    ("function", "batch_size", "only"),
    [
        ("detect_shift_changes", 100, {"eventName": ["INSERT", "MODIFY", "REMOVE"]}),
        ("index_managers", 100, {"eventName": ["INSERT", "MODIFY", "REMOVE"]}),
        (
            "notify_managers",
            10,
            {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"text": {"S": [{"exists": True}]}}}},
        ),
        (
            "send_operator_reply",
            10,
            {
                "eventName": ["INSERT", "MODIFY"],
                "dynamodb": {
                    "NewImage": {"reply": {"S": [{"exists": True}]}, "message_status": {"S": ["open"]}}
                },
            },
        ),
    ],
)
def test_given_a_table_when_it_changes_then_its_consumer_gets_only_what_it_needs(
    dev: SynthesizedStack, function: str, batch_size: int, only: dict[str, Any]
) -> None:
    source, launches = event_source_mappings(dev)[function], event_source_mappings(dev)["launch_campaign"]
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
    dead_letters = source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert dead_letters in dead_letter_queues(dev)


def test_given_changes_that_fail_when_streamed_then_one_dead_letter_queue_has_them(
    dev: SynthesizedStack,
) -> None:
    failures = {
        source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for source in event_source_mappings(dev).values()
        if "DestinationConfig" in source
    }
    (queue,) = failures
    assert queue not in {
        source_queue(dev, name)["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for name, source in event_source_mappings(dev).items()
        if "DestinationConfig" not in source
    }

"""Tests that the simulation runs what the stack deploys."""

import json
from typing import Any

import pytest

from lab.simulation.aws.tables.definitions import TableDefinition
from lab.simulation.execution.deployment import (
    ACCOUNT_ID,
    CONFIGURATION_SET,
    CONNECT,
    OUR_NUMBER,
    STREAM_DEAD_LETTERS,
    Deployment,
    QueueSource,
    SimulatedSettings,
    StreamSource,
    queue_arn,
)
from tests.support.synthesis import SynthesizedStack, event_source_mappings, synthesize, variables

RATES = [1, 3, 10, 50]


def stack_of(rate: int, *, connect: bool = True) -> SynthesizedStack:
    overrides = {**CONNECT, "connect_enabled": "YES"} if connect else {"connect_enabled": "NO"}
    return synthesize(
        "dev",
        origination_identity=OUR_NUMBER,
        approved_numbers="",
        configuration_set_name=CONFIGURATION_SET,
        messages_per_second=str(rate),
        **overrides,
    )


def deployment_of(rate: int, *, connect: bool = True) -> Deployment:
    return Deployment(SimulatedSettings(messages_per_second=rate, connect_enabled=connect))


def table_names(stack: SynthesizedStack) -> dict[str, str]:
    """Returns the simulated name of each table by its logical id: TablesShifts and a hash is Shifts."""
    return {
        logical_id: logical_id.removeprefix("Tables")[:-8]
        for logical_id in stack.of_type("AWS::DynamoDB::GlobalTable")
    }


QUEUES = {
    "Inbound": "inbound",
    "ConnectCallbackCallbacks": "callbacks",
    "CampaignLauncherPages": "pages",
    "CampaignLauncherDispatch": "dispatch",
    "CampaignLauncherReconcilerRequests": "campaign-requests",
    "DeliveryEvents": "events",
    "ShiftReconcilerRequests": "reconcile",
    "OutboxTurns": "outbox",
    "FillPlannerRequests": "fills",
}
"""The simulated name of each work queue by the beginning of its logical id."""


def queue_names(stack: SynthesizedStack) -> dict[str, str]:
    return {
        logical_id: next(
            (
                f"{name}-dead-letters" if "DeadLetters" in logical_id else name
                for beginning, name in QUEUES.items()
                if logical_id.startswith(beginning)
            ),
            STREAM_DEAD_LETTERS,
        )
        for logical_id in stack.of_type("AWS::SQS::Queue")
    }


def simulated(stack: SynthesizedStack, value: Any) -> Any:
    """Returns the value that the simulation gives a variable for its value in the template."""
    tables, queues = table_names(stack), queue_names(stack)
    match value:
        case {"Ref": name} if name in tables:
            return tables[name]
        case {"Ref": name} if name in queues:
            return f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT_ID}/{queues[name]}"
        case {"Ref": name}:
            return f"{timers_of(name)}-timers"
        case {"Fn::GetAtt": [name, "Arn"]} if name in queues:
            return queue_arn(queues[name])
        case {"Fn::GetAtt": [name, "Arn"]}:
            return f"arn:aws:iam::{ACCOUNT_ID}:role/{timers_of(name)}-timers"
    return value


def timers_of(logical_id: str) -> str:
    """Returns the simulated name of the queue to which the schedules of a construct send."""
    queues = {"FillPlanner": "fills", "CampaignLauncher": "campaign-requests"}
    return next((queue for start, queue in queues.items() if logical_id.startswith(start)), "reconcile")


@pytest.mark.parametrize("rate", RATES)
def test_given_the_stack_when_compared_then_functions_and_variables_match(rate: int) -> None:
    stack, deployment = stack_of(rate), deployment_of(rate)

    functions = {name: properties["Timeout"] for name, properties in stack.functions().items()}
    assert {one.name: one.timeout for one in deployment.functions} == functions
    for function in deployment.functions:
        in_template = {
            name: simulated(stack, value)
            for name, value in variables(stack, function.name).items()
            if name not in ("SERVICE_NAME", "METRICS_NAMESPACE")
        }
        assert deployment.variables(function) == in_template, function.name


def test_given_no_connect_when_compared_then_functions_and_variables_match() -> None:
    stack, deployment = stack_of(1, connect=False), deployment_of(1, connect=False)

    assert {one.name for one in deployment.functions} == stack.functions().keys()
    inbound = deployment.function("process_inbound_sms")
    assert deployment.variables(inbound).keys() == {
        name for name in variables(stack, inbound.name) if name not in ("SERVICE_NAME", "METRICS_NAMESPACE")
    }


@pytest.mark.parametrize("rate", RATES)
def test_given_the_stack_when_compared_then_the_event_sources_match(rate: int) -> None:
    stack, deployment = stack_of(rate), deployment_of(rate)
    sources = event_source_mappings(stack)

    assert {one.name for one in deployment.functions} == sources.keys()
    for function in deployment.functions:
        source, expected = function.source, sources[function.name]
        arn, _ = expected["EventSourceArn"]["Fn::GetAtt"]
        assert expected["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source.batch_size == expected["BatchSize"]
        match source:
            case QueueSource():
                assert source.queue == queue_names(stack)[arn]
                assert source.max_concurrency == expected["ScalingConfig"]["MaximumConcurrency"]
            case StreamSource():
                assert source.table == table_names(stack)[arn]
                assert source.window_seconds == expected.get("MaximumBatchingWindowInSeconds", 0)
                assert source.retries == expected["MaximumRetryAttempts"]
                assert source.max_age_seconds == expected["MaximumRecordAgeInSeconds"]
                assert expected["BisectBatchOnFunctionError"] is True
                patterns = [json.loads(one["Pattern"]) for one in expected["FilterCriteria"]["Filters"]]
                assert patterns == [source.pattern, *source.or_patterns]


def test_given_the_stack_when_compared_then_the_queues_match() -> None:
    stack, names = stack_of(1), queue_names(stack_of(1))
    work_queues = {
        names[logical_id]: resource["Properties"]
        for logical_id, resource in stack.of_type("AWS::SQS::Queue").items()
        if "RedrivePolicy" in resource["Properties"]
    }

    assert {
        queue.name: (queue.visibility_seconds, queue.max_receives)
        for queue in deployment_of(1).queues.values()
    } == {
        name: (queue["VisibilityTimeout"], queue["RedrivePolicy"]["maxReceiveCount"])
        for name, queue in work_queues.items()
    }


def test_given_the_stack_when_compared_then_the_tables_match() -> None:
    stack = stack_of(1)
    names = table_names(stack)

    in_template = {
        names[logical_id]: TableDefinition.of({**resource["Properties"], "TableName": names[logical_id]})
        for logical_id, resource in stack.of_type("AWS::DynamoDB::GlobalTable").items()
    }
    described = {table.name: table for table in deployment_of(1).tables}
    assert described.keys() == in_template.keys()
    for name, table in described.items():
        expected = in_template[name]
        assert (table.partition_key, table.sort_key) == (expected.partition_key, expected.sort_key)
        assert list(table.indexes) == list(expected.indexes)
        assert (table.stream, table.time_to_live) == (expected.stream, expected.time_to_live)

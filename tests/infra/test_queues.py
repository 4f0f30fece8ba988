"""Tests retries, concurrency and encryption of queues."""

import pytest

from tests.support.synthesis import SynthesizedStack, event_source_mappings, source_queue


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("function", "timeout", "batch_size", "concurrency"),
    [
        ("process_inbound_sms", 30, 10, 20),
        ("plan_campaign", 60, 1, 2),
        ("send_campaign", 60, 1, 2),
        ("record_delivery_event", 30, 10, 10),
        ("start_callback", 30, 1, 2),
        ("reconcile_shift", 60, 1, 5),
        ("reconcile_campaign", 60, 1, 2),
    ],
)
def test_given_a_work_queue_when_its_consumer_fails_then_only_failures_return(
    dev_with_connect: SynthesizedStack, function: str, timeout: int, batch_size: int, concurrency: int
) -> None:
    stack = dev_with_connect
    assert stack.functions()[function]["Timeout"] == timeout
    source = event_source_mappings(stack)[function]
    assert source["BatchSize"] == batch_size
    assert "MaximumBatchingWindowInSeconds" not in source
    assert source["ScalingConfig"] == {"MaximumConcurrency": concurrency}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = source_queue(stack, function)
    assert queue["VisibilityTimeout"] == 6 * timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 8


def test_given_functions_that_feed_their_own_queue_when_deployed_then_may_recurse(
    dev_with_connect: SynthesizedStack, prod: SynthesizedStack, pinpoint: SynthesizedStack
) -> None:
    """Lambda stops a chain of about 16 invocations by default. Failed messages still reach the dead-letter queue."""
    for stack, expected in (
        (dev_with_connect, {"plan_campaign", "reconcile_campaign", "send_campaign", "send_outbox"}),
        (prod, {"plan_campaign", "reconcile_campaign", "send_campaign", "send_outbox"}),
        (pinpoint, {"send_outbox"}),
    ):
        feeding = {
            function
            for function, source in event_source_mappings(stack).items()
            for statement in stack.statements(function)
            if "sqs:SendMessage" in _listed(statement["Action"])
            and source["EventSourceArn"] in _listed(statement["Resource"])
        }
        loops = {name: function.get("RecursiveLoop") for name, function in stack.functions().items()}
        assert {name for name, loop in loops.items() if loop == "Allow"} == feeding == expected
        assert {loop for name, loop in loops.items() if name not in feeding} == {None}
        for function in feeding:
            assert source_queue(stack, function)["RedrivePolicy"]["maxReceiveCount"] == 8


def test_given_every_queue_when_at_rest_then_it_is_encrypted(dev_with_connect: SynthesizedStack) -> None:
    for queue in dev_with_connect.of_type("AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True

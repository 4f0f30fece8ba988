"""Tests the sender of the outbox."""

import aws_cdk as cdk
import pytest

from shift_sms import OutboxSender, ShiftTables
from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms_runtime.environment import SendOperatorReply
from tests.support.constructs import add_outbox_sender, alarms_in, channel
from tests.support.synthesis import SynthesizedStack, event_source_mappings, new_app, source_queue


def test_given_a_bare_stack_when_an_outbox_sender_is_added_then_it_sends() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    alarms = [*tables.alarms, *add_outbox_sender(stack, tables=tables).alarms]
    assert len(alarms) == len(set(alarms)) == alarms_in(stack)
    found = SynthesizedStack(stack)
    assert set(found.functions()) == {"send_outbox"}
    assert found.functions()["send_outbox"]["Timeout"] == 60


@pytest.mark.parametrize(("rate", "workers"), [(1, 2), (8, 2), (9, 3), (100, 25), (1000, 30)])
def test_given_a_rate_when_synthesized_then_so_many_workers_may_run(rate: int, workers: int) -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    add_outbox_sender(stack, messages_per_second=rate)
    found = SynthesizedStack(stack)
    assert event_source_mappings(found)["send_outbox"]["ScalingConfig"] == {"MaximumConcurrency": workers}
    variables = found.functions()["send_outbox"]["Environment"]["Variables"]
    assert variables["OUTBOX_WORKERS"] == f"{workers}"
    assert variables["MESSAGES_PER_SECOND"] == f"{rate}"


def test_given_a_worker_that_dies_when_deployed_then_its_turn_returns_soon() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    add_outbox_sender(stack)
    queue = source_queue(SynthesizedStack(stack), "send_outbox")
    assert queue["VisibilityTimeout"] == 70
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 8


def test_given_a_function_that_adds_texts_when_granted_then_it_may_do_nothing_else() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    sender = OutboxSender(stack, "Outbox", tables=tables, channel=channel(stack))
    function = RuntimeFunction(
        stack,
        "Theirs",
        environment_class=SendOperatorReply,
        description="Adds texts",
        timeout=cdk.Duration.seconds(3),
    )
    sender.grant_add(function)
    function.configure(operator_inbox_table="Theirs")
    roles = SynthesizedStack(stack).of_type("AWS::IAM::Policy")
    (policy,) = (policy for name, policy in roles.items() if name.startswith("Theirs"))
    actions = [one["Action"] for one in policy["Properties"]["PolicyDocument"]["Statement"]]
    flat = {action for one in actions for action in ([one] if isinstance(one, str) else one)}
    assert flat == {
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "sqs:SendMessage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }

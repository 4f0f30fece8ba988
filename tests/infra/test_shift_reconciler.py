"""Tests the shift reconciler."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk

from shift_sms import BookingPolicy, ShiftTables
from tests.support.constructs import RECONCILER_FUNCTIONS, add_reconciler, iam5_findings
from tests.support.synthesis import (
    SynthesizedStack,
    dead_letter_queues,
    event_source_mappings,
    new_app,
    source_queue,
    synthesize_bare,
)


def test_given_a_bare_stack_when_a_reconciler_is_added_then_it_has_all_it_needs() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    reconciler = add_reconciler(stack, tables=tables)
    alarms = [*tables.alarms, *reconciler.alarms]
    assert len(alarms) == len(set(alarms)) == 5
    found = SynthesizedStack(stack)
    assert set(found.functions()) == {*RECONCILER_FUNCTIONS, "send_outbox"}
    queues = found.of_type("AWS::SQS::Queue")
    dead_letter_names = dead_letter_queues(found)
    # Requests, turns of the outbox, and the dead letters of both and of the streams.
    assert (len(queues), len(dead_letter_names)) == (5, 3)
    assert len(found.of_type("AWS::Scheduler::ScheduleGroup")) == 1
    assert stack.resolve(reconciler.queue.queue_url)["Ref"] in set(queues) - dead_letter_names


def test_given_a_schedule_group_when_synthesized_then_it_has_no_physical_name() -> None:
    found = synthesize_bare(add_reconciler)
    (group,) = found.of_type("AWS::Scheduler::ScheduleGroup").values()
    assert "Name" not in group.get("Properties", {})


def test_given_a_bare_stack_when_a_reconciler_is_checked_by_cdk_nag_then_roles_pass(
    tmp_path: Path,
) -> None:
    assert iam5_findings(add_reconciler, tmp_path) == []


def test_given_a_policy_known_only_when_deployed_when_made_then_it_is_passed_on() -> None:
    def build(stack: cdk.Stack) -> None:
        minutes: Any = cdk.CfnParameter(stack, "Minutes", type="Number").value_as_number
        zone = cdk.CfnParameter(stack, "Zone").value_as_string
        add_reconciler(stack, booking_policy=BookingPolicy(timezone=zone, offer_minutes=minutes))

    environment_variables = synthesize_bare(build).functions()["reconcile_shift"]["Environment"]["Variables"]
    assert (environment_variables["TIMEZONE"], environment_variables["OFFER_MINUTES"]) == (
        {"Ref": "Zone"},
        {"Ref": "Minutes"},
    )


def test_given_shifts_to_reconcile_when_streamed_or_scheduled_then_in_one_queue(
    dev: SynthesizedStack,
) -> None:
    queue = event_source_mappings(dev)["reconcile_shift"]["EventSourceArn"]
    name = queue["Fn::GetAtt"][0]
    environment_variables = dev.functions()["reconcile_shift"]["Environment"]["Variables"]
    assert environment_variables["TIMER_QUEUE_ARN"] == queue
    dead_letter_arn = source_queue(dev, "reconcile_shift")["RedrivePolicy"]["deadLetterTargetArn"]
    assert environment_variables["TIMER_DEAD_LETTERS_ARN"] == dead_letter_arn
    groups = dev.of_type("AWS::Scheduler::ScheduleGroup")
    (group,) = (name for name in groups if name.startswith("ShiftReconcilerTimers"))
    assert environment_variables["TIMER_GROUP"] == {"Ref": group}
    detect_variables = dev.functions()["detect_shift_changes"]["Environment"]["Variables"]
    assert detect_variables["RECONCILE_QUEUE_URL"] == dev.json["Outputs"]["ReconcileQueueUrl"]["Value"]
    assert detect_variables["RECONCILE_QUEUE_URL"] == {"Ref": name}

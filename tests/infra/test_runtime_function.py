"""Tests what all functions have in common."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from shift_sms import ShiftTables
from shift_sms.building_blocks.runtime_function import RuntimeFunction
from shift_sms_runtime.environment import DetectShiftChanges, RecordDeliveryEvent
from tests.support.constructs import (
    add_callback,
    add_launcher,
    add_operator_inbox,
    add_outbox_sender,
    add_pinpoint_launcher,
    add_processor,
    add_reconciler,
)
from tests.support.synthesis import SynthesizedStack, new_app, synthesize_bare


def test_given_a_construct_when_asked_for_its_functions_then_they_are_read_only() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    launcher = add_launcher(cdk.Stack(stack, "A"))
    handlers: list[tuple[Construct, str]] = [
        (launcher, "launch_function"),
        (launcher, "plan_function"),
        (launcher, "send_function"),
        (launcher, "summarize_function"),
        (launcher.delivery_events, "function"),
        (add_pinpoint_launcher(cdk.Stack(stack, "B")), "launch_function"),
        (add_processor(cdk.Stack(stack, "C")), "function"),
        (add_callback(cdk.Stack(stack, "D")), "function"),
        (reconciler := add_reconciler(cdk.Stack(stack, "E")), "detect_function"),
        (reconciler, "reconcile_function"),
        (add_operator_inbox(cdk.Stack(stack, "F")), "function"),
        (add_outbox_sender(cdk.Stack(stack, "G")), "function"),
    ]
    for construct, attribute in handlers:
        function = getattr(construct, attribute)
        assert isinstance(function, lambda_.Function)
        with pytest.raises(AttributeError):
            setattr(construct, attribute, function)


def test_given_any_function_when_deployed_then_it_runs_on_arm_and_logs_a_month(
    dev_with_connect: SynthesizedStack,
) -> None:
    groups = dev_with_connect.of_type("AWS::Logs::LogGroup")
    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {30}
    used = set()
    for name, function in dev_with_connect.functions().items():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["MemorySize"] == 512
        assert "TracingConfig" not in function
        assert function["Environment"]["Variables"]["SERVICE_NAME"] == name
        assert function["Environment"]["Variables"]["METRICS_NAMESPACE"] == "ShiftSms/ShiftSms-dev"
        used.add(function["LoggingConfig"]["LogGroup"]["Ref"])
    assert used == set(groups)


def detector(scope: Construct) -> RuntimeFunction:
    """Returns a function with five variables, among them SHIFTS_TABLE and TIMEZONE."""
    return RuntimeFunction(
        scope,
        "Detect",
        environment_class=DetectShiftChanges,
        description="…",
        timeout=cdk.Duration.seconds(3),
    )


def test_given_functions_of_two_stacks_when_made_then_each_stack_has_one_asset() -> None:
    app = new_app()
    stacks = [cdk.Stack(app, name) for name in ("First", "Second")]
    for stack in stacks:
        for name in ("One", "Other"):
            detector(Construct(stack, name))
    assets = [[child for child in stack.node.find_all() if child.node.id == "Code"] for stack in stacks]
    assert [len(found) for found in assets] == [1, 1]


def test_given_a_configured_function_when_synthesized_then_it_has_its_variables() -> None:
    def build(stack: cdk.Stack) -> None:
        zone = cdk.CfnParameter(stack, "Zone").value_as_string
        detector(stack).configure(
            shifts_table="Shifts",
            reconcile_queue_url="https://queue",
            shift_retention_days=90,
            vocabulary="shifts",
            timezone=zone,
        )

    function = synthesize_bare(build).functions()["detect_shift_changes"]
    variables = function["Environment"]["Variables"]
    assert function["Handler"] == "shift_sms_runtime.handlers.detect_shift_changes.handler"
    assert {
        name: value for name, value in variables.items() if name not in ("SERVICE_NAME", "METRICS_NAMESPACE")
    } == {
        "SHIFTS_TABLE": "Shifts",
        "RECONCILE_QUEUE_URL": "https://queue",
        "SHIFT_RETENTION_DAYS": "90",
        "VOCABULARY": "shifts",
        "TIMEZONE": {"Ref": "Zone"},
    }


def test_given_missing_variables_when_synthesized_then_the_error_names_all() -> None:
    missing = r"detect_shift_changes is not configured with SHIFTS_TABLE, RECONCILE_QUEUE_URL, TIMEZONE"

    def build(stack: cdk.Stack) -> None:
        detector(stack).configure(vocabulary="shifts", shift_retention_days=90)

    with pytest.raises(RuntimeError, match=missing):
        synthesize_bare(build)


def test_given_an_unknown_variable_when_configured_then_the_error_lists_the_known() -> None:
    with pytest.raises(ValueError, match=r"^shift_table is no variable of detect_shift_changes, allowed is"):
        detector(cdk.Stack()).configure(shift_table="Shifts")


def test_given_two_values_for_a_variable_when_configured_then_the_second_is_refused() -> None:
    function = detector(cdk.Stack())
    function.configure(timezone="UTC")
    function.configure(timezone="UTC")
    with pytest.raises(ValueError, match=r"^timezone of detect_shift_changes is already 'UTC'"):
        function.configure(timezone="Europe/Berlin")


@pytest.mark.parametrize("value", [object(), {"a": "b"}])
def test_given_a_value_of_another_type_when_configured_then_it_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="is no text, number or list"):
        detector(cdk.Stack()).configure(timezone=value)


def test_given_a_grant_when_the_grantee_is_a_function_of_ours_then_it_is_configured() -> None:
    def build(stack: cdk.Stack) -> None:
        tables = ShiftTables(stack, "Tables")
        record = RuntimeFunction(
            stack,
            "Record",
            environment_class=RecordDeliveryEvent,
            description="…",
            timeout=cdk.Duration.seconds(3),
        )
        role = iam.Role(stack, "Theirs", assumed_by=iam.AccountRootPrincipal())
        for grantee in (record, role):
            tables.grant_update_deliveries(grantee)
            tables.grant_count_deliveries(grantee)

    found = synthesize_bare(build)
    variables = found.functions()["record_delivery_event"]["Environment"]["Variables"]
    assert set(variables["DELIVERIES_TABLE"]) == set(variables["CAMPAIGN_COUNTERS_TABLE"]) == {"Ref"}
    policies = [
        policy["Properties"]["PolicyDocument"]["Statement"]
        for policy in found.of_type("AWS::IAM::Policy").values()
    ]
    granted = [[one for one in policy if one["Action"] == "dynamodb:UpdateItem"] for policy in policies]
    assert granted[0] == granted[1]

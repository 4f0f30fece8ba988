"""Tests what all functions have in common."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from tests.support.constructs import (
    add_callback,
    add_launcher,
    add_operator_inbox,
    add_pinpoint_launcher,
    add_processor,
    add_reconciler,
)
from tests.support.synthesis import SynthesizedStack, new_app


def test_given_a_construct_when_asked_for_its_functions_then_they_are_read_only() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    launcher = add_launcher(cdk.Stack(stack, "A"))
    handlers: list[tuple[Construct, str]] = [
        (launcher, "launch_function"),
        (launcher, "plan_function"),
        (launcher, "send_function"),
        (launcher, "progress_function"),
        (launcher.delivery_tracking, "function"),
        (add_pinpoint_launcher(cdk.Stack(stack, "B")), "launch_function"),
        (add_processor(cdk.Stack(stack, "C")), "function"),
        (add_callback(cdk.Stack(stack, "D")), "function"),
        (keeper := add_reconciler(cdk.Stack(stack, "E")), "follow_function"),
        (keeper, "keep_function"),
        (add_operator_inbox(cdk.Stack(stack, "F")), "function"),
    ]
    for construct, attribute in handlers:
        function = getattr(construct, attribute)
        assert isinstance(function, lambda_.Function)
        with pytest.raises(AttributeError):
            setattr(construct, attribute, function)


def test_given_any_function_when_deployed_then_small_arm_and_logs_for_a_month(
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
        assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name
        assert function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == "ShiftSms/ShiftSms-dev"
        used.add(function["LoggingConfig"]["LogGroup"]["Ref"])
    assert used == set(groups)

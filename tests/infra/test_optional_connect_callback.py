"""Tests stacks with and without the callback."""

import aws_cdk as cdk

from tests.support.constructs import add_callback
from tests.support.synthesis import CONNECT, SynthesizedStack, synthesize, synthesize_bare, variables


def test_given_a_bare_stack_when_the_callback_is_added_then_it_has_its_queue() -> None:
    found = synthesize_bare(add_callback)
    assert set(found.functions()) == {"start_callback", "send_outbox"}
    # Its queue and that of the outbox, each with dead letters, and the stream dead letters of the tables.
    assert len(found.of_type("AWS::SQS::Queue")) == 5


def test_given_a_number_known_at_deployment_when_a_callback_is_made_then_passed_on() -> None:
    def build(stack: cdk.Stack) -> None:
        later = cdk.CfnParameter(stack, "Source").value_as_string
        add_callback(stack, connect_source_phone_number=later)

    environment_variables = synthesize_bare(build).functions()["start_callback"]["Environment"]["Variables"]
    assert environment_variables["CONNECT_SOURCE_PHONE_NUMBER"] == {"Ref": "Source"}


def test_given_connect_off_when_deployed_then_nothing_of_it_exists_or_is_offered(
    dev: SynthesizedStack,
) -> None:
    assert "start_callback" not in dev.functions()
    assert not any("Callback" in name for name in dev.resources)
    assert "connect:" not in str(dev.json)
    assert "CALLBACK_QUEUE_URL" not in variables(dev, "process_inbound_sms")
    assert variables(dev, "launch_campaign")["AGENT_OFFERED"] == "false"


def test_given_connect_on_when_deployed_then_callbacks_have_a_queue_and_are_offered(
    dev_with_connect: SynthesizedStack,
) -> None:
    assert variables(dev_with_connect, "process_inbound_sms")["CALLBACK_QUEUE_URL"]
    assert variables(dev_with_connect, "launch_campaign")["AGENT_OFFERED"] == "true"
    environment_variables = variables(dev_with_connect, "start_callback")
    assert {key: environment_variables[key.upper()] for key in CONNECT if key != "connect_enabled"} == {
        key: value for key, value in CONNECT.items() if key != "connect_enabled"
    }


def test_given_calls_per_day_when_deployed_with_connect_then_the_function_has_it() -> None:
    assert variables(synthesize("dev", **CONNECT), "start_callback")["CALLS_PER_DAY"] == "3"
    stack = synthesize("dev", **CONNECT, calls_per_day="0")
    assert variables(stack, "start_callback")["CALLS_PER_DAY"] == "0"

"""Tests the campaign launcher."""

import aws_cdk as cdk
import pytest

from shift_sms import ShiftTables
from tests.support.constructs import LAUNCHER_FUNCTIONS, add_delivery_events, add_launcher, alarms_in
from tests.support.synthesis import SynthesizedStack, dead_letter_queues, new_app, synthesize_bare


def test_given_a_bare_stack_when_the_launcher_is_added_then_it_launches_and_sends() -> None:
    found = synthesize_bare(add_launcher)
    assert set(found.functions()) == {*LAUNCHER_FUNCTIONS, "record_delivery_event"}
    assert len(found.of_type("AWS::SMSVOICE::ConfigurationSet")) == 1
    queues = found.of_type("AWS::SQS::Queue")
    dead_letter_names = dead_letter_queues(found)
    assert (len(queues), len(dead_letter_names)) == (9, 5)
    assert len(found.of_type("AWS::CloudWatch::Alarm")) == len(queues) + len(dead_letter_names) + 4


def test_given_a_bare_stack_when_a_launcher_is_added_then_it_exposes_every_alarm() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    alarms = [*tables.alarms, *add_launcher(stack, tables=tables).alarms]
    assert len(alarms) == len(set(alarms)) == alarms_in(stack)


def test_given_own_delivery_events_when_a_launcher_is_added_then_it_uses_them() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    tables = ShiftTables(stack, "Tables")
    events = add_delivery_events(stack, tables=tables)
    launcher = add_launcher(stack, tables=tables, delivery_events=events)
    assert launcher.delivery_events is events
    assert not set(launcher.alarms) & set(events.alarms)
    assert len(launcher.alarms) + len(events.alarms) + len(tables.alarms) == alarms_in(stack)
    found = SynthesizedStack(stack)
    ((name, _),) = found.of_type("AWS::SMSVOICE::ConfigurationSet").items()
    configured_name = found.functions()["send_campaign"]["Environment"]["Variables"]["CONFIGURATION_SET_NAME"]
    assert configured_name == {"Ref": name}


def test_given_a_rate_when_a_launcher_is_added_then_it_has_enough_senders() -> None:
    found = synthesize_bare(lambda stack: add_launcher(stack, messages_per_second=50))
    environment_variables = found.functions()["send_campaign"]["Environment"]["Variables"]
    assert environment_variables["MESSAGES_PER_SECOND"] == "50"
    planned = found.functions()["plan_campaign"]["Environment"]["Variables"]
    six_hours = 6 * 60 * 60
    assert planned["MOST_WAITING"] == str(50 * six_hours)
    assert 13 in [
        source["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency")
        for source in found.of_type("AWS::Lambda::EventSourceMapping").values()
    ]


def test_given_a_nested_stack_when_a_launcher_is_added_then_alarms_match_metrics() -> None:
    nested = cdk.NestedStack(cdk.Stack(new_app(), "Theirs"), "Sms")
    add_launcher(nested)
    found = SynthesizedStack(nested)
    (alarm,) = [
        each["Properties"]
        for each in found.of_type("AWS::CloudWatch::Alarm").values()
        if each["Properties"]["MetricName"] == "CampaignStopped"
    ]
    environment_variables = found.functions()["send_campaign"]["Environment"]["Variables"]
    assert alarm["Namespace"] == environment_variables["METRICS_NAMESPACE"]
    assert alarm["Namespace"]["Fn::Join"][1][0].startswith("ShiftSms/")


def test_given_a_rate_known_at_deployment_when_a_launcher_is_made_then_refused() -> None:
    stack = cdk.Stack()
    later = cdk.CfnParameter(stack, "Speed", type="Number").value_as_number
    with pytest.raises(
        ValueError, match=r"^messages_per_second is known only when deployed, allowed is a whole"
    ):
        add_launcher(stack, messages_per_second=later)

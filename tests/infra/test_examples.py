"""Tests the examples."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns

from examples.appointments import FreedAppointmentsStack
from examples.own_stack import HospitalStack, TextInStack
from tests.support.constructs import LAUNCHER_FUNCTIONS, RECONCILER_FUNCTIONS
from tests.support.synthesis import SynthesizedStack, new_app


def mailed_to(found: SynthesizedStack) -> list[str]:
    subscriptions = [each["Properties"] for each in found.of_type("AWS::SNS::Subscription").values()]
    return [each["Endpoint"] for each in subscriptions if each["Protocol"] == "email"]


def test_given_the_smallest_example_when_synthesized_then_it_replies_and_alarms() -> None:
    found = SynthesizedStack(TextInStack(new_app(), "TextIn"))
    assert set(found.functions()) == {"process_inbound_sms", "send_outbox"}
    assert mailed_to(found) == ["duty@example.com"]


def test_given_the_hospital_example_when_synthesized_then_it_uses_own_resources() -> None:
    app = new_app()
    theirs = cdk.Stack(app, "Personnel")
    hospital = HospitalStack(
        app,
        "Hospital",
        staff=dynamodb.TableV2.from_table_name(theirs, "Staff", "staff"),
        two_way_topic=sns.Topic(theirs, "TwoWay"),
    )
    found = SynthesizedStack(hospital)
    assert set(found.functions()) == {
        *("process_inbound_sms", "send_operator_reply", "start_callback", "record_delivery_event"),
        *("send_outbox", "plan_fill_wave", "publish_domain_events"),
        *(RECONCILER_FUNCTIONS | LAUNCHER_FUNCTIONS),
    }
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 12
    assert len(found.of_type("AWS::SNS::Topic")) == 2
    assert mailed_to(found) == ["ward@example.com"]


def test_given_the_appointments_example_when_synthesized_then_all_functions_use_it() -> None:
    found = SynthesizedStack(FreedAppointmentsStack(new_app(), "Freed"))
    assert set(found.functions()) == {"process_inbound_sms", "send_outbox", *RECONCILER_FUNCTIONS}
    for function in found.functions().values():
        environment_variables = function["Environment"]["Variables"]
        assert (environment_variables["VOCABULARY"], environment_variables["TIMEZONE"]) == (
            "appointments",
            "America/Los_Angeles",
        )
    assert mailed_to(found) == ["desk@example.com"]

"""Each construct is of use to another team, in a stack of theirs."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from examples.own_stack import HospitalStack, TextInStack
from shift_sms import (
    AlarmTopic,
    CampaignLauncher,
    DeadLetterQueue,
    InboundSmsProcessor,
    OptionalConnectCallback,
    PinpointCampaignLauncher,
    ShiftTables,
    SmsChannel,
)
from tests.infra.synthesis import CONNECT, PINPOINT, Synthesised, new_app, synthesise_bare


def channel(stack: cdk.Stack) -> SmsChannel:
    return SmsChannel(stack, "Sms", origination_identity="+14255550100")


def test_given_a_bare_stack_when_tables_are_added_then_there_are_six() -> None:
    found = synthesise_bare(lambda stack: ShiftTables(stack, "Tables"))
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 6


def test_given_a_staff_table_when_tables_are_added_then_it_is_used_and_not_another() -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_name(stack, "Staff", "staff")
        tables = ShiftTables(stack, "Tables", employees=staff)
        tables.grant_check_senders(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    found = synthesise_bare(build)
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 5
    (policy,) = found.of_type("AWS::IAM::Policy").values()
    assert "table/staff" in str(policy)


def test_given_a_bare_stack_when_the_launcher_is_added_then_it_launches_and_sends() -> None:
    found = synthesise_bare(
        lambda stack: CampaignLauncher(
            stack, "Campaigns", tables=ShiftTables(stack, "Tables"), channel=channel(stack)
        )
    )
    assert set(found.functions()) == {"launch_campaign", "send_campaign"}
    assert len(found.of_type("AWS::CloudWatch::Alarm")) == 2


def test_given_a_bare_stack_when_the_pinpoint_launcher_is_added_then_it_launches() -> None:
    found = synthesise_bare(
        lambda stack: PinpointCampaignLauncher(
            stack,
            "Campaigns",
            tables=ShiftTables(stack, "Tables"),
            pinpoint_application_id=PINPOINT["pinpoint_application_id"],
            pinpoint_segment_id=PINPOINT["pinpoint_segment_id"],
        )
    )
    assert set(found.functions()) == {"launch_campaign"}


def test_given_a_queue_of_theirs_when_the_processor_is_added_then_requests_for_calls_go_there() -> None:
    def build(stack: cdk.Stack) -> None:
        InboundSmsProcessor(
            stack,
            "Inbound",
            tables=ShiftTables(stack, "Tables"),
            channel=channel(stack),
            callback_queue=sqs.Queue(stack, "Desk"),
        )

    found = synthesise_bare(build)
    told = found.functions()["inbound_sms"]["Environment"]["Variables"]
    assert told["CALLBACK_QUEUE_URL"]["Ref"].startswith("Desk")


def test_given_a_bare_stack_when_the_callback_is_added_then_it_has_its_queue() -> None:
    found = synthesise_bare(
        lambda stack: OptionalConnectCallback(
            stack,
            "Callback",
            tables=ShiftTables(stack, "Tables"),
            channel=channel(stack),
            connect_instance_id=CONNECT["connect_instance_id"],
            connect_contact_flow_id=CONNECT["connect_contact_flow_id"],
            connect_queue_id=CONNECT["connect_queue_id"],
            connect_source_phone_number=CONNECT["connect_source_phone_number"],
        )
    )
    assert set(found.functions()) == {"connect_callback"}
    assert len(found.of_type("AWS::SQS::Queue")) == 2


def test_given_a_queue_and_a_topic_when_wired_then_the_alarm_is_sent() -> None:
    found = synthesise_bare(
        lambda stack: AlarmTopic(stack, "Duty", alarms=[DeadLetterQueue(stack, "Lost").alarm])
    )
    (alarm,) = found.of_type("AWS::CloudWatch::Alarm").values()
    assert len(alarm["Properties"]["AlarmActions"]) == 1


def test_given_an_identity_known_only_when_deployed_when_granted_then_any_number_or_pool_may_send() -> None:
    def build(stack: cdk.Stack) -> None:
        later = cdk.CfnParameter(stack, "Identity").value_as_string
        sms = SmsChannel(stack, "Sms", origination_identity=later)
        sms.grant_send_campaigns(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    (policy,) = synthesise_bare(build).of_type("AWS::IAM::Policy").values()
    assert "phone-number/*" in str(policy)
    assert "pool/*" in str(policy)


@pytest.mark.parametrize("wrong", ["ACME", "555-0100", "arn:aws:sns:us-east-1:111122223333:topic"])
def test_given_an_identity_that_cannot_be_answered_when_made_then_the_error_names_prop_and_value(
    wrong: str,
) -> None:
    with pytest.raises(ValueError, match=f"origination_identity is '{wrong}', allowed is"):
        SmsChannel(cdk.Stack(), "Sms", origination_identity=wrong)


def test_given_no_speed_when_the_launcher_is_made_then_the_error_names_prop_and_value() -> None:
    stack = cdk.Stack()
    with pytest.raises(ValueError, match="messages_per_second is 0, allowed is"):
        CampaignLauncher(
            stack,
            "Campaigns",
            tables=ShiftTables(stack, "Tables"),
            channel=channel(stack),
            messages_per_second=0,
        )


def test_given_the_example_of_one_construct_when_synthesised_then_texts_are_answered() -> None:
    assert set(Synthesised(TextInStack(new_app(), "TextIn")).functions()) == {"inbound_sms"}


def test_given_the_example_of_all_constructs_when_synthesised_then_it_uses_what_is_there() -> None:
    app = new_app()
    theirs = cdk.Stack(app, "Personnel")
    hospital = HospitalStack(
        app,
        "Hospital",
        staff=dynamodb.TableV2.from_table_name(theirs, "Staff", "staff"),
        two_way_topic=sns.Topic(theirs, "TwoWay"),
    )
    found = Synthesised(hospital)
    assert set(found.functions()) == {"inbound_sms", "connect_callback", "launch_campaign", "send_campaign"}
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 5
    assert len(found.of_type("AWS::SNS::Topic")) == 1

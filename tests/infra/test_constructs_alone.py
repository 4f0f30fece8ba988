"""Each construct is of use to another team, in a stack of theirs."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_connect as connect
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks
from constructs import Construct

from examples.appointments import FreedAppointmentsStack
from examples.own_stack import HospitalStack, TextInStack
from shift_sms import (
    AlarmTopic,
    CampaignLauncher,
    DeadLetterQueue,
    DeliveryTracking,
    InboundSmsProcessor,
    OperatorMessages,
    OptionalConnectCallback,
    PinpointCampaignLauncher,
    ShiftKeeper,
    ShiftRules,
    ShiftTables,
    SmsChannel,
)
from tests.infra.synthesis import CONNECT, CONTEXT, PINPOINT, Synthesised, new_app, synthesise_bare

KEEPER = {"follow_shifts", "keep_shifts"}
LAUNCHER = {"launch_campaign", "plan_campaign", "send_campaign", "campaign_progress"}


def channel(stack: cdk.Stack) -> SmsChannel:
    return SmsChannel(stack, "Sms", origination_identity="+14255550100")


def add_channel(stack: cdk.Stack, **props: Any) -> SmsChannel:
    return SmsChannel(stack, "Sms", **props)


def add_tables(stack: cdk.Stack, **props: Any) -> ShiftTables:
    return ShiftTables(stack, "Tables", **props)


def add_launcher(stack: cdk.Stack, **props: Any) -> CampaignLauncher:
    tables = ShiftTables(stack, "Tables")
    return CampaignLauncher(stack, "Campaigns", tables=tables, channel=channel(stack), **props)


def add_tracking(stack: cdk.Stack, **props: Any) -> DeliveryTracking:
    return DeliveryTracking(stack, "Tracking", tables=ShiftTables(stack, "Tables"), **props)


def add_pinpoint_launcher(stack: cdk.Stack, **props: Any) -> PinpointCampaignLauncher:
    ids = {key: value for key, value in PINPOINT.items() if key != "campaign_engine"}
    tables = ShiftTables(stack, "Tables")
    return PinpointCampaignLauncher(stack, "Campaigns", tables=tables, **{**ids, **props})


def add_processor(stack: cdk.Stack, **props: Any) -> InboundSmsProcessor:
    given = {"tables": ShiftTables(stack, "Tables"), **props} if "tables" not in props else props
    return InboundSmsProcessor(stack, "Inbound", channel=channel(stack), **given)


def add_callback(stack: cdk.Stack, **props: Any) -> OptionalConnectCallback:
    ids = {key: value for key, value in CONNECT.items() if key != "connect_enabled"}
    tables = ShiftTables(stack, "Tables")
    return OptionalConnectCallback(
        stack, "Callback", tables=tables, channel=channel(stack), **{**ids, **props}
    )


def add_keeper(stack: cdk.Stack, **props: Any) -> ShiftKeeper:
    given = {"tables": ShiftTables(stack, "Tables"), **props} if "tables" not in props else props
    return ShiftKeeper(stack, "Keeper", channel=channel(stack), **given)


def add_messages(stack: cdk.Stack) -> OperatorMessages:
    return OperatorMessages(stack, "Messages", tables=ShiftTables(stack, "Tables"), channel=channel(stack))


def shift_rules(_: cdk.Stack, **props: Any) -> ShiftRules:
    return ShiftRules(**props)


def found_in_roles(build: Callable[[cdk.Stack], object], outdir: Path) -> list[str]:
    """Returns what cdk-nag finds too wide in the roles of a stack."""
    app = cdk.App(context={**CONTEXT, "aws:cdk:bundling-stacks": []}, outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    build(cdk.Stack(app, "Theirs"))
    app.synth()
    reports = json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
    return [
        violation["ruleName"]
        for report in reports
        for violation in report["violations"]
        if "IAM5" in violation["ruleName"]
    ]


def alarms_in(stack: cdk.Stack) -> int:
    return len(Synthesised(stack).of_type("AWS::CloudWatch::Alarm"))


def permissions(found: Synthesised, function: str) -> set[tuple[str, str]]:
    """Returns what a function may do with keys, as (action, resource)."""
    return {
        (action, json.dumps(statement["Resource"]))
        for statement in found.statements(function)
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
        if action.startswith("kms:")
    }


def test_given_a_bare_stack_when_tables_are_added_then_there_are_nine() -> None:
    found = synthesise_bare(lambda stack: ShiftTables(stack, "Tables"))
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 9


def test_given_a_staff_table_when_tables_are_added_then_it_is_used_and_not_another() -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_name(stack, "Staff", "staff")
        tables = ShiftTables(stack, "Tables", employees=staff)
        tables.grant_check_senders(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    found = synthesise_bare(build)
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 8
    (policy,) = found.of_type("AWS::IAM::Policy").values()
    assert "table/staff" in str(policy)


def test_given_a_staff_table_of_the_older_kind_when_tables_are_added_then_it_serves_as_well() -> None:
    def build(stack: cdk.Stack) -> None:
        key = dynamodb.Attribute(name="phone_number", type=dynamodb.AttributeType.STRING)
        add_processor(
            stack,
            tables=ShiftTables(stack, "Tables", employees=dynamodb.Table(stack, "Staff", partition_key=key)),
        )

    found = synthesise_bare(build)
    told = found.functions()["inbound_sms"]["Environment"]["Variables"]
    assert told["EMPLOYEES_TABLE"]["Ref"].startswith("Staff")
    assert permissions(found, "inbound_sms") == set()


KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("kind", [dynamodb.Table, dynamodb.TableV2])
def test_given_a_staff_table_under_a_key_of_its_owner_when_read_and_written_then_the_key_may_be_used(
    kind: type[dynamodb.Table] | type[dynamodb.TableV2],
) -> None:
    def build(stack: cdk.Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        staff = kind.from_table_attributes(stack, "Staff", table_name="staff", encryption_key=key)
        add_processor(stack, tables=ShiftTables(stack, "Tables", employees=staff))

    assert permissions(synthesise_bare(build), "inbound_sms") == {
        (f"kms:{action}", json.dumps(KEY_ARN))
        for action in ("Decrypt", "Encrypt", "GenerateDataKey*", "ReEncrypt*")
    }


def test_given_a_staff_table_under_a_key_of_its_owner_when_checked_by_cdk_nag_then_nothing_is_found_in_roles(
    tmp_path: Path,
) -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_attributes(
            stack, "Staff", table_name="staff", encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        )
        tables = ShiftTables(stack, "Tables", employees=staff)
        add_processor(stack, tables=tables)
        ShiftKeeper(
            stack,
            "Keeper",
            tables=tables,
            channel=SmsChannel(stack, "Own", origination_identity="phone-0123456789abcdef"),
        )

    assert found_in_roles(build, tmp_path) == []


def test_given_a_staff_table_under_a_key_of_its_owner_when_shifts_are_kept_then_it_may_only_be_read() -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_attributes(
            stack, "Staff", table_name="staff", encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        )
        add_keeper(stack, tables=ShiftTables(stack, "Tables", employees=staff))

    found = synthesise_bare(build)
    assert permissions(found, "keep_shifts") == {("kms:Decrypt", json.dumps(KEY_ARN))}
    assert permissions(found, "follow_shifts") == set()


def test_given_a_queue_under_a_key_of_its_owner_when_sent_to_then_the_key_may_be_used() -> None:
    def build(stack: cdk.Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        add_processor(stack, callback_queue=sqs.Queue(stack, "Desk", encryption_master_key=key))

    assert permissions(synthesise_bare(build), "inbound_sms") == {
        ("kms:Decrypt", json.dumps(KEY_ARN)),
        ("kms:GenerateDataKey", json.dumps(KEY_ARN)),
    }


def test_given_a_bare_stack_when_the_launcher_is_added_then_it_launches_and_sends() -> None:
    found = synthesise_bare(add_launcher)
    assert set(found.functions()) == {*LAUNCHER, "delivery_events"}
    assert len(found.of_type("AWS::SMSVOICE::ConfigurationSet")) == 1
    queues = found.of_type("AWS::SQS::Queue")
    lost = [name for name in queues if "DeadLetters" in name]
    assert (len(queues), len(lost)) == (8, 5)
    assert len(found.of_type("AWS::CloudWatch::Alarm")) == len(queues) + len(lost) + 3


def test_given_a_bare_stack_when_the_launcher_is_added_then_its_alarms_are_all_there_are() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    launcher = add_launcher(stack)
    assert len(launcher.alarms) == len(set(launcher.alarms)) == alarms_in(stack)


def test_given_tracking_of_theirs_when_the_launcher_is_added_then_it_is_used_and_its_alarms_are_its_own() -> (
    None
):
    stack = cdk.Stack(new_app(), "Theirs")
    tracking = add_tracking(stack)
    launcher = CampaignLauncher(
        stack,
        "Campaigns",
        tables=ShiftTables(stack, "MoreTables"),
        channel=channel(stack),
        delivery_tracking=tracking,
    )
    assert launcher.delivery_tracking is tracking
    assert not set(launcher.alarms) & set(tracking.alarms)
    assert len(launcher.alarms) + len(tracking.alarms) == alarms_in(stack)
    found = Synthesised(stack)
    ((name, _),) = found.of_type("AWS::SMSVOICE::ConfigurationSet").items()
    told = found.functions()["send_campaign"]["Environment"]["Variables"]["CONFIGURATION_SET"]
    assert told == {"Ref": name}


def test_given_a_rate_when_the_launcher_is_added_then_it_has_as_many_senders_as_that_takes() -> None:
    found = synthesise_bare(
        lambda stack: add_launcher(stack, messages_per_second=100, answers_share_percent=50)
    )
    told = found.functions()["send_campaign"]["Environment"]["Variables"]
    assert told["SENDS_PER_SECOND"] == "50"
    planned = found.functions()["plan_campaign"]["Environment"]["Variables"]
    six_hours = 6 * 60 * 60
    assert planned["MOST_WAITING"] == str(50 * six_hours)
    assert 13 in [
        source["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency")
        for source in found.of_type("AWS::Lambda::EventSourceMapping").values()
    ]


def test_given_a_bare_stack_when_tracking_is_added_then_texts_can_be_sent_with_its_configuration_set() -> (
    None
):
    def build(stack: cdk.Stack) -> None:
        tracking = add_tracking(stack)
        tracking.grant_send_tracked(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    found = synthesise_bare(build)
    assert set(found.functions()) == {"delivery_events"}
    ((name, _),) = found.of_type("AWS::SMSVOICE::ConfigurationSet").items()
    allowed = [
        statement["Resource"]
        for policy in found.of_type("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "sms-voice:SendTextMessage"
    ]
    assert allowed == [{"Fn::GetAtt": [name, "Arn"]}]


def named(_: cdk.Stack) -> str:
    return "their-set"


def named_when_deployed(stack: cdk.Stack) -> str:
    return cdk.CfnParameter(stack, "TheirSet").value_as_string


@pytest.mark.parametrize(("name", "spelt"), [(named, "their-set"), (named_when_deployed, "{TheirSet}")])
def test_given_a_configuration_set_of_theirs_when_tracking_is_added_then_none_is_made_and_theirs_may_publish(
    name: Callable[[cdk.Stack], str], spelt: str
) -> None:
    def build(stack: cdk.Stack) -> None:
        tracking = add_tracking(stack, configuration_set_name=name(stack))
        cdk.CfnOutput(stack, "Name", value=tracking.configuration_set_name)
        cdk.CfnOutput(stack, "Arn", value=tracking.configuration_set_arn)

    found = synthesise_bare(build)
    assert not found.of_type("AWS::SMSVOICE::ConfigurationSet")
    told = {output: found.json["Outputs"][output]["Value"] for output in ("Name", "Arn")}
    assert told["Name"] == ("their-set" if spelt == "their-set" else {"Ref": "TheirSet"})
    assert json.dumps(told["Arn"]) in json.dumps(found.of_type("AWS::SNS::TopicPolicy"))
    parts = told["Arn"]["Fn::Join"][1]
    written = "".join(part if isinstance(part, str) else f"{{{part['Ref']}}}" for part in parts)
    assert written == (
        f"arn:{{AWS::Partition}}:sms-voice:{{AWS::Region}}:{{AWS::AccountId}}:configuration-set/{spelt}"
    )


def test_given_stacks_of_one_account_when_tracking_is_added_then_no_two_sets_have_one_name() -> None:
    def of_stack(name: str) -> str:
        stack = cdk.Stack(new_app(), "Theirs", stack_name=name)
        add_tracking(stack)
        (configuration_set,) = Synthesised(stack).of_type("AWS::SMSVOICE::ConfigurationSet").values()
        return str(configuration_set["Properties"]["ConfigurationSetName"])

    names = [of_stack(name) for name in ("One", "Two", "L" * 128, "L" * 127)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in names)


def test_given_a_nested_stack_when_the_launcher_is_added_then_alarms_and_functions_agree_on_the_metrics() -> (
    None
):
    nested = cdk.NestedStack(cdk.Stack(new_app(), "Theirs"), "Sms")
    add_launcher(nested)
    found = Synthesised(nested)
    (alarm,) = [
        each["Properties"]
        for each in found.of_type("AWS::CloudWatch::Alarm").values()
        if each["Properties"]["MetricName"] == "CampaignStopped"
    ]
    told = found.functions()["send_campaign"]["Environment"]["Variables"]
    assert alarm["Namespace"] == told["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Namespace"]["Fn::Join"][1][0].startswith("ShiftSms/")


def test_given_a_bare_stack_when_the_pinpoint_launcher_is_added_then_it_launches() -> None:
    assert set(synthesise_bare(add_pinpoint_launcher).functions()) == {"launch_campaign"}


@pytest.mark.parametrize(("keep", "told"), [(False, "false"), (True, "true")])
def test_given_typography_to_keep_when_the_pinpoint_launcher_is_added_then_its_function_is_told(
    keep: bool, told: str
) -> None:
    found = synthesise_bare(lambda stack: add_pinpoint_launcher(stack, keep_typography=keep))
    (function,) = found.functions().values()
    assert function["Environment"]["Variables"]["KEEP_TYPOGRAPHY"] == told


def test_given_a_queue_of_theirs_when_the_processor_is_added_then_requests_for_calls_go_there() -> None:
    found = synthesise_bare(lambda stack: add_processor(stack, callback_queue=sqs.Queue(stack, "Desk")))
    told = found.functions()["inbound_sms"]["Environment"]["Variables"]
    assert told["CALLBACK_QUEUE_URL"]["Ref"].startswith("Desk")


def test_given_a_bare_stack_when_the_callback_is_added_then_it_has_its_queue() -> None:
    found = synthesise_bare(add_callback)
    assert set(found.functions()) == {"connect_callback"}
    assert len(found.of_type("AWS::SQS::Queue")) == 2


def test_given_a_bare_stack_when_the_keeper_is_added_then_it_follows_shifts_and_can_be_woken() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    keeper = add_keeper(stack)
    assert len(keeper.alarms) == len(set(keeper.alarms)) == 5
    found = Synthesised(stack)
    assert set(found.functions()) == KEEPER
    assert len(found.of_type("AWS::CloudWatch::Alarm")) == 5
    queues = found.of_type("AWS::SQS::Queue")
    lost = [name for name in queues if "DeadLetters" in name]
    assert (len(queues), len(lost)) == (3, 2)
    assert len(found.of_type("AWS::Scheduler::ScheduleGroup")) == 1
    assert stack.resolve(keeper.queue.queue_url)["Ref"] in set(queues) - set(lost)


def test_given_schedules_when_made_by_two_stacks_then_nothing_has_a_physical_name() -> None:
    found = synthesise_bare(add_keeper)
    (group,) = found.of_type("AWS::Scheduler::ScheduleGroup").values()
    assert "Name" not in group.get("Properties", {})


def test_given_a_bare_stack_when_the_keeper_is_checked_by_cdk_nag_then_nothing_is_found_in_roles(
    tmp_path: Path,
) -> None:
    assert found_in_roles(add_keeper, tmp_path) == []


def test_given_a_bare_stack_when_operators_may_answer_then_their_answers_are_texted() -> None:
    stack = cdk.Stack(new_app(), "Theirs")
    messages = add_messages(stack)
    assert len(messages.alarms) == len(set(messages.alarms)) == alarms_in(stack) == 3
    found = Synthesised(stack)
    assert set(found.functions()) == {"answer_messages"}
    (lost,) = found.of_type("AWS::SQS::Queue").values()
    assert lost["Properties"]["SqsManagedSseEnabled"] is True


def test_given_rules_known_only_when_deployed_when_made_then_they_are_passed_on() -> None:
    def build(stack: cdk.Stack) -> None:
        minutes: Any = cdk.CfnParameter(stack, "Minutes", type="Number").value_as_number
        zone = cdk.CfnParameter(stack, "Zone").value_as_string
        add_keeper(stack, rules=ShiftRules(timezone=zone, offer_minutes=minutes))

    told = synthesise_bare(build).functions()["keep_shifts"]["Environment"]["Variables"]
    assert (told["TIMEZONE"], told["OFFER_MINUTES"]) == ({"Ref": "Zone"}, {"Ref": "Minutes"})


def test_given_a_limit_known_only_when_deployed_when_made_then_it_is_passed_on() -> None:
    def build(stack: cdk.Stack) -> None:
        most = cdk.CfnParameter(stack, "Most", type="Number").value_as_number
        add_processor(stack, texts_per_hour=most)

    told = synthesise_bare(build).functions()["inbound_sms"]["Environment"]["Variables"]
    assert told["TEXTS_PER_HOUR"] == {"Ref": "Most"}


def id_of_a_resource(stack: cdk.Stack) -> str:
    attributes = connect.CfnInstance.AttributesProperty(inbound_calls=True, outbound_calls=True)
    return connect.CfnInstance(
        stack, "Theirs", attributes=attributes, identity_management_type="CONNECT_MANAGED"
    ).attr_id


def imported_id(_: cdk.Stack) -> str:
    return cdk.Fn.import_value("their-id")


def id_given_when_deployed(stack: cdk.Stack) -> str:
    return cdk.CfnParameter(stack, "TheirId").value_as_string


def id_within_an_arn(stack: cdk.Stack) -> str:
    return cdk.Fn.select(1, cdk.Fn.split("/", cdk.CfnParameter(stack, "TheirArn").value_as_string))


LATER = [id_of_a_resource, imported_id, id_given_when_deployed, id_within_an_arn]
# What no rule of cdk-nag spells alone is for the other team to acknowledge.
SPELT = LATER[:-1]


def with_later_instance(stack: cdk.Stack, later: Callable[[cdk.Stack], str]) -> Construct:
    return add_callback(stack, connect_instance_id=later(stack))


def with_later_application(stack: cdk.Stack, later: Callable[[cdk.Stack], str]) -> Construct:
    return add_pinpoint_launcher(stack, pinpoint_application_id=later(stack))


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("build", [with_later_instance, with_later_application])
def test_given_an_id_known_only_when_deployed_when_made_then_the_role_and_the_function_have_it(
    build: Callable[[cdk.Stack, Callable[[cdk.Stack], str]], Construct], later: Callable[[cdk.Stack], str]
) -> None:
    found = synthesise_bare(lambda stack: build(stack, later))
    ((name, function),) = found.functions().items()
    variables = function["Environment"]["Variables"]
    wanted = variables.get("CONNECT_INSTANCE_ID") or variables["PINPOINT_APPLICATION_ID"]
    assert isinstance(wanted, dict)
    assert json.dumps(wanted) in json.dumps(found.statements(name))


@pytest.mark.parametrize("later", SPELT)
@pytest.mark.parametrize("build", [with_later_instance, with_later_application])
def test_given_an_id_known_only_when_deployed_when_checked_by_cdk_nag_then_the_wildcard_is_acknowledged(
    build: Callable[[cdk.Stack, Callable[[cdk.Stack], str]], Construct],
    later: Callable[[cdk.Stack], str],
    tmp_path: Path,
) -> None:
    assert found_in_roles(lambda stack: build(stack, later), tmp_path) == []


def test_given_a_construct_when_asked_for_its_functions_then_theirs_can_be_permitted_and_not_replaced() -> (
    None
):
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
        (keeper := add_keeper(cdk.Stack(stack, "E")), "follow_function"),
        (keeper, "keep_function"),
        (add_messages(cdk.Stack(stack, "F")), "function"),
    ]
    for construct, attribute in handlers:
        function = getattr(construct, attribute)
        assert isinstance(function, lambda_.Function)
        with pytest.raises(AttributeError):
            setattr(construct, attribute, function)


def test_given_a_queue_and_a_topic_when_wired_then_the_alarm_is_sent() -> None:
    found = synthesise_bare(
        lambda stack: AlarmTopic(stack, "Duty", alarms=DeadLetterQueue(stack, "Lost").alarms)
    )
    actions = [
        alarm["Properties"]["AlarmActions"] for alarm in found.of_type("AWS::CloudWatch::Alarm").values()
    ]
    assert [len(action) for action in actions] == [1, 1]
    assert not found.of_type("AWS::SNS::Subscription")


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


PHONE_ARN = "arn:aws:sms-voice:eu-west-1:111122223333:phone-number/phone-0123456789abcdef"


@pytest.mark.parametrize(
    ("region", "account", "own"),
    [
        ("us-east-1", "111122223333", "us-east-1:111122223333"),
        ("eu-west-1", "444455556666", "eu-west-1:444455556666"),
        ("us-east-1", None, "us-east-1:ACCOUNT"),
        (None, "444455556666", "REGION:444455556666"),
    ],
)
def test_given_an_identity_of_another_region_or_account_when_made_then_it_is_refused(
    region: str | None, account: str | None, own: str
) -> None:
    """Answers leave from the number that was texted, which is nothing elsewhere: not even where it is shared."""
    stack = cdk.Stack(env=cdk.Environment(region=region, account=account))
    with pytest.raises(ValueError, match=f"origination_identity is '{PHONE_ARN}', allowed is .*{own}:"):
        SmsChannel(stack, "Sms", origination_identity=PHONE_ARN)


@pytest.mark.parametrize(
    ("identity", "region", "account"),
    [
        (PHONE_ARN, None, None),
        (PHONE_ARN, "eu-west-1", None),
        (PHONE_ARN, None, "111122223333"),
        (PHONE_ARN, "eu-west-1", "111122223333"),
        ("phone-0123456789abcdef", "us-east-1", "444455556666"),
        ("+14255550100", "us-east-1", "444455556666"),
    ],
)
def test_given_an_identity_that_may_be_the_stacks_own_when_made_then_it_is_taken(
    identity: str, region: str | None, account: str | None
) -> None:
    stack = cdk.Stack(env=cdk.Environment(region=region, account=account))
    assert SmsChannel(stack, "Sms", origination_identity=identity).origination_identity == identity


@pytest.mark.parametrize(
    ("build", "prop", "given", "told"),
    [
        (add_launcher, "messages_per_second", 0, "0"),
        (add_launcher, "messages_per_second", 1001, "1001"),
        (add_launcher, "answers_share_percent", -1, "-1"),
        (add_launcher, "answers_share_percent", 91, "91"),
        (add_launcher, "default_segment", "", "''"),
        (add_launcher, "default_segment", "night shift", "'night shift'"),
        (add_tracking, "configuration_set_name", "", "''"),
        (add_tracking, "configuration_set_name", "their set", "'their set'"),
        (add_tracking, "configuration_set_name", "s" * 65, f"'{'s' * 65}'"),
        (add_pinpoint_launcher, "pinpoint_application_id", "", "''"),
        (add_pinpoint_launcher, "pinpoint_segment_id", " ", "' '"),
        (add_callback, "connect_instance_id", "", "''"),
        (add_callback, "connect_contact_flow_id", "arn:aws:connect", "'arn:aws:connect'"),
        (add_callback, "connect_queue_id", "", "''"),
        (add_callback, "connect_source_phone_number", "425 555 0199", "'425 555 0199'"),
        (add_processor, "approved_numbers", ["+14255550101", "nobody", "555"], "'nobody, 555'"),
        (add_processor, "approved_numbers", [f"+1425555{n}" for n in range(1000, 1151)], "'151 numbers'"),
        (add_processor, "texts_per_hour", -1, "-1"),
        (add_processor, "texts_per_hour", 1001, "1001"),
        (add_callback, "calls_per_day", 0.5, "0.5"),
        (add_callback, "calls_per_day", 101, "101"),
        (shift_rules, "vocabulary", "beds", "'beds'"),
        (shift_rules, "default_language", "en-GB", "'en-GB'"),
        (shift_rules, "timezone", "Berlin", "'Berlin'"),
        (shift_rules, "timezone", "europe/berlin", "'europe/berlin'"),
        (shift_rules, "minimum_rest_hours", 48.5, "48.5"),
        (shift_rules, "minimum_rest_hours", 10.25, "10.25"),
        (shift_rules, "hours_per_week", -1, "-1"),
        (shift_rules, "hours_per_week", 169, "169"),
        (shift_rules, "drop_cutoff_hours", True, "True"),
        (shift_rules, "reminder_hours", 337, "337"),
        (shift_rules, "offer_minutes", 0, "0"),
        (shift_rules, "offer_minutes", 1441, "1441"),
        (shift_rules, "offer_minutes", 7.5, "7.5"),
        (add_processor, "stranger_reply", "loud", "'loud'"),
        (add_processor, "self_managed_opt_outs", "no", "'no'"),
        (add_launcher, "agent_offered", "no", "'no'"),
        (add_launcher, "keep_typography", 0, "0"),
        (add_keeper, "agent_offered", None, "None"),
        (add_launcher, "rules", {}, "{}"),
        (add_processor, "rules", "strict", "'strict'"),
        (add_keeper, "rules", {"timezone": "UTC"}, "{'timezone': 'UTC'}"),
        (add_callback, "rules", ShiftRules, "<class '.+'>"),
        (add_tables, "employees", "staff", "'staff'"),
        (add_tables, "employees", "", "''"),
        (add_channel, "origination_identity", None, "None"),
        (add_channel, "origination_identity", 5, "5"),
    ],
)
def test_given_a_wrong_prop_when_made_then_the_error_says_which_what_and_what_is_allowed(
    build: Callable[..., Construct], prop: str, given: object, told: str
) -> None:
    with pytest.raises(ValueError, match=f"^{prop} is {told}, allowed is .+"):
        build(cdk.Stack(), **{prop: given})


def test_given_a_wrong_address_when_the_alarm_topic_is_made_then_the_error_says_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"^email is 'duty', allowed is one e-mail address"):
        AlarmTopic(cdk.Stack(), "Duty", alarms=[], email="duty")


def approved(numbers: Callable[[cdk.Stack], object]) -> object:
    found = synthesise_bare(lambda stack: add_processor(stack, approved_numbers=numbers(stack)))
    return found.functions()["inbound_sms"]["Environment"]["Variables"]["APPROVED_NUMBERS"]


def test_given_approved_numbers_in_any_spelling_when_made_then_the_function_is_told_e164() -> None:
    spelt = ("+1 (425) 555-0101", "+44 20 7946 0000", "+14255550101")
    assert approved(lambda _: spelt) == "+14255550101,+442079460000"


def test_given_approved_numbers_known_only_when_deployed_when_made_then_they_are_passed_on() -> None:
    def one(stack: cdk.Stack) -> list[str]:
        return ["+1 425 555 0101", cdk.CfnParameter(stack, "Number").value_as_string]

    def several(stack: cdk.Stack) -> list[str]:
        return cdk.CfnParameter(stack, "Numbers", type="CommaDelimitedList").value_as_list

    assert approved(one) == {"Fn::Join": ["", ["+14255550101,", {"Ref": "Number"}]]}
    assert approved(several) == {"Fn::Join": [",", {"Ref": "Numbers"}]}


def test_given_a_number_known_only_when_deployed_when_the_callback_is_made_then_it_is_passed_on() -> None:
    def build(stack: cdk.Stack) -> None:
        later = cdk.CfnParameter(stack, "Source").value_as_string
        add_callback(stack, connect_source_phone_number=later)

    told = synthesise_bare(build).functions()["connect_callback"]["Environment"]["Variables"]
    assert told["CONNECT_SOURCE_PHONE_NUMBER"] == {"Ref": "Source"}


@pytest.mark.parametrize("prop", ["messages_per_second", "answers_share_percent"])
def test_given_a_speed_known_only_when_deployed_when_the_launcher_is_made_then_the_error_says_why_not(
    prop: str,
) -> None:
    stack = cdk.Stack()
    later = cdk.CfnParameter(stack, "Speed", type="Number").value_as_number
    with pytest.raises(ValueError, match=rf"^{prop} is known only when deployed, allowed is a whole number"):
        add_launcher(stack, **{prop: later})


def mailed_to(found: Synthesised) -> list[str]:
    subscriptions = [each["Properties"] for each in found.of_type("AWS::SNS::Subscription").values()]
    return [each["Endpoint"] for each in subscriptions if each["Protocol"] == "email"]


def test_given_the_smallest_example_when_synthesised_then_texts_are_answered_and_somebody_hears_alarms() -> (
    None
):
    found = Synthesised(TextInStack(new_app(), "TextIn"))
    assert set(found.functions()) == {"inbound_sms"}
    assert mailed_to(found) == ["duty@example.com"]


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
    assert set(found.functions()) == {
        *("inbound_sms", "answer_messages", "connect_callback", "delivery_events"),
        *(KEEPER | LAUNCHER),
    }
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 8
    assert len(found.of_type("AWS::SNS::Topic")) == 2
    assert mailed_to(found) == ["ward@example.com"]


def test_given_the_example_of_appointments_when_synthesised_then_every_function_speaks_of_appointments() -> (
    None
):
    found = Synthesised(FreedAppointmentsStack(new_app(), "Freed"))
    assert set(found.functions()) == {"inbound_sms", *KEEPER}
    for function in found.functions().values():
        told = function["Environment"]["Variables"]
        assert (told["VOCABULARY"], told["TIMEZONE"]) == ("appointments", "America/Los_Angeles")
    assert mailed_to(found) == ["desk@example.com"]

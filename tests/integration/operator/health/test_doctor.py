"""Tests that the doctor reports each fault, and only it."""

from collections.abc import Callable

import boto3
import pytest

from lab.phone_network import AccessDeniedError
from shift_sms_operator.health.findings import FindingStatus
from tests.support.doctor_world import (
    FLOW,
    INSTANCE,
    NUMBER_ID,
    OUR_NUMBER,
    POOL_ID,
    QUEUE,
    DoctorWorld,
    doctor_world,
    publish_policy,
)

CHECKS = (
    "stack",
    "number",
    "two-way",
    "opt-outs",
    "keywords",
    "registration",
    "rate",
    "daily-caps",
    "text-quota",
    "spend-limit",
    "sandbox",
    "connect",
    "topic-policies",
    "dead-letters",
    "alarms",
)
NOT_USED = {"registration", "daily-caps"}
SMS = "aws pinpoint-sms-voice-v2"

Inject = Callable[[DoctorWorld], object]


@pytest.mark.parametrize("world", ["number", "pooled"], indirect=True)
def test_given_a_healthy_deployment_when_examined_then_nothing_is_reported(world: DoctorWorld) -> None:
    found = world.examine()
    assert tuple(finding.check for finding in found) == CHECKS
    assert {finding.check: finding.status for finding in found if finding.check not in NOT_USED} == (
        dict.fromkeys(set(CHECKS) - NOT_USED, FindingStatus.OK)
    )
    assert world.wrong() == []


def stack_rolled_back(world: DoctorWorld) -> None:
    world.stack = {"StackStatus": "UPDATE_ROLLBACK_COMPLETE", "StackStatusReason": "no capacity"}


def stack_failed(world: DoctorWorld) -> None:
    world.stack = {"StackStatus": "UPDATE_ROLLBACK_FAILED"}


def stack_in_progress(world: DoctorWorld) -> None:
    world.stack = {"StackStatus": "UPDATE_IN_PROGRESS"}


def number_unknown(world: DoctorWorld) -> None:
    world.settings["origination_identity"] = "+12065550199"


def pool_unknown(world: DoctorWorld) -> None:
    world.settings["origination_identity"] = "pool-9"


def number_pending(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].status = "PENDING"


def number_for_voice(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].capabilities = ("VOICE",)


def two_way_off(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].two_way.enabled = False


def two_way_to_another_topic(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].two_way.channel_arn = world.topics["events"]


def number_leaves_opt_outs_to_us(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].two_way.self_managed_opt_outs = True


def settings_expect_opt_outs(world: DoctorWorld) -> None:
    world.settings["self_managed_opt_outs"] = True


def keyword_is_a_command(world: DoctorWorld) -> None:
    world.network.configuration.keywords[NUMBER_ID]["REQ"] = "AUTOMATIC_RESPONSE"


def command_opts_out(world: DoctorWorld) -> None:
    world.network.configuration.keywords[NUMBER_ID]["DROP"] = "OPT_OUT"


def stop_only_answers(world: DoctorWorld) -> None:
    world.network.configuration.keywords[NUMBER_ID]["STOP"] = "AUTOMATIC_RESPONSE"


def registration_denied(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].registration_id = "registration-1"
    world.network.configuration.registrations["registration-1"] = "REQUIRES_UPDATES"


def registration_missing(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].number_type = "TOLL_FREE"


def rate_too_high(world: DoctorWorld) -> None:
    world.settings["messages_per_second"] = 11


def daily_cap_too_low(world: DoctorWorld) -> None:
    world.network.configuration.numbers[NUMBER_ID].daily_caps = {"T-MOBILE": 2}
    table = world.session.resource("dynamodb").Table("Employees")
    for last in range(3):
        table.put_item(Item={"phone_number": f"+1425555010{last}"})


def quota_too_low(world: DoctorWorld) -> None:
    world.network.configuration.texts_per_second_quota = 1


def spend_limit_reached(world: DoctorWorld) -> None:
    world.spend(1000)


def spend_limit_nearly_reached(world: DoctorWorld) -> None:
    world.spend(905.5)


def sandbox(world: DoctorWorld) -> None:
    world.network.limits.sandbox = True


def connect_instance_unknown(world: DoctorWorld) -> None:
    world.settings["connect_instance_id"] = "11111111-2222-4333-8444-999999999999"


def connect_instance_failed(world: DoctorWorld) -> None:
    world.network.configuration.connect[INSTANCE].status = "CREATION_FAILED"


def contact_flow_unknown(world: DoctorWorld) -> None:
    world.settings["connect_contact_flow_id"] = "flow-9"


def contact_flow_not_published(world: DoctorWorld) -> None:
    world.network.configuration.connect[INSTANCE].unpublished_flows.add(FLOW)


def contact_flow_archived(world: DoctorWorld) -> None:
    world.network.configuration.connect[INSTANCE].archived_flows.add(FLOW)


def connect_queue_unknown(world: DoctorWorld) -> None:
    world.settings["connect_queue_id"] = "queue-9"


def connect_queue_disabled(world: DoctorWorld) -> None:
    world.network.configuration.connect[INSTANCE].disabled_queues.add(QUEUE)


def connect_number_of_another_instance(world: DoctorWorld) -> None:
    world.settings["connect_source_phone_number"] = "+12065550112"


def inbound_topic_without_policy(world: DoctorWorld) -> None:
    world.set_policy("inbound", {"Version": "2012-10-17", "Statement": []})


def events_topic_for_another_configuration_set(world: DoctorWorld) -> None:
    other = "arn:aws:sms-voice:us-east-1:123456789012:configuration-set/other"
    world.set_policy("events", publish_policy(world.topics["events"], "sms-voice.amazonaws.com", other))


def alarm_topic_for_another_service(world: DoctorWorld) -> None:
    world.set_policy("alarms", publish_policy(world.topics["alarms"], "events.amazonaws.com", "*"))


def events_topic_deleted(world: DoctorWorld) -> None:
    world.sns.delete_topic(TopicArn=world.topics["events"])


def dead_letter(world: DoctorWorld) -> None:
    world.sqs.send_message(QueueUrl=world.queues["outbox"]["dead_letters"], MessageBody="{}")


def no_subscriber(world: DoctorWorld) -> None:
    for page in world.sns.list_subscriptions_by_topic(TopicArn=world.topics["alarms"])["Subscriptions"]:
        world.sns.unsubscribe(SubscriptionArn=page["SubscriptionArn"])


@pytest.mark.parametrize(
    ("check", "inject", "what", "fix"),
    [
        ("stack", stack_rolled_back, "was rolled back (no capacity)", "make deploy ENV=prod"),
        ("stack", stack_failed, "is UPDATE_ROLLBACK_FAILED", "describe-stack-events"),
        ("stack", stack_in_progress, "is being changed", "shift-sms doctor --env prod"),
        ("number", number_unknown, "+12065550199 is no number or pool", f"{SMS} describe-phone-numbers"),
        ("number", pool_unknown, "pool-9 is no number or pool", f"{SMS} describe-phone-numbers"),
        ("number", number_pending, "phone-1 is PENDING", f"{SMS} describe-phone-numbers"),
        ("number", number_for_voice, "phone-1 cannot send texts: it has VOICE", "capability SMS"),
        (
            "two-way",
            two_way_off,
            "two-way SMS is off",
            f"{SMS} update-phone-number --phone-number-id phone-1",
        ),
        ("two-way", two_way_to_another_topic, ":events", ":inbound --region us-east-1"),
        ("opt-outs", number_leaves_opt_outs_to_us, "AWS leaves STOP to this", "--no-self-managed-opt-outs"),
        ("opt-outs", settings_expect_opt_outs, "AWS handles STOP", "--self-managed-opt-outs-enabled"),
        ("keywords", keyword_is_a_command, "keyword REQ, and employees text REQUEST", "delete-keyword"),
        ("keywords", command_opts_out, "keyword DROP, and employees text DROP", "delete-keyword"),
        ("keywords", stop_only_answers, "STOP of phone number phone-1 has the action", "put-keyword"),
        ("registration", registration_denied, "is REQUIRES_UPDATES", "describe-registration-versions"),
        ("registration", registration_missing, "(TOLL_FREE) has no registration", "Registrations"),
        ("rate", rate_too_high, "is 11, but phone number phone-1 sends 10", "messages_per_second to 10"),
        ("daily-caps", daily_cap_too_low, "T-MOBILE takes 2 texts a day", "several days"),
        ("text-quota", quota_too_low, "the quota of SendTextMessage is 1 a second", "servicequotas"),
        ("spend-limit", spend_limit_reached, "1000 USD a month is reached", "TextMessageMonthlySpend"),
        ("spend-limit", spend_limit_nearly_reached, "94.50 USD of the spend limit", "set-text-message-spend"),
        ("sandbox", sandbox, "in the SMS sandbox", f"{SMS} create-verified-destination-number"),
        ("connect", connect_instance_unknown, "does not exist in this account", "connect list-instances"),
        ("connect", connect_instance_failed, "is CREATION_FAILED", "connect describe-instance"),
        ("connect", contact_flow_unknown, "flow-9 does not exist", "connect list-contact-flows"),
        ("connect", contact_flow_not_published, "flow-1 is not published", "publish it"),
        ("connect", contact_flow_archived, "flow-1 is archived", "publish it"),
        ("connect", connect_queue_unknown, "queue-9 does not exist", "connect list-queues"),
        ("connect", connect_queue_disabled, "queue-1 is disabled", "--status ENABLED"),
        ("connect", connect_number_of_another_instance, "+12065550112 does not", "list-phone-numbers-v2"),
        ("topic-policies", inbound_topic_without_policy, "topic of inbound texts", "make deploy"),
        ("topic-policies", events_topic_for_another_configuration_set, "of delivery events", "make deploy"),
        ("topic-policies", alarm_topic_for_another_service, "of alarms does not allow cloudwatch", "make"),
        ("topic-policies", events_topic_deleted, "delivery events does not exist", "make deploy"),
        ("dead-letters", dead_letter, "outbox keeps 1 message", "shift-sms queues show outbox --env prod"),
        ("alarms", no_subscriber, "alarms have no subscriber", "aws sns subscribe --topic-arn"),
    ],
)
def test_given_a_fault_when_examined_then_its_check_alone_reports_it(
    world: DoctorWorld, check: str, inject: Inject, what: str, fix: str
) -> None:
    inject(world)
    fault = world.only_wrong(check)
    assert what in fault.what
    assert fix in fault.fix


@pytest.mark.parametrize("world", ["pooled"], indirect=True)
@pytest.mark.parametrize("identity", [OUR_NUMBER, POOL_ID])
def test_given_a_number_in_a_pool_when_its_pool_is_wrong_then_the_pool_is_named(
    world: DoctorWorld, identity: str
) -> None:
    world.settings["origination_identity"] = identity
    pool = world.network.configuration.pools[POOL_ID]
    pool.two_way.enabled = False
    assert f"{SMS} update-pool --pool-id pool-1 --two-way-enabled" in world.only_wrong("two-way").fix

    pool.two_way.enabled, pool.two_way.self_managed_opt_outs = True, True
    assert "update-pool" in world.only_wrong("opt-outs").fix

    pool.two_way.self_managed_opt_outs, pool.two_way.opt_out_list = False, "other"
    assert "--opt-out-list-name Default" in world.only_wrong("opt-outs").fix

    pool.two_way.opt_out_list, pool.status = "Default", "CREATING"
    assert "pool pool-1 is CREATING" in world.only_wrong("number").what


@pytest.mark.parametrize("world", ["pooled"], indirect=True)
def test_given_a_number_in_a_pool_when_examined_then_keywords_of_the_pool_count(
    world: DoctorWorld,
) -> None:
    world.network.configuration.keywords[NUMBER_ID]["MORE"] = "AUTOMATIC_RESPONSE"
    assert world.wrong() == []
    world.network.configuration.keywords[POOL_ID]["MORE"] = "AUTOMATIC_RESPONSE"
    assert "--origination-identity pool-1" in world.only_wrong("keywords").fix


def test_given_a_pool_without_numbers_when_examined_then_that_is_reported(session: boto3.Session) -> None:
    with doctor_world(session, pool_members=()) as world:
        world.settings["origination_identity"] = POOL_ID
        assert "associate-origination-identity --pool-id pool-1" in world.only_wrong("number").fix


def test_given_a_role_of_the_number_when_the_topic_has_no_policy_then_it_needs_none(
    world: DoctorWorld,
) -> None:
    world.set_policy("inbound", {"Version": "2012-10-17", "Statement": []})
    two_way = world.network.configuration.numbers[NUMBER_ID].two_way
    two_way.channel_role = "arn:aws:iam::123456789012:role/publish"
    assert world.wrong() == []


def test_given_no_figure_of_spending_when_examined_then_it_is_not_taken_for_zero(
    world: DoctorWorld,
) -> None:
    def found() -> str:
        return next(finding.what for finding in world.examine() if finding.check == "spend-limit")

    assert found() == "the limit is 1000 USD a month; what is spent is not known"
    world.spend(5)
    assert found() == "995.00 of 1000 USD are left this month"


def test_given_features_that_are_off_when_examined_then_they_are_not_used(world: DoctorWorld) -> None:
    world.settings["connect_enabled"] = False
    found = {finding.check: finding.status for finding in world.examine()}
    assert found["connect"] is FindingStatus.NOT_USED
    assert world.wrong() == []


def test_given_alarms_when_listed_then_those_of_the_deployment_that_fire_are_there(
    world: DoctorWorld,
) -> None:
    names = {
        "ShiftSms-prod-OutboxBlocked-1": "ALARM",
        "ShiftSms-prod-Inbound-2": "OK",
        "ShiftSms-prod2-Inbound-3": "ALARM",
        "Other": "ALARM",
    }
    for name, state in names.items():
        world.cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription=f"about {name}",
            MetricName="Blocked",
            Namespace="ShiftSms",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Statistic="Sum",
        )
        world.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    report = world.operator().health.report(seconds=60)
    assert report.alarms
    assert [alarm.description for alarm in report.alarms] == ["about ShiftSms-prod-OutboxBlocked-1"]
    assert tuple(finding.check for finding in report.findings) == CHECKS


@pytest.mark.parametrize(
    ("action", "checks"),
    [
        (
            "sms-voice:DescribePhoneNumbers",
            {
                "number",
                "two-way",
                "opt-outs",
                "keywords",
                "registration",
                "rate",
                "daily-caps",
                "topic-policies",
            },
        ),
        ("sms-voice:DescribeKeywords", {"keywords"}),
        ("sms-voice:DescribeSpendLimits", {"spend-limit"}),
        ("sms-voice:DescribeAccountAttributes", {"sandbox"}),
        ("servicequotas:ListServices", {"text-quota"}),
        ("connect:DescribeQueue", {"connect"}),
    ],
)
def test_given_a_missing_permission_when_examined_then_its_checks_are_unreadable(
    session: boto3.Session, action: str, checks: set[str]
) -> None:
    def deny(_key: str, requested: str, resource: str) -> None:
        if requested == action:
            raise AccessDeniedError(f"{requested} on {resource}")

    with doctor_world(session, authorize=deny) as world:
        wrong = world.wrong()
    assert {finding.check for finding in wrong} == checks
    assert {finding.status for finding in wrong} == {FindingStatus.UNREADABLE}
    assert {finding.what for finding in wrong} == {
        f"not checked: {action.partition(':')[2]}: AccessDeniedException"
    }

"""Tests keys, streams and retention of the tables, and tables of another team."""

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from shift_sms import OutboxSender, ShiftReconciler, ShiftTables, SmsChannel
from shift_sms_runtime.shifts.shift_item import (
    EXPIRES_AT,
    INDEX_ATTRIBUTES,
    LISTED_ATTRIBUTES,
    WRITTEN_ATTRIBUTES,
)
from tests.support.constructs import KEY_ARN, add_processor, add_reconciler, iam5_findings, key_permissions
from tests.support.synthesis import Resource, SynthesizedStack, synthesize, synthesize_bare

KEYS = {
    "ShiftsTableName": ["shift_id"],
    "CampaignsTableName": ["campaign_id"],
    "EmployeesTableName": ["phone_number"],
    "SegmentMembersTableName": ["segment", "phone_number"],
    "DeliveriesTableName": ["campaign_shard", "phone_number"],
    "ConversationsTableName": ["phone_number", "entry"],
    "EmployeeBookingsTableName": ["phone_number"],
    "OperatorInboxTableName": ["message_id"],
    "OutboxTableName": ["lane", "position"],
    "CampaignCountersTableName": ["campaign_shard", "part"],
    "SendPermitsTableName": ["origination_identity"],
    "AuditTrailTableName": ["subject", "entry"],
}


def table(stack: SynthesizedStack, output: str) -> Resource:
    return stack.resources[stack.json["Outputs"][output]["Value"]["Ref"]]


def key_of(schema: Resource) -> list[str]:
    return [attribute["AttributeName"] for attribute in schema["KeySchema"]]


@pytest.mark.parametrize(("output", "key"), KEYS.items())
def test_given_an_output_when_its_table_is_looked_up_then_it_has_the_documented_key(
    dev: SynthesizedStack, output: str, key: list[str]
) -> None:
    assert key_of(table(dev, output)["Properties"]) == key


@pytest.mark.parametrize("output", KEYS)
def test_given_a_table_when_deployed_then_it_is_on_demand_encrypted_and_recoverable(
    dev: SynthesizedStack, output: str
) -> None:
    found = table(dev, output)
    assert found["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    (replica,) = found["Properties"]["Replicas"]
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def retained(stack: SynthesizedStack) -> set[tuple[str, str]]:
    """Returns the deletion and replacement policies of the tables."""
    return {
        (found["DeletionPolicy"], found["UpdateReplacePolicy"])
        for found in stack.of_type("AWS::DynamoDB::GlobalTable").values()
    }


def test_given_tables_when_the_stack_is_deleted_then_kept_except_on_first_rollback(
    dev: SynthesizedStack, prod: SynthesizedStack
) -> None:
    theirs = synthesize_bare(lambda stack: ShiftTables(stack, "Tables"))
    for stack in (dev, prod, theirs):
        assert retained(stack) == {("RetainExceptOnCreate", "Retain")}


@pytest.mark.parametrize("output", KEYS)
def test_given_removal_policy_destroy_when_the_stack_is_deleted_then_tables_are_too(output: str) -> None:
    assert table(synthesize("dev", removal_policy="destroy"), output)["DeletionPolicy"] == "Delete"


def test_given_shifts_when_indexed_then_an_index_has_what_it_serves(dev: SynthesizedStack) -> None:
    listed, by_code, by_start = table(dev, "ShiftsTableName")["Properties"]["GlobalSecondaryIndexes"]
    assert (listed["IndexName"], key_of(listed)) == ("open-shifts", ["listed_role", "listed_at"])
    assert (by_code["IndexName"], key_of(by_code)) == ("by-code", ["code_initial", "code"])
    shown = set(LISTED_ATTRIBUTES) - {"shift_id"}
    assert listed["Projection"]["ProjectionType"] == "INCLUDE"
    assert set(listed["Projection"]["NonKeyAttributes"]) == shown
    assert by_code["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert (by_start["IndexName"], key_of(by_start)) == ("by-start", ["start_list", "start_position"])
    assert by_start["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert {*key_of(listed), *key_of(by_code), *key_of(by_start)} == set(INDEX_ATTRIBUTES)
    # What a booking changes is in no index.
    assert shown.isdisjoint(WRITTEN_ATTRIBUTES)


def test_given_shifts_when_deployed_then_they_expire_by_their_attribute(dev: SynthesizedStack) -> None:
    expected = {"AttributeName": EXPIRES_AT, "Enabled": True}
    assert table(dev, "ShiftsTableName")["Properties"]["TimeToLiveSpecification"] == expected


def test_given_the_operator_inbox_when_listed_then_an_index_has_the_status(
    dev: SynthesizedStack,
) -> None:
    (index,) = table(dev, "OperatorInboxTableName")["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-status"
    assert key_of(index) == ["message_status", "received_at"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


@pytest.mark.parametrize(
    ("output", "images"),
    [
        ("CampaignsTableName", "NEW_IMAGE"),
        ("ShiftsTableName", "NEW_AND_OLD_IMAGES"),
        ("OperatorInboxTableName", "NEW_IMAGE"),
        ("EmployeesTableName", "NEW_AND_OLD_IMAGES"),
    ],
)
def test_given_a_table_with_a_consumer_when_it_changes_then_the_stream_fits(
    dev: SynthesizedStack, output: str, images: str
) -> None:
    assert table(dev, output)["Properties"]["StreamSpecification"] == {"StreamViewType": images}


WITH_CONSUMERS = {
    "CampaignCountersTableName",
    "CampaignsTableName",
    "EmployeesTableName",
    "OperatorInboxTableName",
    "ShiftsTableName",
}


@pytest.mark.parametrize("output", sorted(set(KEYS) - WITH_CONSUMERS))
def test_given_a_table_without_a_consumer_when_deployed_then_it_has_no_stream(
    dev: SynthesizedStack, output: str
) -> None:
    assert "StreamSpecification" not in table(dev, output)["Properties"]


def test_given_campaign_counters_when_deployed_then_rows_expire_and_keys_stream(
    dev: SynthesizedStack,
) -> None:
    (counters,) = [
        properties
        for found in dev.of_type("AWS::DynamoDB::GlobalTable").values()
        if key_of(properties := found["Properties"]) == ["campaign_shard", "part"]
    ]
    assert counters["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert counters["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert counters["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize(
    "output",
    [
        "DeliveriesTableName",
        "ConversationsTableName",
        "EmployeeBookingsTableName",
        "OperatorInboxTableName",
        "OutboxTableName",
    ],
)
def test_given_a_ledger_when_rows_expire_then_they_are_removed(dev: SynthesizedStack, output: str) -> None:
    assert table(dev, output)["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }


def test_given_a_bare_stack_when_tables_are_added_then_there_are_twelve() -> None:
    found = synthesize_bare(lambda stack: ShiftTables(stack, "Tables"))
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 13


def test_given_a_staff_table_when_tables_are_added_then_it_is_used_and_not_another() -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_name(stack, "Staff", "staff")
        tables = ShiftTables(stack, "Tables", employees=staff)
        tables.grant_read_employees(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    found = synthesize_bare(build)
    assert len(found.of_type("AWS::DynamoDB::GlobalTable")) == 12
    (policy,) = found.of_type("AWS::IAM::Policy").values()
    assert "table/staff" in str(policy)


def test_given_a_v1_employees_table_when_tables_are_added_then_it_is_used() -> None:
    def build(stack: cdk.Stack) -> None:
        key = dynamodb.Attribute(name="phone_number", type=dynamodb.AttributeType.STRING)
        add_processor(
            stack,
            tables=ShiftTables(stack, "Tables", employees=dynamodb.Table(stack, "Staff", partition_key=key)),
        )

    found = synthesize_bare(build)
    environment_variables = found.functions()["process_inbound_sms"]["Environment"]["Variables"]
    assert environment_variables["EMPLOYEES_TABLE"]["Ref"].startswith("Staff")
    assert key_permissions(found, "process_inbound_sms") == set()


@pytest.mark.parametrize("kind", [dynamodb.Table, dynamodb.TableV2])
def test_given_an_encrypted_employees_table_when_used_then_its_key_may_be_used(
    kind: type[dynamodb.Table] | type[dynamodb.TableV2],
) -> None:
    def build(stack: cdk.Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        staff = kind.from_table_attributes(stack, "Staff", table_name="staff", encryption_key=key)
        add_processor(stack, tables=ShiftTables(stack, "Tables", employees=staff))

    assert key_permissions(synthesize_bare(build), "process_inbound_sms") == {
        (f"kms:{action}", json.dumps(KEY_ARN))
        for action in ("Decrypt", "Encrypt", "GenerateDataKey*", "ReEncrypt*")
    }


def test_given_an_encrypted_employees_table_when_checked_by_cdk_nag_then_roles_pass(
    tmp_path: Path,
) -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_attributes(
            stack, "Staff", table_name="staff", encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        )
        tables = ShiftTables(stack, "Tables", employees=staff)
        sms = SmsChannel(stack, "Own", origination_identity="phone-0123456789abcdef")
        outbox = OutboxSender(stack, "Outbox", tables=tables, channel=sms)
        add_processor(stack, tables=tables, outbox=outbox)
        ShiftReconciler(stack, "Reconciler", tables=tables, outbox=outbox)

    assert iam5_findings(build, tmp_path) == []


def test_given_an_encrypted_employees_table_when_reconciling_then_it_is_only_read() -> None:
    def build(stack: cdk.Stack) -> None:
        staff = dynamodb.TableV2.from_table_attributes(
            stack, "Staff", table_name="staff", encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        )
        add_reconciler(stack, tables=ShiftTables(stack, "Tables", employees=staff))

    found = synthesize_bare(build)
    assert key_permissions(found, "reconcile_shift") == {("kms:Decrypt", json.dumps(KEY_ARN))}
    assert key_permissions(found, "detect_shift_changes") == set()

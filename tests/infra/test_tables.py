"""Attribute names and keys are a public format; losing a table is losing what people agreed."""

import pytest

from shift_sms import ShiftTables
from tests.infra.synthesis import Resource, Synthesised, synthesise, synthesise_bare

KEYS = {
    "ShiftsTableName": ["shift_id"],
    "CampaignsTableName": ["campaign_id"],
    "EmployeesTableName": ["phone_number"],
    "SegmentMembersTableName": ["segment", "phone_number"],
    "DeliveriesTableName": ["campaign_id", "phone_number"],
    "InboxTableName": ["inbound_message_id"],
    "AgendasTableName": ["phone_number"],
    "MessagesTableName": ["message_id"],
}


def table(stack: Synthesised, output: str) -> Resource:
    return stack.resources[stack.json["Outputs"][output]["Value"]["Ref"]]


def key_of(schema: Resource) -> list[str]:
    return [attribute["AttributeName"] for attribute in schema["KeySchema"]]


@pytest.mark.parametrize(("output", "key"), KEYS.items())
def test_given_an_output_when_its_table_is_looked_up_then_it_has_the_documented_key(
    dev: Synthesised, output: str, key: list[str]
) -> None:
    assert key_of(table(dev, output)["Properties"]) == key


@pytest.mark.parametrize("output", KEYS)
def test_given_a_table_when_deployed_then_it_is_on_demand_encrypted_and_recoverable(
    dev: Synthesised, output: str
) -> None:
    found = table(dev, output)
    assert found["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    (replica,) = found["Properties"]["Replicas"]
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def retained(stack: Synthesised) -> set[tuple[str, str]]:
    """Returns what becomes of tables when they are deleted, and when they are replaced."""
    return {
        (found["DeletionPolicy"], found["UpdateReplacePolicy"])
        for found in stack.of_type("AWS::DynamoDB::GlobalTable").values()
    }


def test_given_tables_when_the_stack_goes_then_they_stay_unless_their_first_deployment_was_rolled_back(
    dev: Synthesised, prod: Synthesised
) -> None:
    theirs = synthesise_bare(lambda stack: ShiftTables(stack, "Tables"))
    for stack in (dev, prod, theirs):
        assert retained(stack) == {("RetainExceptOnCreate", "Retain")}


@pytest.mark.parametrize("output", KEYS)
def test_given_removal_policy_destroy_when_the_stack_goes_then_its_tables_go(output: str) -> None:
    assert table(synthesise("dev", removal_policy="destroy"), output)["DeletionPolicy"] == "Delete"


def test_given_shifts_when_listed_then_an_index_knows_their_status(dev: Synthesised) -> None:
    (index,) = table(dev, "ShiftsTableName")["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-status"
    assert key_of(index) == ["shift_status", "shift_id"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_given_messages_when_listed_then_an_index_knows_which_are_open_and_since_when(
    dev: Synthesised,
) -> None:
    (index,) = table(dev, "MessagesTableName")["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-status"
    assert key_of(index) == ["message_status", "received_at"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


@pytest.mark.parametrize(
    ("output", "images"),
    [
        ("CampaignsTableName", "NEW_IMAGE"),
        ("ShiftsTableName", "NEW_AND_OLD_IMAGES"),
        ("MessagesTableName", "NEW_IMAGE"),
    ],
)
def test_given_a_table_that_a_function_follows_when_it_changes_then_the_stream_shows_what_is_needed(
    dev: Synthesised, output: str, images: str
) -> None:
    assert table(dev, output)["Properties"]["StreamSpecification"] == {"StreamViewType": images}


@pytest.mark.parametrize(
    "output", sorted(set(KEYS) - {"CampaignsTableName", "ShiftsTableName", "MessagesTableName"})
)
def test_given_a_table_that_nobody_follows_when_deployed_then_it_has_no_stream(
    dev: Synthesised, output: str
) -> None:
    assert "StreamSpecification" not in table(dev, output)["Properties"]


def test_given_progress_when_deployed_then_its_rows_expire_and_the_keys_of_what_changed_are_streamed(
    dev: Synthesised,
) -> None:
    (progress,) = [
        properties
        for found in dev.of_type("AWS::DynamoDB::GlobalTable").values()
        if key_of(properties := found["Properties"]) == ["campaign_id", "part"]
    ]
    assert progress["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert progress["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert progress["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize(
    "output", ["DeliveriesTableName", "InboxTableName", "AgendasTableName", "MessagesTableName"]
)
def test_given_a_ledger_when_rows_expire_then_they_are_removed(dev: Synthesised, output: str) -> None:
    assert table(dev, output)["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }

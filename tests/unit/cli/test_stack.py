"""Tests how the stack's outputs name the tables."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shift_sms_cli.flat_commands import AWS_FAILED, DONE, WRONG_INPUT
from tests.support.operator_cli import OperatorCli


def test_given_a_table_that_is_not_there_when_loaded_then_aws_is_quoted(operator_cli: OperatorCli) -> None:
    status, _, complaint = operator_cli.run("show-messages", tables=("--table", "Elsewhere"))

    assert status == AWS_FAILED
    assert "AWS refused" in complaint
    assert "ResourceNotFoundException" in complaint


@pytest.fixture
def stacks(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """CloudFormation's answers; moto's own would take many more packages."""
    client, make_client = session.client("cloudformation"), session.client

    def answered(service: Any, **options: Any) -> Any:
        return client if service == "cloudformation" else make_client(service, **options)

    monkeypatch.setattr(session, "client", answered)
    with Stubber(client) as answers:
        yield answers
        answers.assert_no_pending_responses()


def stack_with(**outputs: str) -> dict[str, Any]:
    told = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    stack = {"StackName": "any", "CreationTime": datetime.now(UTC), "StackStatus": "CREATE_COMPLETE"}
    return {"Stacks": [stack | {"Outputs": told}]}


def test_given_no_tables_named_when_messages_are_shown_then_the_stack_tells_them(
    operator_cli: OperatorCli, stacks: Stubber
) -> None:
    found = stack_with(OperatorInboxTableName="OperatorInbox", EmployeesTableName="Employees")
    for _ in range(2):
        stacks.add_response("describe_stacks", found, {"StackName": "ShiftSms-dev"})
    operator_cli.put(
        "OperatorInbox", {"message_id": "m1", "message_status": "open", "received_at": "x", "text": "Hello"}
    )

    status, printed, _ = operator_cli.run("show-messages", tables=())

    assert status == DONE
    assert "Hello" in printed


def test_given_no_stack_when_its_table_is_needed_then_it_is_told_what_to_do(
    operator_cli: OperatorCli, stacks: Stubber
) -> None:
    stacks.add_client_error("describe_stacks", "ValidationError", "Stack with id ShiftSms-dev does not exist")

    status, _, complaint = operator_cli.run("show-messages", tables=())

    assert status == WRONG_INPUT
    assert (
        "there is no stack ShiftSms-dev in this account and region; deploy it, or name the tables"
        in complaint
    )


def test_given_a_stack_without_the_output_when_its_table_is_needed_then_it_is_named(
    operator_cli: OperatorCli, stacks: Stubber
) -> None:
    stacks.add_response("describe_stacks", stack_with(Other="x"))

    status, _, complaint = operator_cli.run("show-messages", tables=())

    assert status == WRONG_INPUT
    assert "the stack ShiftSms-dev has no output OperatorInboxTableName" in complaint

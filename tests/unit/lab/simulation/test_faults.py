"""Tests that a simulated client fails and retries as botocore does."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from lab.simulation.aws.calls import Response
from lab.simulation.aws.dynamodb import DynamoDb, DynamoDbClient
from lab.simulation.aws.faults import Crashed, Fault, carry_out
from lab.simulation.aws.tables.definitions import TableDefinition

KEY = {"p": {"S": "P"}}
ADD = {
    "TableName": "T",
    "Key": KEY,
    "UpdateExpression": "ADD a :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


class FailingCalls:
    """Gives the first attempts these faults."""

    def __init__(self, *faults: Fault) -> None:
        self.waits: list[float] = []
        self.attempts = 0
        self._faults = [*faults]

    def call(
        self, service: str, operation: str, _request: Mapping[str, Any], effect: Callable[[], Response]
    ) -> Response:
        self.attempts += 1
        if self._faults:
            return carry_out(self._faults.pop(0), service, operation, effect)
        return effect()

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def database() -> DynamoDb:
    database = DynamoDb()
    database.create_table(TableDefinition(name="T", partition_key="p"))
    return database


def added(database: DynamoDb) -> int:
    """Returns how often ADD took effect."""
    return sum(int(item["a"]["N"]) for item in database.tables["T"].items)


RETRIED = {Fault.THROTTLE: 1, Fault.SERVER_ERROR: 1, Fault.TIMEOUT_BEFORE: 1, Fault.TIMEOUT_AFTER: 2}


@pytest.mark.parametrize("fault", RETRIED)
def test_given_a_failed_attempt_when_retries_are_on_then_it_is_made_again(
    database: DynamoDb, fault: Fault
) -> None:
    calls = FailingCalls(fault)
    DynamoDbClient(database, calls=calls, max_attempts=3).update_item(**ADD)
    assert (added(database), calls.attempts, len(calls.waits)) == (RETRIED[fault], 2, 1)
    assert 0 <= calls.waits[0] <= 1


def test_given_three_failed_attempts_when_retries_are_on_then_it_raises(database: DynamoDb) -> None:
    calls = FailingCalls(*[Fault.THROTTLE] * 3)
    with pytest.raises(ClientError) as failed:
        DynamoDbClient(database, calls=calls, max_attempts=3).update_item(**ADD)
    assert failed.value.response["Error"]["Code"] == "ThrottlingException"
    assert failed.value.response["ResponseMetadata"]["RetryAttempts"] == 2


@pytest.mark.parametrize(
    ("fault", "error", "effects"),
    [
        (Fault.THROTTLE, ClientError, 0),
        (Fault.SERVER_ERROR, ClientError, 0),
        (Fault.TIMEOUT_BEFORE, ReadTimeoutError, 0),
        (Fault.TIMEOUT_AFTER, ReadTimeoutError, 1),
        (Fault.MALFORMED, ResponseParserError, 1),
        (Fault.CRASH_BEFORE, Crashed, 0),
        (Fault.CRASH_AFTER, Crashed, 1),
    ],
)
def test_given_a_fault_when_there_is_one_attempt_then_it_raises(
    database: DynamoDb, fault: Fault, error: type[BaseException], effects: int
) -> None:
    with pytest.raises(error):
        DynamoDbClient(database, calls=FailingCalls(fault)).update_item(**ADD)
    assert added(database) == effects


@pytest.mark.parametrize("fault", [Fault.MALFORMED, Fault.CRASH_AFTER])
def test_given_a_fault_without_retry_when_it_occurs_then_it_raises(database: DynamoDb, fault: Fault) -> None:
    calls = FailingCalls(fault)
    with pytest.raises((ResponseParserError, Crashed)):
        DynamoDbClient(database, calls=calls, max_attempts=3).update_item(**ADD)
    assert calls.attempts == 1


def test_given_a_lost_response_when_a_transaction_is_retried_then_one_effect(
    database: DynamoDb,
) -> None:
    calls = FailingCalls(Fault.TIMEOUT_AFTER)
    client = DynamoDbClient(database, calls=calls, max_attempts=3)
    client.transact_write_items(TransactItems=[{"Update": ADD}])
    assert (added(database), calls.attempts) == (1, 2)


def test_given_a_refused_condition_when_retries_are_on_then_it_raises_at_once(database: DynamoDb) -> None:
    calls = FailingCalls()
    client = DynamoDbClient(database, calls=calls, max_attempts=3)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.update_item(**ADD, ConditionExpression="attribute_exists(p)")
    assert calls.attempts == 1

"""DynamoDB's wire format, its batch statements and its transactions.

Both carry conditions and return the row that made a condition fail, so any number of conditional writes takes one round
trip; in a transaction all of them take effect or none does. Source: BatchExecuteStatement (25 statements at most) and
TransactWriteItems (100 actions at most) in the DynamoDB API reference.
"""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        BatchStatementRequestTypeDef,
        BatchStatementResponseTypeDef,
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


_NOTHING, _CONDITION = "None", "ConditionalCheckFailed"
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_READS = 3
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)


class StatementFailed(Exception):
    """A statement of a batch met something other than its condition; the message is DynamoDB's error code."""


def wire(values: Mapping[str, object]) -> dict[str, Any]:
    """Plain values to attribute values."""
    return {name: _serialize(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Attribute values to plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


def moment(time: datetime) -> str:
    """A time as an attribute that sorts: ISO 8601 in UTC, to the millisecond."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


class UnprocessedReads(Exception):
    """DynamoDB was throttled and left keys unread, several times over."""


def read_batch(
    client: "DynamoDBClient", keys: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, list[dict[str, Any]]]:
    """Read rows of several tables in one call, consistently; at most 100. Rows by table, in any order.

    Raises:
        UnprocessedReads: as it says.
    """
    request: Any = {
        table: {"Keys": [wire(key) for key in table_keys], "ConsistentRead": True}
        for table, table_keys in keys.items()
    }
    found: dict[str, list[dict[str, Any]]] = {}
    for _ in range(_READS):
        response = client.batch_get_item(RequestItems=request)
        for table, rows in response["Responses"].items():
            found.setdefault(table, []).extend(plain(row) for row in rows)
        request = response["UnprocessedKeys"]
        if not request:
            return found
    raise UnprocessedReads


def statement(text: str, parameters: Sequence[object]) -> "BatchStatementRequestTypeDef":
    """A PartiQL statement that returns the current row when its condition fails."""
    return {
        "Statement": text,
        "Parameters": [_serialize(parameter) for parameter in parameters],
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def execute_batch(
    client: "DynamoDBClient", statements: Sequence["BatchStatementRequestTypeDef"]
) -> list["BatchStatementResponseTypeDef"]:
    """Run statements on different items in one call. Responses come in order; a failed condition is in its
    response's ``Error``.

    Raises:
        StatementFailed: a statement was throttled or broke; the others have taken effect.
    """
    responses = client.batch_execute_statement(Statements=statements)["Responses"]
    for response in responses:
        error = response.get("Error")
        if error and error.get("Code") != _CONDITION:
            raise StatementFailed(error.get("Code", "unknown"))
    return responses


@dataclass(frozen=True)
class Refusal:
    """One action of a transaction whose condition failed; the row as it was then, if there was one."""

    row: Mapping[str, Any] | None


class ConditionsFailed(Exception):
    """Nothing was written. ``refusals`` has an entry for each action: None where its own condition held."""

    def __init__(self, refusals: Sequence[Refusal | None]) -> None:
        super().__init__(f"{sum(refusal is not None for refusal in refusals)} conditions failed")
        self.refusals = refusals


def transact(client: "DynamoDBClient", actions: Sequence["TransactWriteItemTypeDef"]) -> None:
    """Take all actions or none, waiting out those who write the same rows at the moment.

    The SDK repeats a lost request under one client token, so that it takes effect once.

    Raises:
        ConditionsFailed: as it says.
    """
    waits = iter(_WAITS)
    while True:
        try:
            client.transact_write_items(TransactItems=actions)
        except client.exceptions.TransactionCanceledException as cancelled:
            reasons = cancelled.response["CancellationReasons"]
            codes = {reason.get("Code", _NOTHING) for reason in reasons} - {_NOTHING}
            if _CONDITION in codes:
                raise ConditionsFailed([_refusal(reason) for reason in reasons]) from None
            wait = next(waits, None)
            if wait is None or not codes <= _PASSING:
                raise
            time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, guards nothing
        else:
            return


def update(client: "DynamoDBClient", request: "UpdateTypeDef") -> None:
    """One conditional write, waiting out a transaction that writes the same row at the moment.

    Raises:
        ConditionsFailed: with one refusal.
    """
    for wait in (*_WAITS, None):
        try:
            client.update_item(**request)
        except client.exceptions.ConditionalCheckFailedException as refused:
            row = cast("Mapping[str, Any]", refused.response.get("Item", {}))
            raise ConditionsFailed([Refusal(plain(row) if row else None)]) from None
        except client.exceptions.TransactionConflictException:
            if wait is None:
                raise
            time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, guards nothing
        else:
            return


def _refusal(reason: Mapping[str, Any]) -> Refusal | None:
    if reason.get("Code") != _CONDITION:
        return None
    item = reason.get("Item")
    return Refusal(plain(item) if item else None)

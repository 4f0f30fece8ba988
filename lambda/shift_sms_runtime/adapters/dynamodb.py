"""DynamoDB's wire format, and its batch statements.

Batch statements carry conditions and return the row that made a condition fail, so any number of conditional writes
takes one round trip. Source: BatchExecuteStatement in the DynamoDB API reference; 25 statements at most.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef, BatchStatementResponseTypeDef

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

_CONDITIONS = frozenset({"ConditionalCheckFailed", "DuplicateItem"})


class StatementFailed(Exception):
    """A statement of a batch met something other than its condition; the message is DynamoDB's error code."""


def wire(values: Mapping[str, object]) -> dict[str, Any]:
    """Plain values to attribute values."""
    return {name: _serialize(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Attribute values to plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


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
        if error and error.get("Code") not in _CONDITIONS:
            raise StatementFailed(error.get("Code", "unknown"))
    return responses

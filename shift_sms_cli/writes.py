"""Conditional writes: what was in the way, and patience with the functions, which write the same rows."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


def item_in_the_way(error: ClientError) -> dict[str, Any]:
    """Returns the item that a condition did not hold for; empty where there was none."""
    # Of an error, boto3's resources leave the item in DynamoDB's own format.
    wire: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
    return {name: TypeDeserializer().deserialize(value) for name, value in wire.items()}


def patiently(client: "DynamoDBClient", write: Callable[[], T]) -> T:
    """Writes a row that somebody may be booking in a transaction, which DynamoDB refuses until that is over."""
    pauses = iter(_PAUSES)
    while True:
        try:
            return write()
        except client.exceptions.TransactionConflictException:
            pause = next(pauses, None)
            if pause is None:
                raise
            time.sleep(pause)

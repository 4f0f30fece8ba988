"""Amazon DynamoDB: the wire format, batch reads, transactions and conditional updates.

A transaction returns the row that made a condition fail. So any number of conditional writes takes one round trip, and
either all of them take effect or none does. Source: BatchGetItem (at most 100 keys) and TransactWriteItems (at most 100
actions) in the DynamoDB API reference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from shift_sms_runtime.backoff import Backoff

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

_NOTHING, _CONDITION = "None", "ConditionalCheckFailed"
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_KEYS_PER_READ = 100
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)


def wire(values: Mapping[str, object]) -> dict[str, Any]:
    """Converts plain values to attribute values."""
    return {name: _serialize(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Converts attribute values to plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


def moment(time: datetime) -> str:
    """Returns a time as an attribute that sorts: ISO 8601 in UTC, to the millisecond."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


class UnprocessedReads(Exception):
    """DynamoDB was throttled and left keys unread at every attempt."""


def read_batch(
    client: "DynamoDBClient", keys: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, list[dict[str, Any]]]:
    """Reads rows of several tables consistently, 100 in one call.

    Keys that DynamoDB leaves unread are read again after growing waits, because it is throttled.

    Args:
        client: The DynamoDB client.
        keys: The keys to read, by table.

    Returns:
        The rows that exist, by table, in any order.

    Raises:
        UnprocessedReads: keys were left unread at every attempt.
    """
    wanted = [(table, wire(key)) for table, table_keys in keys.items() for key in table_keys]
    found: dict[str, list[dict[str, Any]]] = {}
    for start in range(0, len(wanted), _KEYS_PER_READ):
        request: Any = {}
        for table, key in wanted[start : start + _KEYS_PER_READ]:
            request.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
        for table, rows in _read(client, request):
            found.setdefault(table, []).extend(rows)
    return found


def _read(client: "DynamoDBClient", request: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    backoff = Backoff(_WAITS)
    while True:
        response = client.batch_get_item(RequestItems=request)
        for table, rows in response["Responses"].items():
            yield table, [plain(row) for row in rows]
        request = response["UnprocessedKeys"]
        if not request:
            return
        if not backoff.wait():
            raise UnprocessedReads


@dataclass(frozen=True)
class Refusal:
    """An action whose condition failed. `row` is the row as it was then, if there was one."""

    row: Mapping[str, Any] | None


class ConditionsFailed(Exception):
    """Nothing was written. `refusals` has an entry for each action: None if its own condition held."""

    def __init__(self, refusals: Sequence[Refusal | None]) -> None:
        super().__init__(f"{sum(refusal is not None for refusal in refusals)} conditions failed")
        self.refusals = refusals


def transact(client: "DynamoDBClient", actions: Sequence["TransactWriteItemTypeDef"]) -> None:
    """Takes all actions or none. Waits while another transaction writes the same rows.

    The SDK repeats a lost request with the same client token, so that it takes effect once.

    Raises:
        ConditionsFailed: a condition failed, and nothing was written.
    """
    backoff = Backoff(_WAITS)
    while True:
        try:
            client.transact_write_items(TransactItems=actions)
        except client.exceptions.TransactionCanceledException as canceled:
            reasons = canceled.response["CancellationReasons"]
            codes = {reason.get("Code", _NOTHING) for reason in reasons} - {_NOTHING}
            if _CONDITION in codes:
                raise ConditionsFailed([_refusal(reason) for reason in reasons]) from None
            if not codes <= _PASSING or not backoff.wait():
                raise
        else:
            return


def update(client: "DynamoDBClient", request: "UpdateTypeDef") -> None:
    """Makes one conditional write. Waits while a transaction writes the same row.

    Raises:
        ConditionsFailed: the condition failed. There is one refusal.
    """
    backoff = Backoff(_WAITS)
    while True:
        try:
            client.update_item(**request)
        except client.exceptions.ConditionalCheckFailedException as refused:
            row = cast("Mapping[str, Any]", refused.response.get("Item", {}))
            raise ConditionsFailed([Refusal(plain(row) if row else None)]) from None
        except client.exceptions.TransactionConflictException:
            if not backoff.wait():
                raise
        else:
            return


def _refusal(reason: Mapping[str, Any]) -> Refusal | None:
    if reason.get("Code") != _CONDITION:
        return None
    item = reason.get("Item")
    return Refusal(plain(item) if item else None)

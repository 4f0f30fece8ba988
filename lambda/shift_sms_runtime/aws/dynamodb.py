"""Amazon DynamoDB: the wire format, batch reads, transactions and conditional updates.

A transaction takes one round trip, and all of its actions take effect or none does. If a condition fails, the response
contains the row. Source: BatchGetItem (at most 100 keys) and TransactWriteItems (at most 100 actions) in the DynamoDB
API reference.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shift_sms_runtime.backoff import Backoff, doubling
from shift_sms_runtime.records import record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

T = TypeVar("T")

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

_NO_ERROR, _CONDITION_FAILED = "None", "ConditionalCheckFailed"
_TRANSIENT = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_KEYS_PER_READ = 100
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_THROTTLED = frozenset(
    {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "Throttling"}
)
_PATIENT_ATTEMPTS = 40
"""About six minutes. A table with on-demand capacity doubles it sooner."""


def wire(values: Mapping[str, object]) -> dict[str, Any]:
    """Converts plain values to attribute values."""
    return {name: _serialize(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Converts attribute values to plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


def sortable_time(time: datetime) -> str:
    """Returns a time as a string that sorts: ISO 8601 in UTC, to the millisecond."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


class UnprocessedReads(Exception):
    """DynamoDB was throttled and left keys unread in every attempt."""


def read_batch(
    client: "DynamoDBClient", keys: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, list[dict[str, Any]]]:
    """Reads rows of several tables with strong consistency, 100 per call.

    DynamoDB leaves keys unread while it is throttled. These are read again after growing waits.

    Args:
        client: The DynamoDB client.
        keys: The keys to read, by table.

    Returns:
        The rows that exist, by table, in any order.

    Raises:
        UnprocessedReads: keys were left unread in every attempt.
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


@record
class FailedCondition:
    """The failed condition of one action.

    `row` is the row at that time; None if there was none.
    """

    row: Mapping[str, Any] | None


class ConditionsFailed(Exception):
    """Nothing was written.

    `by_action` has one entry per action: None if the condition of that action held.
    """

    def __init__(self, by_action: Sequence[FailedCondition | None]) -> None:
        super().__init__(f"{sum(failed is not None for failed in by_action)} conditions failed")
        self.by_action = by_action


def transact(client: "DynamoDBClient", actions: Sequence["TransactWriteItemTypeDef"]) -> None:
    """Writes all actions or none. Waits while another transaction writes the same rows.

    The SDK retries a lost request with the same client token, so the request takes effect once.

    Raises:
        ConditionsFailed: a condition failed, and nothing was written.
    """
    backoff = Backoff(_WAITS)
    while True:
        try:
            client.transact_write_items(TransactItems=actions)
        except client.exceptions.TransactionCanceledException as canceled:
            reasons = canceled.response["CancellationReasons"]
            codes = {reason.get("Code", _NO_ERROR) for reason in reasons} - {_NO_ERROR}
            if _CONDITION_FAILED in codes:
                raise ConditionsFailed([_failed_condition(reason) for reason in reasons]) from None
            if not codes <= _TRANSIENT or not backoff.wait():
                raise
        else:
            return


def while_throttled(call: Callable[[], T], *, sleep: Callable[[float], None] | None = None) -> T:
    """Repeats a call of an operator while DynamoDB is throttled, for some minutes.

    Args:
        call: What to do. It is safe to repeat, because DynamoDB refuses it before it takes effect.
        sleep: Waits for a number of seconds; `time.sleep` by default.
    """
    backoff = Backoff(itertools.islice(doubling(0.1, maximum=10.0), _PATIENT_ATTEMPTS), sleep=sleep)
    while True:
        try:
            return call()
        except UnprocessedReads:
            if not backoff.wait():
                raise
        except ClientError as error:
            if not _is_throttled(error) or not backoff.wait():
                raise


def _is_throttled(error: ClientError) -> bool:
    reasons = cast("Any", error.response).get("CancellationReasons", ())
    codes = {reason.get("Code", _NO_ERROR) for reason in reasons} - {_NO_ERROR}
    return error.response["Error"]["Code"] in _THROTTLED or (bool(codes) and codes <= _TRANSIENT)


def update(client: "DynamoDBClient", request: "UpdateTypeDef") -> None:
    """Makes one conditional write. Waits while a transaction writes the same row.

    Raises:
        ConditionsFailed: the condition failed. `by_action` has one entry.
    """
    backoff = Backoff(_WAITS)
    while True:
        try:
            client.update_item(**request)
        except client.exceptions.ConditionalCheckFailedException as error:
            row = cast("Mapping[str, Any]", error.response.get("Item", {}))
            raise ConditionsFailed([FailedCondition(plain(row) if row else None)]) from None
        except client.exceptions.TransactionConflictException:
            if not backoff.wait():
                raise
        else:
            return


def _failed_condition(reason: Mapping[str, Any]) -> FailedCondition | None:
    if reason.get("Code") != _CONDITION_FAILED:
        return None
    item = reason.get("Item")
    return FailedCondition(plain(item) if item else None)

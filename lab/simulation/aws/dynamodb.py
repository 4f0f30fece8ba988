"""DynamoDB in memory: the operations that the runtime uses.

Expressions, errors and limits are those of AWS.

Every operation is atomic and takes effect at once. A table can let its indexes and its eventually consistent reads lag.
"""

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Any

from lab.simulation.aws.calls import Calls, Response
from lab.simulation.aws.client import SimulatedClient, check_parameters, client_error
from lab.simulation.aws.tables import writes
from lab.simulation.aws.tables.definitions import TableDefinition
from lab.simulation.aws.tables.errors import ConditionFailed, Invalid
from lab.simulation.aws.tables.expressions import Placeholders
from lab.simulation.aws.tables.metrics import BASE, Metrics, read_units
from lab.simulation.aws.tables.reads import PageReader, projected
from lab.simulation.aws.tables.rows import Key
from lab.simulation.aws.tables.table import Table

_SERVICE = "dynamodb"
_MAX_BATCH_KEYS = 100
_MAX_BATCH_BYTES = 16 * 1024 * 1024
_TOKEN_SECONDS = 600
"""Source: BatchGetItem and TransactWriteItems in the DynamoDB API reference."""

_EXPRESSIONS = ("ExpressionAttributeNames", "ExpressionAttributeValues")
_WRITE = (
    "TableName",
    "ConditionExpression",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    *_EXPRESSIONS,
)
_PAGE = (
    *("TableName", "IndexName", "ConsistentRead", "Limit", "ExclusiveStartKey", "FilterExpression", "Select"),
    *("ProjectionExpression", *_EXPRESSIONS),
)
_ACTION = ("TableName", "ConditionExpression", "ReturnValuesOnConditionCheckFailure", *_EXPRESSIONS)
_PARAMETERS = {
    "GetItem": frozenset(
        {"TableName", "Key", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}
    ),
    "BatchGetItem": frozenset({"RequestItems"}),
    "PutItem": frozenset({"Item", *_WRITE}),
    "UpdateItem": frozenset({"Key", "UpdateExpression", *_WRITE}),
    "DeleteItem": frozenset({"Key", *_WRITE}),
    "Query": frozenset({"KeyConditionExpression", "ScanIndexForward", *_PAGE}),
    "Scan": frozenset(_PAGE),
    "TransactWriteItems": frozenset({"TransactItems", "ClientRequestToken"}),
    "Put": frozenset({"Item", *_ACTION}),
    "Update": frozenset({"Key", "UpdateExpression", *_ACTION}),
    "Delete": frozenset({"Key", *_ACTION}),
    "ConditionCheck": frozenset({"Key", *_ACTION}),
    "keys of BatchGetItem": frozenset(
        {"Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}
    ),
}


class DynamoDb:
    """The tables of one account."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Starts without tables; `clock` returns the time in seconds since 1970."""
        self.tables: dict[str, Table] = {}
        self.metrics = Metrics(clock)
        self.lock = RLock()
        self._clock = clock
        self._sequence_numbers = itertools.count(1)
        self._transactions: dict[str, tuple[float, str]] = {}
        self._tokens = itertools.count(1)

    def create_table(
        self,
        definition: TableDefinition,
        *,
        index_lag: Callable[[], float] | None = None,
        read_lag: Callable[[], float] | None = None,
    ) -> Table:
        """Makes a table; see `Table` for the lags."""
        table = self.tables[definition.name] = Table(
            definition,
            metrics=self.metrics,
            clock=self._clock,
            next_sequence_number=lambda: next(self._sequence_numbers),
            index_lag=index_lag,
            read_lag=read_lag,
        )
        return table

    def new_token(self) -> str:
        """Returns a client request token that no other request has."""
        return f"token-{next(self._tokens)}"

    def is_repeated(self, token: str, actions: object) -> bool:
        """Returns whether a transaction with this token has taken effect within ten minutes.

        Raises:
            TokenMismatch: it had other actions.
        """
        recorded = self._transactions.get(token)
        if recorded is None or recorded[0] < self._clock():
            return False
        if recorded[1] != _digest(actions):
            raise TokenMismatch
        return True

    def record_transaction(self, token: str, actions: object) -> None:
        """Records that a transaction took effect."""
        self._transactions[token] = self._clock() + _TOKEN_SECONDS, _digest(actions)
        oldest = next(iter(self._transactions))
        while self._transactions[oldest][0] < self._clock():
            del self._transactions[oldest]
            oldest = next(iter(self._transactions))


class TokenMismatch(Exception):
    """A client request token was used with different actions."""


def _digest(actions: object) -> str:
    return json.dumps(actions, sort_keys=True, default=repr)


class DynamoDbClient(SimulatedClient):
    """The boto3 client of DynamoDB."""

    service = _SERVICE

    def __init__(self, database: DynamoDb, *, calls: Calls | None = None, max_attempts: int = 1) -> None:
        """See `SimulatedClient`."""
        super().__init__(calls=calls, max_attempts=max_attempts)
        self._database = database

    def create_table(self, **request: Any) -> Response:
        """Makes a table. The request is not counted."""
        self._database.create_table(TableDefinition.of(request))
        return {"TableDescription": {"TableStatus": "ACTIVE"}}

    def get_item(self, **request: Any) -> Response:
        """See GetItem in the DynamoDB API reference."""
        return self._on_table("GetItem", request, self._get)

    def put_item(self, **request: Any) -> Response:
        """See PutItem in the DynamoDB API reference."""
        return self._on_table("PutItem", request, writes.put)

    def update_item(self, **request: Any) -> Response:
        """See UpdateItem in the DynamoDB API reference."""
        return self._on_table("UpdateItem", request, writes.update)

    def delete_item(self, **request: Any) -> Response:
        """See DeleteItem in the DynamoDB API reference."""
        return self._on_table("DeleteItem", request, writes.delete)

    def query(self, **request: Any) -> Response:
        """See Query in the DynamoDB API reference."""
        return self._on_table(
            "Query", request, lambda table, _: PageReader(table, request, self._database.metrics).query()
        )

    def scan(self, **request: Any) -> Response:
        """See Scan in the DynamoDB API reference."""
        return self._on_table(
            "Scan", request, lambda table, _: PageReader(table, request, self._database.metrics).scan()
        )

    def get_paginator(self, operation: str) -> "Paginator":
        """Returns the paginator of `query` or `scan`."""
        return Paginator({"query": self.query, "scan": self.scan}[operation])

    def batch_get_item(self, **request: Any) -> Response:
        """See BatchGetItem in the DynamoDB API reference."""
        check_parameters("BatchGetItem", request, _PARAMETERS["BatchGetItem"])
        return self._carry_out(
            "BatchGetItem", request, request["RequestItems"], lambda: self._batch_get(request)
        )

    def transact_write_items(self, **request: Any) -> Response:
        """See TransactWriteItems in the DynamoDB API reference.

        As botocore does, adds a client request token.
        """
        check_parameters("TransactWriteItems", request, _PARAMETERS["TransactWriteItems"])
        tables = []
        for action in request["TransactItems"]:
            for kind, target in action.items():
                check_parameters(kind, target, _PARAMETERS[kind])
                tables.append(target["TableName"])
        request = {"ClientRequestToken": self._database.new_token(), **request}
        return self._carry_out(
            "TransactWriteItems", request, dict.fromkeys(tables), lambda: self._transact(request)
        )

    def _on_table(
        self,
        operation: str,
        request: Mapping[str, Any],
        carry_out: Callable[[Table, Mapping[str, Any]], Response],
    ) -> Response:
        check_parameters(operation, request, _PARAMETERS[operation])
        name = request["TableName"]
        return self._carry_out(
            operation, request, (name,), lambda: carry_out(self._table(operation, name), request)
        )

    def _carry_out(
        self,
        operation: str,
        request: Mapping[str, Any],
        tables: Any,
        effect: Callable[[], Response],
    ) -> Response:
        """Makes a request whose errors are raised as botocore raises them."""

        def translated() -> Response:
            with self._database.lock:
                self._database.metrics.count_call(operation, tables)
                try:
                    return effect()
                except Invalid as error:
                    raise client_error(_SERVICE, operation, "ValidationException", str(error)) from None
                except ConditionFailed as failed:
                    wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
                    item: Any = {"Item": dict(failed.item)} if wanted and failed.item is not None else {}
                    code = "ConditionalCheckFailedException"
                    raise client_error(_SERVICE, operation, code, str(failed), **item) from None

        return self._request(operation, request, translated)

    def _table(self, operation: str, name: str) -> Table:
        table = self._database.tables.get(name)
        if table is None:
            raise client_error(
                _SERVICE, operation, "ResourceNotFoundException", "Requested resource not found"
            )
        return table

    def _get(self, table: Table, request: Mapping[str, Any]) -> Response:
        placeholders = Placeholders(request)
        projection = placeholders.projection()
        placeholders.check_all_used()
        key, consistent = table.key(request["Key"]), bool(request.get("ConsistentRead"))
        item = self._read(table, key, consistent=consistent)
        return {} if item is None else {"Item": projected(item, projection)}

    def _read(self, table: Table, key: Key, *, consistent: bool) -> dict[str, Any] | None:
        row = table.readable(consistent=consistent).by_key.get(key)
        units = read_units(row.size if row else 0, consistent=consistent)
        self._database.metrics.read(table.name, BASE, key[0], units, 1 if row else 0)
        return row.item if row else None

    def _batch_get(self, request: Mapping[str, Any]) -> Response:
        count = sum(len(one["Keys"]) for one in request["RequestItems"].values())
        if not 1 <= count <= _MAX_BATCH_KEYS:
            raise Invalid("Too many items requested for the BatchGetItem call")
        responses: dict[str, list[dict[str, Any]]] = {}
        for name, wanted in request["RequestItems"].items():
            check_parameters("BatchGetItem", wanted, _PARAMETERS["keys of BatchGetItem"])
            table, consistent = self._table("BatchGetItem", name), bool(wanted.get("ConsistentRead"))
            placeholders = Placeholders(wanted)
            projection = placeholders.projection()
            placeholders.check_all_used()
            keys = [table.key(key) for key in wanted["Keys"]]
            if len(set(keys)) < len(keys):
                raise Invalid("Provided list of item keys contains duplicates")
            items = (self._read(table, key, consistent=consistent) for key in keys)
            responses[name] = [projected(item, projection) for item in items if item is not None]
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _transact(self, request: Mapping[str, Any]) -> Response:
        operation, token, actions = (
            "TransactWriteItems",
            request["ClientRequestToken"],
            request["TransactItems"],
        )
        try:
            if not self._database.is_repeated(token, actions):
                writes.transact(lambda name: self._table(operation, name), actions)
                self._database.record_transaction(token, actions)
        except writes.TransactionCanceled as canceled:
            code, reasons = "TransactionCanceledException", list(canceled.reasons)
            raise client_error(
                _SERVICE, operation, code, str(canceled), CancellationReasons=reasons
            ) from None
        except TokenMismatch:
            raise client_error(_SERVICE, operation, "IdempotentParameterMismatchException") from None
        return {}


class Paginator:
    """Reads the pages of a query or a scan."""

    def __init__(self, operation: Callable[..., Response]) -> None:
        self._operation = operation

    def paginate(
        self,
        *,
        PaginationConfig: Mapping[str, int] | None = None,  # noqa: N803 - as in boto3
        **request: Any,
    ) -> Iterator[Response]:
        """Yields pages; `PaginationConfig` may have `PageSize`."""
        for name, value in (PaginationConfig or {}).items():
            request[{"PageSize": "Limit"}[name]] = value
        while True:
            page = self._operation(**request)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

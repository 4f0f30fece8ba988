"""Reads pages of a table or an index.

A page ends at the limit, at 1 MB, or with the last row. Only the page that reaches the end of the rows has no
`LastEvaluatedKey`. Source: Query in the DynamoDB API reference.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lab.simulation.aws.tables.attribute_values import Item, Value, kind_of, ordered
from lab.simulation.aws.tables.errors import Invalid
from lab.simulation.aws.tables.expressions import CompiledCondition, CompiledProjection, Placeholders
from lab.simulation.aws.tables.metrics import BASE, Metrics, read_units
from lab.simulation.aws.tables.rows import Key, Row, Rows
from lab.simulation.aws.tables.table import Index, Table

_MAX_PAGE_BYTES = 1024 * 1024
_SELECT_COUNT = "COUNT"
_SELECTIONS = (_SELECT_COUNT, "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES")


class PageReader:
    """Reads the page that one `Query` or `Scan` request asks for."""

    def __init__(self, table: Table, request: Mapping[str, Any], metrics: Metrics) -> None:
        """Checks the parameters that both operations share.

        Raises:
            Invalid: DynamoDB would reject them.
        """
        self._table = table
        self._request = request
        self._metrics = metrics
        self._index = self._find_index()
        self._consistent = bool(request.get("ConsistentRead"))
        self._limit = request.get("Limit")
        self._placeholders = Placeholders(request)
        if self._index is not None and self._consistent:
            raise Invalid("Consistent reads are not supported on global secondary indexes")
        if self._limit is not None and self._limit < 1:
            raise Invalid(
                f"1 validation error detected: Value '{self._limit}' at 'limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            )

    def _find_index(self) -> Index | None:
        name = self._request.get("IndexName")
        if name is None:
            return None
        if name not in self._table.indexes:
            raise Invalid(f"The table does not have the specified index: {name}")
        return self._table.indexes[name]

    @property
    def _rows(self) -> Rows:
        if self._index is not None:
            return self._index.replica.rows
        return self._table.readable(consistent=self._consistent)

    @property
    def _schema(self) -> tuple[str, str | None]:
        keys = self._index or self._table
        return keys.definition.partition_key, keys.definition.sort_key

    def query(self) -> dict[str, Any]:
        """Reads the page of a query."""
        condition = self._placeholders.key_condition(*self._schema)
        filters = self._filters(no_keys=True)
        projection = self._projection()
        self._placeholders.check_all_used()
        keys = condition.key_range(self._placeholders.values)
        for name, value in zip(
            self._schema, (keys.partition, keys.low or keys.high or keys.prefix), strict=True
        ):
            if name and value and kind_of(value) != self._table.definition.key_type(name):
                raise Invalid(
                    "One or more parameter values were invalid: Condition parameter type does not match schema type"
                )
        after = self._exclusive_start()
        forward = self._request.get("ScanIndexForward", True)
        rows = self._rows.select(keys, forward=forward, after=after and after[1])
        return self._page(rows, filters, projection, lambda _: ordered(keys.partition))

    def scan(self) -> dict[str, Any]:
        """Reads the page of a scan."""
        filters, projection = self._filters(no_keys=False), self._projection()
        self._placeholders.check_all_used()
        rows = self._rows.scan(after=self._exclusive_start())
        return self._page(rows, filters, projection, lambda row: row.partition)

    def _filters(self, *, no_keys: bool) -> CompiledCondition | None:
        filters = self._placeholders.condition("FilterExpression")
        if filters is not None and no_keys:
            for path in filters.paths:
                if path.attribute in self._schema:
                    raise Invalid(
                        "Filter Expression can only contain non-primary key attributes: "
                        f"Primary key attribute: {path.attribute}"
                    )
        return filters

    def _projection(self) -> CompiledProjection | None:
        select = self._request.get("Select")
        projection = self._placeholders.projection()
        if select is not None and select not in _SELECTIONS:
            raise Invalid(f"Value '{select}' at 'select' failed to satisfy constraint: {_SELECTIONS}")
        if projection is not None and select not in (None, "SPECIFIC_ATTRIBUTES"):
            raise Invalid(f"Cannot specify the ProjectionExpression when choosing to get {select}")
        kept = self._index.definition.projected if self._index else None
        if self._index is not None and kept is not None:
            if select == "ALL_ATTRIBUTES":
                raise Invalid(
                    "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global "
                    f"secondary index {self._index.definition.name} because its projection type is not ALL"
                )
            missing = {path.attribute for path in projection.paths} if projection else set()
            if missing := missing - kept - set(self._index.keys):
                raise Invalid(
                    "One or more parameter values were invalid: Global secondary index "
                    f"{self._index.definition.name} does not project [{', '.join(sorted(missing))}]"
                )
        return projection

    def _exclusive_start(self) -> tuple[Any, tuple[Any, Key]] | None:
        """Returns the partition key and the position after which the page begins."""
        start: Mapping[str, Value] | None = self._request.get("ExclusiveStartKey")
        if start is None:
            return None
        partition_name, sort_name = self._schema
        names = self._index.keys if self._index else [name for name in self._schema if name is not None]
        if set(start) != set(names):
            raise Invalid("The provided starting key is invalid")
        key = self._table.key({name: start[name] for name in self._table.key_names})
        sort = None if sort_name is None else ordered(start[sort_name])
        return ordered(start[partition_name]), (sort, key)

    def _page(
        self,
        rows: Iterator[Row],
        filters: CompiledCondition | None,
        projection: CompiledProjection | None,
        partition_of: Callable[[Row], object],
    ) -> dict[str, Any]:
        values, items, scanned, size = self._placeholders.values, [], 0, 0
        last: Row | None = None
        read_of: dict[object, tuple[int, int]] = {}
        for row in rows:
            last, scanned, size = row, scanned + 1, size + row.size
            partition = partition_of(row)
            bytes_before, rows_before = read_of.get(partition, (0, 0))
            read_of[partition] = bytes_before + row.size, rows_before + 1
            if filters is None or filters.condition.holds(row.item, values):
                items.append(projected(row.item, projection))
            if scanned == self._limit or size >= _MAX_PAGE_BYTES:
                break
        else:
            last = None
        self._count(read_of)
        response: dict[str, Any] = {"Count": len(items), "ScannedCount": scanned}
        if self._request.get("Select") != _SELECT_COUNT:
            response["Items"] = items
        if last is not None:
            names = self._index.keys if self._index else self._table.key_names
            response["LastEvaluatedKey"] = {name: last.item[name] for name in names}
        return response

    def _count(self, read_of: Mapping[object, tuple[int, int]]) -> None:
        index = self._index.definition.name if self._index else BASE
        if not read_of:
            self._metrics.read(self._table.name, index, None, read_units(0, consistent=self._consistent), 0)
        for partition, (size, rows) in read_of.items():
            self._metrics.read(
                self._table.name, index, partition, read_units(size, consistent=self._consistent), rows
            )


def projected(item: Item, projection: CompiledProjection | None) -> Item:
    """Returns the attributes of an item that a read returns."""
    return projection.project(item) if projection else dict(item)

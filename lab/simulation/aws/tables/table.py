"""One simulated table: its rows, indexes and stream."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.simulation.aws.tables.attribute_values import Item, Value, canonical_item, kind_of, ordered
from lab.simulation.aws.tables.definitions import IndexDefinition, StreamView, TableDefinition
from lab.simulation.aws.tables.errors import ConditionFailed, DoesNotFitItem, Invalid
from lab.simulation.aws.tables.expressions import CompiledCondition, CompiledUpdate
from lab.simulation.aws.tables.metrics import BASE, Metrics, write_units
from lab.simulation.aws.tables.parser import Values
from lab.simulation.aws.tables.rows import Key, Replica, Row, Rows

_MAX_ITEM_BYTES = 400 * 1024
_MAX_PARTITION_KEY_BYTES, _MAX_SORT_KEY_BYTES = 2048, 1024
"""Source: "Quotas and constraints in Amazon DynamoDB" in the developer guide."""


def _no_lag() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One change of a table. `sequence_number` grows with every change of any table."""

    sequence_number: int
    event_name: str
    keys: Item
    new_image: Item | None
    old_image: Item | None
    at: float
    expired: bool = False

    def to_event(self, view: StreamView) -> dict[str, Any]:
        """Returns the record as Lambda passes it to a function."""
        change: dict[str, Any] = {
            "ApproximateCreationDateTime": self.at,
            "Keys": self.keys,
            "SequenceNumber": str(self.sequence_number),
            "StreamViewType": view.value,
        }
        if self.new_image is not None and view in (StreamView.NEW_IMAGE, StreamView.NEW_AND_OLD_IMAGES):
            change["NewImage"] = self.new_image
        if self.old_image is not None and view in (StreamView.OLD_IMAGE, StreamView.NEW_AND_OLD_IMAGES):
            change["OldImage"] = self.old_image
        expiry = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
        return {
            "eventID": f"{self.sequence_number:032x}",
            "eventName": self.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": change,
            **(expiry if self.expired else {}),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """A checked write that has not taken effect yet. `after` is None if it removes the row."""

    table: "Table"
    key: Key
    before: Row | None
    after: Row | None


class Index:
    """One global secondary index."""

    def __init__(self, definition: IndexDefinition, table: TableDefinition, replica: Replica) -> None:
        self.definition = definition
        self.replica = replica
        self._table = table
        keys = (definition.partition_key, definition.sort_key, table.partition_key, table.sort_key)
        self.keys = tuple(dict.fromkeys(key for key in keys if key is not None))

    def check(self, item: Item) -> None:
        """Checks the index keys of an item.

        Raises:
            Invalid: one has the wrong type, is empty or too long.
        """
        definition = self.definition
        for key, most in (
            (definition.partition_key, _MAX_PARTITION_KEY_BYTES),
            (definition.sort_key, _MAX_SORT_KEY_BYTES),
        ):
            if key is None or key not in item:
                continue
            value, expected = item[key], self._table.key_type(key)
            if kind_of(value) != expected:
                raise Invalid(
                    f"One or more parameter values were invalid: Type mismatch for Index Key {key} "
                    f"Expected: {expected} Actual: {kind_of(value)} IndexName: {definition.name}"
                )
            _check_key_size(value, most, f"IndexName: {definition.name}, IndexKey: {key}")

    def row(self, base: Row) -> Row | None:
        """Returns the row of an item in the index; None if the item lacks a key of the index."""
        definition, item, size = self.definition, base.item, base.size
        if definition.partition_key not in item:
            return None
        if definition.sort_key is not None and definition.sort_key not in item:
            return None
        if definition.projected is not None:
            kept = definition.projected.union(self.keys)
            item, size = canonical_item({name: value for name, value in item.items() if name in kept})
        sort = None if definition.sort_key is None else ordered(item[definition.sort_key])
        return Row(base.key, item, size, ordered(item[definition.partition_key]), sort)


class Table:
    """One table. A write is checked first, and takes effect with `commit`."""

    def __init__(
        self,
        definition: TableDefinition,
        *,
        metrics: Metrics,
        clock: Callable[[], float],
        next_sequence_number: Callable[[], int],
        index_lag: Callable[[], float] | None = None,
        read_lag: Callable[[], float] | None = None,
    ) -> None:
        """Makes an empty table.

        Args:
            definition: The keys, indexes and stream.
            metrics: Counts the write units.
            clock: Returns the time in seconds.
            next_sequence_number: Returns the sequence number of the next stream record.
            index_lag: Returns the seconds after which an index shows the next change; by default none.
            read_lag: Returns the seconds after which an eventually consistent read shows the next change; by default
                none.
        """
        self.definition = definition
        self.rows = Rows()
        self.stream: list[StreamRecord] = []
        """The stream records that the consumer has not removed yet."""
        self.indexes = {
            index.name: Index(index, definition, Replica(clock, index_lag or _no_lag))
            for index in definition.indexes
        }
        self._eventual = Replica(clock, read_lag) if read_lag else None
        self._metrics = metrics
        self._clock = clock
        self._next_sequence_number = next_sequence_number
        self.key_names = [
            name for name in (definition.partition_key, definition.sort_key) if name is not None
        ]

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.definition.name

    @property
    def items(self) -> list[Item]:
        """All items, for tests."""
        return [row.item for row in self.rows.by_key.values()]

    def readable(self, *, consistent: bool) -> Rows:
        """Returns the rows that a read sees."""
        return self.rows if consistent or self._eventual is None else self._eventual.rows

    def key(self, given: Mapping[str, Value]) -> Key:
        """Returns the key that a request gives as `Key`.

        Raises:
            Invalid: it does not match the key schema.
        """
        if len(given) != len(self.key_names):
            raise Invalid("The provided key element does not match the schema")
        for name in self.key_names:
            if name not in given or kind_of(given[name]) != self.definition.key_type(name):
                raise Invalid("The provided key element does not match the schema")
        return self._checked_key(given)

    def put_key(self, item: Mapping[str, Value]) -> Key:
        """Returns the key of an item to put.

        Raises:
            Invalid: it lacks a key attribute, or one is malformed.
        """
        for name in self.key_names:
            if name not in item:
                raise Invalid(
                    f"One or more parameter values were invalid: Missing the key {name} in the item"
                )
            expected = self.definition.key_type(name)
            if kind_of(item[name]) != expected:
                raise Invalid(
                    f"One or more parameter values were invalid: Type mismatch for key {name} "
                    f"expected: {expected} actual: {kind_of(item[name])}"
                )
        return self._checked_key(item)

    def _checked_key(self, attributes: Mapping[str, Value]) -> Key:
        partition_key, sort_key = self.definition.partition_key, self.definition.sort_key
        partition = attributes[partition_key]
        _check_key_size(partition, _MAX_PARTITION_KEY_BYTES, f"Key: {partition_key}")
        if sort_key is None:
            return ordered(partition), None
        sort = attributes[sort_key]
        _check_key_size(sort, _MAX_SORT_KEY_BYTES, f"Key: {sort_key}")
        return ordered(partition), ordered(sort)

    def put(self, item: Mapping[str, Value], condition: CompiledCondition | None, values: Values) -> Change:
        """Checks a `Put`.

        Raises:
            Invalid: the item is malformed.
            ConditionFailed: the condition does not hold.
        """
        checked, size = canonical_item(item)
        key = self.put_key(checked)
        return Change(self, key, self._checked_row(key, condition, values), self._row(key, checked, size))

    def update(
        self,
        key_attributes: Mapping[str, Value],
        update: CompiledUpdate | None,
        condition: CompiledCondition | None,
        values: Values,
    ) -> Change:
        """Checks an `Update`.

        Raises:
            Invalid: the update is malformed or does not fit the item.
            ConditionFailed: the condition does not hold.
        """
        key = self.key(key_attributes)
        if update is not None:
            self._check_no_key_is_written(update)
        before = self._checked_row(key, condition, values)
        item = dict(before.item if before else canonical_item(key_attributes)[0])
        if update is not None:
            item = update.update.apply(item, values)
        return Change(self, key, before, self._row(key, item, canonical_item(item)[1]))

    def _check_no_key_is_written(self, update: CompiledUpdate) -> None:
        for path in update.update.paths:
            if path.attribute in self.key_names:
                raise Invalid(
                    f"One or more parameter values were invalid: Cannot update attribute {path.attribute}. "
                    "This attribute is part of the key"
                )

    def delete(
        self, key_attributes: Mapping[str, Value], condition: CompiledCondition | None, values: Values
    ) -> Change:
        """Checks a `Delete`.

        Raises:
            ConditionFailed: the condition does not hold.
        """
        key = self.key(key_attributes)
        return Change(self, key, self._checked_row(key, condition, values), None)

    def check(
        self, key_attributes: Mapping[str, Value], condition: CompiledCondition, values: Values
    ) -> Change:
        """Checks a `ConditionCheck`, which writes nothing.

        Raises:
            ConditionFailed: the condition does not hold.
        """
        key = self.key(key_attributes)
        row = self._checked_row(key, condition, values)
        return Change(self, key, row, row)

    def _checked_row(self, key: Key, condition: CompiledCondition | None, values: Values) -> Row | None:
        row = self.rows.by_key.get(key)
        if condition is not None and not condition.condition.holds(row.item if row else {}, values):
            self._metrics.write(self.name, BASE, key[0], write_units(row.size if row else 0))
            raise ConditionFailed(row.item if row else None)
        return row

    def _row(self, key: Key, item: Item, size: int) -> Row:
        if size > _MAX_ITEM_BYTES:
            raise DoesNotFitItem("Item size has exceeded the maximum allowed size")
        for index in self.indexes.values():
            index.check(item)
        return Row(key, item, size, key[0], key[1])

    def commit(self, change: Change, *, transactional: bool = False, expired: bool = False) -> None:
        """Makes a checked write take effect."""
        before, after, key = change.before, change.after, change.key
        larger = max(before.size if before else 0, after.size if after else 0)
        self._metrics.write(self.name, BASE, key[0], write_units(larger, transactional=transactional))
        if after is before or (before and after and before.item == after.item):
            return
        if after is None:
            self.rows.remove(key)
        else:
            self.rows.put(after)
        if self._eventual is not None:
            self._eventual.change(key, after)
        for index in self.indexes.values():
            self._change_index(index, change)
        if self.definition.stream is not None:
            self.stream.append(self._record(change, expired=expired))

    def _change_index(self, index: Index, change: Change) -> None:
        before = index.row(change.before) if change.before else None
        after = index.row(change.after) if change.after else None
        if before == after:
            return
        index.replica.change(change.key, after)
        moved = before and after and (before.partition, before.sort) != (after.partition, after.sort)
        for row in (before, after) if moved else (after or before,):
            if row is not None:
                self._metrics.write(self.name, index.definition.name, row.partition, write_units(row.size))

    def _record(self, change: Change, *, expired: bool) -> StreamRecord:
        before, after = change.before, change.after
        name = "REMOVE" if after is None else "MODIFY" if before else "INSERT"
        item = (after or before).item  # type: ignore[union-attr]
        return StreamRecord(
            self._next_sequence_number(),
            name,
            {key: item[key] for key in self.key_names},
            after.item if after else None,
            before.item if before else None,
            self._clock(),
            expired,
        )

    def delete_expired(self) -> Sequence[Item]:
        """Deletes the items whose time to live has passed, and returns them.

        DynamoDB does so within days.
        """
        attribute, now = self.definition.time_to_live, self._clock()
        if attribute is None:
            return []
        rows = [
            row
            for row in self.rows.by_key.values()
            if "N" in row.item.get(attribute, {}) and float(row.item[attribute]["N"]) < now
        ]
        for row in rows:
            self.commit(Change(self, row.key, row, None), expired=True)
        return [row.item for row in rows]


def _check_key_size(value: Value, most: int, name: str) -> None:
    ((kind, content),) = value.items()
    if kind == "N":
        return
    size = len(content.encode()) if isinstance(content, str) else len(content)
    if not size:
        raise Invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
            f"an empty {'string' if kind == 'S' else 'binary'} value. {name}"
        )
    if size > most:
        side = "hashkey" if most == _MAX_PARTITION_KEY_BYTES else "rangekey"
        raise Invalid(
            f"One or more parameter values were invalid: Size of {side} has exceeded the maximum size limit of{most}"
            " bytes"
        )

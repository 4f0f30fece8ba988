"""Rows of a table or an index, sorted within each partition."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from zlib import crc32

from lab.simulation.aws.tables.attribute_values import Item, ordered
from lab.simulation.aws.tables.expressions import KeyRange

Key = tuple[Any, Any]
"""The key of a row in its table: the values of its partition key and its sort key.

The latter is None if the table has no sort key.
"""

_sort_value = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table or an index; `size` is in bytes."""

    key: Key
    item: Item
    size: int
    partition: Any
    sort: Any

    @property
    def position(self) -> tuple[Any, Key]:
        """The place within the partition. Rows of an index may have equal sort keys."""
        return self.sort, self.key


class Rows:
    """The rows of one table or index."""

    def __init__(self) -> None:
        self.by_key: dict[Key, Row] = {}
        self._partitions: dict[Any, list[tuple[Any, Key]]] = {}
        self._scan_order: list[Any] | None = None

    def put(self, row: Row) -> None:
        """Adds or replaces a row."""
        before = self.by_key.get(row.key)
        if before is not None:
            if before.partition == row.partition and before.sort == row.sort:
                self.by_key[row.key] = row
                return
            self.remove(row.key)
        self.by_key[row.key] = row
        partition = self._partitions.get(row.partition)
        if partition is None:
            self._partitions[row.partition] = [row.position]
            self._scan_order = None
        elif partition[-1] < row.position:
            partition.append(row.position)
        else:
            insort(partition, row.position)

    def remove(self, key: Key) -> None:
        """Removes a row if it exists."""
        row = self.by_key.pop(key, None)
        if row is None:
            return
        partition = self._partitions[row.partition]
        del partition[bisect_left(partition, row.position)]
        if not partition:
            del self._partitions[row.partition]
            self._scan_order = None

    def select(
        self, keys: KeyRange, *, forward: bool = True, after: tuple[Any, Key] | None = None
    ) -> Iterator[Row]:
        """Yields the rows in a range of one partition, in order, beginning after a position."""
        entries = self._partitions.get(ordered(keys.partition), [])
        low, high = _bounds(entries, keys)
        if after is not None:
            if forward:
                low = max(low, bisect_right(entries, after))
            else:
                high = min(high, bisect_left(entries, after))
        for number in range(low, high) if forward else range(high - 1, low - 1, -1):
            yield self.by_key[entries[number][1]]

    def scan(self, *, after: tuple[Any, tuple[Any, Key]] | None = None) -> Iterator[Row]:
        """Yields all rows by a hash of the partition key.

        Begins after a partition key and position.
        """
        if self._scan_order is None:
            self._scan_order = sorted(self._partitions, key=_hash)
        partitions = self._scan_order
        first = 0
        if after is not None:
            first = bisect_left(partitions, _hash(after[0]), key=_hash)
        for partition in partitions[first:]:
            entries = self._partitions[partition]
            begin = bisect_right(entries, after[1]) if after is not None and after[0] == partition else 0
            for number in range(begin, len(entries)):
                yield self.by_key[entries[number][1]]


def _hash(partition: Any) -> tuple[int, str]:
    text = str(partition)
    return crc32(text.encode()), text


def _bounds(entries: list[tuple[Any, Key]], keys: KeyRange) -> tuple[int, int]:
    low, high = 0, len(entries)
    if keys.prefix is not None:
        prefix = ordered(keys.prefix)
        low = bisect_left(entries, prefix, key=_sort_value)
        high = bisect_left(entries, True, lo=low, key=lambda entry: not entry[0].startswith(prefix))
    if keys.low is not None:
        find_low = bisect_right if keys.low_open else bisect_left
        low = find_low(entries, ordered(keys.low), key=_sort_value)
    if keys.high is not None:
        find_high = bisect_left if keys.high_open else bisect_right
        high = find_high(entries, ordered(keys.high), key=_sort_value)
    return low, high


class Replica:
    """Rows that follow those of a table after a lag.

    Indexes and eventually consistent reads do so.
    """

    def __init__(self, clock: Callable[[], float], lag: Callable[[], float]) -> None:
        """Sets up an empty replica.

        `lag` returns the seconds after which the next change is visible.
        """
        self._rows = Rows()
        self._clock = clock
        self._lag = lag
        self._pending: deque[tuple[float, Key, Row | None]] = deque()

    def change(self, key: Key, row: Row | None) -> None:
        """Replaces a row, or removes it if `row` is None. Changes become visible in their order."""
        lag = self._lag()
        if lag <= 0 and not self._pending:
            self._apply(key, row)
        else:
            self._pending.append((self._clock() + lag, key, row))

    @property
    def rows(self) -> Rows:
        """The rows that are visible now."""
        while self._pending and self._pending[0][0] <= self._clock():
            _, key, row = self._pending.popleft()
            self._apply(key, row)
        return self._rows

    def _apply(self, key: Key, row: Row | None) -> None:
        if row is None:
            self._rows.remove(key)
        else:
            self._rows.put(row)

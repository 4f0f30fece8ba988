"""Counts the capacity that requests take, per table, index and partition key.

A write takes one unit per started KB, a transactional write two; a read one unit per started 4 KB, half a unit if it is
eventually consistent, two in a transaction. Source: "DynamoDB read and write operations" in the developer guide.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

BASE = ""
"""The name under which the rows of a table itself are counted, beside those of its indexes."""

_KB = 1024


def write_units(size: int, *, transactional: bool = False) -> int:
    """Returns the write units for an item of `size` bytes."""
    return max(1, math.ceil(size / _KB)) * (2 if transactional else 1)


def read_units(size: int, *, consistent: bool) -> float:
    """Returns the read units for `size` bytes."""
    return max(1, math.ceil(size / (4 * _KB))) * (1 if consistent else 0.5)


@dataclass(slots=True)
class Usage:
    """What requests have taken.

    `peak_write_units` is the most write units in one second of the clock, and `writes_at` that second.
    """

    read_units: float = 0
    write_units: int = 0
    items_read: int = 0
    peak_write_units: int = 0
    writes_at: int = 0
    _second: int = -1
    _units_in_second: int = 0

    def write(self, units: int, second: int) -> None:
        """Counts a write in a second of the clock."""
        self.write_units += units
        if second != self._second:
            self._second, self._units_in_second = second, 0
        self._units_in_second += units
        if self._units_in_second > self.peak_write_units:
            self.peak_write_units, self.writes_at = self._units_in_second, second

    def read(self, units: float, items: int) -> None:
        """Counts a read."""
        self.read_units += units
        self.items_read += items


class Metrics:
    """The usage of all tables, by table, by index, and by partition key.

    `calls` counts the requests by operation and table. A request on several tables counts for each.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self._clock = clock
        self._by_index: defaultdict[tuple[str, str], Usage] = defaultdict(Usage)
        self._by_partition: defaultdict[tuple[str, str, object], Usage] = defaultdict(Usage)

    def count_call(self, operation: str, tables: Iterable[str]) -> None:
        """Counts a request."""
        for table in tables:
            self.calls[operation, table] += 1

    def write(self, table: str, index: str, partition: object, units: int) -> None:
        """Counts a write to one partition key."""
        second = int(self._clock())
        self._by_index[table, index].write(units, second)
        self._by_partition[table, index, partition].write(units, second)

    def read(self, table: str, index: str, partition: object, units: float, items: int) -> None:
        """Counts a read from one partition key."""
        self._by_index[table, index].read(units, items)
        self._by_partition[table, index, partition].read(units, items)

    def usage(self, table: str, index: str = BASE) -> Usage:
        """Returns the usage of a table without its indexes, or of one index."""
        return self._by_index[table, index]

    def partition_usage(self, table: str, partition: object, index: str = BASE) -> Usage:
        """Returns the usage of one partition key."""
        return self._by_partition[table, index, partition]

    def busiest_partitions(self, most: int = 10) -> list[tuple[str, str, object, Usage]]:
        """Returns the partition keys with the most write units in one second.

        Names the table, the index, the key and the usage.
        """
        busiest = sorted(self._by_partition.items(), key=lambda one: one[1].peak_write_units, reverse=True)
        return [(*key, usage) for key, usage in busiest[:most]]

    @property
    def items_read(self) -> int:
        """The items that all requests have read, from tables and indexes."""
        return sum(usage.items_read for usage in self._by_index.values())

    def reset(self) -> None:
        """Begins to count anew."""
        self.calls.clear()
        self._by_index.clear()
        self._by_partition.clear()

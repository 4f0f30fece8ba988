"""Counts the write units that partition keys take."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shift_sms_runtime.aws.dynamodb import plain

_UNIT = 1024
"""The bytes of one write unit. Source: "Read and write operations" in the DynamoDB developer guide."""


class CountingClient:
    """A DynamoDB client on which every write succeeds. Counts the write units of each table and partition key."""

    def __init__(self, partition_keys: Mapping[str, str]) -> None:
        """`partition_keys` are the names of the partition keys by table."""
        self._partition_keys = partition_keys
        self.units: Counter[tuple[str, str]] = Counter()

    def transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> None:  # noqa: N803 - boto3's name
        for table, key in self._keys(TransactItems):
            self.units[table, key] += 2

    def update_item(self, **request: Any) -> None:
        ((table, key),) = self._keys([{"Update": request}])
        self.units[table, key] += 1

    def _keys(self, actions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        for action in actions:
            (write,) = action.values()
            values = plain(write.get("Item") or write["Key"])
            yield write["TableName"], values[self._partition_keys[write["TableName"]]]

    def most(self) -> Counter[str]:
        """Returns the units of the key that takes the most, by table."""
        most: Counter[str] = Counter()
        for (table, _), units in self.units.items():
            most[table] = max(most[table], units)
        return most


def item_units(item: Mapping[str, Any]) -> int:
    """Returns the write units of an item of plain values.

    A number takes at most 21 bytes. Source: "DynamoDB item sizes and formats" in the DynamoDB developer guide.
    """
    size = sum(
        len(name) + (len(value.encode()) if isinstance(value, str) else 21) for name, value in item.items()
    )
    return -(-size // _UNIT)

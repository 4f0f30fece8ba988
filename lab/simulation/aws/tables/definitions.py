"""Definitions of tables: keys, indexes, stream and time to live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

_STRING = "S"


class StreamView(Enum):
    """What a stream record contains of a changed item."""

    KEYS_ONLY = "KEYS_ONLY"
    NEW_IMAGE = "NEW_IMAGE"
    OLD_IMAGE = "OLD_IMAGE"
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"


@dataclass(frozen=True)
class IndexDefinition:
    """A global secondary index.

    `projected` names the attributes besides the keys; None projects all.
    """

    name: str
    partition_key: str
    sort_key: str | None = None
    projected: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class TableDefinition:
    """A table. Key attributes that `key_types` does not name are strings."""

    name: str
    partition_key: str
    sort_key: str | None = None
    indexes: Sequence[IndexDefinition] = ()
    stream: StreamView | None = None
    time_to_live: str | None = None
    key_types: Mapping[str, str] = field(default_factory=dict)

    def key_type(self, attribute: str) -> str:
        """Returns the type of a key attribute."""
        return self.key_types.get(attribute, _STRING)

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "TableDefinition":
        """Returns the definition in a `CreateTable` request.

        Also reads the properties of `AWS::DynamoDB::GlobalTable`.
        """
        partition, sort = _keys(request["KeySchema"])
        stream = request.get("StreamSpecification") or {}
        time_to_live = request.get("TimeToLiveSpecification") or {}
        return cls(
            name=request["TableName"],
            partition_key=partition,
            sort_key=sort,
            indexes=[_index(index) for index in request.get("GlobalSecondaryIndexes") or ()],
            stream=StreamView(stream["StreamViewType"]) if "StreamViewType" in stream else None,
            time_to_live=time_to_live.get("AttributeName"),
            key_types={one["AttributeName"]: one["AttributeType"] for one in request["AttributeDefinitions"]},
        )


def _index(request: Mapping[str, Any]) -> IndexDefinition:
    partition, sort = _keys(request["KeySchema"])
    projection = request["Projection"]
    projected = None if projection["ProjectionType"] == "ALL" else projection.get("NonKeyAttributes", ())
    return IndexDefinition(
        request["IndexName"], partition, sort, None if projected is None else frozenset(projected)
    )


def _keys(schema: Sequence[Mapping[str, str]]) -> tuple[str, str | None]:
    by_type = {element["KeyType"]: element["AttributeName"] for element in schema}
    return by_type["HASH"], by_type.get("RANGE")

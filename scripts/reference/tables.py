"""Generates the page of the tables: keys, indexes, streams and expiry."""

from collections.abc import Iterable, Mapping

from scripts.reference import markdown, product
from scripts.reference.resources import short

_TABLES = """
Keys, indexes, streams and expiry of the tables. All are on demand, encrypted with the key that AWS manages, and have
point-in-time recovery. [Reading the tables](../operating/tables.md) explains the attributes.
"""


def pages() -> dict[str, str]:
    """Returns the page by its path."""
    return {"reference/tables.md": _tables(product.synthesized("connect"))}


def _tables(stack: product.Stack) -> str:
    rows = []
    for name, table in sorted(stack.of_type("AWS::DynamoDB::GlobalTable").items()):
        indexes = [
            f"`{index['IndexName']}` ({_key(index['KeySchema'])})"
            for index in table.get("GlobalSecondaryIndexes", [])
        ]
        stream = table.get("StreamSpecification", {}).get("StreamViewType")
        expiry = table.get("TimeToLiveSpecification", {}).get("AttributeName")
        rows.append(
            [
                short(name).removeprefix("Tables"),
                _key(table["KeySchema"]),
                ", ".join(indexes) or "–",
                markdown.code(stream) if stream else "–",
                markdown.code(expiry) if expiry else "–",
            ]
        )
    return markdown.page(
        "Tables", _TABLES, markdown.table(["table", "key", "index", "stream", "expiry"], rows)
    )


def _key(schema: Iterable[Mapping[str, str]]) -> str:
    return ", ".join(markdown.code(part["AttributeName"]) for part in schema)

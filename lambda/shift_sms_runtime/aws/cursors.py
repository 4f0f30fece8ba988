"""Opaque positions in the pages of a query. An operator's program passes one back to read the next page."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from typing import Any


class UnusableCursor(ValueError):
    """The string is no cursor."""


def cursor_of(key: Mapping[str, Any] | None) -> str | None:
    """Returns the cursor behind a key in the wire format, such as `LastEvaluatedKey`; None without a key."""
    if not key:
        return None
    return urlsafe_b64encode(json.dumps(key, sort_keys=True).encode()).decode().rstrip("=")


def start_key(cursor: str | None, *names: str) -> dict[str, Any]:
    """Returns the argument `ExclusiveStartKey` for a cursor; no argument without one.

    Args:
        cursor: A cursor of the same query.
        names: The attributes of the key.

    Raises:
        UnusableCursor: the string is no cursor of such a query.
    """
    if cursor is None:
        return {}
    try:
        key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (Error, ValueError):
        raise UnusableCursor(cursor) from None
    if not isinstance(key, dict) or set(key) != set(names) or not all(map(_is_string, key.values())):
        raise UnusableCursor(cursor)
    return {"ExclusiveStartKey": key}


def _is_string(value: object) -> bool:
    return isinstance(value, dict) and list(value) == ["S"] and isinstance(value["S"], str)

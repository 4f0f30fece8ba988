"""Attribute values in DynamoDB's wire format: validation, canonical form, size and order.

A canonical value equals another one, by `==`, if DynamoDB considers them equal: numbers have one spelling, and the
members of a set are sorted. Canonical values are shared between rows, responses and stream records; do not change them.
Sources: "Item sizes and formats" and "Constraints" in the Amazon DynamoDB Developer Guide.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lab.simulation.aws.tables.errors import Invalid

Value = Mapping[str, Any]
Item = dict[str, Any]

_MAX_DIGITS = 38
_MAX_EXPONENT, _MIN_EXPONENT = 125, -130
_NUMBERS: dict[str, str] = {}
"""Numbers and their canonical spellings."""
_REMEMBERED_NUMBERS = 100_000


def canonical_item(item: Mapping[str, Value]) -> tuple[Item, int]:
    """Returns an item in canonical form, and its size in bytes.

    Raises:
        Invalid: a value is malformed.
    """
    result: Item = {}
    size = 0
    for name, value in item.items():
        result[name], value_size = canonical(value)
        size += (len(name) if name.isascii() else len(name.encode())) + value_size
    return result, size


def canonical(value: Value) -> tuple[Value, int]:
    """Returns a value in canonical form, and its size in bytes.

    Raises:
        Invalid: the value is malformed.
    """
    if len(value) != 1:
        raise Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    ((kind, content),) = value.items()
    if kind == "S" and type(content) is str:
        return value, len(content) if content.isascii() else len(content.encode())
    checked = _CANONICAL.get(kind)
    if checked is None:
        raise Invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
    return checked(content)


def _string(content: Any) -> tuple[Value, int]:
    if not isinstance(content, str):
        raise TypeError(f"S takes a string, not {content!r}")
    return {"S": content}, len(content.encode())


def _number(content: Any) -> tuple[Value, int]:
    text = canonical_number(content)
    return {"N": text}, _number_size(text)


def _number_size(text: str) -> int:
    return len(text.strip("-0.")) // 2 + 2


def canonical_number(content: str) -> str:
    """Returns the canonical spelling of a number.

    Raises:
        Invalid: it is not a number, too large or too precise.
    """
    known = _NUMBERS.get(content)
    if known is None:
        if not isinstance(content, str):
            raise TypeError(f"N takes a string, not {content!r}")
        known = _spell(content)
        if len(_NUMBERS) < _REMEMBERED_NUMBERS:
            _NUMBERS[content] = known
    return known


def _spell(content: str) -> str:
    try:
        number = Decimal(content)
    except InvalidOperation:
        raise Invalid(f"The parameter cannot be converted to a numeric value: {content}") from None
    if not number.is_finite() or content != content.strip() or "_" in content:
        raise Invalid(f"The parameter cannot be converted to a numeric value: {content}")
    if not number:
        return "0"
    significant = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(significant) > _MAX_DIGITS:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    magnitude = number.adjusted()
    if magnitude > _MAX_EXPONENT:
        raise Invalid(
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
        )
    if magnitude < _MIN_EXPONENT:
        raise Invalid(
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        )
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _binary(content: Any) -> tuple[Value, int]:
    if not isinstance(content, bytes | bytearray):
        raise TypeError(f"B takes bytes, not {content!r}")
    return {"B": bytes(content)}, len(content)


def _bool(content: Any) -> tuple[Value, int]:
    if not isinstance(content, bool):
        raise TypeError(f"BOOL takes a bool, not {content!r}")
    return {"BOOL": content}, 1


def _null(content: Any) -> tuple[Value, int]:
    if content is not True:
        raise Invalid(
            "One or more parameter values were invalid: Null attribute value types must have the value of true"
        )
    return {"NULL": True}, 1


def _map(content: Any) -> tuple[Value, int]:
    members, size = canonical_item(content)
    return {"M": members}, size + 3 + len(members)


def _list(content: Any) -> tuple[Value, int]:
    members = [canonical(value) for value in content]
    return {"L": [member for member, _ in members]}, sum(size for _, size in members) + 3 + len(members)


def _set(kind: str) -> Callable[[Any], tuple[Value, int]]:
    def check(content: Any) -> tuple[Value, int]:
        if not content:
            raise Invalid(
                f"One or more parameter values were invalid: An {_SET_NAMES[kind]} set  may not be empty"
            )
        members: list[Any] = []
        size = 0
        for member in content:
            value, member_size = canonical({kind: member})
            members.append(value[kind])
            size += member_size
        if len(set(members)) < len(members):
            raise Invalid(
                "One or more parameter values were invalid: "
                f"Input collection {list(content)} contains duplicates."
            )
        members.sort(key=Decimal if kind == "N" else None)
        return {f"{kind}S": members}, size

    return check


_SET_NAMES = {"S": "string", "N": "number", "B": "binary"}
_CANONICAL: Mapping[str, Callable[[Any], tuple[Value, int]]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "BOOL": _bool,
    "NULL": _null,
    "M": _map,
    "L": _list,
    "SS": _set("S"),
    "NS": _set("N"),
    "BS": _set("B"),
}
TYPES = frozenset(_CANONICAL)


def kind_of(value: Value) -> str:
    """Returns the type of a value, such as `S`."""
    return next(iter(value))


def ordered(value: Value) -> Any:
    """Returns a Python object that compares as a value of type S, N or B does.

    Returns None for the other types.
    """
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    return content if kind in ("S", "B") else None

"""Validates requests against botocore's service models."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape


class ViolationKind(Enum):
    """How a request violates the model."""

    UNKNOWN = "unknown parameter"
    MISSING = "missing parameter"
    WRONG_TYPE = "wrong type"
    CONSTRAINT = "constraint"


@dataclass(frozen=True)
class Violation:
    """One violation of the model; `field` is a path such as `Context.order`."""

    kind: ViolationKind
    field: str
    message: str


def violations(shape: Shape, value: object, field: str = "") -> Iterator[Violation]:
    """Yields every violation of `shape` by `value`."""
    if not _IS_OF_TYPE[shape.type_name](value):
        yield Violation(ViolationKind.WRONG_TYPE, field, f"Expected a value of type {shape.type_name}")
    elif isinstance(shape, StructureShape) and isinstance(value, Mapping):
        yield from _structure(shape, value, field)
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        yield from _size(shape, len(value), field)
        for key, item in value.items():
            yield from violations(shape.key, key, _join(field, key))
            yield from violations(shape.value, item, _join(field, key))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _size(shape, len(value), field)
        for index, item in enumerate(value):
            yield from violations(shape.member, item, f"{field}[{index}]")
    elif isinstance(shape, StringShape) and isinstance(value, str):
        yield from _string(shape, value, field)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _range(shape, value, field)


def _structure(shape: StructureShape, value: Mapping[str, Any], field: str) -> Iterator[Violation]:
    for name in value.keys() - shape.members.keys():
        yield Violation(ViolationKind.UNKNOWN, _join(field, name), "Unknown parameter")
    for name in shape.required_members:
        if value.get(name) is None:
            yield Violation(ViolationKind.MISSING, _join(field, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from violations(member, value[name], _join(field, name))


def _string(shape: StringShape, value: str, field: str) -> Iterator[Violation]:
    yield from _size(shape, len(value), field)
    if shape.enum and value not in shape.enum:
        allowed = ", ".join(shape.enum)
        yield _constraint(field, f"satisfy enum value set: [{allowed}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield _constraint(field, f"satisfy regular expression pattern: {pattern}")


def _size(shape: Shape, size: int, field: str) -> Iterator[Violation]:
    if size < shape.metadata.get("min", size):
        yield _constraint(field, f"have length greater than or equal to {shape.metadata['min']}")
    if size > shape.metadata.get("max", size):
        yield _constraint(field, f"have length less than or equal to {shape.metadata['max']}")


def _range(shape: Shape, value: float, field: str) -> Iterator[Violation]:
    if value < shape.metadata.get("min", value):
        yield _constraint(field, f"have value greater than or equal to {shape.metadata['min']}")
    if value > shape.metadata.get("max", value):
        yield _constraint(field, f"have value less than or equal to {shape.metadata['max']}")


def _constraint(field: str, rule: str) -> Violation:
    return Violation(ViolationKind.CONSTRAINT, field, f"Member must {rule}")


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Connect's model escapes its phone number pattern twice.
    return re.compile(pattern.replace("\\\\", "\\"))


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_IS_OF_TYPE: Mapping[str, Callable[[object], bool]] = {
    "structure": lambda value: isinstance(value, Mapping),
    "map": lambda value: isinstance(value, Mapping),
    "list": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "long": _is_integer,
    "float": _is_number,
    "double": _is_number,
}

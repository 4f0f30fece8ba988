"""Compiles the expressions of a request, once per text, and checks its placeholders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from lab.simulation.aws.tables.attribute_values import Item, Value, canonical, kind_of, ordered
from lab.simulation.aws.tables.conditions import (
    AllOf,
    BeginsWith,
    Between,
    Condition,
    ConditionParser,
    Equal,
    Ordered,
    is_type_name,
)
from lab.simulation.aws.tables.errors import Invalid
from lab.simulation.aws.tables.parser import Parser, Path, Placeholder, Values
from lab.simulation.aws.tables.updates import Update, UpdateParser

_CACHED = 4096

Names = tuple[tuple[str, str], ...]
"""ExpressionAttributeNames, as a key of the cache."""


@dataclass(frozen=True)
class Compiled:
    """What the expressions of one request have in common: the placeholders that they use."""

    kind: str
    names_used: frozenset[str]
    values_used: frozenset[str]
    accepted: Sequence[tuple[str, str, Sequence[str]]]
    """Placeholder, operator or function, and the types that it accepts."""
    ranges: Sequence[tuple[str, str]] = ()

    def check(self, values: Values) -> None:
        """Checks the values that the expression uses.

        Raises:
            Invalid: one is missing, or has a type that its operator does not accept.
        """
        for name in self.values_used:
            if name not in values:
                raise Invalid(
                    f"Invalid {self.kind}: An expression attribute value used in expression is not defined;"
                    f" attribute value: {name}"
                )
        for name, symbol, types in self.accepted:
            if kind_of(values[name]) not in types:
                raise Invalid(
                    f"Invalid {self.kind}: Incorrect operand type for operator or function;"
                    f" operator or function: {symbol}, operand type: {kind_of(values[name])}"
                )
        for low, high in self.ranges:
            if kind_of(values[low]) == kind_of(values[high]) and ordered(values[low]) > ordered(values[high]):
                raise Invalid(
                    f"Invalid {self.kind}: The BETWEEN operator requires upper bound to be greater than or equal"
                    f" to lower bound; lower bound operand: AttributeValue: {values[low]}"
                )


@dataclass(frozen=True)
class CompiledCondition(Compiled):
    """A condition or filter expression."""

    condition: Condition = field(kw_only=True)
    paths: Sequence[Path] = field(kw_only=True)
    type_names: Sequence[str] = field(kw_only=True)

    def check(self, values: Values) -> None:
        """See `Compiled.check`."""
        super().check(values)
        for name in self.type_names:
            if not is_type_name(values[name]):
                raise Invalid(f"Invalid {self.kind}: Invalid attribute type name found; type: {values[name]}")


@lru_cache(_CACHED)
def compile_condition(expression: str, kind: str, names: Names) -> CompiledCondition:
    """Compiles a condition; `kind` is the name of the parameter."""
    parser = Parser(expression, kind, dict(names))
    conditions = ConditionParser(parser)
    condition = conditions.parse()
    return CompiledCondition(
        kind,
        frozenset(parser.names_used),
        frozenset(parser.values_used),
        conditions.accepted,
        conditions.ranges,
        condition=condition,
        paths=parser.paths,
        type_names=[name for name, function, _ in conditions.accepted if function == "attribute_type"],
    )


@dataclass(frozen=True)
class CompiledUpdate(Compiled):
    """An update expression."""

    update: Update = field(kw_only=True)


@lru_cache(_CACHED)
def compile_update(expression: str, names: Names) -> CompiledUpdate:
    """Compiles an update expression."""
    parser = Parser(expression, "UpdateExpression", dict(names))
    updates = UpdateParser(parser)
    update = updates.parse()
    used = frozenset(parser.names_used), frozenset(parser.values_used)
    return CompiledUpdate(parser.kind, *used, updates.accepted, update=update)


@dataclass(frozen=True)
class KeyRange:
    """The part of a partition that a key condition selects.

    `low` and `high` are inclusive unless said otherwise.
    """

    partition: Value
    low: Value | None = None
    high: Value | None = None
    low_open: bool = False
    high_open: bool = False
    prefix: Value | None = None


@dataclass(frozen=True)
class CompiledKeyCondition(Compiled):
    """A key condition expression for one key schema."""

    partition: Placeholder = field(kw_only=True)
    sort: Condition | None = field(kw_only=True)

    def key_range(self, values: Values) -> KeyRange:
        """Returns the range of keys that the values select."""
        partition, sort = values[self.partition.name], self.sort

        def given(operand: Any) -> Value:
            return values[operand.name]

        match sort:
            case None:
                return KeyRange(partition)
            case Equal():
                return KeyRange(partition, given(sort.right), given(sort.right))
            case Between():
                return KeyRange(partition, given(sort.low), given(sort.high))
            case BeginsWith():
                return KeyRange(partition, prefix=given(sort.prefix))
            case Ordered(symbol=">" | ">="):
                return KeyRange(partition, low=given(sort.right), low_open=sort.symbol == ">")
            case Ordered():
                return KeyRange(partition, high=given(sort.right), high_open=sort.symbol == "<")
        raise AssertionError


@lru_cache(_CACHED)
def compile_key_condition(
    expression: str, names: Names, partition_name: str, sort_name: str | None
) -> CompiledKeyCondition:
    """Compiles a key condition for the key schema of a table or an index."""
    parser = Parser(expression, "KeyConditionExpression", dict(names))
    conditions = ConditionParser(parser)
    condition = conditions.parse()
    parts = _flat(condition)
    partition = next((part for part in parts if _attribute(part) == partition_name), None)
    rest = [part for part in parts if part is not partition]
    if not (isinstance(partition, Equal) and isinstance(partition.right, Placeholder)):
        raise Invalid(f"Query condition missed key schema element: {partition_name}")
    if partition.negated or len(rest) > 1 or any(not _is_sort_condition(part) for part in rest):
        raise parser.invalid("Query key condition not supported")
    if rest and _attribute(rest[0]) != sort_name:
        raise Invalid(f"Query condition missed key schema element: {sort_name}")
    return CompiledKeyCondition(
        parser.kind,
        frozenset(parser.names_used),
        frozenset(parser.values_used),
        conditions.accepted,
        conditions.ranges,
        partition=partition.right,
        sort=rest[0] if rest else None,
    )


def _flat(condition: Condition) -> list[Condition]:
    if isinstance(condition, AllOf):
        return [part for inner in condition.conditions for part in _flat(inner)]
    return [condition]


def _attribute(condition: Condition) -> str | None:
    operand = getattr(condition, "left", None) or getattr(condition, "operand", None)
    return operand.attribute if isinstance(operand, Path) and len(operand.parts) == 1 else None


def _is_sort_condition(condition: Condition) -> bool:
    match condition:
        case Equal(right=Placeholder(), negated=False) | Ordered(right=Placeholder()):
            return True
        case Between(low=Placeholder(), high=Placeholder()) | BeginsWith(prefix=Placeholder()):
            return True
    return False


@dataclass(frozen=True)
class CompiledProjection(Compiled):
    """A projection expression."""

    paths: Sequence[Path] = field(kw_only=True)

    def project(self, item: Mapping[str, Value]) -> Item:
        """Returns the attributes that the expression names."""
        result: Item = {}
        for path in self.paths:
            value = path.read(item, {})
            if value is not None:
                put_at(result, path.parts, value)
        return result


def put_at(container: Item, parts: Sequence[str | int], value: Value) -> None:
    """Puts a value at a path of a partial item, which has only the members on the way."""
    name = str(parts[0])
    if len(parts) == 1:
        container[name] = value
    elif isinstance(parts[1], int):
        elements: list[Value] = list(container.get(name, {"L": []})["L"])
        if len(parts) == 2:
            elements.append(value)
        else:
            nested: Item = {}
            put_at(nested, ("", *parts[2:]), value)
            elements.append(nested[""])
        container[name] = {"L": elements}
    else:
        members: Item = dict(container.get(name, {"M": {}})["M"])
        put_at(members, parts[1:], value)
        container[name] = {"M": members}


@lru_cache(_CACHED)
def compile_projection(expression: str, names: Names) -> CompiledProjection:
    """Compiles a projection expression."""
    parser = Parser(expression, "ProjectionExpression", dict(names))
    paths = [parser.path()]
    while parser.take_if(","):
        paths.append(parser.path())
    parser.end()
    for number, path in enumerate(paths):
        if any(path.overlaps(other) for other in paths[:number]):
            raise parser.invalid(
                "Two document paths overlap with each other; must remove or rewrite one of these paths;"
            )
    return CompiledProjection(parser.kind, frozenset(parser.names_used), frozenset(), (), paths=paths)


_NO_VALUES: Values = {}

C = TypeVar("C", bound=Compiled)


class Placeholders:
    """The names and values of one request, with a check that its expressions use all of them."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        names: Mapping[str, str] = request.get("ExpressionAttributeNames") or {}
        self.names: Names = tuple(names.items())
        given: Mapping[str, Value] = request.get("ExpressionAttributeValues") or {}
        self.values: Values = (
            {name: canonical(value)[0] for name, value in given.items()} if given else _NO_VALUES
        )
        self._request = request
        self._used: list[Compiled] = []

    def condition(self, parameter: str) -> CompiledCondition | None:
        """Compiles a condition of the request; returns None if it has none."""
        expression = self._request.get(parameter)
        return (
            None
            if expression is None
            else self._checked(compile_condition(expression, parameter, self.names))
        )

    def update(self) -> CompiledUpdate | None:
        """Compiles the update expression; returns None if there is none."""
        expression = self._request.get("UpdateExpression")
        return None if expression is None else self._checked(compile_update(expression, self.names))

    def projection(self) -> CompiledProjection | None:
        """Compiles the projection expression; returns None if there is none."""
        expression = self._request.get("ProjectionExpression")
        return None if expression is None else self._checked(compile_projection(expression, self.names))

    def key_condition(self, partition_name: str, sort_name: str | None) -> CompiledKeyCondition:
        """Compiles the key condition."""
        expression = self._request.get("KeyConditionExpression")
        if expression is None:
            raise Invalid(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
            )
        return self._checked(compile_key_condition(expression, self.names, partition_name, sort_name))

    def _checked(self, compiled: C) -> C:
        compiled.check(self.values)
        self._used.append(compiled)
        return compiled

    def check_all_used(self) -> None:
        """Checks that every name and value is used.

        Raises:
            Invalid: one is not used, or the request has none of a parameter that it passes.
        """
        for parameter, given, used in (
            ("ExpressionAttributeNames", dict(self.names), [one.names_used for one in self._used]),
            ("ExpressionAttributeValues", self.values, [one.values_used for one in self._used]),
        ):
            if parameter in self._request:
                self._check_used(parameter, given, frozenset[str]().union(*used))

    def _check_used(self, parameter: str, given: Mapping[str, object], used: frozenset[str]) -> None:
        if not self._used:
            raise Invalid(f"{parameter} can only be specified when using expressions")
        if not given:
            raise Invalid(f"{parameter} must not be empty")
        if unused := given.keys() - used:
            raise Invalid(
                f"Value provided in {parameter} unused in expressions: keys: {{{', '.join(sorted(unused))}}}"
            )

"""Condition, filter and key condition expressions.

Source: "Condition and filter expressions, operators, and functions in DynamoDB" in the developer guide.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lab.simulation.aws.tables.attribute_values import TYPES, Value, kind_of, ordered
from lab.simulation.aws.tables.parser import Parser, Path, Placeholder, Values

Attributes = Mapping[str, Value]

_MAX_IN_OPERANDS = 100
_FUNCTIONS = ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains")
_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED_TYPES = ("S", "N", "B")


class Operand(Protocol):
    """What an operator or a function applies to."""

    def read(self, item: Attributes, values: Values, /) -> Value | None:
        """Returns the value of the operand for an item; None if it has none."""


class Condition(Protocol):
    """A condition on an item."""

    def holds(self, item: Attributes, values: Values, /) -> bool:
        """Returns whether an item meets the condition."""


@dataclass(frozen=True)
class Size:
    """The function `size`."""

    path: Path

    def read(self, item: Attributes, values: Values) -> Value | None:
        """Returns the size of an attribute; None if it has none."""
        value = self.path.read(item, values)
        if value is None:
            return None
        ((kind, content),) = value.items()
        return None if kind in ("N", "BOOL", "NULL") else {"N": str(len(content))}


@dataclass(frozen=True)
class Equal:
    """`=`, and `<>` if negated. A missing attribute equals nothing."""

    left: Operand
    right: Operand
    negated: bool = False

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        left = self.left.read(item, values)
        return (left is not None and left == self.right.read(item, values)) is not self.negated


@dataclass(frozen=True)
class Ordered:
    """`<`, `<=`, `>` and `>=`. Values of different types have no order."""

    symbol: str
    left: Operand
    right: Operand

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        return _in_order(self.symbol, self.left.read(item, values), self.right.read(item, values))


def _in_order(symbol: str, left: Value | None, right: Value | None) -> bool:
    if left is None or right is None or kind_of(left) != kind_of(right):
        return False
    first, second = ordered(left), ordered(right)
    return first is not None and bool(_ORDERS[symbol](first, second))


@dataclass(frozen=True)
class Between:
    """`BETWEEN`. Both bounds belong to the range."""

    operand: Operand
    low: Operand
    high: Operand

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        value = self.operand.read(item, values)
        return _in_order(">=", value, self.low.read(item, values)) and _in_order(
            "<=", value, self.high.read(item, values)
        )


@dataclass(frozen=True)
class In:
    """`IN`."""

    operand: Operand
    options: Sequence[Operand]

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        value = self.operand.read(item, values)
        return value is not None and any(value == option.read(item, values) for option in self.options)


@dataclass(frozen=True)
class Exists:
    """`attribute_exists`, and `attribute_not_exists` if negated."""

    path: Path
    negated: bool

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        return (self.path.read(item, values) is not None) is not self.negated


@dataclass(frozen=True)
class BeginsWith:
    """`begins_with`."""

    operand: Operand
    prefix: Operand

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        value, prefix = self.operand.read(item, values), self.prefix.read(item, values)
        if value is None or prefix is None or kind_of(value) != kind_of(prefix):
            return False
        first, second = ordered(value), ordered(prefix)
        return isinstance(first, str | bytes) and bool(first.startswith(second))


@dataclass(frozen=True)
class Contains:
    """`contains`: a part of a string, or a member of a set or list."""

    operand: Operand
    member: Operand

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        value, member = self.operand.read(item, values), self.member.read(item, values)
        if value is None or member is None:
            return False
        ((kind, content),) = value.items()
        ((member_kind, member_content),) = member.items()
        if kind == "L":
            return member in content
        return kind in (member_kind, f"{member_kind}S") and kind in _CONTAINERS and member_content in content


_CONTAINERS = ("S", "B", "SS", "NS", "BS")


@dataclass(frozen=True)
class HasType:
    """`attribute_type`."""

    path: Path
    kind: Placeholder

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        value = self.path.read(item, values)
        return value is not None and kind_of(value) == self.kind.read(item, values)["S"]


@dataclass(frozen=True)
class AllOf:
    """`AND`."""

    conditions: Sequence[Condition]

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        return all(condition.holds(item, values) for condition in self.conditions)


@dataclass(frozen=True)
class AnyOf:
    """`OR`."""

    conditions: Sequence[Condition]

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        return any(condition.holds(item, values) for condition in self.conditions)


@dataclass(frozen=True)
class Not:
    """`NOT`."""

    condition: Condition

    def holds(self, item: Attributes, values: Values) -> bool:
        """See `Condition.holds`."""
        return not self.condition.holds(item, values)


class ConditionParser:
    """Parses conditions, and records what values its operators and functions accept."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self.accepted: list[tuple[str, str, Sequence[str]]] = []
        """Placeholder, operator or function, and the types that it accepts."""
        self.ranges: list[tuple[str, str]] = []
        """The placeholders of the bounds of each BETWEEN."""

    def parse(self) -> Condition:
        """Consumes a whole expression.

        Raises:
            Invalid: DynamoDB would reject it.
        """
        condition = self._any()
        self._parser.end()
        return condition

    def _any(self) -> Condition:
        conditions = [self._all()]
        while self._parser.take_if("OR"):
            conditions.append(self._all())
        return conditions[0] if len(conditions) == 1 else AnyOf(conditions)

    def _all(self) -> Condition:
        conditions = [self._negation()]
        while self._parser.take_if("AND"):
            conditions.append(self._negation())
        return conditions[0] if len(conditions) == 1 else AllOf(conditions)

    def _negation(self) -> Condition:
        if self._parser.take_if("NOT"):
            return Not(self._negation())
        if self._parser.take_if("("):
            condition = self._any()
            self._parser.expect(")")
            return condition
        return self._simple()

    def _simple(self) -> Condition:
        parser = self._parser
        if parser.peek(1) == "(" and parser.peek() != "size":
            return self._function()
        left = self._operand()
        if parser.take_if("BETWEEN"):
            low = self._accepting("BETWEEN", _ORDERED_TYPES)
            parser.expect("AND")
            high = self._accepting("BETWEEN", _ORDERED_TYPES)
            if isinstance(low, Placeholder) and isinstance(high, Placeholder):
                self.ranges.append((low.name, high.name))
            return Between(left, low, high)
        if parser.take_if("IN"):
            return In(left, self._options())
        symbol = parser.take()
        if symbol in ("=", "<>"):
            return Equal(left, self._operand(), negated=symbol == "<>")
        if symbol not in _ORDERS:
            raise parser.invalid(f'Syntax error; token: "{symbol or "<EOF>"}"')
        if isinstance(left, Placeholder):
            self.accepted.append((left.name, symbol, _ORDERED_TYPES))
        return Ordered(symbol, left, self._accepting(symbol, _ORDERED_TYPES))

    def _options(self) -> Sequence[Operand]:
        self._parser.expect("(")
        options = [self._operand()]
        while self._parser.take_if(","):
            options.append(self._operand())
        self._parser.expect(")")
        if len(options) > _MAX_IN_OPERANDS:
            raise self._parser.invalid(
                f"The IN operator has {len(options)} operands, at most 100 are allowed;"
            )
        return options

    def _function(self) -> Condition:
        name = self._parser.take()
        if name not in _FUNCTIONS:
            raise self._parser.invalid(f"Invalid function name; function: {name}")
        self._parser.expect("(")
        condition = self._applied(name)
        self._parser.expect(")")
        return condition

    def _applied(self, name: str) -> Condition:
        if name in ("attribute_exists", "attribute_not_exists"):
            return Exists(self._parser.path(), negated=name == "attribute_not_exists")
        if name == "attribute_type":
            path = self._parser.path()
            self._parser.expect(",")
            kind = self._parser.placeholder()
            self.accepted.append((kind.name, name, ("S",)))
            return HasType(path, kind)
        operand = self._operand()
        self._parser.expect(",")
        if name == "contains":
            return Contains(operand, self._operand())
        return BeginsWith(operand, self._accepting(name, ("S", "B")))

    def _operand(self) -> Operand:
        if self._parser.peek() == "size" and self._parser.peek(1) == "(":
            self._parser.take()
            self._parser.take()
            size = Size(self._parser.path())
            self._parser.expect(")")
            return size
        return self._parser.operand()

    def _accepting(self, symbol: str, types: Sequence[str]) -> Operand:
        operand = self._operand()
        if isinstance(operand, Placeholder):
            self.accepted.append((operand.name, symbol, types))
        return operand


def is_type_name(value: Value) -> bool:
    """Returns whether a value names a type, as `attribute_type` demands."""
    return value.get("S") in TYPES

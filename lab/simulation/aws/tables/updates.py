"""Update expressions.

Source: "Using update expressions in DynamoDB" in the developer guide. Every operand is read from the item as it was
before the update.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from lab.simulation.aws.tables.attribute_values import Item, Value, canonical_number, kind_of
from lab.simulation.aws.tables.errors import DoesNotFitItem
from lab.simulation.aws.tables.parser import Parser, Path, Placeholder, Values

_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")
_WRONG_TYPE = "An operand in the update expression has an incorrect data type"
_INVALID_PATH = "The document path provided in the update expression is invalid for update"
_MISSING = "The provided expression refers to an attribute that does not exist in the item"

Attributes = Mapping[str, Value]


class Expression(Protocol):
    """The right side of an assignment."""

    def read(self, item: Attributes, values: Values, /) -> Value | None:
        """Returns the value; None if it refers to a missing attribute."""


@dataclass(frozen=True)
class Arithmetic:
    """`+` and `-`."""

    left: Expression
    right: Expression
    sign: int

    def read(self, item: Attributes, values: Values) -> Value:
        """See `Expression.read`."""
        left, right = _required(self.left, item, values), _required(self.right, item, values)
        return _sum(left, right, self.sign)


@dataclass(frozen=True)
class IfNotExists:
    """The function `if_not_exists`."""

    path: Path
    default: Expression

    def read(self, item: Attributes, values: Values) -> Value | None:
        """See `Expression.read`."""
        found = self.path.read(item, values)
        return self.default.read(item, values) if found is None else found


@dataclass(frozen=True)
class ListAppend:
    """The function `list_append`."""

    first: Expression
    second: Expression

    def read(self, item: Attributes, values: Values) -> Value:
        """See `Expression.read`."""
        first, second = _required(self.first, item, values), _required(self.second, item, values)
        if "L" not in first or "L" not in second:
            raise DoesNotFitItem(_WRONG_TYPE)
        return {"L": [*first["L"], *second["L"]]}


def _required(expression: Expression, item: Attributes, values: Values) -> Value:
    value = expression.read(item, values)
    if value is None:
        raise DoesNotFitItem(_MISSING)
    return value


def _sum(left: Value, right: Value, sign: int = 1) -> Value:
    if "N" not in left or "N" not in right:
        raise DoesNotFitItem(_WRONG_TYPE)
    return {"N": canonical_number(str(Decimal(left["N"]) + sign * Decimal(right["N"])))}


@dataclass
class Update:
    """A parsed update expression."""

    assignments: list[tuple[Path, Expression]] = field(default_factory=list)
    removals: list[Path] = field(default_factory=list)
    additions: list[tuple[Path, Placeholder]] = field(default_factory=list)
    deletions: list[tuple[Path, Placeholder]] = field(default_factory=list)

    @property
    def paths(self) -> Sequence[Path]:
        """The paths that the update writes."""
        return [
            *(path for path, _ in self.assignments),
            *self.removals,
            *(path for path, _ in self.additions),
            *(path for path, _ in self.deletions),
        ]

    def apply(self, item: Item, values: Values) -> Item:
        """Returns the updated item; `item` stays as it is.

        Raises:
            Invalid: the update does not fit the item.
        """
        written: list[tuple[Path, Value | None]] = [
            (path, _required(expression, item, values)) for path, expression in self.assignments
        ]
        written += [
            (path, _added(path.read(item, values), values[value.name])) for path, value in self.additions
        ]
        written += [
            (path, _without(path.read(item, values), values[value.name])) for path, value in self.deletions
        ]
        removed = [path for path, value in written if value is None] + self.removals
        result = dict(item)
        for path, value in written:
            if value is not None:
                _write(result, path.parts, value)
        # Members of lists are removed from the last to the first, so that their indexes stay valid.
        for path in sorted(removed, key=_last_index, reverse=True):
            _write(result, path.parts, None)
        return result


def _last_index(path: Path) -> int:
    last = path.parts[-1]
    return last if isinstance(last, int) else -1


def _added(before: Value | None, addend: Value) -> Value:
    kind = kind_of(addend)
    if kind == "N":
        return addend if before is None else _sum(before, addend)
    if before is not None and kind_of(before) != kind:
        raise DoesNotFitItem(_WRONG_TYPE)
    members = {*addend[kind], *(before[kind] if before else ())}
    return {kind: sorted(members, key=_set_order(kind))}


def _without(before: Value | None, removed: Value) -> Value | None:
    if before is None:
        return None
    kind = kind_of(removed)
    if kind_of(before) != kind:
        raise DoesNotFitItem(_WRONG_TYPE)
    return {kind: left} if (left := [one for one in before[kind] if one not in removed[kind]]) else None


def _set_order(kind: str) -> Callable[[Any], Any] | None:
    return Decimal if kind == "NS" else None


def _write(container: dict[str, Value], parts: Sequence[str | int], value: Value | None) -> None:
    """Writes a value at a path, or removes it. Copies each map and list on the way."""
    name = str(parts[0])
    if len(parts) > 1:
        if name not in container:
            raise DoesNotFitItem(_INVALID_PATH)
        container[name] = _written(container[name], parts[1:], value)
    elif value is None:
        container.pop(name, None)
    else:
        container[name] = value


def _written(container: Value, parts: Sequence[str | int], value: Value | None) -> Value:
    part = parts[0]
    if isinstance(part, str):
        if "M" not in container:
            raise DoesNotFitItem(_INVALID_PATH)
        members = dict(container["M"])
        _write(members, parts, value)
        return {"M": members}
    if "L" not in container:
        raise DoesNotFitItem(_INVALID_PATH)
    elements: list[Value] = list(container["L"])
    if len(parts) > 1:
        if part >= len(elements):
            raise DoesNotFitItem(_INVALID_PATH)
        elements[part] = _written(elements[part], parts[1:], value)
    elif value is None:
        del elements[part : part + 1]
    else:
        # A position after the last one appends.
        elements[part : part + 1] = [value]
    return {"L": elements}


class UpdateParser:
    """Parses update expressions, and records what types its values must have."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self.accepted: list[tuple[str, str, Sequence[str]]] = []
        """Placeholder, operator or function, and the types that it accepts."""

    def parse(self) -> Update:
        """Consumes a whole expression.

        Raises:
            Invalid: DynamoDB would reject it.
        """
        parser, update, seen = self._parser, Update(), set[str]()
        while clause := parser.next_keyword():
            if clause not in _CLAUSES:
                raise parser.syntax_error()
            if clause in seen:
                raise parser.invalid(f'The "{clause}" section can only be used once in an update expression;')
            seen.add(clause)
            parser.take()
            self._action(clause, update)
            while parser.take_if(","):
                self._action(clause, update)
        for number, path in enumerate(update.paths):
            if any(path.overlaps(other) for other in update.paths[:number]):
                raise parser.invalid(
                    "Two document paths overlap with each other; must remove or rewrite one of these paths;"
                )
        return update

    def _action(self, clause: str, update: Update) -> None:
        parser, path = self._parser, self._parser.path()
        if clause == "SET":
            parser.expect("=")
            update.assignments.append((path, self._sum()))
        elif clause == "REMOVE":
            update.removals.append(path)
        else:
            value = parser.placeholder()
            if clause == "ADD":
                self.accepted.append((value.name, clause, ("N", "SS", "NS", "BS")))
                update.additions.append((path, value))
            else:
                self.accepted.append((value.name, clause, ("SS", "NS", "BS")))
                update.deletions.append((path, value))

    def _sum(self) -> Expression:
        left = self._term()
        for symbol, sign in (("+", 1), ("-", -1)):
            if self._parser.take_if(symbol):
                right = self._term()
                for operand in (left, right):
                    if isinstance(operand, Placeholder):
                        self.accepted.append((operand.name, symbol, ("N",)))
                return Arithmetic(left, right, sign)
        return left

    def _term(self) -> Expression:
        parser = self._parser
        if parser.peek(1) != "(":
            return parser.operand()
        name = parser.take()
        parser.take()
        term: Expression
        if name == "if_not_exists":
            path = parser.path()
            parser.expect(",")
            term = IfNotExists(path, self._term())
        elif name == "list_append":
            first = self._term()
            parser.expect(",")
            term = ListAppend(first, self._term())
        else:
            raise parser.invalid(f"Invalid function name; function: {name}")
        parser.expect(")")
        return term

"""The grammar that all expressions share: tokens, document paths, placeholders.

Source: "Using expressions in DynamoDB" in the Amazon DynamoDB Developer Guide.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from lab.simulation.aws.tables.attribute_values import Value
from lab.simulation.aws.tables.errors import Invalid

Values = Mapping[str, Value]
"""The values of an expression's placeholders."""

_TOKEN = re.compile(r"\s*(?:([#:][A-Za-z0-9_]+|[A-Za-z][A-Za-z0-9_]*|\d+|<=|>=|<>|[=<>(),.\[\]+-])|(\S)|$)")
_MAX_EXPRESSION_BYTES = 4096


@cache
def reserved_words() -> frozenset[str]:
    """Returns the words that an expression may not use as attribute names.

    Source: "Reserved words in DynamoDB".
    """
    return frozenset((files(__package__) / "reserved_words.txt").read_text(encoding="ascii").split())


class Path:
    """A document path: an attribute, then names of map members and indexes of list members."""

    def __init__(self, parts: Sequence[str | int]) -> None:
        self.parts = tuple(parts)
        self.attribute = str(parts[0])
        self._members = self.parts[1:]

    def read(self, item: Mapping[str, Value], _values: Values) -> Value | None:
        """Returns the value at the path; None if there is none."""
        value = item.get(self.attribute)
        for part in self._members:
            if value is None:
                return None
            value = _member(value, part)
        return value

    def overlaps(self, other: "Path") -> bool:
        """Returns whether one path contains the other."""
        return all(mine == theirs for mine, theirs in zip(self.parts, other.parts, strict=False))


def _member(value: Value, part: str | int) -> Value | None:
    if isinstance(part, int):
        members: Sequence[Value] = value.get("L", ())
        return members[part] if part < len(members) else None
    found: Value | None = value.get("M", {}).get(part)
    return found


class Placeholder:
    """A value that the request supplies, such as `:status`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, _item: Mapping[str, Value], values: Values) -> Value:
        """Returns the value."""
        return values[self.name]


class Parser:
    """Reads the tokens of one expression, and records which placeholders it uses."""

    def __init__(self, expression: str, kind: str, names: Mapping[str, str]) -> None:
        """Splits an expression into tokens.

        Args:
            expression: The expression.
            kind: The name of the parameter, for errors.
            names: ExpressionAttributeNames.
        """
        self.kind = kind
        self.names_used: set[str] = set()
        self.values_used: set[str] = set()
        self.paths: list[Path] = []
        self._names = names
        self._tokens = self._split(expression)
        self._next = 0

    def _split(self, expression: str) -> list[str]:
        if not expression.strip():
            raise self.invalid("The expression can not be empty;")
        if len(expression.encode()) > _MAX_EXPRESSION_BYTES:
            raise self.invalid("Expression size has exceeded the maximum allowed size;")
        tokens = []
        for match in _TOKEN.finditer(expression):
            if match[2]:
                raise self.invalid(f'Syntax error; token: "{match[2]}", near: "{expression}"')
            if match[1]:
                tokens.append(match[1])
        return tokens

    def invalid(self, problem: str) -> Invalid:
        """Returns the error for a malformed expression."""
        return Invalid(f"Invalid {self.kind}: {problem}")

    def peek(self, ahead: int = 0) -> str:
        """Returns a token without consuming it; the empty string after the last one."""
        position = self._next + ahead
        return self._tokens[position] if position < len(self._tokens) else ""

    def next_keyword(self) -> str:
        """Returns the next token in upper case without consuming it."""
        return self.peek().upper()

    def take(self) -> str:
        """Consumes a token."""
        token = self.peek()
        self._next += 1
        return token

    def take_if(self, *tokens: str) -> bool:
        """Consumes the next token if it is one of these; returns whether it was.

        Keywords have no case.
        """
        if self.peek() in tokens or self.next_keyword() in tokens:
            self._next += 1
            return True
        return False

    def expect(self, token: str) -> None:
        """Consumes the next token.

        Raises:
            Invalid: it is another one.
        """
        if not self.take_if(token):
            raise self.syntax_error()

    def syntax_error(self) -> Invalid:
        """Returns the error for an unexpected token."""
        return self.invalid(f'Syntax error; token: "{self.peek() or "<EOF>"}"')

    def end(self) -> None:
        """Checks that no token is left.

        Raises:
            Invalid: one is left.
        """
        if self.peek():
            raise self.syntax_error()

    def path(self) -> Path:
        """Consumes a document path."""
        parts: list[str | int] = [self._name()]
        while True:
            if self.take_if("."):
                parts.append(self._name())
            elif self.take_if("["):
                index = self.take()
                if not index.isdigit():
                    raise self.syntax_error()
                parts.append(int(index))
                self.expect("]")
            else:
                break
        path = Path(parts)
        self.paths.append(path)
        return path

    def _name(self) -> str:
        token = self.peek()
        if token.startswith("#"):
            self.take()
            self.names_used.add(token)
            if token not in self._names:
                raise self.invalid(
                    "An expression attribute name used in the document path is not defined;"
                    f" attribute name: {token}"
                )
            return self._names[token]
        if not token[:1].isalpha():
            raise self.syntax_error()
        if token.upper() in reserved_words():
            raise self.invalid(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return self.take()

    def operand(self) -> Path | Placeholder:
        """Consumes a document path or the placeholder of a value."""
        return self.placeholder() if self.peek().startswith(":") else self.path()

    def placeholder(self) -> Placeholder:
        """Consumes the placeholder of a value."""
        if not self.peek().startswith(":"):
            raise self.syntax_error()
        name = self.take()
        self.values_used.add(name)
        return Placeholder(name)

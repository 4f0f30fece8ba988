"""Generates the page of the domain events, and a JSON schema for each type."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from scripts.reference import markdown, product
from shift_sms_runtime.aws.event_bus import SOURCE
from shift_sms_runtime.domain_events.domain_event import EVENT_TYPES, DomainEvent

FOLDER = "reference/domain-events"

_INTRODUCTION = f"""
The events on the bus of `DomainEvents`. Their `source` is `{SOURCE}`, their `detail-type` is the title of a section,
and the fields below are their `detail`. Each section links to the JSON schema of the `detail` (draft 2020-12). A later
release may add fields. [Domain events](../domain-events.md) explains how to receive events, and what to expect.
"""

_VERSION = "The version of the schema"


def pages() -> dict[str, str]:
    """Returns the page and the schemas by their paths."""
    schemas = {f"{FOLDER}/{_file(kind)}": _json(_schema_of_event(kind)) for kind in EVENT_TYPES}
    parts = [
        markdown.section(
            "Fields of all events",
            markdown.items([markdown.item(f"`version`: whole number. {_VERSION}."), *_fields(DomainEvent)]),
        )
    ]
    parts += [
        markdown.section(
            markdown.code(kind.__name__),
            markdown.paragraph(_docstring(kind)),
            markdown.items(
                [
                    *_fields(kind, without=DomainEvent),
                    markdown.item(f"[Schema of version {kind.VERSION}](domain-events/{_file(kind)})"),
                ]
            ),
        )
        for kind in EVENT_TYPES
    ]
    parts += [
        markdown.section(
            markdown.code(name), markdown.paragraph(_docstring(part)), markdown.items(_fields(part))
        )
        for name, part in sorted(_parts().items())
    ]
    return {"reference/domain-events.md": markdown.page("Domain events", _INTRODUCTION, *parts), **schemas}


def _file(kind: type[DomainEvent]) -> str:
    return f"{kind.__name__}.v{kind.VERSION}.json"


def _json(schema: Mapping[str, object]) -> str:
    return json.dumps(schema, indent=2) + "\n"


def _schema_of_event(kind: type[DomainEvent]) -> dict[str, object]:
    schema = _schema_of_record(kind)
    version = {"const": kind.VERSION, "description": f"{_VERSION}."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SOURCE}:domain-event:{kind.__name__}:{kind.VERSION}",
        "title": kind.__name__,
        **schema,
        "required": ["version", *schema["required"]],
        "properties": {"version": version, **schema["properties"]},
    }


def _schema_of_record(kind: type) -> dict[str, Any]:
    hints, meanings = get_type_hints(kind), _meanings(kind)
    properties = {}
    for field in _fields_of(kind):
        properties[field.name] = {**_schema(hints[field.name]), "description": meanings[field.name]}
    return {
        "description": _docstring(kind),
        "type": "object",
        "required": [field.name for field in _fields_of(kind) if field.default is MISSING],
        "properties": properties,
    }


def _schema(hint: Any) -> dict[str, Any]:
    """Returns the schema of a type of fields."""
    hint = _without_none(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return _schema_of_record(hint)
    if get_origin(hint) is not None:
        _, values = get_args(hint)
        return {"type": "object", "additionalProperties": _schema(values)}
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return {
        str: {"type": "string"},
        int: {"type": "integer"},
        bool: {"type": "boolean"},
        datetime: {"type": "string", "format": "date-time"},
    }[hint]


def _without_none(hint: Any) -> Any:
    if NoneType in get_args(hint):
        (hint,) = set(get_args(hint)) - {NoneType}
    return hint


def _fields_of(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind)


def _fields(kind: type, *, without: type | None = None) -> list[str]:
    """Returns an entry for each field of a record. A field that may be missing says so."""
    hints, meanings = get_type_hints(kind), _meanings(kind)
    left_out = {field.name for field in _fields_of(without)} if without else set()
    return [
        markdown.item(
            f"`{field.name}`: {_type_text(hints[field.name])}"
            f"{'' if field.default is MISSING else ', may be missing'}. {markdown.sentence(meanings[field.name])}"
        )
        for field in _fields_of(kind)
        if field.name not in left_out
    ]


def _type_text(hint: Any) -> str:
    hint = _without_none(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return f"[`{hint.__name__}`](#{hint.__name__.lower()})"
    if get_origin(hint) is not None:
        return "object"
    if issubclass(hint, StrEnum):
        return " or ".join(markdown.code(one.value) for one in hint)
    return {str: "text", int: "whole number", bool: "true or false", datetime: "time in ISO 8601"}[hint]


def _parts() -> dict[str, type]:
    """Returns the records that events contain, by name."""
    hints = (_without_none(hint) for kind in EVENT_TYPES for hint in get_type_hints(kind).values())
    return {hint.__name__: hint for hint in hints if isinstance(hint, type) and is_dataclass(hint)}


def _docstring(kind: type) -> str:
    found = product.definition(f"{kind.__module__}.{kind.__name__}").docstring
    if found is None:
        raise product.MissingDocumentation(f"domain events: {kind.__name__} has no docstring")
    return " ".join(found.value.split())


def _meanings(kind: type) -> dict[str, str]:
    """Returns the docstrings of the fields of a record, with those that it inherits."""
    meanings: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        if is_dataclass(one):
            meanings |= product.attribute_docstrings(f"{one.__module__}.{one.__name__}")
    undocumented = sorted({field.name for field in _fields_of(kind)} - meanings.keys())
    if undocumented:
        raise product.MissingDocumentation(
            f"domain events: {', '.join(undocumented)} of {kind.__name__} have no docstring"
        )
    return meanings

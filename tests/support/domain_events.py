"""Makes changes of tables, and checks events against their published schemas."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.aws.dynamodb import wire
from shift_sms_runtime.domain_events.domain_event import DomainEvent
from shift_sms_runtime.domain_events.publisher import DomainEventPublisher
from shift_sms_runtime.domain_events.table_change import TableChange
from shift_sms_runtime.shifts.shift_item import ShiftReader
from tests.support.memory.event_bus import MemoryEventBus

SCHEMAS = Path(__file__).parents[2] / "docs/reference/domain-events"
BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
CHANGED_AT = datetime(2026, 8, 1, 12, 0, 5, tzinfo=UTC)

Item = Mapping[str, Any]

_numbers = count(1)


def change(before: Item | None, after: Item | None, change_id: str = "change-1") -> TableChange:
    """Returns a change of an item, which has the key of a shift or of a campaign."""
    item = before or after or {}
    (key,) = {"shift_id", "campaign_id"} & item.keys()
    return TableChange(
        change_id=change_id,
        occurred_at=CHANGED_AT,
        sequence_number=f"{next(_numbers)}",
        key={key: item[key]},
        before=before,
        after=after,
    )


def publisher_on(bus: MemoryEventBus, zone: ZoneInfo = UTC_ZONE) -> DomainEventPublisher:
    """Returns a publisher that reports to the bus."""
    return DomainEventPublisher(
        bus, ShiftReader(zone), on_published=bus.reported.append, on_refused=bus.reported.append
    )


def events_of(before: Item | None, after: Item | None) -> list[DomainEvent]:
    """Returns the events of a change. All of them have their published schema."""
    events = publisher_on(MemoryEventBus(), BERLIN).events(change(before, after))
    for event in events:
        assert problems_of(type(event).__name__, event.to_json()) == []
    return events


def names(events: list[DomainEvent]) -> list[str]:
    """Returns the types of events."""
    return [type(event).__name__ for event in events]


def stream_record(
    before: Item | None, after: Item | None, change_id: str, created: float | str = CHANGED_AT.timestamp()
) -> dict[str, Any]:
    """Returns a change as a record of a table's stream."""
    one = change(before, after, change_id)
    images = {"OldImage": before, "NewImage": after}
    return {
        "eventID": change_id,
        "eventName": "MODIFY",
        "dynamodb": {
            "ApproximateCreationDateTime": created,
            "Keys": wire(one.key),
            "SequenceNumber": one.sequence_number,
            **{name: wire(image) for name, image in images.items() if image is not None},
        },
    }


@cache
def schema_of(event_type: str) -> Mapping[str, Any]:
    """Returns the published schema of an event type."""
    (path,) = SCHEMAS.glob(f"{event_type}.v*.json")
    schema: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def problems_of(event_type: str, detail: str) -> list[str]:
    """Returns how the detail of an event differs from its schema, in fields that the schema does not know, too."""
    return list(_problems(schema_of(event_type), json.loads(detail), "detail"))


_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}
_ANNOTATIONS = {"$schema", "$id", "title", "description"}
_KEYWORDS = {"type", "required", "properties", "additionalProperties", "enum", "const", "format"}
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _problems(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    assert schema.keys() <= _ANNOTATIONS | _KEYWORDS, f"{at}: the schema has keywords that no test checks"
    if "type" in schema and type(value) not in _TYPES[schema["type"]]:
        yield f"{at} is no {schema['type']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is none of {schema['enum']}"
    if schema.get("format") == "date-time" and not _DATE_TIME.fullmatch(value):
        yield f"{at} is no time"
    if schema.get("type") == "object":
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        yield from (f"{at} has no {name}" for name in schema.get("required", ()) if name not in value)
        for name, one in value.items():
            if name in properties:
                yield from _problems(properties[name], one, f"{at}.{name}")
            elif others:
                yield from _problems(others, one, f"{at}.{name}")
            else:
                yield f"{at} has {name}, which the schema does not know"

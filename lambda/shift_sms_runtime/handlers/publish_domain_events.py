"""Publishes what happened to shifts and campaigns as domain events."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.domain_events.domain_event import DomainEvent
from shift_sms_runtime.domain_events.table_change import TableChange
from shift_sms_runtime.handlers.batch import process_together
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Publishes the events of every change of the batch."""
    publish = composition.publish_domain_events().publish
    return process_together(event, context, EventType.TABLE, prepare=_events, handle=publish)


def _events(record: Record) -> list[DomainEvent]:
    change = TableChange(
        change_id=record.event_id,
        occurred_at=record.created_at,
        sequence_number=record.identifier,
        key=composition.read_image(record.key) or {},
        before=composition.read_image(record.old_image),
        after=composition.read_image(record.new_image),
    )
    return composition.publish_domain_events().events(change)

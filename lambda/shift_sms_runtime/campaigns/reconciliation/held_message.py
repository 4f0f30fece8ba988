"""Pages and work items of a campaign that wait outside their queues.

A queue keeps a message for a limited time, and counts each delivery. So what has to wait for the end of quiet hours or
of a pause is held in a table.
"""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from shift_sms_runtime.records import record


class HeldKind(StrEnum):
    """The queue that a held message returns to."""

    PAGE = "page"
    WORK_ITEM = "work-item"


@record
class HeldMessage:
    """A message that waits. Holding it twice holds it once."""

    campaign_id: str
    kind: HeldKind
    body: str
    """The message in JSON, as in its queue."""
    until: datetime
    """When it returns to its queue, unless the campaign is paused then."""
    version: str = field(default_factory=lambda: uuid4().hex)
    """Differs each time the message is held."""

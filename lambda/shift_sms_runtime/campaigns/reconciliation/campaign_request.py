"""The queue of campaigns to reconcile: its message."""

import json
from typing import Self

from shift_sms_runtime.queue_messages import QueueMessage
from shift_sms_runtime.records import record


@record
class CampaignRequest(QueueMessage):
    """One campaign to reconcile."""

    campaign_id: str

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads a message, which may be wrapped in a failed request of EventBridge Scheduler.

        See `ReconcileRequest.from_json`.

        Raises:
            ValueError, TypeError: see `QueueMessage.from_json`.
        """
        values = json.loads(text)
        wrapped = isinstance(values, dict) and "MessageBody" in values
        return super().from_json(values["MessageBody"] if wrapped else text)

"""The protocol through which delivery events are recorded."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow


class DeliveryEventLedger(Protocol):
    """The Deliveries table: rows as delivery events change them."""

    def record_event(
        self, event: DeliveryEvent, seen: DeliveryRow, *, now: datetime
    ) -> tuple[bool, DeliveryRow | None]:
        """Writes and counts the event in one transaction, if its row still equals `seen`.

        Returns:
            Whether the event was written. If it was not, also the current row; None if there is no row.
        """

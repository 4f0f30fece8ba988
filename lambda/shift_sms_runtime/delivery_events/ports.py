"""What delivery events need of the Deliveries table."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow


class DeliveryEventLedger(Protocol):
    """The Deliveries table, as far as delivery events change it."""

    def record_event(
        self, event: DeliveryEvent, seen: DeliveryRow, *, now: datetime
    ) -> tuple[bool, DeliveryRow | None]:
        """Writes the event on its row and counts it in the same write, if the row still is as it was `seen`.

        Returns whether the event was written. If it was not, also the row as it is now; None if there is no row.
        """

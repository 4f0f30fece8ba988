"""What delivery events need of the Deliveries table."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow


class DeliveryEventLedger(Protocol):
    """The Deliveries table, as events change it."""

    def apply(
        self, receipt: DeliveryEvent, seen: DeliveryRow, *, now: datetime
    ) -> tuple[bool, DeliveryRow | None]:
        """Write what the event says, and count it in the same step, if the row still is as it was ``seen``.

        Returns whether that was so and, if not, the row as it is; None when there is no such row.
        """

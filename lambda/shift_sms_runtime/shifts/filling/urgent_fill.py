"""The urgent fill plan that a sick call starts."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

if TYPE_CHECKING:
    from shift_sms_runtime.shifts.shift import Shift

URGENT_FILL_ATTRIBUTES = ("fill_by", "fill_order", "fill_urgent", "fill_status")
"""The attributes that start an urgent fill plan. A sick call is written only if they are as they were read."""

_ENDED = ("filled", "exhausted", "stopped")
"""The values of `fill_status` of a plan that does not run."""


@record
class UrgentFill:
    """Starts an urgent plan when the shift is written, or restarts its plan as urgent."""

    since: datetime
    order: FillOrder
    """The order of the plan if the shift says none."""

    def attributes(self, shift: "Shift") -> dict[str, Any]:
        """Returns the attributes to write. A plan that the shift has keeps its order and waves.

        A plan that has ended runs again. If its `fill_by` has passed, it ends when the shift closes. A `respond_by`
        that the sick call has removed from the shift is removed from the item.
        """
        item = shift.stored_item
        status, fill_by = item.get("fill_status"), shift.fill.fill_by if shift.fill else None
        ended: dict[str, Any] = {"fill_status": "running"} if status in _ENDED else {}
        if fill_by and fill_by <= self.since:
            ended["fill_by"] = None
        if item.get("respond_by") and shift.respond_by is None:
            ended["respond_by"] = None
        return {"fill_urgent": True, "fill_order": item.get("fill_order") or self.order.value, **ended}

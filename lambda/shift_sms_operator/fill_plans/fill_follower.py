"""Reads how far the plan of a shift is."""

from shift_sms_operator.fill_plans.views import FillProgress
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_finder import ShiftFinder
from shift_sms_runtime.campaigns.counters import Counter
from shift_sms_runtime.campaigns.ports import CampaignCounters
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.fill_plans.ports import FillContacts
from shift_sms_runtime.fill_plans.progress import contacted_in
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import Shift


class FillFollower:
    """Follows plans. A look reads three items: the shift, the progress of its plan, and the counters of its texts."""

    def __init__(self, finder: ShiftFinder, contacts: FillContacts, counters: CampaignCounters) -> None:
        self._finder = finder
        self._contacts = contacts
        self._counters = counters

    def progress(self, shift_id: str) -> FillProgress:
        """Returns how far the plan of a shift is.

        Raises:
            Refused: there is no such shift, or it has no plan.
        """
        progress = self.of(self._finder.get(shift_id))
        if progress is None:
            raise Refused(f"{shift_id} has no fill plan; start one with shifts fill {shift_id}")
        return progress

    def of(self, shift: Shift) -> FillProgress | None:
        """Returns how far the plan of a shift is; None if it has no plan."""
        fill = shift.fill
        if fill is None:
            return None
        plan = self._contacts.progress(shift.shift_id, fill.started_at) if fill.started_at else None
        if plan is None:
            return FillProgress(shift, fill.status, fill.started_at, contacted=fill.contacted)
        counts = summarize(self._counters.rows(plan.campaign_id) if plan.waves else ())
        return FillProgress(
            shift,
            fill.status,
            fill.started_at,
            waves=plan.waves,
            next_wave_at=plan.next_wave_at if fill.status is FillStatus.RUNNING else None,
            contacted=contacted_in(counts),
            claimed=counts[Counter.SEATS_FILLED],
            waiting=counts["waiting"],
            segments=counts[Counter.SEGMENTS_SPENT],
        )

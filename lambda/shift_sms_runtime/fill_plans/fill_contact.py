"""What the FillContacts table has of a plan: its progress, its waves, and whom it contacted or skipped."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from shift_sms_runtime.fill_plans.eligibility import SkipReason
from shift_sms_runtime.fill_plans.ranking import RankingInputs
from shift_sms_runtime.fill_plans.reply_model import ReplyStatistics
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus, fill_campaign_id

MAX_CONTACTS_PER_WAVE = 500
"""A wave is one item with the inputs of its contacts, and an item has at most 400 KB. Source: DynamoDB quotas.

A larger wave continues at once as the next one.
"""


@record
class PlanProgress:
    """The progress of one plan. Each change of it is conditional on the `version` that was read."""

    shift_id: str
    started_at: str
    """In ISO 8601. It identifies the plan among those of the shift."""
    status: FillStatus = FillStatus.RUNNING
    """The `fill_status` that was last written to the shift."""
    waves: int = 0
    """How many waves were begun."""
    queued: bool = True
    """Whether every text of the last wave is queued."""
    next_wave_at: datetime | None = None
    """None before the first wave."""
    counted_waves: int = 0
    """The waves whose texts the reply statistics have."""
    version: int = 0

    @property
    def campaign_id(self) -> str:
        """The campaign of the plan in the Deliveries table."""
        return fill_campaign_id(self.shift_id, self.started_at)


@record
class FillContact:
    """One employee of a wave."""

    rank: int
    """From 1, within the wave."""
    inputs: RankingInputs
    day: str
    """The local day of the employee, on which the text counts."""
    outdated_days: Sequence[str] = ()
    """Days whose counts are removed with this text. They are not stored with the wave."""

    @property
    def phone_number(self) -> str:
        """The phone number."""
        return self.inputs.phone_number


@record
class SentContact:
    """When an employee was contacted, and in which wave."""

    wave: int
    at: datetime


@record
class SegmentStatistics:
    """What the texts of some waves add to the reply statistics of a segment."""

    segment: str
    by_hour: Mapping[int, ReplyStatistics]
    """By hour of the day, in the time zone of the shift."""


NO_STATISTICS = SegmentStatistics("", {})


@record
class FillWave:
    """One wave, as it was decided. It is never changed."""

    number: int
    """From 1."""
    at: datetime
    order: FillOrder
    contacts: Sequence[FillContact]
    wait_seconds: float
    """How long the next wave waits."""
    skipped: Mapping[SkipReason, Sequence[str]] = field(default_factory=dict)
    """The phone numbers that were skipped, by reason."""
    unreached: Sequence[RankingInputs] = ()
    """The employees who could have been texted, too, in the order of the plan after the contacts."""

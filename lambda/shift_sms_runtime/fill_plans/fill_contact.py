"""What the FillContacts table has of a plan: its progress, its waves, and whom it contacted or skipped."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

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


SPARED_FOR = timedelta(hours=1)
"""How long a plan that continues for an earlier one texts no employee whose text of that one is still an offer."""


@record
class PlanDetails:
    """What the wait for the next wave depends on, as it was when the last wave was decided."""

    ends_at: datetime | None
    """When the plan ends."""
    wave_minutes: float | None
    """None for `auto`."""
    urgent: bool
    others: str
    """The order, the segment and the size."""
    seats: int
    """The seats of the shift."""


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
    target_from: datetime | None = None
    """From when the target counts: the start, the last resumption, or the end of a wait for someone to text."""
    last_wave_at: datetime | None = None
    """When the last wave was decided."""
    held: bool = False
    """Whether no one could be texted when the next wave was last decided."""
    interrupted: bool = False
    """Whether the plan was stopped or paused since the last wave, so that senders may have skipped some of it."""
    details: PlanDetails | None = None
    """None before the first wave."""
    taken: int = 0
    """The seats that were not to be filled, as last seen."""
    filled_at: datetime | None = None
    """Since when no seat is free. If one is, when the shift was last filled, unless it was so for minutes only."""
    freed_at: datetime | None = None
    """When a seat was last freed or added after employees were texted."""
    last_sick_call: datetime | None = None
    """The latest sick call that the plan knows. A later one starts a new plan."""
    spares_since: datetime | None = None
    """Employees whom an earlier plan of the shift texted after this are spared for `SPARED_FOR`. None spares no one."""
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
    rank: int = 0
    day: str = ""
    """The local day on which the text counts."""
    last_contact: str = ""
    """When the employee was contacted before; empty if never."""
    returned: bool = False
    """Whether the text was not sent, and no longer counts."""


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
    rest: int = 0
    """How many employees the next wave texts at once, because this one has the most contacts that it can have."""

"""What operators see of fill plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from shift_sms_operator.campaigns.views import CountryCost, total_usd
from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.shift_views import TextPreview
from shift_sms_runtime.fill_plans.fill_contact import FillContact
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.shift import Shift


class NoFillPlan(Refused):
    """A shift has had no fill plan, so there is none to follow or to explain."""


class FillAction(StrEnum):
    """What starting a plan did, or would do."""

    STARTED = "started"
    RESUMED = "resumed"
    """The plan was stopped. It texts no one twice."""
    RESTARTED = "restarted"
    """The plan had ended with a free seat. A new plan starts, and those whom it texted may be texted again."""
    RUNNING = "running"
    """The same plan runs already."""


@dataclass(frozen=True)
class FillChange:
    """The result of starting or stopping a plan."""

    shift: Shift
    """After the operation."""
    changed: bool
    action: FillAction | None = None
    """None for a stop."""


@dataclass(frozen=True)
class FillPreview:
    """What a plan would text, to whom and at what cost, beside a broadcast."""

    shift: Shift
    """With the fill plan that would be written."""
    action: FillAction
    texts: Mapping[str, TextPreview]
    """The text of a wave by language, the default language first."""
    segment: str
    members: int
    """The members that were examined."""
    complete: bool
    """Whether all members were examined. If not, the segment is larger than the limit."""
    eligible: int
    skipped: Mapping[str, int]
    """How many members are skipped, by the value of `SkipReason`."""
    first_wave: int
    """0 if no one is texted at once."""
    wait: timedelta
    """The time between the first wave and the second."""
    expected: tuple[CountryCost, ...]
    """The texts that are expected until the shift is filled, by country."""
    broadcast: tuple[CountryCost, ...]
    """The texts of a broadcast to the same employees, by country."""
    others_may_be_approved: bool = False
    """Whether a setting approves numbers outside the roster, which are counted as skipped here."""
    asks_waiting_list: bool = False
    """Whether the waiting list is asked about all free seats before anyone is texted."""
    texted_before: int = 0
    """How many of those who may be texted had a text of the plan that has ended."""

    @property
    def order(self) -> FillOrder:
        """The order of the plan."""
        return self.shift.fill.order if self.shift.fill else FillOrder.ROTATION

    @property
    def expected_texts(self) -> int:
        """How many texts are expected until the shift is filled."""
        return sum(country.recipients for country in self.expected)

    @property
    def expected_usd(self) -> Decimal | None:
        """The cost of the texts that are expected; None if a price is not known."""
        return total_usd(self.expected)

    @property
    def broadcast_usd(self) -> Decimal | None:
        """The cost of a broadcast; None if a price is not known."""
        return total_usd(self.broadcast)


@dataclass(frozen=True)
class FillProgress:
    """How far the plan of a shift is."""

    shift: Shift
    status: FillStatus | None
    """None if the plan is about to start."""
    started_at: str = ""
    """Identifies the plan. Empty if it is about to start."""
    waves: int = 0
    next_wave_at: datetime | None = None
    """None if no wave follows at a time, such as after the end of the plan."""
    contacted: int = 0
    """The employees that were texted, or are about to be."""
    claimed: int = 0
    """The seats that were taken since the start of the plan."""

    does_not_run: str = ""
    """The status of a shift whose plan does not run because of it, such as `refused`. Empty otherwise."""

    @property
    def ended(self) -> bool:
        """Whether no one else is texted, unless a seat becomes free or an operator changes the shift or the plan."""
        return bool(self.does_not_run) or self.status not in (None, FillStatus.RUNNING)

    @property
    def state(self) -> str:
        """The state of the plan in words."""
        if self.does_not_run:
            return f"does not run: the shift is {self.does_not_run}"
        return self.status.value if self.status else "about to start"


class ContactOutcome(StrEnum):
    """What came of one contact of a wave."""

    BOOKED = "booked"
    """The employee has a seat."""
    WAITS = "waits-for-seat"
    """The employee is offered a seat, or waits for one."""
    SICK = "sick"
    GAVE_BACK = "gave-back"
    """The employee has given the seat back by text."""
    TEXTED = "texted"
    UNDELIVERED = "undelivered"
    """The text failed, or its outcome is not known."""
    WAITING = "waiting"
    """The text is not sent yet."""
    NOT_TEXTED = "not-texted"
    """A sender skipped the text: no seat was free, the plan had ended, the employee opted out, or quiet hours began."""
    LIMITED = "daily-limit"
    """Other plans had texted the employee too often by then."""
    NOT_REACHED = "not-reached"
    """The employee could have been texted, but the wave ended at an earlier rank."""
    FORGOTTEN = "not-stored"
    """The ledger has no row of the text any longer."""


@dataclass(frozen=True)
class ExplainedContact:
    """Why an employee was contacted at this place of the order, and what came of it."""

    contact: FillContact
    name: str
    """Empty if it is not known."""
    why: str
    """The inputs of the order in words."""
    outcome: ContactOutcome
    outcome_text: str
    delivery: DeliveryStatus | None = None


@dataclass(frozen=True)
class ExplainedSkip:
    """The employees that a wave skipped for one reason."""

    reason: str
    """A value of `SkipReason`."""
    why: str
    phone_numbers: Sequence[str]


@dataclass(frozen=True)
class ExplainedWave:
    """A wave, its contacts in their order, and whom it skipped."""

    shift_id: str
    started_at: str
    """Identifies the plan."""
    number: int
    at: datetime
    order: FillOrder
    wait: timedelta
    contacts: Sequence[ExplainedContact]
    skipped: Sequence[ExplainedSkip]
    eligible: int
    """How many employees could have been texted."""
    unreached: Sequence[ExplainedContact]
    """The employees at the ranks after the contacts: all, or the first ones."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The names of employees by number: all, or those of the first ones of each reason."""

    @property
    def not_listed(self) -> int:
        """How many employees at later ranks are not in `unreached`."""
        return self.eligible - len(self.contacts) - len(self.unreached)


@dataclass(frozen=True)
class ReplayedWave:
    """A wave whose stored inputs were ranked again."""

    started_at: str
    number: int
    contacts: int
    eligible: int
    """How many employees could have been texted. All of them were ranked again."""
    first_difference: int | None = None
    """The first rank that is another one now; None if the order and the choice are the same."""
    missing: int = 0
    """The employees whose inputs are not stored any longer."""

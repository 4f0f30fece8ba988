"""The domain events, as other systems receive them.

Each class is one event type. Its name is the `detail-type` on the bus, and its fields are the `detail`. A change that
breaks consumers needs a new `VERSION`: a field that is removed or renamed, or that has another meaning. A new field
needs none. `make reference` writes a JSON schema for each class.

No event has a message, a name, `shift_info` or a reason. Texts that operators choose are `status`, `site`, `role` and
`segment`, and the ids.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import ClassVar

from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

MAX_TEXT_LENGTH = 256
"""Longer texts of an item are cut, so that ten events fit into one request.

Keys are not cut: DynamoDB limits them to 2,048 bytes. Source: "Constraints in Amazon DynamoDB".
"""


@record
class ShiftState:
    """A shift after the change."""

    shift_id: str
    """The code of the shift."""
    status: str
    """`shift_status`: `available`, `taken`, `closed`, `cancelled`, `refused`, or a word of an operator."""
    seats: int
    """How many employees the shift needs."""
    booked_seats: int
    """How many employees have a seat."""
    free_seats: int
    """How many seats no employee has and none is offered."""
    timezone: str
    """The time zone of the shift, such as `Europe/Berlin`."""
    starts_at: datetime | None = None
    """When the shift starts."""
    ends_at: datetime | None = None
    """When the shift ends."""
    site: str | None = None
    """`site` of the shift; at most 256 characters."""
    role: str | None = None
    """`role` of the shift; at most 256 characters."""


@record
class FillPlanState:
    """The fill plan of a shift after the change."""

    started_at: str
    """When the plan started, in ISO 8601. It identifies the plan among those of the shift."""
    order: FillOrder
    """The order in which employees are texted."""
    urgent: bool
    """Whether the plan is urgent, as after a sick call."""
    contacted: int
    """How many people the plan has texted, as last counted."""
    fill_by: datetime | None = None
    """When the plan ends."""
    segment: str | None = None
    """The segment of the plan, unless it is the default segment; at most 256 characters."""


@record
class CampaignDetail:
    """A campaign after the change."""

    campaign_id: str
    """The id of the campaign."""
    counts: Mapping[str, int]
    """The counts of the campaign by name, such as `sent` and `bookings`, as last summarized."""
    launch_id: str | None = None
    """The id of the launch. A relaunch has another one."""
    segment: str | None = None
    """The segment of the campaign, unless it is the default segment; at most 256 characters."""


@record
class DomainEvent:
    """What all events have."""

    VERSION: ClassVar[int] = 1

    event_id: str
    """Identifies the event. An event that is published again has the same id."""
    occurred_at: datetime
    """When the change was written, to the second."""
    sequence_number: str
    """Orders the events of one shift or campaign: the greater whole number is the later change."""

    def to_json(self) -> str:
        """Returns the `detail` of the event."""
        return json.dumps({"version": self.VERSION, **_object(self)}, ensure_ascii=False)


@record
class ShiftEvent(DomainEvent):
    """Base of the events of a shift."""

    shift: ShiftState
    """The shift after the change."""


@record
class ShiftBooked(ShiftEvent):
    """An employee has a seat: by a text, or because an operator assigned it."""

    employee: str
    """The phone number of the employee in E.164, or what an operator wrote in its place."""


@record
class ShiftDropped(ShiftEvent):
    """An employee no longer has a seat.

    The employee gave it back or reported sickness, an operator removed the employee, or the booking was undone. Not
    published for a shift that is canceled or deleted.
    """

    employee: str
    """The phone number of the employee in E.164, or what an operator wrote in its place."""
    sick: bool
    """Whether the employee reported sickness."""


@record
class ShiftFilled(ShiftEvent):
    """Every seat is taken, and none is only offered."""


@record
class ShiftCanceled(ShiftEvent):
    """An operator canceled the shift, which releases every employee. `booked_seats` counts those who had a seat.

    Undoing a cancellation has no type of its own. Employees who still have their seats then have a new `ShiftBooked`.
    """


@record
class EmployeeSick(ShiftEvent):
    """An employee reported sickness for a shift."""

    employee: str
    """The phone number of the employee in E.164."""
    reported_at: datetime
    """When the employee reported it."""
    keeps_seat: bool
    """Whether the employee still has the seat, after the cut-off with the setting `sick_calls` as `inform`."""


@record
class FillPlanEvent(ShiftEvent):
    """Base of the events of a fill plan."""

    fill_plan: FillPlanState
    """The plan after the change."""


@record
class FillPlanStarted(FillPlanEvent):
    """A fill plan started. After an exhausted plan, a new one can start for the same shift."""


@record
class FillPlanResumed(FillPlanEvent):
    """A plan that was filled or stopped runs again, mostly because a seat became free."""


@record
class FillPlanFilled(FillPlanEvent):
    """The plan has ended, because no seat is free."""


@record
class FillPlanExhausted(FillPlanEvent):
    """The plan has ended with a free seat: no one is left to text, or `fill_by` has passed."""


@record
class FillPlanStopped(FillPlanEvent):
    """An operator stopped the plan, or canceled the shift."""


@record
class CampaignEvent(DomainEvent):
    """Base of the events of a campaign."""

    campaign: CampaignDetail
    """The campaign after the change."""


@record
class CampaignLaunched(CampaignEvent):
    """Every recipient of a launch is planned. Texts may have been sent before.

    Published again, with the same `launch_id` and another `event_id`, after a pause.
    """


@record
class CampaignPaused(CampaignEvent):
    """An operator paused the campaign."""


@record
class CampaignResumed(CampaignEvent):
    """An operator resumed a paused campaign."""


@record
class CampaignFinished(CampaignEvent):
    """Every recipient was sent to, skipped or refused.

    Published again, with another id, if the campaign had a waiting recipient in the meantime.
    """


@record
class CampaignStopped(CampaignEvent):
    """An operator or a limit of the account ended the campaign."""


@record
class CampaignFailed(CampaignEvent):
    """The campaign could not be launched as written."""


EVENT_TYPES: tuple[type[DomainEvent], ...] = (
    ShiftBooked,
    ShiftDropped,
    ShiftFilled,
    ShiftCanceled,
    EmployeeSick,
    FillPlanStarted,
    FillPlanResumed,
    FillPlanFilled,
    FillPlanExhausted,
    FillPlanStopped,
    CampaignLaunched,
    CampaignPaused,
    CampaignResumed,
    CampaignFinished,
    CampaignStopped,
    CampaignFailed,
)
"""The types of events that are published."""


def short(text: object) -> str | None:
    """Returns a text of an item, cut to `MAX_TEXT_LENGTH`; None if it is empty or no text."""
    return text[:MAX_TEXT_LENGTH] or None if isinstance(text, str) else None


def _object(value: object) -> dict[str, object]:
    """Returns the fields of a record that have a value."""
    values = ((field.name, getattr(value, field.name)) for field in fields(value))  # type: ignore[arg-type]
    return {name: _plain(one) for name, one in values if one is not None}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return _object(value) if is_dataclass(value) else value

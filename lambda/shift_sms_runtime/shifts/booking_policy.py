"""The booking policy: rest, hours, cut-offs, offer time, reminders and the defaults of fill plans."""

from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.shifts.filling.fill_details import FillDefaults, FillOrder


class SickCalls(StrEnum):
    """What a sick call does after the drop cut-off."""

    REFILL = "refill"
    """It frees the seat and starts an urgent fill plan, as before the cut-off."""
    INFORM = "inform"
    """The booking stays. An operator reads the text in the operator inbox."""


@dataclass(frozen=True, kw_only=True)
class BookingPolicy:
    """The settings for bookings.

    Each field has the name of its setting. Hours may be fractions.
    """

    timezone: str = "UTC"
    """The IANA name of the time zone of shifts whose items have no `timezone`."""
    minimum_rest_hours: float = 0
    """The minimum between two shifts of one employee; 0 sets no minimum."""
    hours_per_week: float = 0
    """The maximum that one employee may book from Monday to Sunday; 0 sets no maximum."""
    drop_cutoff_hours: float = 12
    """Employees cannot drop a shift that starts in less than this."""
    offer_minutes: int = 30
    """How long a seat is held for the next employee on the waiting list."""
    reminder_hours: float = 24
    """How long before a shift its holders are reminded; 0 sends no reminders."""
    unfilled_notice_hours: float = 4
    """How long before a shift with a free seat its managers are told; 0 sends no such notices."""
    sick_calls: SickCalls = SickCalls.REFILL
    """What a sick call does after `drop_cutoff_hours`."""
    quiet_hours: str = ""
    """When no offers, reminders, texts of fill plans and notices to managers are sent, such as `21:00-08:00`.

    Empty for none.
    """
    fill_order: FillOrder = FillOrder.ROTATION
    """The order of fill plans whose shifts have no `fill_order`, and of those that sick calls start."""
    fill_wave_size: int | None = None
    """The people of a wave of fill plans whose shifts have no `fill_wave_size`; None for `auto`."""
    fill_wave_minutes: float | None = None
    """The minutes between waves of fill plans whose shifts have no `fill_wave_minutes`; None for `auto`."""

    @classmethod
    def of(cls, settings: object) -> Self:
        """Returns the policy of settings that have a field of the same name for each field of the policy."""
        return cls(**{one.name: getattr(settings, one.name) for one in fields(cls)})

    @property
    def zone(self) -> ZoneInfo:
        """`timezone` as an object."""
        return ZoneInfo(self.timezone)

    @property
    def quiet_time(self) -> QuietHours:
        """`quiet_hours` as an object."""
        return QuietHours.parse(self.quiet_hours)

    @property
    def fill_defaults(self) -> FillDefaults:
        """The defaults of fill plans as an object."""
        return FillDefaults(self.fill_order, self.fill_wave_size, self.fill_wave_minutes)

    @property
    def minimum_rest(self) -> timedelta:
        """`minimum_rest_hours` as a duration."""
        return timedelta(hours=self.minimum_rest_hours)

    @property
    def drop_cutoff(self) -> timedelta:
        """`drop_cutoff_hours` as a duration."""
        return timedelta(hours=self.drop_cutoff_hours)

    @property
    def offer_duration(self) -> timedelta:
        """`offer_minutes` as a duration."""
        return timedelta(minutes=self.offer_minutes)

    @property
    def reminder_lead_time(self) -> timedelta:
        """`reminder_hours` as a duration."""
        return timedelta(hours=self.reminder_hours)

    @property
    def unfilled_lead_time(self) -> timedelta:
        """`unfilled_notice_hours` as a duration."""
        return timedelta(hours=self.unfilled_notice_hours)

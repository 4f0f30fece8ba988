"""The fill plan of a shift: the attributes of its item, and what is wrong with them.

A shift without `fill_by` and without `fill_order` has no fill plan.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_details import (
    ALLOWED_WAVE_MINUTES,
    ALLOWED_WAVE_SIZES,
    FillDefaults,
    FillOrder,
    wave_minutes,
    wave_size,
)

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

CONTACTED = "fill_contacted"
"""The attribute with the number of people that the plan texted. It is written back, and no decision depends on it."""

FILL_CAMPAIGN = "fill#"
"""The beginning of the campaign ids of fill plans. No other campaign has such an id."""

_MAX_SHIFT_ID_LENGTH = 200
"""Leaves room for the start of the plan: delivery events carry campaign ids of 256 characters."""

_YES, _NO = ("true", "yes", "1"), ("false", "no", "0", "")


class FillStatus(StrEnum):
    """The attribute `fill_status`. An operator writes `stopped` or `running`."""

    RUNNING = "running"
    FILLED = "filled"
    """No seat is free. A seat that becomes free resumes the plan."""
    EXHAUSTED = "exhausted"
    """A seat is free, and no one is left to text or `fill_by` has passed."""
    STOPPED = "stopped"
    """The operator stopped the plan, or canceled the shift."""


@record
class FillPlan:
    """The fill attributes of an item. Times are in UTC."""

    order: FillOrder = FillOrder.ROTATION
    fill_by: datetime | None = None
    """When the plan ends. None: when the shift closes."""
    segment: str = ""
    """The segment whose members may be texted; empty for the default segment."""
    wave_size: int | None = None
    """How many people a wave has; None for `auto`."""
    wave_minutes: float | None = None
    """How many minutes the next wave waits; None for `auto`."""
    urgent: bool = False
    status: FillStatus | None = None
    """None before the plan has started."""
    started_at: str = ""
    """When the plan started, in ISO 8601. It identifies the plan among those of the shift. Written back."""
    contacted: int = 0
    """How many people the plan texted, as last written back."""

    @property
    def wait(self) -> timedelta | None:
        """`wave_minutes` as a duration."""
        return None if self.wave_minutes is None else timedelta(minutes=self.wave_minutes)

    def texts_in_quiet_hours(self, *, urgent_overrides: bool) -> bool:
        """Returns whether quiet hours do not count. `urgent_overrides` is the setting for urgent plans."""
        return self.urgent and urgent_overrides


def fill_campaign_id(shift_id: str, started_at: str) -> str:
    """Returns the campaign id under which the Deliveries table has the texts of a plan."""
    return f"{FILL_CAMPAIGN}{shift_id}#{started_at}"


class Attributes(Protocol):
    """Reads the attributes of an item, and collects what is wrong with them."""

    problems: list[str]

    def text(self, name: str) -> str:
        """Returns an attribute as text; empty if it is missing."""

    def time(self, name: str) -> datetime | None:
        """Returns an attribute as a time."""


def read_fill_plan(item: Mapping[str, Any], attributes: Attributes, defaults: FillDefaults) -> FillPlan:
    """Reads the fill plan of an item. A value that is wrong becomes a problem and counts as missing."""
    if len(str(item["shift_id"])) > _MAX_SHIFT_ID_LENGTH:
        attributes.problems.append(
            f"shift_id has more than {_MAX_SHIFT_ID_LENGTH} characters: a shift with a fill plan needs a shorter one"
        )
    order, status = attributes.text("fill_order"), attributes.text("fill_status")
    contacted = attributes.text(CONTACTED)
    return FillPlan(
        order=_one_of(FillOrder, order, "fill_order", attributes) or defaults.order,
        fill_by=attributes.time("fill_by"),
        segment=attributes.text("fill_segment"),
        wave_size=_detail("fill_wave_size", attributes, wave_size, ALLOWED_WAVE_SIZES, defaults.wave_size),
        wave_minutes=_detail(
            "fill_wave_minutes", attributes, wave_minutes, ALLOWED_WAVE_MINUTES, defaults.wave_minutes
        ),
        urgent=_urgent(item, attributes),
        status=_one_of(FillStatus, status, "fill_status", attributes),
        started_at=attributes.text("fill_started_at"),
        contacted=int(contacted) if contacted.isdecimal() else 0,
    )


def _one_of(allowed: type[E], text: str, name: str, attributes: Attributes) -> E | None:
    if not text:
        return None
    if text not in list(allowed):
        attributes.problems.append(f"{name} is {text!r}: write one of {', '.join(allowed)}")
        return None
    return allowed(text)


def _detail(
    name: str, attributes: Attributes, parse: Callable[[str], T | None], allowed: str, default: T | None
) -> T | None:
    text = attributes.text(name)
    if not text:
        return default
    try:
        return parse(text)
    except ValueError:
        attributes.problems.append(f"{name} is {text!r}: write {allowed}")
        return default


def _urgent(item: Mapping[str, Any], attributes: Attributes) -> bool:
    value = item.get("fill_urgent")
    if isinstance(value, bool):
        return value
    text = attributes.text("fill_urgent").lower()
    if text not in (*_YES, *_NO):
        attributes.problems.append(f"fill_urgent is {text!r}: write true or false")
    return text in _YES

"""What the details of a fill plan may be, and what applies to a plan that says nothing.

The attributes of a shift, the settings and the properties of constructs follow these rules.
"""

from dataclasses import dataclass
from enum import StrEnum

_MAX_DIGITS = 38
"""Source: DynamoDB supported data types, number."""

_MIN_WAVE_MINUTES, _MAX_WAVE_MINUTES = 0.1, 7 * 24 * 60

AUTO = "auto"
"""The value for a size or a wait that follows from the replies to earlier texts."""

ALLOWED_WAVE_SIZES = f"{AUTO}, or a whole number of at least 1 with at most {_MAX_DIGITS} digits"
ALLOWED_WAVE_MINUTES = f"{AUTO}, or a number of minutes from {_MIN_WAVE_MINUTES} to {_MAX_WAVE_MINUTES}"


class FillOrder(StrEnum):
    """The order in which employees are texted: values of `fill_order`."""

    BROADCAST = "broadcast"
    """Everyone at once."""
    SENIORITY = "seniority"
    """The earliest `hired_at` first."""
    ROTATION = "rotation"
    """First the employees whose last text of a fill plan is the longest ago."""
    FEWEST_HOURS = "fewest-hours"
    """The fewest hours in the week of the shift first."""
    RANDOM = "random"
    """An order that is random for each plan, and the same whenever it is computed again."""


@dataclass(frozen=True)
class FillDefaults:
    """What applies to a plan whose shift does not say it."""

    order: FillOrder = FillOrder.ROTATION
    wave_size: int | None = None
    """None for `auto`."""
    wave_minutes: float | None = None
    """None for `auto`."""


def as_written(number: float | None) -> str:
    """Returns a size or a wait as operators write it."""
    if number is None:
        return AUTO
    return str(int(number)) if number == int(number) else str(number)


def wave_size(text: str) -> int | None:
    """Returns the people of a wave; None for `auto`.

    Raises:
        ValueError: the text is none of `ALLOWED_WAVE_SIZES`.
    """
    if text == AUTO:
        return None
    size = int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else 0
    if size < 1:
        raise ValueError(text)
    return size


def wave_minutes(text: str) -> float | None:
    """Returns the minutes between waves; None for `auto`.

    Raises:
        ValueError: the text is none of `ALLOWED_WAVE_MINUTES`.
    """
    if text == AUTO:
        return None
    minutes = float(text)
    if not _MIN_WAVE_MINUTES <= minutes <= _MAX_WAVE_MINUTES:
        raise ValueError(text)
    return minutes

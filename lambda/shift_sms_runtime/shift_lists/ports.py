"""The protocol of the index of open shifts."""

from collections.abc import Mapping
from typing import Protocol
from zoneinfo import ZoneInfo

from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.index_parts import IndexPart
from shift_sms_runtime.shifts.shift import Shift


@record
class OpenShifts:
    """Some shifts of the index of open shifts, in the order of their positions."""

    shifts: Mapping[str, Shift]
    """The shifts by position. A shift has only what a list shows, and one free seat."""
    read_to: str | None
    """The position up to which the part was read; None if it was read to its end."""


class OpenShiftIndex(Protocol):
    """The index of open shifts, which may lag behind the table."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of shifts without `timezone`."""

    def open_shifts(self, role: str, part: IndexPart, *, most: int) -> OpenShifts:
        """Returns the open shifts of a role in a part of the index.

        Without a role, returns those for everyone.

        Reads at most `most` items.
        """

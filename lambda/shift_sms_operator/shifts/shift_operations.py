"""What an operator can do with shifts."""

from dataclasses import dataclass

from shift_sms_operator.shifts.seat_changes import SeatChanges
from shift_sms_operator.shifts.shift_changes import ShiftChanges
from shift_sms_operator.shifts.shift_import import ShiftImporter
from shift_sms_operator.shifts.shift_lists import ShiftLists


@dataclass(frozen=True)
class ShiftOperations:
    """The operations on shifts."""

    lists: ShiftLists
    """Lists and shows shifts."""
    changes: ShiftChanges
    """Adds, edits, cancels and reopens shifts."""
    seats: SeatChanges
    """Assigns and releases seats."""
    importer: ShiftImporter
    """Loads files of shifts."""

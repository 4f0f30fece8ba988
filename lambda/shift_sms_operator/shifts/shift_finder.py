"""Reads single shifts for operations, and suggests codes for one that is unknown."""

from shift_sms_operator.refusals import Refused
from shift_sms_runtime.language.shift_codes import KnownCodes, near_codes, normalize_code
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables.shifts import DynamoShifts

_NEIGHBORS = 25
"""The codes that are read on each side of an unknown code."""

_MOST_SUGGESTIONS = 5


class ShiftFinder:
    """Finds shifts by their codes."""

    def __init__(self, shifts: DynamoShifts) -> None:
        self._shifts = shifts

    def get(self, shift_id: str) -> Shift:
        """Returns a shift as it is now.

        Raises:
            Refused: there is no such shift. The message suggests codes that are similar.
        """
        shift = self._shifts.get(shift_id.strip()) if shift_id.strip() else None
        if shift is None:
            near = self.near(shift_id)
            meant = f"did you mean {' or '.join(near)}?" if near else "list the shifts to see which there are"
            raise Refused(f"{shift_id}: there is no such shift; {meant}")
        return shift

    def find(self, shift_id: str) -> Shift | None:
        """Returns a shift as it is now; None if there is no such shift."""
        return self._shifts.get(shift_id)

    def check_unlike_others(self, shift_id: str) -> None:
        """Raises Refused if employees could not tell the code from that of an open or taken shift."""
        normalized = normalize_code(shift_id)
        found = self._shifts.ids_from(normalized, most=_MOST_SUGGESTIONS) if normalized else ()
        alike = [one for one in found if normalize_code(one) == normalized and one != shift_id]
        if alike:
            raise Refused(
                f"employees could not tell {shift_id} from {' or '.join(alike)}, which exists; choose another code"
            )

    def near(self, shift_id: str) -> list[str]:
        """Returns the codes of open and taken shifts that may be meant."""
        normalized = normalize_code(shift_id)
        if not normalized:
            return []
        found = [
            *self._shifts.ids_from(normalized, most=_NEIGHBORS),
            *self._shifts.ids_before(normalized, most=_NEIGHBORS),
        ]
        known = KnownCodes(found)
        near = near_codes(normalized, known.normalized, most=_MOST_SUGGESTIONS)
        return known.ids_of(normalized) or [one for code in near for one in known.ids_of(code)]

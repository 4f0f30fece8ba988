"""Conflicts between shifts: overlap, rest and weekly hours."""

from dataclasses import dataclass
from enum import StrEnum


class ConflictKind(StrEnum):
    """Why a shift does not go with what somebody has."""

    OVERLAP = "overlap"
    REST = "rest"
    HOURS = "hours"


@dataclass(frozen=True)
class Conflict:
    """A shift that does not go with others: ``with_`` are the ids of those others."""

    kind: ConflictKind
    with_: tuple[str, ...]

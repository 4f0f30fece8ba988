"""Defines dialogues as tables: texts in, texts out, rows after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

ANN, BOB, EVE = "+14255550101", "+14255550102", "+14255550199"
"""Ann and Bob are employees; Eve is a stranger."""


GUS = "+14255550103"
"""Gus is on no roster; the settings approve his number, where opt-outs are talked about."""


NIGHT = ("XYZ123", "15/08 5h nightshift")


DAY = ("XYZ124", "18/08 3h dayshift")


LATE = ("XYZ125", "19/08 6h lateshift")


POST = (NIGHT, DAY, LATE)
"""The post's shifts, and one more."""


@dataclass(frozen=True)
class Turn:
    """One text and the answers it gets. ``<time>`` in an answer stands for a time of day."""

    sender: str
    text: str
    answers: tuple[str, ...]
    sent: int | None = None
    """The minute in which it was sent, where texts overtake each other; otherwise each is sent after the one before."""
    heard: tuple[tuple[str, str], ...] = ()
    """What others hear because of it: number and text."""


@dataclass(frozen=True)
class Given:
    """A shift at the start, with more than the post's attributes. ``starts_in`` and the like are hours from now."""

    shift_id: str
    info: str = ""
    starts_in: float | None = None
    ends_in: float | None = None
    respond_in: float | None = None
    seats: int | None = None
    role: str | None = None
    status: str = "available"
    employee: str | None = None
    waiting: tuple[str, ...] = ()

    def item(self, now: datetime) -> dict[str, Any]:
        """The item as an operator puts it up."""
        times = {"starts_at": self.starts_in, "ends_at": self.ends_in, "respond_by": self.respond_in}
        item = {
            "shift_id": self.shift_id,
            "shift_info": self.info or None,
            "shift_status": self.status,
            "employee": self.employee,
            "seats": self.seats,
            "role": self.role,
            "waiting_list": list(self.waiting) or None,
            **{
                name: (now + timedelta(hours=hours)).isoformat()
                for name, hours in times.items()
                if hours is not None
            },
        }
        return {name: value for name, value in item.items() if value is not None}


@dataclass(frozen=True)
class Dialogue:
    """``given`` shifts are open at the start; ``taken`` says who has which shift in the end, and no other is taken.

    ``opted_out`` is who wants no texts in the end, where opt-outs are talked about. ``people`` are attributes of
    employees, by number.
    """

    name: str
    turns: tuple[Turn, ...]
    given: tuple[tuple[str, str] | Given, ...] = POST
    taken: Mapping[str, str] = field(default_factory=dict)
    opted_out: frozenset[str] = frozenset()
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def items(self, now: datetime) -> list[dict[str, Any]]:
        """The shifts at the start, as an operator puts them up."""
        given = (one if isinstance(one, Given) else Given(*one) for one in self.given)
        return [one.item(now) for one in given]


def matches(text: str, expected: str) -> bool:
    """Whether a text is as a table says."""
    pattern = re.escape(expected).replace("<time>", r"\d\d:\d\d")
    return re.fullmatch(pattern, text) is not None


def ann(text: str, *answers: str, sent: int | None = None, heard: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Ann texts and hears ``answers``."""
    return Turn(ANN, text, answers, sent, heard)


def bob(text: str, *answers: str, heard: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Bob texts and hears ``answers``."""
    return Turn(BOB, text, answers, heard=heard)


def eve(text: str, *answers: str) -> Turn:
    """Eve texts and hears ``answers``."""
    return Turn(EVE, text, answers)


def gus(text: str, *answers: str) -> Turn:
    """Gus texts and hears ``answers``."""
    return Turn(GUS, text, answers)

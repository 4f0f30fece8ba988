"""Defines dialogues as tables: texts in, texts out, rows after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

ANN, BOB, EVE = "+14255550101", "+14255550102", "+14255550199"
"""Ann and Bob are employees; Eve is a stranger."""


GUS = "+14255550103"
"""Gus has no row in Employees. Where dialogues are about opt-outs, the settings approve his number."""


NIGHT = ("XYZ123", "15/08 5h nightshift")


DAY = ("XYZ124", "18/08 3h dayshift")


LATE = ("XYZ125", "19/08 6h lateshift")


POST = (NIGHT, DAY, LATE)
"""The shifts of the blog post, and one more."""


@dataclass(frozen=True)
class Turn:
    """One inbound text and its replies. `<time>` in a reply stands for a time of day."""

    sender: str
    text: str
    replies: tuple[str, ...]
    sent: int | None = None
    """The minute in which it was sent, where texts arrive in another order than sent."""
    heard: tuple[tuple[str, str], ...] = ()
    """The texts that others receive because of it: number and body."""


@dataclass(frozen=True)
class Given:
    """A shift at the start, with attributes beyond those of the post. `starts_in` and the like are hours from now."""

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
        """Returns the item as an operator writes it."""
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
    """A conversation, and what is on record before and after it."""

    name: str
    turns: tuple[Turn, ...]
    given: tuple[tuple[str, str] | Given, ...] = POST
    """The shifts at the start."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """The shifts that are taken at the end, with their employees."""
    opted_out: frozenset[str] = frozenset()
    """The numbers that are opted out at the end."""
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Attributes of employees by number."""

    def items(self, now: datetime) -> list[dict[str, Any]]:
        """Returns the shifts at the start, as an operator writes them."""
        given = (one if isinstance(one, Given) else Given(*one) for one in self.given)
        return [one.item(now) for one in given]


def matches(text: str, expected: str) -> bool:
    """Whether a text is the one of a dialogue."""
    pattern = re.escape(expected).replace("<time>", r"\d\d:\d\d")
    return re.fullmatch(pattern, text) is not None


def ann(text: str, *replies: str, sent: int | None = None, heard: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Returns a text of Ann."""
    return Turn(ANN, text, replies, sent, heard)


def bob(text: str, *replies: str, heard: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Returns a text of Bob."""
    return Turn(BOB, text, replies, heard=heard)


def eve(text: str, *replies: str) -> Turn:
    """Returns a text of Eve."""
    return Turn(EVE, text, replies)


def gus(text: str, *replies: str) -> Turn:
    """Returns a text of Gus."""
    return Turn(GUS, text, replies)

"""Defines dialogues as tables: texts in, texts out, rows after."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ANN, BOB, EVE = "+14255550101", "+14255550102", "+14255550199"
"""Ann and Bob are on the roster. Eve is a stranger."""


GUS = "+14255550103"
"""Gus has no row in Employees. In dialogues about opt-outs, the settings approve his number."""


NIGHT = ("XYZ123", "15/08 5h nightshift")


DAY = ("XYZ124", "18/08 3h dayshift")


LATE = ("XYZ125", "19/08 6h lateshift")


POST_SHIFTS = (NIGHT, DAY, LATE)
"""The shifts of the blog post and one more."""


@dataclass(frozen=True)
class Turn:
    """One inbound text and its replies. `<time>` in a reply is a time of day, `<start>` a day and a time."""

    sender: str
    text: str
    replies: tuple[str, ...]
    sent: int | None = None
    """The minute of sending, if texts do not arrive in the order sent."""
    texts_to_others: tuple[tuple[str, str], ...] = ()
    """The offers and notices that it causes: number and body."""


@dataclass(frozen=True)
class GivenShift:
    """A shift before the dialogue. `starts_in`, `ends_in` and `respond_in` are hours from now.

    A shift with `starts_on` starts at noon, that many days from today.
    """

    shift_id: str
    info: str = ""
    starts_in: float | None = None
    starts_on: int | None = None
    ends_in: float | None = None
    respond_in: float | None = None
    seats: int | None = None
    role: str | None = None
    site: str | None = None
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
            "site": self.site,
            "waiting_list": list(self.waiting) or None,
            **{
                name: (now + timedelta(hours=hours)).isoformat()
                for name, hours in times.items()
                if hours is not None
            },
        }
        if self.starts_on is not None:
            day = now.astimezone(UTC).date() + timedelta(days=self.starts_on)
            item["starts_at"] = f"{day}T12:00:00Z"
        return {name: value for name, value in item.items() if value is not None}


@dataclass(frozen=True)
class Dialogue:
    """Inbound texts and replies, with the rows before and after them."""

    name: str
    turns: tuple[Turn, ...]
    given: tuple[tuple[str, str] | GivenShift, ...] = POST_SHIFTS
    """The shifts before the dialogue."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """The shifts that are taken after it, and their employees; empty for a shift with several seats."""
    opted_out: frozenset[str] = frozenset()
    """The numbers that are opted out after it."""
    employees: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Attributes of employees by phone number."""

    @property
    def needs_one_day(self) -> bool:
        """Whether the texts must be sent on the day from which the shifts before the dialogue are dated."""
        return any(isinstance(one, GivenShift) and one.starts_on is not None for one in self.given)

    def shift_items(self, now: datetime) -> list[dict[str, Any]]:
        """Returns the items of the shifts before the dialogue, as an operator writes them."""
        shifts = (one if isinstance(one, GivenShift) else GivenShift(*one) for one in self.given)
        return [shift.item(now) for shift in shifts]


def matches(text: str, expected: str) -> bool:
    """Whether a text equals the expected one. `<time>` stands for a time of day, `<start>` for a day and a time."""
    pattern = re.escape(expected).replace("<time>", r"\d\d:\d\d").replace("<start>", r"[^()\n]*\d\d:\d\d")
    return re.fullmatch(pattern, text) is not None


def ann(
    text: str, *replies: str, sent: int | None = None, texts_to_others: tuple[tuple[str, str], ...] = ()
) -> Turn:
    """Returns a text from Ann and its replies."""
    return Turn(ANN, text, replies, sent, texts_to_others)


def bob(text: str, *replies: str, texts_to_others: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Returns a text from Bob and its replies."""
    return Turn(BOB, text, replies, texts_to_others=texts_to_others)


def eve(text: str, *replies: str) -> Turn:
    """Returns a text from Eve and its replies."""
    return Turn(EVE, text, replies)


def gus(text: str, *replies: str) -> Turn:
    """Returns a text from Gus and its replies."""
    return Turn(GUS, text, replies)

"""How many texts a number may send, and when two machines are talking to each other.

Counted in whole hours, in the step that claims the answer: it costs no call. Functions that handle a number's texts at
the same moment may let some more through than the limit, as many as there are functions.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

MOST_REPEATS = 4
"""The same text so many times in a row within an hour comes from a machine, or leads nowhere."""


class Verdict(StrEnum):
    """What to do with a text."""

    HANDLE = "handle"
    SAY_IT_IS_ENOUGH = "say-it-is-enough"
    IGNORE = "ignore"


@dataclass(frozen=True)
class RecentTexts:
    """What a number has sent within this hour. ``last`` is the digest of its last text, ``repeats`` how often in a row
    it came."""

    texts: int = 0
    last: str = ""
    repeats: int = 0
    told: bool = False
    """Whether it has been told that it is enough."""


@dataclass(frozen=True)
class TextCount:
    """One text to be counted: under which number and hour, and what its row says then."""

    sender: str
    hour: datetime
    last: str
    repeats: int

    @property
    def row(self) -> str:
        """The id of the row that counts."""
        return texts_row(self.sender, self.hour)

    @property
    def notice(self) -> str:
        """The id of the one answer that says it is enough."""
        return notice_row(self.sender, self.hour)

    @property
    def expires_at(self) -> int:
        """When nobody needs the row any more, in seconds since 1970."""
        return int((self.hour + timedelta(hours=2)).timestamp())


def count(sender: str, body: str, recent: RecentTexts, now: datetime) -> TextCount:
    """What this text makes of what went before."""
    digest = hashlib.sha256(" ".join(body.split()).upper().encode(errors="replace")).hexdigest()[:16]
    repeats = recent.repeats + 1 if digest == recent.last else 1
    return TextCount(sender, hour_of(now), digest, repeats)


def judge(recent: RecentTexts, this: TextCount, *, texts_per_hour: int, may_repeat: bool) -> Verdict:
    """``may_repeat``: the same text again is what is asked of people here. ``texts_per_hour`` of 0 is no limit."""
    if texts_per_hour and recent.texts >= texts_per_hour:
        return Verdict.IGNORE if recent.told else Verdict.SAY_IT_IS_ENOUGH
    if this.repeats > MOST_REPEATS and not may_repeat:
        return Verdict.IGNORE
    return Verdict.HANDLE


def texts_row(sender: str, now: datetime) -> str:
    """The id of the row that counts a number's texts of this hour."""
    return f"texts#{sender}#{hour_of(now):%Y-%m-%dT%H}"


def notice_row(sender: str, now: datetime) -> str:
    """The id of the answer that tells a number in this hour that it is enough."""
    return f"enough#{sender}#{hour_of(now):%Y-%m-%dT%H}"


def hour_of(now: datetime) -> datetime:
    """The beginning of an hour, in UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)

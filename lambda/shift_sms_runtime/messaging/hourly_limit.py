"""Limits the texts that one number may send in an hour, and ends loops between two machines.

Texts are counted in whole hours, in the write that claims the reply: counting costs no call. Functions that handle
texts of one number at the same moment may exceed the limit by their number.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

MAX_REPEATS = 4
"""The same text more often than this in a row within an hour comes from a machine, or leads nowhere."""


class Verdict(StrEnum):
    """What to do with a text."""

    HANDLE = "handle"
    SEND_NOTICE = "send-notice"
    """The limit is reached: send the one notice of the hour."""
    IGNORE = "ignore"


@dataclass(frozen=True)
class RecentTexts:
    """What a number has sent within this hour."""

    texts: int = 0
    last_digest: str = ""
    """The digest of its last text."""
    repeats: int = 0
    """How often in a row the last text came."""
    notified: bool = False
    """Whether the notice of the hourly limit was sent."""


@dataclass(frozen=True)
class TextCount:
    """One text to be counted: its number and hour, and what to store of it."""

    phone_number: str
    hour: datetime
    digest: str
    repeats: int


def count_text(phone_number: str, body: str, recent: RecentTexts, now: datetime) -> TextCount:
    """Counts a text after those that the number sent before it."""
    digest = hashlib.sha256(" ".join(body.split()).upper().encode(errors="replace")).hexdigest()[:16]
    repeats = recent.repeats + 1 if digest == recent.last_digest else 1
    return TextCount(phone_number, hour_of(now), digest, repeats)


def judge(recent: RecentTexts, this: TextCount, *, texts_per_hour: int, may_repeat: bool) -> Verdict:
    """Decides whether a text is handled.

    Args:
        recent: What the number sent before this text.
        this: The text.
        texts_per_hour: The limit; 0 is no limit.
        may_repeat: Whether replies ask for this very text, such as MORE.
    """
    if texts_per_hour and recent.texts >= texts_per_hour:
        return Verdict.IGNORE if recent.notified else Verdict.SEND_NOTICE
    if this.repeats > MAX_REPEATS and not may_repeat:
        return Verdict.IGNORE
    return Verdict.HANDLE


def hour_of(now: datetime) -> datetime:
    """The beginning of an hour, in UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_name(hour: datetime) -> str:
    """An hour as ids contain it: `2026-08-01T12`."""
    return f"{hour:%Y-%m-%dT%H}"

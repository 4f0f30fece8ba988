"""Limits the texts of one number in an hour, and ends loops between two machines.

Texts are counted per clock hour, in the write that claims the reply, so counting takes no further call. Several
functions that handle texts of one number at the same time can each let one text too many through.
"""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum

from shift_sms_runtime.records import record

MAX_REPEATS = 4
"""A number that repeats one text more often within an hour is taken for a machine."""


class Verdict(StrEnum):
    """The decision about a text."""

    HANDLE = "handle"
    SEND_NOTICE = "send-notice"
    """Send the one notice per hour that the limit is reached."""
    IGNORE = "ignore"


@record
class RecentTexts:
    """The texts of a number in the current hour."""

    texts: int = 0
    last_digest: str = ""
    """The digest of its last text."""
    repeats: int = 0
    """How many times in a row the number has sent its last text."""
    notified: bool = False
    """Whether the notice of the hourly limit was sent this hour."""


@record
class TextCount:
    """One text as it is counted for the hour of its number."""

    phone_number: str
    hour: datetime
    digest: str
    repeats: int


def count_text(phone_number: str, body: str, recent: RecentTexts, now: datetime) -> TextCount:
    """Counts a text. `recent` are the texts that the number sent before it."""
    digest = hashlib.sha256(" ".join(body.split()).upper().encode(errors="replace")).hexdigest()[:16]
    repeats = recent.repeats + 1 if digest == recent.last_digest else 1
    return TextCount(phone_number, hour_of(now), digest, repeats)


def judge(recent: RecentTexts, counted: TextCount, *, texts_per_hour: int, may_repeat: bool) -> Verdict:
    """Decides whether a text is handled.

    Args:
        recent: The texts that the number sent before this one.
        counted: The text.
        texts_per_hour: The limit; 0 for none.
        may_repeat: Whether replies ask for this text, such as MORE.
    """
    if texts_per_hour and recent.texts >= texts_per_hour:
        return Verdict.IGNORE if recent.notified else Verdict.SEND_NOTICE
    if counted.repeats > MAX_REPEATS and not may_repeat:
        return Verdict.IGNORE
    return Verdict.HANDLE


def hour_of(now: datetime) -> datetime:
    """Returns the beginning of the current hour, in UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_name(hour: datetime) -> str:
    """Returns an hour as it appears in ids: `2026-08-01T12`."""
    return f"{hour:%Y-%m-%dT%H}"

"""Notices about a shift: offers, cancellations and reminders."""

from collections.abc import Callable
from dataclasses import dataclass

from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer


@dataclass(frozen=True)
class Notice:
    """One text that we send by ourselves: to whom, its id among the notices to that number, and how it is worded."""

    person: str
    row: str
    words: Callable[[ReplyRenderer], str]
    offers: str | None = None

"""A locale: the sentences and the words of one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.shifts.shift import Shift

ENGLISH = "en"
"""What every other language translates, and every employee is understood in."""


class Template(StrEnum):
    """Everything the product says by itself; the values are the names in the catalogues."""

    BOOKED = "booked"
    ALREADY_YOURS = "already_yours"
    ONE_TAKEN = "one_taken"
    TAKEN = "taken"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NOT_OPEN = "not_open"
    WRONG_ROLE = "wrong_role"
    OVERLAP = "overlap"
    REST = "rest"
    HOURS = "hours"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"
    INVALID_CODE = "invalid_code"
    DID_YOU_MEAN = "did_you_mean"
    DID_YOU_MEAN_ONE = "did_you_mean_one"
    DROPPED = "dropped"
    LEFT_WAITING_LIST = "left_waiting_list"
    NOT_YOURS = "not_yours"
    TOO_LATE_TO_DROP = "too_late_to_drop"
    TOO_LATE_TO_DROP_NO_AGENT = "too_late_to_drop_no_agent"
    WHICH_TO_DROP = "which_to_drop"
    WAITING = "waiting"
    ALREADY_WAITING = "already_waiting"
    STILL_FREE = "still_free"
    WAITING_LIST_FULL = "waiting_list_full"
    WHICH_SHIFT = "which_shift"
    DECLINED = "declined"
    NOTHING_CHANGED = "nothing_changed"
    UNCLEAR = "unclear"
    LIST = "list"
    LIST_MORE = "list_more"
    LIST_EMPTY = "list_empty"
    MINE = "mine"
    MINE_EMPTY = "mine_empty"
    INFO_FREE = "info_free"
    INFO_TAKEN = "info_taken"
    INFO_YOURS = "info_yours"
    INFO_CLOSED = "info_closed"
    INFO_CANCELLED = "info_cancelled"
    CALLING = "calling"
    CALL_NOT_ALLOWED = "call_not_allowed"
    CALL_LIMIT = "call_limit"
    CALLS_USED_UP = "calls_used_up"
    HOW_TO = "how_to"
    KEPT = "kept"
    TOO_MANY_TEXTS = "too_many_texts"
    STRANGER = "stranger"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    HELP = "help"
    OFFER = "offer"
    CANCELLED_NOTICE = "cancelled_notice"
    REMINDER = "reminder"
    REMINDER_FIXED = "reminder_fixed"
    CAMPAIGN_HOW_TO_ANSWER = "campaign_how_to_answer"
    CAMPAIGN_OR_CALL = "campaign_or_call"


@dataclass(frozen=True)
class Locale:
    """One language of one vocabulary."""

    language: str
    replies: Mapping[Template, str]
    lexicon: Lexicon
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day_pattern: str

    def say(self, reply: Template, **values: object) -> str:
        """A reply with its values filled in."""
        return self.replies[reply].format(**values)

    def day(self, local: datetime) -> str:
        """A day in few characters: Sat 15 Aug."""
        return self.day_pattern.format(
            weekday=self.weekdays[local.weekday()],
            day=local.day,
            month=self.months[local.month - 1],
            month_number=local.month,
        )

    def moment(self, instant: datetime, shift: Shift) -> str:
        """An instant where the shift is: Sat 15 Aug 22:00."""
        local = instant.astimezone(shift.zone)
        return f"{self.day(local)} {local:%H:%M}"

    def details(self, shift: Shift) -> str:
        """What the operator wrote of a shift; where that is nothing, when and where it is and for whom."""
        if shift.info:
            return shift.info.replace("\n", " ")
        parts = []
        if shift.starts_at is not None:
            until = f"-{shift.ends_at.astimezone(shift.zone):%H:%M}" if shift.ends_at else ""
            parts.append(self.moment(shift.starts_at, shift) + until)
        return " ".join([*parts, *filter(None, (shift.role, shift.site))])

    def named(self, shift: Shift) -> str:
        """A shift's code and its details."""
        return f"{shift.shift_id} {self.details(shift)}".strip()

"""A locale: the reply templates and the words of one language."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.records import record

ENGLISH = "en"
"""The language that the others are translated from."""


class Template(StrEnum):
    """Every sentence that is sent to employees. The values are the names under `[replies]` in the locale files."""

    BOOKED = "booked"
    BOOKED_FIXED = "booked_fixed"
    ALREADY_YOURS = "already_yours"
    ONE_TAKEN = "one_taken"
    TAKEN = "taken"
    CLOSED = "closed"
    CANCELED = "canceled"
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
    UNCLEAR_BOOKABLE = "unclear_bookable"
    UNCLEAR_YOURS = "unclear_yours"
    CANNOT_MAKE = "cannot_make"
    CANNOT_MAKE_WHICH = "cannot_make_which"
    SICK = "sick"
    SICK_KEPT = "sick_kept"
    SICK_WHICH = "sick_which"
    SICK_NOTED = "sick_noted"
    LIST = "list"
    LIST_MORE = "list_more"
    LIST_EMPTY = "list_empty"
    LIST_NONE_MATCHES = "list_none_matches"
    LIST_NONE_SO_FAR = "list_none_so_far"
    LIST_END = "list_end"
    MINE = "mine"
    MINE_OFFERED = "mine_offered"
    MINE_WAITING = "mine_waiting"
    MINE_EMPTY = "mine_empty"
    INFO_FREE = "info_free"
    INFO_TAKEN = "info_taken"
    INFO_YOURS = "info_yours"
    INFO_YOURS_FIXED = "info_yours_fixed"
    INFO_CLOSED = "info_closed"
    INFO_CANCELED = "info_canceled"
    CALLING = "calling"
    CALL_NOT_ALLOWED = "call_not_allowed"
    CALL_LIMIT = "call_limit"
    CALLS_USED_UP = "calls_used_up"
    HOW_TO = "how_to"
    FREE_TEXT = "free_text"
    EMERGENCY = "emergency"
    TOO_MANY_TEXTS = "too_many_texts"
    STRANGER = "stranger"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    HELP = "help"
    OFFER = "offer"
    CANCELED_NOTICE = "canceled_notice"
    REMINDER = "reminder"
    REMINDER_FIXED = "reminder_fixed"
    ASSIGNED = "assigned"
    ASSIGNED_FIXED = "assigned_fixed"
    RELEASED = "released"
    CHANGED = "changed"
    CHANGED_FIXED = "changed_fixed"
    CHANGED_TO = "changed_to"
    CHANGED_TO_FIXED = "changed_to_fixed"
    FILL = "fill"
    MANAGER_FILLED = "manager_filled"
    MANAGER_UNFILLED = "manager_unfilled"
    MANAGER_DROPPED = "manager_dropped"
    MANAGER_SICK = "manager_sick"
    MANAGER_EXHAUSTED = "manager_exhausted"
    MANAGER_INBOX = "manager_inbox"
    CAMPAIGN_HOW_TO_REPLY = "campaign_how_to_reply"
    CAMPAIGN_OR_CALL = "campaign_or_call"
    CAMPAIGN_OR_OPT_OUT = "campaign_or_opt_out"


@record
class Locale:
    """One language of one vocabulary."""

    language: str
    templates: Mapping[Template, str]
    lexicons: Lexicons
    """The words of all languages, as an employee with this language uses them."""
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day_pattern: str

    @property
    def lexicon(self) -> Lexicon:
        """The words of the language, and the English words that mean nothing else in it."""
        return self.lexicons.own

    def say(self, template: Template, **values: object) -> str:
        """Returns a sentence with its values filled in."""
        return self.templates[template].format(**values)

    def day(self, local: datetime) -> str:
        """Returns a day in its short form, like "Sat 15 Aug"."""
        return self.day_pattern.format(
            weekday=self.weekdays[local.weekday()],
            day=local.day,
            month=self.months[local.month - 1],
            month_number=local.month,
        )


class Locales:
    """The locales of one vocabulary."""

    def __init__(self, by_language: Mapping[str, Locale], *, default: str) -> None:
        """Takes the locales by language. `default` is the language of employees with no locale of their own."""
        self.by_language = by_language
        self.default = by_language[default]

    def of(self, tag: str) -> Locale:
        """Returns the locale of a language tag as people write it (`es`, `es-MX`, `ES_mx`), or the default."""
        return self.by_language.get(primary_language(tag), self.default)


def primary_language(tag: str) -> str:
    """Returns the language of a tag as people write it: `es` of `es-MX` and `ES_mx`."""
    return tag.strip().replace("_", "-").split("-")[0].lower()

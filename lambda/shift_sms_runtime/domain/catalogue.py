"""What is said and understood in one language: a TOML file that a translator edits, checked when it is read."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from string import Formatter
from typing import Any

from shift_sms_runtime.domain.lexicon import Grammar, Lexicon, WordClass
from shift_sms_runtime.domain.shifts import Shift

ENGLISH = "en"
"""What every other language translates, and every employee is understood in."""


class Reply(StrEnum):
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


class CatalogueError(ValueError):
    """A catalogue cannot be used; the message names everything that is wrong with it."""


_OF_A_DAY = frozenset({"weekday", "day", "month", "month_number"})


@dataclass(frozen=True)
class Catalogue:
    """One language of one vocabulary."""

    language: str
    replies: Mapping[Reply, str]
    lexicon: Lexicon
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day_pattern: str

    def say(self, reply: Reply, **values: object) -> str:
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


def read_catalogue(language: str, text: str, grammar: str, *, like: Catalogue | None = None) -> Catalogue:
    """Read a catalogue of a vocabulary, and the ``grammar`` that the language has in every vocabulary.

    ``like`` is the one that it translates, whose placeholders its replies must have.

    Raises:
        CatalogueError: as it says.
    """
    data, shared = _toml(language, text), _toml(f"{language} grammar", grammar)
    problems = [*_problems(data, like), *_wrong_words("grammar", shared.get("grammar", {}), {*Grammar})]
    if problems:
        raise CatalogueError("\n".join(f"{language}: {problem}" for problem in problems))
    dates = data["dates"]
    return Catalogue(
        language,
        {reply: data["replies"][reply] for reply in Reply},
        Lexicon.of(data["words"], shared["grammar"]),
        tuple(dates["weekdays"]),
        tuple(dates["months"]),
        dates["day"],
    )


def _toml(name: str, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name}: no TOML: {error}") from None


def placeholders(template: str) -> set[str]:
    """The names in braces of a template.

    Raises:
        ValueError: a brace is alone.
    """
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _problems(data: Mapping[str, Any], like: Catalogue | None) -> Iterator[str]:
    replies, words, dates = (data.get(part, {}) for part in ("replies", "words", "dates"))
    yield from _wrong_names("replies", replies, {*Reply}, "is never said")
    for name, template in replies.items():
        yield from _wrong_template(f"[replies] {name}", template, _expected(name, like))
    yield from _wrong_words("words", words, {*WordClass})
    for name, count in (("weekdays", 7), ("months", 12)):
        if not _is_list_of_text(dates.get(name)) or len(dates[name]) != count:
            yield f"[dates] {name} must have {count} names"
    if "day" in dates:
        yield from _wrong_template("[dates] day", dates["day"], None, among=_OF_A_DAY)
    else:
        yield "[dates] day is missing"


def _wrong_names(part: str, found: Mapping[str, Any], known: set[str], strange: str) -> Iterator[str]:
    yield from (f"[{part}] {name} is missing" for name in sorted(known - found.keys()))
    yield from (f"[{part}] {name} {strange}" for name in sorted(found.keys() - known))


def _wrong_words(part: str, found: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    yield from _wrong_names(part, found, known, "is no class of words")
    for name, listed in found.items():
        if not _is_list_of_text(listed):
            yield f"[{part}] {name} must be a list of words in quotes"


def _wrong_template(
    where: str, template: object, expected: set[str] | None, *, among: frozenset[str] | None = None
) -> Iterator[str]:
    if not isinstance(template, str):
        yield f"{where} must be text in quotes"
        return
    try:
        found = placeholders(template)
    except ValueError:
        yield f"{where} has a brace without its other half"
        return
    if expected is not None and expected != found:
        yield f"{where} must have {sorted(expected)} in braces and has {sorted(found)}"
    if among is not None and not found <= among:
        yield f"{where} may have {sorted(among)} in braces and has {sorted(found)}"


def _expected(name: str, like: Catalogue | None) -> set[str] | None:
    """What a reply must have in braces; None where nobody says."""
    return placeholders(like.replies[Reply(name)]) if like and name in {*Reply} else None


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)

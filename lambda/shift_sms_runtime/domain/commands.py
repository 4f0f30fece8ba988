"""The one place where a text becomes a command.

Case, surrounding space and punctuation never matter. A text is one command. Commands are whole words: "agents" is not
AGENT. Words that carriers and the messaging service use for opting out belong to them and are never commands.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LIST_WORD = "REQUEST"
MORE_WORD = "MORE"
AGENT_WORD = "AGENT"

OPT_OUT_WORDS = frozenset(
    [
        "STOP",
        "STOPALL",
        "CANCEL",
        "END",
        "QUIT",
        "REMOVE",
        "UNSUBSCRIBE",
        "OPTOUT",
        "OPT-OUT",
        "ARRET",
        "TD",
    ]
)
OPT_IN_WORDS = frozenset(["START", "UNSTOP"])
HELP_WORD = "HELP"
CARRIER_WORDS = OPT_OUT_WORDS | OPT_IN_WORDS | {HELP_WORD}
"""Source: "Keywords" in the AWS End User Messaging user guide, and the words of US carriers."""

_JOINING_WORDS = frozenset({"AND"})
_NOT_A_CLAIM = frozenset({"DROP", "NO", "NOT"})
"""Whoever begins with one of these does not want the shift that follows."""
_SEPARATORS = re.compile(r"[\s,;:!?&+]+")
_FIRST_WORD = re.compile(r"[\W_]*(\w+)(?=[\s,;:.!?&+]|$)")
_LONGEST_CODE = 64
"""Longer words are no codes, and are not looked up: DynamoDB's keys end at 2,048 bytes."""


@dataclass(frozen=True)
class ClaimShifts:
    """Book each of these codes, as typed, in the order typed, without repetitions. Empty: nothing was readable."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class ListShifts:
    """Tell what is open; with ``more``, what did not fit into the last answer."""

    more: bool = False


@dataclass(frozen=True)
class CallMe:
    """Have a person call; ``words`` is what else the employee wrote."""

    words: str


@dataclass(frozen=True)
class OptOut:
    """No more texts. The carrier or the messaging service answers, unless the number manages its opt-outs itself."""


@dataclass(frozen=True)
class OptIn:
    """Texts again; answered like ``OptOut``."""


@dataclass(frozen=True)
class AskForHelp:
    """Who is this; answered like ``OptOut``."""


_CARRIER_COMMANDS: Mapping[str, OptOut | OptIn | AskForHelp] = {
    **dict.fromkeys(OPT_OUT_WORDS, OptOut()),
    **dict.fromkeys(OPT_IN_WORDS, OptIn()),
    HELP_WORD: AskForHelp(),
}

Command = ClaimShifts | ListShifts | CallMe | OptOut | OptIn | AskForHelp


def parse(text: str) -> Command:
    """Read one text. Never raises: what cannot be read is a claim of no code."""
    readable = _readable(text)
    codes = _codes(readable)
    found = _FIRST_WORD.match(readable)
    first = found[1].upper() if found else ""
    # A hyphen ends a word, but not a code: OPT-OUT.
    for word in (first, codes[0].upper() if codes else ""):
        if word in _CARRIER_COMMANDS:
            return _CARRIER_COMMANDS[word]
    if first == AGENT_WORD:
        return CallMe(words=_after_first_word(readable))
    if first in (LIST_WORD, MORE_WORD) and not any(looks_like_code(code) for code in codes):
        return ListShifts(more=first == MORE_WORD)
    if first in _NOT_A_CLAIM:
        return ClaimShifts(())
    return ClaimShifts(codes)


def looks_like_code(word: str) -> bool:
    """Whether an unknown word is worth naming in an answer: codes have digits, pleasantries have none."""
    return any(character.isdigit() for character in word)


def _readable(text: str) -> str:
    """Full-width characters become plain ones (NFKC); control characters become space; formatting characters and
    halves of broken ones vanish."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in plain
        if unicodedata.category(c) not in ("Cf", "Cs")
    )


def _codes(readable: str) -> tuple[str, ...]:
    first_of: dict[str, str] = {}
    for word in _SEPARATORS.split(readable):
        code = _without_punctuation(word)
        if 0 < len(code) <= _LONGEST_CODE and code.upper() not in _JOINING_WORDS:
            first_of.setdefault(code.upper(), code)
    return tuple(first_of.values())


def _without_punctuation(word: str) -> str:
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end]


def _after_first_word(readable: str) -> str:
    return re.sub(r"^\W*\w+[\W_]*", "", readable).strip()

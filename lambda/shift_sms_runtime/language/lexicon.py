"""The words that people use, by what they do in a text; each language has its own, and English goes everywhere.

Words are compared folded: no case, no accents, no apostrophes. "Où" is OU, "can't" is CANT. Accents count only where a
catalogue lists two words that differ in nothing else: Spanish SÍ is yes, and SI is if.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_APOSTROPHE = re.compile(r"['\u2019`\u00b4]")


_LEAST_TYPO = 6
"""Letters of a word in which a slip is forgiven; in shorter ones it may be another word: LIKED is not LIKE."""


class WordClass(StrEnum):
    """What a word does. The names are those of the ``[words]`` in the catalogues."""

    LIST = "list"
    MORE = "more"
    MINE = "mine"
    DROP = "drop"
    WAIT = "wait"
    INFO = "info"
    AGENT = "agent"
    HELP = "help"
    YES = "yes"
    NO = "no"
    THANKS = "thanks"
    GREETING = "greeting"
    FAREWELL = "farewell"
    POLITE = "polite"
    """Says nothing more than that somebody would like what follows."""
    SMALL = "small"
    """Says nothing at all, and not that somebody would like anything: IT, THE, REALLY, and harmless signs."""
    WHEN = "when"
    """A time: TOMORROW, MONDAY, HOURS."""
    DATE = "date"
    """A time beside a number, and otherwise perhaps a name: JUNE."""
    INTRODUCING = "introducing"
    """What follows is a name."""
    ASKING = "asking"
    NEGATING = "negating"
    """Whoever says so wants nothing booked. What is listed as polite too is a reason for giving back: SORRY, SICK."""
    SHIFTS = "shifts"
    """What is on offer, as a whole."""


class Grammar(StrEnum):
    """What a word does to those around it, listed as an everyday word or not. The names are those of ``[grammar]``,
    where the English catalogue says more of each."""

    JOINING = "joining"
    THEN = "then"
    ACKNOWLEDGING = "acknowledging"
    SENDER = "sender"
    ME = "me"
    ME_BEHIND = "me_behind"
    TO = "to"
    FOR = "for"
    ONE = "one"
    ONLY = "only"
    WHEREABOUTS = "whereabouts"
    STATING = "stating"
    HOUR = "hour"
    ORDINAL = "ordinal"
    FROM = "from"
    UNTIL = "until"
    BETWEEN_HOURS = "between_hours"
    BEFORE_HOUR = "before_hour"


GrammarWords = Mapping[Grammar, frozenset[str]]


COMMANDS = (
    WordClass.LIST,
    WordClass.MORE,
    WordClass.MINE,
    WordClass.DROP,
    WordClass.WAIT,
    WordClass.INFO,
    WordClass.AGENT,
    WordClass.HELP,
)
"""Classes of words that begin a command."""


@dataclass(frozen=True)
class Lexicon:
    """Folded words and phrases by class, and the same as they are spelled. A word may be of several.

    What is only in the ``grammar`` is nothing that somebody has listed as an everyday word.
    """

    words: Mapping[WordClass, frozenset[str]]
    spelled: Mapping[WordClass, frozenset[str]]
    grammar: GrammarWords

    @classmethod
    def of(cls, listed: Mapping[str, Iterable[str]], grammar: Mapping[str, Iterable[str]]) -> "Lexicon":
        """From the words as a translator wrote them.

        Raises:
            ValueError: a class that there is not.
        """
        by_class = {WordClass(name): [*some] for name, some in listed.items()}
        by_role = {Grammar(name): [*some] for name, some in grammar.items()}
        return cls(
            {kind: frozenset(_each(fold, by_class.get(kind, ()))) for kind in WordClass},
            {kind: frozenset(_each(spell, by_class.get(kind, ()))) for kind in WordClass},
            {role: frozenset(_each(fold, by_role.get(role, ()))) for role in Grammar},
        )

    def beside(self, other: "Lexicon") -> "Lexicon":
        """These words, and those of another language that mean nothing in this one."""
        mine = frozenset().union(*self.words.values())
        said = mine.union(*self.grammar.values())
        return Lexicon(
            {kind: self.words[kind] | (other.words[kind] - mine) for kind in WordClass},
            {kind: self.spelled[kind] | other.spelled[kind] for kind in WordClass},
            {role: self.grammar[role] | (other.grammar[role] - said) for role in Grammar},
        )

    def kinds(self, phrase: str, spelled: str | None = None) -> frozenset[WordClass]:
        """The classes of a folded word or phrase; none when nobody has listed it.

        Given also how it is ``spelled``, only the classes that have it spelled so, if any has.
        """
        kinds = frozenset(kind for kind, some in self.words.items() if phrase in some)
        return frozenset(kind for kind in kinds if spelled in self.spelled[kind]) or kinds

    def kinds_of_typo(self, word: str) -> frozenset[WordClass]:
        """The classes of what a folded word was probably meant to be.

        A slip never makes a command of a word. Nor is it one at the beginning or the end, where it is grammar: "quiere"
        is not "quiero", and "apúntale" not "apúntame".
        """
        if len(word) < _LEAST_TYPO:
            return frozenset()
        kinds = [
            kind
            for kind, some in self.words.items()
            if any(
                len(other) >= _LEAST_TYPO
                and (word[0], word[-2:]) == (other[0], other[-2:])
                and one_slip(word, other)
                for other in some
            )
        ]
        return frozenset() if any(kind in COMMANDS for kind in kinds) else frozenset(kinds)


def _each(compared: Callable[[str], str], phrases: Iterable[str]) -> Iterator[str]:
    return (" ".join(filter(None, map(compared, phrase.split()))) for phrase in phrases)


def fold(word: str) -> str:
    """A word as it is compared: capitals, letters, digits and signs only, without accents."""
    decomposed = unicodedata.normalize("NFKD", word.upper())
    return "".join(c for c in decomposed if c.isalnum() or is_sign(c)).upper()


def letters(text: str) -> str:
    """A text in capitals, without accents and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text.upper()))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def spell(word: str) -> str:
    """A word as it is folded, with its accents."""
    return "".join(c for c in unicodedata.normalize("NFC", word.upper()) if c.isalnum() or is_sign(c))


def is_sign(character: str) -> bool:
    """Whether it stands for a word: a thumb up or down, a tick, a cross."""
    return unicodedata.category(character) == "So"


def one_slip(left: str, right: str) -> bool:
    """Whether one character was left out, added, changed or swapped with its neighbour."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    if len(left) > len(right):
        left, right = right, left
    first = next((i for i, c in enumerate(left) if c != right[i]), len(left))
    if len(left) < len(right):
        return left[first:] == right[first + 1 :]
    changed = left[first + 1 :] == right[first + 1 :]
    swapped = (
        left[first : first + 2] == right[first : first + 2][::-1] and left[first + 2 :] == right[first + 2 :]
    )
    return changed or swapped

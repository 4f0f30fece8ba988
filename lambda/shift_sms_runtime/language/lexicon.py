"""The words that employees use, by what they do in a text.

Words are compared folded: without case, accents and apostrophes. "Où" is OU, "can't" is CANT. Accents count only where
a locale lists two words that differ in nothing else: Spanish SÍ is yes, and SI is if.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_APOSTROPHE = re.compile(r"['\u2019`\u00b4]")


_SHORTEST_TYPO = 6
"""Letters of a word in which a typo is forgiven. A shorter word may be another one: LIKED is not LIKE."""


class WordClass(StrEnum):
    """What a word does. The values are the names under `[words]` in the locale files."""

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
    """Says only that the employee would like what follows."""
    SMALL = "small"
    """Has no meaning of its own: IT, THE, REALLY, harmless symbols."""
    WHEN = "when"
    """A time: TOMORROW, MONDAY, HOURS."""
    DATE = "date"
    """A time where a number is near, and otherwise perhaps a name: JUNE."""
    INTRODUCING = "introducing"
    """Stands before a name."""
    ASKING = "asking"
    NEGATING = "negating"
    """Says that nothing should be booked. A word that is also polite is a reason to give back: SORRY, SICK."""
    SHIFTS = "shifts"
    """What is on offer, as a whole."""


class GrammarRole(StrEnum):
    """What a word does to the words and codes around it.

    The values are the names under `[grammar]` in the locale files; the English file explains each.
    """

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


GrammarWords = Mapping[GrammarRole, frozenset[str]]


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
"""The classes of words that begin a command."""


@dataclass(frozen=True)
class Lexicon:
    """The words and phrases of a language by class and by grammar role. A word may have several of each."""

    words: Mapping[WordClass, frozenset[str]]
    """Folded."""
    spelled: Mapping[WordClass, frozenset[str]]
    """The same words with their accents."""
    grammar: GrammarWords
    """Folded. A word that is listed only here has no class."""

    @classmethod
    def of(cls, listed: Mapping[str, Iterable[str]], grammar: Mapping[str, Iterable[str]]) -> "Lexicon":
        """Creates a lexicon of the words as a translator wrote them.

        Raises:
            ValueError: a class or role does not exist.
        """
        by_class = {WordClass(name): [*some] for name, some in listed.items()}
        by_role = {GrammarRole(name): [*some] for name, some in grammar.items()}
        return cls(
            {one: frozenset(_each(fold, by_class.get(one, ()))) for one in WordClass},
            {one: frozenset(_each(spell, by_class.get(one, ()))) for one in WordClass},
            {role: frozenset(_each(fold, by_role.get(role, ()))) for role in GrammarRole},
        )

    def extended_by(self, other: "Lexicon") -> "Lexicon":
        """Returns these words, and those of another language that mean nothing in this one."""
        own = frozenset().union(*self.words.values())
        own_with_grammar = own.union(*self.grammar.values())
        return Lexicon(
            {one: self.words[one] | (other.words[one] - own) for one in WordClass},
            {one: self.spelled[one] | other.spelled[one] for one in WordClass},
            {role: self.grammar[role] | (other.grammar[role] - own_with_grammar) for role in GrammarRole},
        )

    def classes_of(self, phrase: str, spelled: str | None = None) -> frozenset[WordClass]:
        """Returns the classes of a folded word or phrase; none for an unlisted one.

        With `spelled`, the phrase with its accents, returns only the classes that list this spelling, if any does.
        """
        classes = frozenset(one for one, phrases in self.words.items() if phrase in phrases)
        return frozenset(one for one in classes if spelled in self.spelled[one]) or classes

    def classes_of_typo(self, word: str) -> frozenset[WordClass]:
        """Returns the classes of the words that a folded word was probably meant to be.

        A typo never makes a command. The first and the last two letters must be right, because they carry grammar:
        Spanish "quiere" is not "quiero", and "apúntale" is not "apúntame".
        """
        if len(word) < _SHORTEST_TYPO:
            return frozenset()
        classes = [
            one
            for one, phrases in self.words.items()
            if any(
                len(other) >= _SHORTEST_TYPO
                and (word[0], word[-2:]) == (other[0], other[-2:])
                and one_edit_apart(word, other)
                for other in phrases
            )
        ]
        return frozenset() if any(one in COMMANDS for one in classes) else frozenset(classes)


def fold(word: str) -> str:
    """Returns a word as it is compared: capitals, digits and symbols, without accents."""
    decomposed = unicodedata.normalize("NFKD", word.upper())
    return "".join(c for c in decomposed if c.isalnum() or is_symbol(c)).upper()


def spell(word: str) -> str:
    """Returns a word as it is compared, with its accents."""
    return "".join(c for c in unicodedata.normalize("NFC", word.upper()) if c.isalnum() or is_symbol(c))


def without_accents(text: str) -> str:
    """Returns a text in capitals, without accents and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text.upper()))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def is_symbol(character: str) -> bool:
    """Whether a character stands for a word: a thumb up or down, a tick, a cross."""
    return unicodedata.category(character) == "So"


def one_edit_apart(left: str, right: str) -> bool:
    """Whether one character was left out, added, changed or swapped with its neighbor."""
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


def _each(compared: Callable[[str], str], phrases: Iterable[str]) -> Iterator[str]:
    return (" ".join(filter(None, map(compared, phrase.split()))) for phrase in phrases)

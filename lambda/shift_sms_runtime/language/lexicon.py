"""The words that employees use, by their function in a text.

Words are compared folded: without case, accents and apostrophes. "Où" is OU, "can't" is CANT. Accents count only if a
locale lists two words that differ in nothing else: Spanish SÍ is yes, and SI is if.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from shift_sms_runtime.records import record

_APOSTROPHE = re.compile(r"['\u2019`\u00b4]")


_SHORTEST_WORD_WITH_TYPO = 6
"""Letters. In a shorter word, what looks like a typo may be another word: LIKED is not LIKE."""


class WordClass(StrEnum):
    """The function of a word in a text. The values are the names under `[words]` in the locale files.

    A class may be listed for one vocabulary, for all vocabularies in the grammar file, or in both.
    """

    LIST = "list"
    MORE = "more"
    MINE = "mine"
    DROP = "drop"
    WAIT = "wait"
    INFO = "info"
    AGENT = "agent"
    HOW_TO = "how_to"
    YES = "yes"
    NO = "no"
    THANKS = "thanks"
    GREETING = "greeting"
    FAREWELL = "farewell"
    POLITE = "polite"
    """Asks for what follows, or says why it is given back: PLEASE, CAN I HAVE, SORRY."""
    FILLER = "filler"
    """Has no meaning of its own: IT, THE, REALLY, a smile."""
    TIME = "time"
    """A time: TOMORROW, MONDAY, MIDNIGHT."""
    TIME_OR_NAME = "time_or_name"
    """A day or a month that may also be a name: JUNE. Counts as a time only near a number."""
    INTRODUCING = "introducing"
    """Stands before a name: THIS IS."""
    ASKING = "asking"
    """Asks about the shifts that the text names: WHEN, IS, STILL."""
    NEGATING = "negating"
    """Says that nothing should be booked. If the word is POLITE too, it does not prevent a DROP: SORRY, SICK."""
    CANNOT = "cannot"
    """Says that the sender cannot work, or looks for a replacement: CAN'T MAKE, COVER MY. Books nothing."""
    SICK = "sick"
    """Says that the sender is sick, which never prevents a DROP: SICK, FEVER. Books nothing."""
    SHIFTS = "shifts"
    """Open shifts or appointments in general: SHIFTS, AVAILABLE."""


class GrammarRole(StrEnum):
    """How a word changes the meaning of the words and codes around it.

    The values are the names under `[grammar]` in the locale files. `locales/grammar_roles/en.toml` explains each.
    """

    JOINING = "joining"
    THEN = "then"
    ACKNOWLEDGING = "acknowledging"
    SENDER = "sender"
    ME = "me"
    ME_AFTER_PREPOSITION = "me_after_preposition"
    MY = "my"
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
    NOT = "not"
    ARTICLE = "article"
    NAME = "name"
    FOOTER = "footer"
    DEVICE = "device"
    DEVICE_MODEL = "device_model"
    PLEASE = "please"
    SIGN_OFF = "sign_off"
    EXTENSION = "extension"


GrammarWords = Mapping[GrammarRole, frozenset[str]]
"""Folded words by role."""


class Topic(StrEnum):
    """What a phrase is about where no command and no code says what the text means.

    The values are the names under `[topics]` in the grammar files. `locales/grammar_roles/en.toml` explains each.
    """

    OPT_OUT = "opt_out"
    ENDING = "ending"
    REMOVING = "removing"
    RECORD = "record"
    AFTER_REASON = "after_reason"
    TEXTS = "texts"
    TEXTING_ME = "texting_me"
    BESIDE_OPT_OUT = "beside_opt_out"
    NOT_OPT_OUT = "not_opt_out"
    LEAVING = "leaving"
    LIMITING = "limiting"
    URGENT = "urgent"
    NOT_URGENT = "not_urgent"
    SERVICES = "services"
    NOT_SICK = "not_sick"
    ASKING_FOR = "asking_for"
    ASKING_WHICH = "asking_which"
    OPEN_WORK = "open_work"
    OPEN = "open"
    WANTING = "wanting"
    PLACING = "placing"
    BESIDE_REQUEST = "beside_request"
    OFFERING = "offering"
    OWN_STATE = "own_state"
    ASKING_OWN = "asking_own"
    ASKING_WHEN = "asking_when"
    OWN_WORK = "own_work"
    I_WORK = "i_work"
    SHIFT_STATE = "shift_state"
    ASKING_STATE = "asking_state"
    QUESTION = "question"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEKEND = "weekend"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


TopicWords = Mapping[Topic, frozenset[str]]
"""Folded words and phrases by topic."""


COMMANDS = (
    WordClass.LIST,
    WordClass.MORE,
    WordClass.MINE,
    WordClass.DROP,
    WordClass.WAIT,
    WordClass.INFO,
    WordClass.AGENT,
    WordClass.HOW_TO,
)
"""The classes of words that stand for a command."""


_BORROWED = (
    WordClass.GREETING,
    WordClass.FAREWELL,
    WordClass.THANKS,
    WordClass.NEGATING,
    WordClass.NO,
    WordClass.CANNOT,
    WordClass.SICK,
)
"""The classes of words that are understood in a text in any language."""


@record
class Lexicon:
    """The words and phrases of a language, by class and by grammar role. A word may have several of both."""

    words: Mapping[WordClass, frozenset[str]]
    """Folded."""
    accented: Mapping[WordClass, frozenset[str]]
    """The same words, folded except for their accents."""
    grammar: GrammarWords
    """Folded. A word that is listed only here has no class."""
    topics: TopicWords
    """Folded. A word that is listed only here has no class."""
    numbers: Mapping[str, str]
    """The digits of each number in words, folded: FOUR is 4."""

    @classmethod
    def of(
        cls,
        words: Mapping[str, Iterable[str]],
        grammar: Mapping[str, Iterable[str]],
        topics: Mapping[str, Iterable[str]],
        numbers: Mapping[str, Iterable[str]],
    ) -> "Lexicon":
        """Creates a lexicon from the words that the locale files list.

        Raises:
            ValueError: a class, role or topic does not exist.
        """
        by_class = {WordClass(name): [*phrases] for name, phrases in words.items()}
        by_role = {GrammarRole(name): [*phrases] for name, phrases in grammar.items()}
        by_topic = {Topic(name): [*phrases] for name, phrases in topics.items()}
        accented = {kind: _folded_phrases(fold_keeping_accents, by_class.get(kind, ())) for kind in WordClass}
        return cls(
            {kind: frozenset(map(_without_accents, accented[kind])) for kind in WordClass},
            accented,
            {role: _folded_phrases(fold, by_role.get(role, ())) for role in GrammarRole},
            {topic: _folded_phrases(fold, by_topic.get(topic, ())) for topic in Topic},
            {fold(word): digits for digits, listed in numbers.items() for word in listed},
        )

    def extended_by(self, other: "Lexicon") -> "Lexicon":
        """Returns these words, and those of another language that mean nothing in this one.

        An accent makes another word: English "reserve" asks for a shift, and Spanish "reservé" says that it was booked.
        """
        own = frozenset().union(*self.words.values())
        own_accented = frozenset().union(*self.accented.values())
        own_with_grammar = own.union(*self.grammar.values())
        accented = {
            kind: frozenset(
                phrase
                for phrase in other.accented[kind]
                if phrase not in (own if phrase.isascii() else own_accented)
            )
            for kind in WordClass
        }
        return Lexicon(
            {kind: self.words[kind] | frozenset(map(_without_accents, accented[kind])) for kind in WordClass},
            {kind: self.accented[kind] | accented[kind] for kind in WordClass},
            {role: self.grammar[role] | (other.grammar[role] - own_with_grammar) for role in GrammarRole},
            {topic: self.topics[topic] | (other.topics[topic] - own_with_grammar) for topic in Topic},
            {**{word: other.numbers[word] for word in other.numbers if word not in own}, **self.numbers},
        )

    @property
    def understood_everywhere(self) -> "Lexicon":
        """The words that employees add to a text in another language: greetings, thanks, "OK", "please" and "not".

        Without their grammar. A word has all its classes. Phrases that report no emergency count too: "accident report"
        is not French "accident".
        """
        please = self.grammar[GrammarRole.PLEASE]
        polite = (phrase for phrase in self.words[WordClass.POLITE] if not please.isdisjoint(phrase.split()))
        okay = self.words[WordClass.YES] & self.grammar[GrammarRole.ACKNOWLEDGING]
        borrowed = okay.union(polite, *(self.words[kind] for kind in _BORROWED))
        return Lexicon(
            {kind: phrases & borrowed for kind, phrases in self.words.items()},
            {
                kind: frozenset(phrase for phrase in phrases if _without_accents(phrase) in borrowed)
                for kind, phrases in self.accented.items()
            },
            {role: frozenset() for role in GrammarRole},
            {topic: self.topics[topic] if topic is Topic.NOT_URGENT else frozenset() for topic in Topic},
            {},
        )

    def lists(self, typed: str) -> bool:
        """Whether a word or phrase is listed, with the accents typed or with others that were left out."""
        accented = _folded_phrase(fold_keeping_accents, typed)
        if accented.isascii():
            return accented in self._classes
        return any(accented in phrases for phrases in self.accented.values())

    def classes_of(self, folded: str, accented: str | None = None) -> frozenset[WordClass]:
        """Returns the classes of a folded word or phrase; none if it is not listed.

        Args:
            folded: The word or phrase without accents.
            accented: The same with its accents. If any class lists it so, only those classes are returned.
        """
        classes = self._classes.get(folded)
        if classes is None:
            return frozenset()
        return frozenset(kind for kind in classes if accented in self.accented[kind]) or classes

    def classes_of_typo(self, word: str) -> frozenset[WordClass]:
        """Returns the classes of the words that a folded word was probably meant to be.

        A word with a typo is never a command. The first letter and the last two must be right. Endings carry grammar:
        Spanish "quiere" is not "quiero", and "apúntale" is not "apúntame".
        """
        if len(word) < _SHORTEST_WORD_WITH_TYPO:
            return frozenset()
        similar = (other for other in self._with_ends.get(_ends(word), ()) if one_edit_apart(word, other))
        classes = frozenset(kind for other in similar for kind in self._classes[other])
        return frozenset() if any(kind in COMMANDS for kind in classes) else classes

    @cached_property
    def listed_in_topics(self) -> frozenset[str]:
        """The words and phrases of all topics, folded."""
        return frozenset().union(*self.topics.values())

    @cached_property
    def _classes(self) -> Mapping[str, frozenset[WordClass]]:
        """The classes of each folded word and phrase."""
        classes: dict[str, set[WordClass]] = {}
        for kind, phrases in self.words.items():
            for phrase in phrases:
                classes.setdefault(phrase, set()).add(kind)
        return {phrase: frozenset(kinds) for phrase, kinds in classes.items()}

    @cached_property
    def _with_ends(self) -> Mapping[str, Sequence[str]]:
        """The words that are long enough to have a typo, by the letters that must be right."""
        words: dict[str, list[str]] = {}
        for phrase in self._classes:
            if len(phrase) >= _SHORTEST_WORD_WITH_TYPO:
                words.setdefault(_ends(phrase), []).append(phrase)
        return words


def fold(word: str) -> str:
    """Returns the letters, digits and symbols of a word, in capitals and without accents."""
    if word.isascii():
        return fold_keeping_accents(word)
    decomposed = unicodedata.normalize("NFKD", word.upper())
    return "".join(c for c in decomposed if c.isalnum() or is_symbol(c)).upper()


def fold_keeping_accents(word: str) -> str:
    """Returns the letters, digits and symbols of a word, in capitals."""
    if word.isascii():  # has no symbols, and every cold start folds thousands of words
        return word.upper() if word.isalnum() else "".join(filter(str.isalnum, word.upper()))
    return "".join(c for c in unicodedata.normalize("NFC", word.upper()) if c.isalnum() or is_symbol(c))


def without_accents(text: str) -> str:
    """Returns a text in capitals, without accents and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text.upper()))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def is_symbol(character: str) -> bool:
    """Whether a character stands for a word: a thumb up or down, a check mark, a cross."""
    return unicodedata.category(character) == "So"


def one_edit_apart(left: str, right: str) -> bool:
    """Whether two words differ in one character: left out, added, changed or swapped with its neighbor."""
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


def _folded_phrases(fold_word: Callable[[str], str], phrases: Iterable[str]) -> frozenset[str]:
    listed = [*phrases]
    together = " ".join(listed)
    # Every cold start reads thousands of phrases, most of which are folded in the files.
    plain = together.isascii() and together.replace(" ", "").isalnum() and "  " not in f" {together} "
    if plain and together == together.upper():
        return frozenset(listed)
    return frozenset(_folded_phrase(fold_word, phrase) for phrase in listed)


def _ends(word: str) -> str:
    return word[0] + word[-2:]


def _folded_phrase(fold_word: Callable[[str], str], phrase: str) -> str:
    return " ".join(filter(None, map(fold_word, phrase.split())))


def _without_accents(accented: str) -> str:
    return accented if accented.isascii() else _folded_phrase(fold, accented)

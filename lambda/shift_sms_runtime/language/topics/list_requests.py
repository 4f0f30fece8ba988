"""Recognizes requests for open shifts in everyday words: "got any bar work?", "whats open up north".

A request has a word that asks and a noun for work or a word for open. Words that only ask for something, "anything",
need a day, a site or a role instead. Sites and roles are words that no list has. They stand beside a noun for work or
after a preposition, or are listed as workplaces. Other words beside the request are ignored if there are few.
"""

from collections.abc import Iterator, Sequence

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.shift_codes import SHORT_TEXT_WORDS
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses
from shift_sms_runtime.language.topics.questions import begins_with_offer
from shift_sms_runtime.language.topics.shift_filters import DAY_TOPICS, workplace

_TOPICS = (
    Topic.ASKING_FOR,
    Topic.ASKING_WHICH,
    Topic.OPEN_WORK,
    Topic.OPEN,
    Topic.WANTING,
    Topic.PLACING,
    Topic.BESIDE_REQUEST,
    Topic.OFFERING,
    *DAY_TOPICS,
)
_ASKING = (Topic.ASKING_FOR, Topic.ASKING_WHICH)
_OTHER_ACTIONS = frozenset(
    {
        WordClass.DROP,
        WordClass.WAIT,
        WordClass.INFO,
        WordClass.CANNOT,
        WordClass.SICK,
        WordClass.NO,
        WordClass.AGENT,
    }
)
"""The classes of words that ask for something else, wherever they stand."""
_OTHER_REQUESTS = _OTHER_ACTIONS | {WordClass.MINE, WordClass.MORE, WordClass.HOW_TO}
"""The classes of words that ask for something else in the same clause."""
_MOST_FILTER_WORDS = 2
_SHORTEST_FILTER_WORD = 3
"""Letters of a word that is no listed workplace. Shorter ones are "mo" and German "da"."""
_MOST_IGNORED_WORDS = 1
"""How many unlisted words of the request itself are ignored."""
_MOST_WORDS_OF_REASONS = 5
"""How many unlisted words are ignored before the request and in other clauses: "need cash lol which shifts"."""
_SHORTEST_NOUN_OF_COMPOUND = 7
"""Letters of a noun for work at the end of a longer word: German "Nachtschicht", but not "network"."""
_SHORTEST_PREFIX = 3


def words_of_request(tokens: Tokens, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Returns the words of a request for open shifts that may be a site or a role; None if the text is no request."""
    found = clauses(tokens, lexicon, _TOPICS, tuple(WordClass))
    if any(_asks_for(phrase, _OTHER_ACTIONS) for clause in found for phrase in clause):
        return None
    names_day = any(phrase.is_any(*DAY_TOPICS) for clause in found for phrase in clause)
    ends = [*(clause[0].start for clause in found[1:]), len(tokens.text)]
    for position, (clause, end) in enumerate(zip(found, ends, strict=False)):
        asks = "?" in tokens.text[clause[0].start : end]
        request = _Request(clause, tokens, lexicon, has_question_mark=asks)
        if request.means_something_else or not request.asks(names_day=names_day):
            continue
        others = [phrase for i, other in enumerate(found) if i != position for phrase in other]
        few = sum(map(_is_unlisted, others)) <= _MOST_WORDS_OF_REASONS
        return tuple(request.words.values()) if few else None
    return None


class _Request:
    """A clause that may ask for open shifts."""

    def __init__(
        self, clause: Sequence[TopicPhrase], tokens: Tokens, lexicon: Lexicon, *, has_question_mark: bool
    ) -> None:
        self._clause = clause
        self._lexicon = lexicon
        self._has_question_mark = has_question_mark
        self._is_short = len(tokens.words) <= SHORT_TEXT_WORDS
        self.words = dict(_filter_words(clause, tokens, lexicon))
        """The words that may be a site or a role, by their position."""
        compounds = {i for i, phrase in enumerate(clause) if _is_compound(phrase, lexicon)}
        known = self.words.keys() | compounds
        self._ignored = [i for i, phrase in enumerate(clause) if _is_unlisted(phrase) and i not in known]
        self._names_noun = bool(compounds) or any(map(_is_work, clause))

    @property
    def means_something_else(self) -> bool:
        """Whether the clause asks for something else, offers time, negates, or names a code: "the bar one"."""
        my, numbers = self._lexicon.grammar[GrammarRole.MY], self._lexicon.numbers
        asks_plainly = any(" " in phrase.folded and phrase.is_any(*_ASKING) for phrase in self._clause)
        asks_plainly = asks_plainly or self._names(Topic.WANTING)
        return (
            any(_prevents(phrase) or phrase.folded in my for phrase in self._clause)
            or any(phrase.is_class(WordClass.NEGATING) and not phrase.topics for phrase in self._clause)
            or any(after.folded in numbers for i, after in enumerate(self._clause[1:]) if i in self.words)
            # "I can work anything on Friday" offers; "I want to work on Friday, what have you got" asks.
            or (begins_with_offer(self._clause) and not (self._has_question_mark or asks_plainly))
        )

    def asks(self, *, names_day: bool) -> bool:
        """Whether the clause asks for open shifts.

        Args:
            names_day: Whether the text names a day, in this or another clause.
        """
        first = next((i for i, phrase in enumerate(self._clause) if _asks(phrase)), None)
        if first is None:
            # "bar shifts" asks, "bar is open" does not.
            may_ask = self._has_question_mark or self._is_short or self._names(Topic.OPEN, Topic.WANTING)
            return self._names_noun and may_ask and self._has_few_other_words(0)
        asks_for = any(phrase.is_any(Topic.ASKING_FOR) or _is_command(phrase) for phrase in self._clause)
        names_work = self._names_noun or self._names(Topic.OPEN)
        names_filter = asks_for and (names_day or bool(self.words))
        return (names_work or names_filter) and self._has_few_other_words(
            _MOST_IGNORED_WORDS if names_work else 0, before=first
        )

    def _has_few_other_words(self, most: int, before: int = 0) -> bool:
        """Whether the clause has few sites and roles, and few unlisted words up to a position and after it."""
        reasons = sum(i < before for i in self._ignored)
        return (
            len(self.words) <= _MOST_FILTER_WORDS
            and len(self._ignored) - reasons <= most
            and reasons <= _MOST_WORDS_OF_REASONS
        )

    def _names(self, *topics: Topic) -> bool:
        return any(phrase.is_any(*topics) for phrase in self._clause)


def _filter_words(
    clause: Sequence[TopicPhrase], tokens: Tokens, lexicon: Lexicon
) -> Iterator[tuple[int, str]]:
    """Yields the positions and the words that may be a site or a role, in English if they are listed workplaces."""
    for i, phrase in enumerate(clause):
        if not _is_unlisted(phrase) or phrase.folded[0].isdigit():
            continue
        prefix = _prefix_of_compound(phrase.folded, lexicon)
        word = _without_elision(phrase, tokens) if prefix is None else prefix
        listed = workplace(word)
        if listed is not None:
            yield i, listed
        elif (
            prefix is None
            and len(word) >= _SHORTEST_FILTER_WORD
            and (_is_placed(clause, i) or _is_elided(phrase, tokens))
        ):
            yield i, word


def _is_compound(phrase: TopicPhrase, lexicon: Lexicon) -> bool:
    return _is_unlisted(phrase) and _prefix_of_compound(phrase.folded, lexicon) is not None


def _prefix_of_compound(folded: str, lexicon: Lexicon) -> str | None:
    """Returns what stands before a noun for work in one word: BAR in "Barschichten". None for any other word."""
    prefixes = (
        (len(noun), folded.removesuffix(noun))
        for noun in lexicon.topics[Topic.OPEN_WORK]
        if folded.endswith(noun) and len(folded) - len(noun) >= _SHORTEST_PREFIX
    )
    length, prefix = max(prefixes, default=(0, ""))
    return prefix if length >= _SHORTEST_NOUN_OF_COMPOUND or (prefix and workplace(prefix)) else None


def _is_placed(clause: Sequence[TopicPhrase], position: int) -> bool:
    """Whether the word at `position` stands beside a noun for work or after a preposition, maybe with an article."""
    after = clause[position + 1 : position + 2]
    if after and after[0].is_any(Topic.OPEN_WORK):
        return True
    if position and _is_command(clause[position - 1]):
        return True
    before = position - 1
    while before > 0 and WordClass.FILLER in clause[before].classes and not clause[before].topics:
        before -= 1
    return before >= 0 and clause[before].is_any(Topic.PLACING)


def _asks(phrase: TopicPhrase) -> bool:
    return phrase.is_any(*_ASKING) or _is_command(phrase)


def _is_work(phrase: TopicPhrase) -> bool:
    """Whether a phrase is a noun for work, or the vocabulary's own noun: "appointment"."""
    return phrase.is_any(Topic.OPEN_WORK) or (not phrase.topics and phrase.is_class(WordClass.SHIFTS))


def _is_command(phrase: TopicPhrase) -> bool:
    return phrase.is_class(WordClass.LIST)


def _is_unlisted(phrase: TopicPhrase) -> bool:
    return not phrase.topics and not phrase.classes


def _prevents(phrase: TopicPhrase) -> bool:
    """Whether a phrase asks for something else: an action, the sender's own shifts, or when, where and who."""
    only_asks = WordClass.ASKING in phrase.classes and WordClass.SHIFTS not in phrase.classes
    return _asks_for(phrase, _OTHER_REQUESTS) or (only_asks and not phrase.topics)


def _asks_for(phrase: TopicPhrase, classes: frozenset[WordClass]) -> bool:
    return not phrase.topics and not phrase.classes.isdisjoint(classes)


def _is_elided(phrase: TopicPhrase, tokens: Tokens) -> bool:
    """Whether a preposition is attached to a word: French "d'infirmière"."""
    return tokens.text[phrase.start + 1 : phrase.start + 2] in ("'", "\u2019")


def _without_elision(phrase: TopicPhrase, tokens: Tokens) -> str:
    return phrase.folded[1:] if _is_elided(phrase, tokens) else phrase.folded

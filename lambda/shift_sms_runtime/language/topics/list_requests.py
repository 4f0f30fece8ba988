"""Recognizes requests for open shifts in everyday words: "got any bar work?", "whats open up north".

A request has a word that asks and a noun for work or a word for open. Words that only ask for something, "anything",
need a day, a site or a role instead. Sites and roles are words that no list has. They stand beside a noun for work or
after a preposition. Other words beside the request are ignored if there are few.
"""

from collections.abc import Sequence

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.shift_codes import SHORT_TEXT_WORDS
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses
from shift_sms_runtime.language.topics.questions import offers_time
from shift_sms_runtime.language.topics.shift_filters import DAY_TOPICS

_TOPICS = (
    Topic.ASKING_FOR,
    Topic.ASKING_WHICH,
    Topic.OPEN_WORK,
    Topic.OPEN,
    Topic.PLACING,
    Topic.BESIDE_REQUEST,
    *DAY_TOPICS,
)
_ASKING = (Topic.ASKING_FOR, Topic.ASKING_WHICH)
OTHER_REQUESTS = frozenset(
    {
        WordClass.DROP,
        WordClass.WAIT,
        WordClass.INFO,
        WordClass.CANNOT,
        WordClass.SICK,
        WordClass.NO,
        WordClass.MINE,
        WordClass.MORE,
        WordClass.AGENT,
        WordClass.HOW_TO,
    }
)
"""The classes of words that ask for something else."""
_MOST_FILTER_WORDS = 2
_MOST_IGNORED_WORDS = 1
"""How many unlisted words of the request itself are ignored."""
_MOST_WORDS_OF_REASONS = 5
"""How many unlisted words are ignored before the request and in other clauses: "need cash lol which shifts"."""


def words_of_request(tokens: Tokens, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Returns the words of a request for open shifts that may be a site or a role; None if the text is no request."""
    found = clauses(tokens, lexicon, _TOPICS, tuple(WordClass))
    my = lexicon.grammar[GrammarRole.MY]
    prevented = any(_prevents(phrase) or phrase.folded in my for clause in found for phrase in clause)
    if prevented or offers_time(tokens, lexicon):
        return None
    for position, clause in enumerate(found):
        words = _words_of_clause(clause, tokens)
        if words is None:
            continue
        others = [phrase for i, other in enumerate(found) if i != position for phrase in other]
        if sum(map(_is_unlisted, others)) > _MOST_WORDS_OF_REASONS:
            return None
        return words
    return None


def _words_of_clause(clause: Sequence[TopicPhrase], tokens: Tokens) -> tuple[str, ...] | None:
    first = next((i for i, phrase in enumerate(clause) if _asks(phrase)), None)
    may_ask = len(tokens.words) <= SHORT_TEXT_WORDS or "?" in tokens.text
    if first is None and not may_ask:
        return None
    if any(phrase.classes & {WordClass.NEGATING} and not phrase.topics for phrase in clause):
        return None
    words = {
        i: _without_elision(phrase, tokens)
        for i, phrase in enumerate(clause)
        if _is_unlisted(phrase) and (_is_placed(clause, i) or _is_elided(phrase, tokens))
    }
    names_day = any(phrase.is_any(*DAY_TOPICS) for phrase in clause)
    names_work = any(phrase.is_any(Topic.OPEN_WORK, Topic.OPEN) for phrase in clause)
    ignored = [i for i, phrase in enumerate(clause) if _is_unlisted(phrase) and i not in words]
    if first is None and (ignored or not any(phrase.is_any(Topic.OPEN_WORK) for phrase in clause)):
        return None  # "bar shifts" asks, "bar is open" does not.
    most = _MOST_IGNORED_WORDS if names_work else 0
    before = sum(i < (first or 0) for i in ignored)
    if len(words) > _MOST_FILTER_WORDS or len(ignored) - before > most or before > _MOST_WORDS_OF_REASONS:
        return None
    asks_for = any(phrase.is_any(Topic.ASKING_FOR) or WordClass.LIST in phrase.classes for phrase in clause)
    return tuple(words.values()) if names_work or (asks_for and (names_day or words)) else None


def _is_placed(clause: Sequence[TopicPhrase], position: int) -> bool:
    """Whether the word at `position` stands beside a noun for work or after a preposition, maybe with an article."""
    after = clause[position + 1 : position + 2]
    if after and after[0].is_any(Topic.OPEN_WORK):
        return True
    if position and WordClass.LIST in clause[position - 1].classes:
        return True
    before = position - 1
    while before > 0 and WordClass.FILLER in clause[before].classes and not clause[before].topics:
        before -= 1
    return before >= 0 and clause[before].is_any(Topic.PLACING)


def _asks(phrase: TopicPhrase) -> bool:
    return phrase.is_any(*_ASKING) or WordClass.LIST in phrase.classes


def _is_unlisted(phrase: TopicPhrase) -> bool:
    return not phrase.topics and not phrase.classes


def _prevents(phrase: TopicPhrase) -> bool:
    """Whether a phrase asks for something else: an action, the sender's own shifts, or when, where and who."""
    only_asks = WordClass.ASKING in phrase.classes and WordClass.SHIFTS not in phrase.classes
    return not phrase.topics and (only_asks or not phrase.classes.isdisjoint(OTHER_REQUESTS))


def _is_elided(phrase: TopicPhrase, tokens: Tokens) -> bool:
    """Whether a preposition is attached to a word: French "d'infirmière"."""
    return tokens.text[phrase.start + 1 : phrase.start + 2] in ("'", "\u2019")


def _without_elision(phrase: TopicPhrase, tokens: Tokens) -> str:
    return phrase.folded[1:] if _is_elided(phrase, tokens) else phrase.folded

"""Recognizes requests for open shifts in everyday words: "got any bar work?", "whats open up north".

A request has a word that asks and a noun for work or a word for open. Words that only ask for something, "anything",
need a day, a site or a role instead. Sites and roles are words that no list has. They stand beside a noun for work or
after a preposition, or are listed as workplaces. Other words beside the request are ignored if there are few.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.shift_codes import SHORT_TEXT_WORDS
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses
from shift_sms_runtime.language.topics.questions import begins_with_offer
from shift_sms_runtime.language.topics.shift_filters import DAY_TOPICS
from shift_sms_runtime.language.topics.workplaces import workplace

_TOPICS = (
    Topic.ASKING_FOR,
    Topic.ASKING_WHICH,
    Topic.OPEN_WORK,
    Topic.OPEN,
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
OTHER_REQUESTS = _OTHER_ACTIONS | {WordClass.MINE, WordClass.MORE, WordClass.HOW_TO}
"""The classes of words that ask for something else in the same clause."""
_MOST_FILTER_WORDS = 2
_SHORTEST_FILTER_WORD = 3
"""Letters of a word that is no listed workplace. Shorter ones are "mo" and German "da"."""
_MOST_IGNORED_WORDS = 1
"""How many unlisted words of the request itself are ignored."""
_MOST_WORDS_OF_REASONS = 5
"""How many unlisted words are ignored before the request and in other clauses: "need cash lol which shifts"."""
_SHORTEST_NOUN_OF_COMPOUND = 6
"""Letters of a noun for work at the end of a longer word: German "Nachtschicht", but not "network"."""
_SHORTEST_PREFIX = 3


@dataclass(frozen=True)
class _Request:
    """What one clause may ask for."""

    clause: Sequence[TopicPhrase]
    names_day: bool
    """Whether the text names a day, in this or another clause."""
    may_ask: bool
    """Whether the clause may ask without a word that does: "bar shifts"."""
    may_offer: bool
    """Whether it may begin like a remark on when the sender can work: "I am free on Friday, any shifts?"."""


def words_of_request(tokens: Tokens, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Returns the words of a request for open shifts that may be a site or a role; None if the text is no request."""
    found = clauses(tokens, lexicon, _TOPICS, tuple(WordClass))
    if any(_asks_for(phrase, _OTHER_ACTIONS) for clause in found for phrase in clause):
        return None
    names_day = any(phrase.is_any(*DAY_TOPICS) for clause in found for phrase in clause)
    asks = "?" in tokens.text
    my = lexicon.grammar[GrammarRole.MY]
    for position, clause in enumerate(found):
        if any(_prevents(phrase) or phrase.folded in my for phrase in clause):
            continue
        request = _Request(clause, names_day, asks or len(tokens.words) <= SHORT_TEXT_WORDS, asks)
        words = _words_of(request, tokens, lexicon)
        if words is None:
            continue
        others = [phrase for i, other in enumerate(found) if i != position for phrase in other]
        if sum(map(_is_unlisted, others)) > _MOST_WORDS_OF_REASONS:
            return None
        return words
    return None


def _words_of(request: _Request, tokens: Tokens, lexicon: Lexicon) -> tuple[str, ...] | None:
    clause = request.clause
    first = next((i for i, phrase in enumerate(clause) if _asks(phrase)), None)
    if first is None and not request.may_ask:
        return None
    # "I can work anything on Friday" offers; "I want to work on Friday, what have you got" asks.
    asks_plainly = any(" " in phrase.folded and phrase.is_any(*_ASKING) for phrase in clause)
    if begins_with_offer(clause) and not (request.may_offer or asks_plainly):
        return None
    if any(phrase.classes & {WordClass.NEGATING} and not phrase.topics for phrase in clause):
        return None
    words = dict(_filter_words(clause, tokens, lexicon))
    if any(after.folded in lexicon.numbers for i, after in enumerate(clause[1:]) if i in words):
        return None  # "the bar one" is a code.
    compounds = {i for i, phrase in enumerate(clause) if _is_work(phrase, lexicon)}
    names_work = bool(compounds) or any(phrase.is_any(Topic.OPEN_WORK, Topic.OPEN) for phrase in clause)
    ignored = [
        i for i, phrase in enumerate(clause) if _is_unlisted(phrase) and i not in words and i not in compounds
    ]
    names_noun = bool(compounds) or any(phrase.is_any(Topic.OPEN_WORK) for phrase in clause)
    if first is None and (ignored or not names_noun):
        return None  # "bar shifts" asks, "bar is open" does not.
    most = _MOST_IGNORED_WORDS if names_work else 0
    before = sum(i < (first or 0) for i in ignored)
    if len(words) > _MOST_FILTER_WORDS or len(ignored) - before > most or before > _MOST_WORDS_OF_REASONS:
        return None
    asks_for = any(phrase.is_any(Topic.ASKING_FOR) or WordClass.LIST in phrase.classes for phrase in clause)
    names_filter = asks_for and (request.names_day or bool(words))
    return tuple(words.values()) if names_work or names_filter else None


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


def _is_work(phrase: TopicPhrase, lexicon: Lexicon) -> bool:
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
    return _asks_for(phrase, OTHER_REQUESTS) or (only_asks and not phrase.topics)


def _asks_for(phrase: TopicPhrase, classes: frozenset[WordClass]) -> bool:
    return not phrase.topics and not phrase.classes.isdisjoint(classes)


def _is_elided(phrase: TopicPhrase, tokens: Tokens) -> bool:
    """Whether a preposition is attached to a word: French "d'infirmière"."""
    return tokens.text[phrase.start + 1 : phrase.start + 2] in ("'", "\u2019")


def _without_elision(phrase: TopicPhrase, tokens: Tokens) -> str:
    return phrase.folded[1:] if _is_elided(phrase, tokens) else phrase.folded

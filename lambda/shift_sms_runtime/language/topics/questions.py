"""Recognizes questions: those about the sender's own bookings, and those that a person has to answer."""

from collections.abc import Iterable

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import TopicPhrase, clauses

_BEFORE_QUESTION = (
    WordClass.GREETING,
    WordClass.FILLER,
    WordClass.THANKS,
    WordClass.INTRODUCING,
    WordClass.YES,
    WordClass.TIME,
)
"""The classes of words that may stand before a question: "hi, what is the pay"."""

_BESIDE_OWN_STATE = (
    *_BEFORE_QUESTION,
    WordClass.TIME_OR_NAME,
    WordClass.POLITE,
    WordClass.FAREWELL,
    WordClass.ASKING,
    WordClass.SHIFTS,
    WordClass.WAIT,
    WordClass.MINE,
    WordClass.MORE,
    WordClass.LIST,
)
"""The classes of words that may stand beside a question about the sender's own bookings."""

_NEEDS_PERSON = (
    WordClass.DROP,
    WordClass.CANNOT,
    WordClass.SICK,
    WordClass.NO,
    WordClass.AGENT,
    WordClass.NEGATING,
)
"""The classes of words that are in no clause beside such a question."""

_OWN_STATE = (
    Topic.OWN_STATE,
    Topic.ASKING_OWN,
    Topic.ASKING_WHEN,
    Topic.OWN_WORK,
    Topic.I_WORK,
    Topic.BESIDE_REQUEST,
)

_MOST_UNLISTED_BESIDE_QUESTION = 3
"""How many unlisted words the other clauses of such a question may have."""


def asks_about_own_state(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text asks, without a code, what the sender has booked or waits for: "did I get it?"

    Everything else in the clause must be understood: "do I work with Bob" is read by a person. Other clauses may have
    a few other words, but nothing that a person has to read: "quick one, when am I in?"
    """
    found = clauses(tokens, lexicon, _OWN_STATE, tuple(WordClass))
    if not any(map(_asks_about_own_state, found)):
        return False
    others = [phrase for clause in found if not _asks_about_own_state(clause) for phrase in clause]
    unlisted = sum(not (phrase.topics or phrase.classes) for phrase in others)
    needs_person = any(not phrase.topics and phrase.is_class(*_NEEDS_PERSON) for phrase in others)
    return unlisted <= _MOST_UNLISTED_BESIDE_QUESTION and not needs_person


def _asks_about_own_state(clause: Iterable[TopicPhrase]) -> bool:
    """Whether a clause asks for the sender's own shifts: "what have I got", "when do I start", "am I in"."""
    phrases = [*clause]
    if any(not phrase.topics and not phrase.is_class(*_BESIDE_OWN_STATE) for phrase in phrases):
        return False
    asks, asks_when, works, i_work = (
        any(phrase.is_any(topic) for phrase in phrases)
        for topic in (Topic.ASKING_OWN, Topic.ASKING_WHEN, Topic.OWN_WORK, Topic.I_WORK)
    )
    named = any(phrase.is_any(Topic.OWN_STATE) for phrase in phrases)
    return named or (asks and (works or i_work)) or (asks_when and i_work)


def is_question(tokens: Tokens, lexicon: Lexicon, code_spans: Iterable[tuple[int, int]] = ()) -> bool:
    """Whether a clause begins like a question to which no booking is the answer.

    With a question mark, a question may also begin after a code: "XYZ123, when is it?"

    Args:
        tokens: The text.
        lexicon: The words of one language.
        code_spans: Where the codes of the text begin and end.
    """
    spans, asks = [*code_spans], "?" in tokens.text
    for clause in clauses(tokens, lexicon, (Topic.QUESTION,), _BEFORE_QUESTION):
        begins = True
        for phrase in clause:
            if begins and phrase.is_any(Topic.QUESTION):
                return True
            follows_code = asks and any(start <= phrase.start < end for start, end in spans)
            begins = follows_code or (begins and bool(phrase.classes))
    return False


def asks_about_shift_state(
    tokens: Tokens, lexicon: Lexicon, code_spans: Iterable[tuple[int, int]] = ()
) -> bool:
    """Whether a text with a code asks who has the shift, or where the sender is on its waiting list.

    "I got CAF1" asks nothing. "did I get CAF1 or not" does.

    Args:
        tokens: The text.
        lexicon: The words of one language.
        code_spans: Where the codes of the text begin and end.
    """
    found = clauses(tokens, lexicon, (Topic.SHIFT_STATE, Topic.ASKING_STATE, Topic.OWN_STATE))
    phrases = [phrase for clause in found for phrase in clause]
    if any(not phrase.topics and phrase.folded in lexicon.grammar[GrammarRole.NOT] for phrase in phrases):
        return False  # "did I get CAF1? I do not want it"
    asks = "?" in tokens.text or any(phrase.is_any(Topic.ASKING_STATE) for phrase in phrases)
    asks = asks or is_question(tokens, lexicon, code_spans)
    return asks and any(phrase.is_any(Topic.SHIFT_STATE, Topic.OWN_STATE) for phrase in phrases)


def begins_with_offer(clause: Iterable[TopicPhrase]) -> bool:
    """Whether a clause begins like a remark on when the sender can work: "I am free on Friday"."""
    for phrase in clause:
        if phrase.is_any(Topic.OFFERING):
            return True
        if phrase.classes.isdisjoint(_BEFORE_QUESTION):
            return False
    return False

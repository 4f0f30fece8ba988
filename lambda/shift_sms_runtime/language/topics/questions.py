"""Recognizes questions: those about the sender's own bookings, and those that a person has to answer."""

from collections.abc import Iterable

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import clauses

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


def asks_about_own_state(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text asks, without a code, what the sender has booked or waits for: "did I get it?"

    Everything else in it must be understood: "do I work with Bob" is read by a person.
    """
    found = clauses(tokens, lexicon, (Topic.OWN_STATE,), _BESIDE_OWN_STATE)
    phrases = [phrase for clause in found for phrase in clause]
    understood = all(phrase.topics or phrase.classes for phrase in phrases)
    return understood and any(phrase.topics for phrase in phrases)


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
    found = clauses(tokens, lexicon, (Topic.SHIFT_STATE, Topic.ASKING_STATE))
    phrases = [phrase for clause in found for phrase in clause]
    if any(not phrase.topics and phrase.folded in lexicon.grammar[GrammarRole.NOT] for phrase in phrases):
        return False  # "did I get CAF1? I do not want it"
    asks = "?" in tokens.text or any(phrase.is_any(Topic.ASKING_STATE) for phrase in phrases)
    asks = asks or is_question(tokens, lexicon, code_spans)
    return asks and any(phrase.is_any(Topic.SHIFT_STATE) for phrase in phrases)


def offers_time(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text begins like a remark on when the sender can work: "I am free on Friday"."""
    for clause in clauses(tokens, lexicon, (Topic.OFFERING,), _BEFORE_QUESTION):
        for phrase in clause:
            if phrase.topics or not phrase.classes:
                return bool(phrase.topics) and "?" not in tokens.text
    return False

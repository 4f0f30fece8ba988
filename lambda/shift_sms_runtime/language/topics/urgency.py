"""Recognizes texts that an operator has to read at once, and sickness that keeps no one from work."""

from shift_sms_runtime.language.lexicon import Lexicon, Topic
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import clauses


def is_urgent(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text has an urgent word. "fire exit" is none.

    A question that only names a service is not urgent: "is there a shift at the police station?"
    """
    found = clauses(tokens, lexicon, (Topic.URGENT, Topic.NOT_URGENT, Topic.SERVICES))
    asks = "?" in tokens.text
    return any(
        phrase.is_any(Topic.URGENT)
        and not phrase.is_any(Topic.NOT_URGENT)
        and not (asks and phrase.is_any(Topic.SERVICES))
        for clause in found
        for phrase in clause
    )


def denies_sickness(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a text about sickness says that another person is sick, or that the sender comes all the same."""
    found = clauses(tokens, lexicon, (Topic.NOT_SICK,))
    return any(phrase.is_any(Topic.NOT_SICK) for clause in found for phrase in clause)

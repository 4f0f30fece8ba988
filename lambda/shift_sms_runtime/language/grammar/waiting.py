"""Recognizes texts that ask for the waiting list in a clause of its own: "if A1 gets free, put me on the list"."""

from collections.abc import Sequence

from shift_sms_runtime.language.annotator import Code, Part, Phrase
from shift_sms_runtime.language.lexicon import GrammarRole, WordClass
from shift_sms_runtime.language.tokenizer import has_clause_end

_KNOWN = (
    WordClass.WAIT,
    WordClass.POLITE,
    WordClass.FILLER,
    WordClass.THANKS,
    WordClass.GREETING,
    WordClass.FAREWELL,
    WordClass.SHIFTS,
)
"""The classes of words that may stand in the clause."""


def asks_to_wait_for(parts: Sequence[Part], text: str) -> bool:
    """Whether a clause without a code asks for the waiting list of the one shift that the text names.

    The other clauses may say anything but that the sender cannot work: "if A1 gets free, I want it".
    """
    phrases = [part for part in parts if isinstance(part, Phrase)]
    if len({part.shift_id for part in parts if isinstance(part, Code)}) != 1:
        return False
    if any(
        phrase.is_any(WordClass.NO, WordClass.CANNOT, WordClass.SICK) or phrase.contains(GrammarRole.NOT)
        for phrase in phrases
    ):
        return False
    return any(_is_request(clause) for clause in _clauses(parts, text))


def _is_request(clause: Sequence[Part]) -> bool:
    phrases = [part for part in clause if isinstance(part, Phrase)]
    return (
        len(phrases) == len(clause)
        and any(phrase.is_any(WordClass.WAIT) for phrase in phrases)
        and phrases[0].is_any(WordClass.POLITE, WordClass.FILLER)
        and not phrases[0].is_any(WordClass.WAIT)
        and all(phrase.is_any(*_KNOWN) for phrase in phrases)
    )


def _clauses(parts: Sequence[Part], text: str) -> list[list[Part]]:
    """Returns the parts of each clause. A question is none."""
    clauses: list[list[Part]] = [[]]
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        clauses[-1].append(part)
        between = text[part.end : after.start if after is not None else len(text)]
        if has_clause_end(between):
            if "?" in between:
                clauses.pop()
            clauses.append([])
    return clauses

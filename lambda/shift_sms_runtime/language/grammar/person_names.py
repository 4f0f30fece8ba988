"""Removes the names of the sender and of the person addressed from a text: "Hi Bob", "Maria here".

"Bob can do XYZ123" keeps its name, because the text is about Bob.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode
from shift_sms_runtime.language.lexicon import GrammarRole, WordClass

_LONGEST_NAME = 2
"""Words: a first name and a surname."""
_CLAUSE_BEGINS = re.compile(r"[,.!;:\u2013-]\s*$")
_CLAUSE_ENDS = re.compile(r"\s*([,.!]|[-\u2013]\s|$)")
_SIGNATURE_BEGINS = re.compile(r"[\s.,!]*(?:\s[-\u2013\u2014~]+|\u2014|\n)\s*")
_SIGNATURE_ENDS = re.compile(r"[^\w?]*")
_PUNCTUATION = re.compile(r"[,.;:!?]")
_NAME = re.compile(r"\w+(?:(?:\. ?| |-|')\w+)*[^\w?]*")
"""A name has no punctuation but the periods of titles and initials."""
_MOST_WORDS_IN_SIGNATURE = 5


def without_names(parts: Sequence[Part], text: str) -> list[Part]:
    """Returns the parts of a text without names after "Hi", "this is" or "thanks", before "here", and below it."""
    kept: list[Part] = []
    position = 0
    while position < len(parts):
        if _is_full_signature(parts[position:], kept, text):
            break
        candidates = (parts[position : position + count] for count in range(_LONGEST_NAME, 0, -1))
        name = next(
            (
                words
                for words in candidates
                if _is_signature(words, kept, text)
                or _is_name(words, parts[position + len(words) :], kept, text)
            ),
            (),
        )
        position += len(name)
        kept.extend(parts[position : position + 1])
        position += 1
    return kept


def _is_name(name: Sequence[Part], after: Sequence[Part], before: Sequence[Part], text: str) -> bool:
    """Whether unlisted words are the name of the sender or of the person addressed.

    Such a name is followed by the end of a clause, a code, or a phrase with "I". "Hi Bob can do it" is about Bob. Names
    begin with a capital, except in "hi bob, ..." and "hi bob can i ...".
    """
    if not all(map(_is_unlisted, name)) or _has_punctuation_within(name, text):
        return False
    capitals = all(text[part.start : part.end].istitle() for part in name)
    clause_ends = _CLAUSE_ENDS.match(text, name[-1].end) is not None
    greeted = all(
        isinstance(part, Phrase) and part.is_any(WordClass.GREETING, WordClass.THANKS) for part in before
    )
    if capitals and greeted and after and _introduces(after[0]):
        return True
    last = before[-1] if before else None
    if not isinstance(last, Phrase):
        return False
    if last.is_any(WordClass.GREETING) and greeted:
        code_next = bool(after) and isinstance(after[0], Code | UnknownCode)
        return (
            clause_ends or _asks_as_sender(after) or (capitals and (code_next or _begins_with_sender(after)))
        )
    if last.is_any(WordClass.THANKS) and not last.is_any(WordClass.POLITE, WordClass.FILLER):
        return clause_ends or (capitals and _begins_with_sender(after))
    signed = clause_ends and _is_sign_off(last, text)
    return capitals and (_is_introduced(last, name, after, text) or signed)


def _is_unlisted(part: Part) -> bool:
    return isinstance(part, Phrase) and part.end > part.start and not part.classes


def _is_introduced(by: Part, name: Sequence[Part], after: Sequence[Part], text: str) -> bool:
    """Whether a phrase like "this is" introduces the sender by this name.

    "This is Maria who has XYZ123" is about Maria. After punctuation, only a name at the end of the text is the
    sender's: German "LG, Anna", but not "Maria here, Bob ...".
    """
    if not _introduces(by):
        return False
    rest = text[name[-1].end :]
    if _PUNCTUATION.search(text, by.end, name[0].start):
        return not _PUNCTUATION.sub("", rest).strip()
    following = after[0] if after else None
    if _CLAUSE_ENDS.match(rest) or following is None:
        return True
    if isinstance(following, Phrase):
        return following.joins or _begins_with_sender(after)
    # "This is Maria XYZ123", but "I am Exhausted XYZ123" and German "hier Schnee XYZ123".
    return isinstance(by, Phrase) and " " in by.folded and not by.starts_with(GrammarRole.SENDER)


def _is_signature(name: Sequence[Part], before: Sequence[Part], text: str) -> bool:
    """Whether the text ends with a first name after a dash or on a line of its own: "A1 - Maria".

    The name must be listed. Other capitalized words may say why the sender has no time: "A1 - Zahnarzt".
    """
    first, *surname = name
    return (
        bool(before)
        and isinstance(first, Phrase)
        and first.has_role(GrammarRole.NAME)
        and all(_is_unlisted(part) and text[part.start : part.end].istitle() for part in surname)
        and _SIGNATURE_BEGINS.fullmatch(text, before[-1].end, first.start) is not None
        and _SIGNATURE_ENDS.fullmatch(text, name[-1].end) is not None
    )


def _is_full_signature(rest: Sequence[Part], before: Sequence[Part], text: str) -> bool:
    """Whether the text ends with a name that may have a title and initials: "Regards, Dr. J. Perrin".

    It stands after a sign-off that begins a clause, or begins with a listed first name: "A1 - Tom K, ext 4410".
    """
    if not before or not rest:
        return False
    last, name = before[-1], [*rest]
    match name:
        case [*first, Phrase() as extension, UnknownCode() as number] if (
            first and extension.has_role(GrammarRole.EXTENSION) and number.typed.isdigit()
        ):
            name = first
    words = [text[part.start : part.end] for part in name]
    if len(words) > _MOST_WORDS_IN_SIGNATURE or not all(
        _is_unlisted(part)
        or (isinstance(part, Phrase) and (_is_initial(word) or part.is_any(WordClass.GREETING)))
        for part, word in zip(name, words, strict=True)
    ):
        return False
    if not all(word.istitle() or _is_initial(word) for word in words) or all(map(_is_initial, words)):
        return False
    if not _NAME.fullmatch(text, name[0].start) and name == [*rest]:
        return False
    begins = text[last.end : name[0].start]
    if isinstance(last, Phrase) and last.has_role(GrammarRole.SIGN_OFF):
        return _CLAUSE_BEGINS.search(text[: last.start]) is not None or "\n" in begins
    first_name = name[0]
    is_listed = isinstance(first_name, Phrase) and first_name.has_role(GrammarRole.NAME)
    return is_listed and _SIGNATURE_BEGINS.fullmatch(begins) is not None


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _is_sign_off(phrase: Phrase, text: str) -> bool:
    """Whether a farewell begins a clause: "A1 please. Good evening"."""
    is_farewell = phrase.is_any(WordClass.GREETING, WordClass.FAREWELL)
    return is_farewell and _CLAUSE_BEGINS.search(text[: phrase.start]) is not None


def _has_punctuation_within(name: Sequence[Part], text: str) -> bool:
    """Whether punctuation separates the words, as in "It's Karen, Dave ..."."""
    return any(_PUNCTUATION.search(text, one.end, other.start) for one, other in pairwise(name))


def _introduces(part: Part) -> bool:
    """Whether a name may follow. A word with another function introduces no name: German "im" is not "I'm"."""
    others = (WordClass.POLITE, WordClass.FILLER, WordClass.TIME)
    return isinstance(part, Phrase) and part.is_any(WordClass.INTRODUCING) and not part.is_any(*others)


def _begins_with_sender(parts: Sequence[Part]) -> bool:
    """Whether the parts begin a sentence of the sender: "I would like", "can I have", but not "and I"."""
    if parts and isinstance(parts[0], Phrase) and parts[0].joins:
        return False
    return any(isinstance(part, Phrase) and part.contains(GrammarRole.SENDER) for part in parts[:2])


def _asks_as_sender(parts: Sequence[Part]) -> bool:
    """Whether the parts begin a question of the sender: "can I", but not "I doubt"."""
    first = parts[0] if parts else None
    return (
        isinstance(first, Phrase) and not first.starts_with(GrammarRole.SENDER) and _begins_with_sender(parts)
    )

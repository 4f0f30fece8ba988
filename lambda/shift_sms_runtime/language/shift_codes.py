"""Shift codes: which words of a text may be one, how employees spell them, and which ids they may have meant."""

from collections.abc import Iterable, Iterator, Sequence

from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.lexicon import Lexicon, fold, one_edit_apart
from shift_sms_runtime.language.tokenizer import LONGEST_CODE, Tokens, tokenize

SHORT_TEXT_WORDS = 3
"""A text of at most so many words may be the id of a shift that is found only by its spelling."""


_SHORTEST_TYPO = 3
"""Characters of a word in which a typo is looked for. In shorter words every typo is another word: "am" is not A1."""


_LOOK_ALIKES = str.maketrans("0135268L", "OIESZGBI")
"""Digits that are read as letters: zero as O, three as E."""


def spelling(code: str) -> str:
    """Returns a code reduced to what employees rarely get wrong: its letters and digits, without case."""
    return "".join(c for c in code.casefold() if c.isalnum())


class KnownCodes:
    """The ids of shifts, found by the way employees spell them."""

    def __init__(self, shift_ids: Iterable[str] = ()) -> None:
        self._by_spelling: dict[str, list[str]] = {}
        for shift_id in shift_ids:
            self._by_spelling.setdefault(spelling(shift_id), []).append(shift_id)

    def __iter__(self) -> Iterator[str]:
        """Iterates over the spellings."""
        return iter(self._by_spelling)

    def find(self, joined: str, typed: str) -> str | None:
        """Returns the one id that was meant.

        Of several ids with the same spelling, returns the one typed exactly or typed in another case.
        """
        ids = self._by_spelling.get(spelling(joined), [])
        for exact in (typed, typed.upper(), joined.upper()):
            if exact in ids:
                return exact
        candidates = [one for one in ids if one.casefold() == typed.casefold()] or ids
        return candidates[0] if len(candidates) == 1 else None

    def under(self, spelled: str) -> list[str]:
        """Returns the ids with this spelling."""
        return self._by_spelling.get(spelled, [])


def candidate_ids(text: str, *, most: int, as_written: bool = False) -> tuple[str, ...]:
    """Returns the ids that a text may name, the likeliest first.

    Args:
        text: The text as received or written.
        most: How many ids to return at most.
        as_written: Whether to add ids in the text's own case. Without it, ids are in capitals.
    """
    tokens = tokenize(text)
    with_digits: dict[str, None] = {}
    others: dict[str, None] = {}
    for first, word in enumerate(tokens.words):
        for count in tokens.code_lengths(first):
            written = (tokens.joined(first, count), tokens.typed(first, count))
            ids = (*(one.upper() for one in written), *(written if as_written else ()))
            fitting = dict.fromkeys(one for one in ids if " " not in one and len(one) <= LONGEST_CODE)
            if count == 1:
                (with_digits if word.has_digit else others).update(fitting)
            elif _may_be_one_code(tokens, first, count):
                others.update(fitting)
    return tuple({**with_digits, **others})[:most]


def names_any(text: str, shift_ids: Iterable[str]) -> bool:
    """Whether words of a text are one of the ids, in any spelling."""
    tokens, known = tokenize(text), KnownCodes(shift_ids)
    return any(
        known.under(spelling(tokens.joined(first, count)))
        for first in range(len(tokens.words))
        for count in tokens.code_lengths(first)
    )


def suggested_ids(
    text: str, lexicon: Lexicon, known_ids: Iterable[str], *, most: int
) -> Iterator[tuple[str, list[str]]]:
    """Yields words of a text that nearly name shifts, as typed, and the ids they may have meant.

    Args:
        text: The text as received.
        lexicon: The words of the employee's language.
        known_ids: The ids of all shifts.
        most: Words with more near spellings than this are skipped.
    """
    tokens, known = tokenize(text), KnownCodes(known_ids)
    for typed, joined in _possible_codes(tokens, lexicon):
        near = suggestions(spelling(joined), known, most=most)
        if near:
            yield typed, [shift_id for spelled in near for shift_id in known.under(spelled)]


def suggestions(typed: str, codes: Iterable[str], *, most: int) -> list[str]:
    """Returns the codes that `typed` may have meant; none where there would be more than `most`.

    All are compared by their `spelling`. Codes that look the same hide those that are a typo away.
    """
    typo = len(typed) >= _SHORTEST_TYPO
    near = [code for code in codes if (typo and one_edit_apart(typed, code)) or _looks(typed) == _looks(code)]
    alike = [code for code in near if _looks(typed) == _looks(code)]
    chosen = sorted(alike or near)
    return chosen if len(chosen) <= most else []


def reserved_word(code: str, lexicons: Sequence[Lexicon]) -> str | None:
    """Returns the command, everyday word or carrier keyword that a shift's id would be mistaken for."""
    folded = fold(code)
    if folded in map(fold, CARRIER_KEYWORDS):
        return folded
    return folded if any(lexicon.classes_of(folded) for lexicon in lexicons) else None


def _may_be_one_code(tokens: Tokens, first: int, count: int) -> bool:
    """Whether neighbors are letters, then digits, or written without a space: XYZ 123, XYZ-12-A."""
    words = tokens.words[first : first + count]
    if all(tokens.attached(first + i, first + i + 1) for i in range(count - 1)):
        return True
    digits = [word.has_digit for word in words]
    return digits == sorted(digits) and any(digits) and not digits[0]


def _possible_codes(tokens: Tokens, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Yields what may have been meant as a code, as typed and as one word; the longest first.

    Words of the lexicon are skipped: German "nicht" is not NIGHT.
    """
    short = len(tokens.words) <= SHORT_TEXT_WORDS
    for count in range(SHORT_TEXT_WORDS, 0, -1):
        for first in range(len(tokens.words) - count + 1):
            words = tokens.words[first : first + count]
            if any(word.has_digit for word in words) or (
                short and not all(lexicon.classes_of(word.folded) for word in words)
            ):
                yield tokens.typed(first, count), tokens.joined(first, count)


def _looks(code: str) -> str:
    return code.upper().translate(_LOOK_ALIKES)

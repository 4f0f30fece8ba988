"""Shift codes: which words of a text may be one, and which ids may be meant by them."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.grammar.footers import without_footer
from shift_sms_runtime.language.lexicon import Lexicon, fold, one_edit_apart
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.language.tokenizer import LONGEST_CODE, Tokens, tokenize

SHORT_TEXT_WORDS = 3
"""Words. In a longer text, unlisted words without a digit are not compared with the ids of shifts."""


_SHORTEST_CODE_WITH_TYPO = 3
"""Characters. In a shorter code, what looks like a typo is another word: "am" is not A1."""


_SHORTEST_SPOKEN_NAME = 2
"""Letters before a number in words. "A one" is not A1."""


_LOOK_ALIKES = str.maketrans("0135268L", "OIESZGBI")
"""Maps characters that look alike to one letter: zero to O, three to E, L to I."""


_LOOKING_ALIKE = {
    "0": "O", "O": "0", "1": "IL", "I": "1L", "L": "1I", "3": "E", "E": "3", "5": "S", "S": "5", "2": "Z", "Z": "2",
    "6": "G", "G": "6", "8": "B", "B": "8",
}  # fmt: skip
"""The characters that look like a character, by the same groups."""


def normalize_code(code: str) -> str:
    """Returns the letters and digits of a code, without case. Employees rarely get these wrong."""
    if code.isascii() and code.isalnum():  # as most words of a text are
        return code.lower()
    return "".join(c for c in code.casefold() if c.isalnum())


class KnownCodes:
    """The ids of shifts, found by codes as employees type them."""

    def __init__(self, shift_ids: Iterable[str] = ()) -> None:
        self._by_normalized: dict[str, list[str]] = {}
        for shift_id in shift_ids:
            self._by_normalized.setdefault(normalize_code(shift_id), []).append(shift_id)

    @property
    def normalized(self) -> Collection[str]:
        """The normalized ids."""
        return self._by_normalized.keys()

    def find(self, joined: str, typed: str) -> str | None:
        """Returns the id that is meant, or None if it is unknown or ambiguous.

        Of ids that differ only in case or separators, returns the one typed exactly, or typed in another case.

        Args:
            joined: The words of the code, written as one.
            typed: The words of the code, as typed.
        """
        ids = self._by_normalized.get(normalize_code(joined))
        if ids is None:
            return None
        for exact in (typed, typed.upper(), joined.upper()):
            if exact in ids:
                return exact
        candidates = [shift_id for shift_id in ids if shift_id.casefold() == typed.casefold()] or ids
        return candidates[0] if len(candidates) == 1 else None

    def ids_of(self, normalized: str) -> list[str]:
        """Returns the ids that have this normalized form."""
        return self._by_normalized.get(normalized, [])


def candidate_ids(text: str, *, most: int) -> tuple[str, ...]:
    """Returns the ids that a text may name, in capitals and as written, the most likely first.

    Args:
        text: The text as received or written.
        most: The largest number of ids to return.
    """
    tokens = tokenize(text)
    with_digits: list[str] = []
    others: list[str] = []
    for first, word in enumerate(tokens.words):
        for count in tokens.code_lengths(first):
            written = [tokens.joined(first, count), tokens.typed(first, count)]
            fitting = [one for one in written if " " not in one and len(one) <= LONGEST_CODE]
            if count == 1:
                (with_digits if word.has_digit else others).extend(fitting)
            elif _may_be_one_code(tokens, first, count):
                others.extend(fitting)
    ids = (*map(str.upper, with_digits), *with_digits, *map(str.upper, others), *others)
    return tuple(dict.fromkeys(ids))[:most]


def names_any(text: str, shift_ids: Iterable[str]) -> bool:
    """Whether a text names one of the ids, in any case and with any separators."""
    tokens, known = tokenize(text), KnownCodes(shift_ids)
    return any(
        known.ids_of(normalize_code(tokens.joined(first, count)))
        for first in range(len(tokens.words))
        for count in tokens.code_lengths(first)
    )


def suggested_ids(
    text: str, lexicons: Lexicons, known_ids: Iterable[str], *, most: int
) -> Iterator[tuple[str, list[str]]]:
    """Yields words of a text that nearly name shifts, as typed, and the ids that may be meant.

    Args:
        text: The text as received.
        lexicons: The words of all languages, which name no shift.
        known_ids: The ids that may be meant.
        most: Words that are near to more ids than this are skipped.
    """
    tokens = tokenize(without_footer(text, lexicons.together.grammar))
    known = KnownCodes(known_ids)
    for typed, joined in _possible_codes(tokens, lexicons):
        near = near_codes(normalize_code(joined), known.normalized, most=most)
        if near:
            yield typed, [shift_id for code in near for shift_id in known.ids_of(code)]


def near_codes(typed: str, codes: Iterable[str], *, most: int) -> list[str]:
    """Returns the codes that may be meant by `typed`; none if there are more than `most`.

    All codes must be normalized. A code one edit away is returned only if none looks like `typed`.
    """
    shape, may_have_typo = _shape(typed), len(typed) >= _SHORTEST_CODE_WITH_TYPO
    near = [
        code for code in codes if _shape(code) == shape or (may_have_typo and one_edit_apart(typed, code))
    ]
    alike = [code for code in near if _shape(code) == shape]
    chosen = sorted(alike or near)
    return chosen if len(chosen) <= most else []


def ids_with_typo(typed: str) -> Iterator[str]:
    """Yields ids in capitals that `typed` may stand for, the most likely first.

    Two neighbors are swapped, or one character is too much, or looks like the right one.
    """
    code = "".join(typed.upper().split())
    for i, character in enumerate(code):
        for other in _LOOKING_ALIKE.get(character, ""):
            yield f"{code[:i]}{other}{code[i + 1 :]}"
    for i in range(len(code) - 1):
        yield f"{code[:i]}{code[i + 1]}{code[i]}{code[i + 2 :]}"
    if len(code) > _SHORTEST_CODE_WITH_TYPO:
        for i in range(len(code)):
            yield code[:i] + code[i + 1 :]


def spoken_code(tokens: Tokens, first: int, count: int, lexicon: Lexicon) -> str | None:
    """Returns the code of an unlisted word and a number that was dictated in words: "CAF four" is CAF4.

    Returns None for any other words.
    """
    if count == 1:
        return None
    name, *number = tokens.words[first : first + count]
    digits = [lexicon.numbers.get(word.folded) for word in number]
    is_name = len(name.raw) >= _SHORTEST_SPOKEN_NAME and not name.has_digit
    if None in digits or not is_name:
        return None
    if lexicon.classes_of(name.folded) or name.folded in lexicon.numbers:
        return None
    return name.raw + "".join(filter(None, digits))


def reserved_word(code: str, lexicons: Sequence[Lexicon]) -> str | None:
    """Returns the listed word or carrier keyword that a shift's id would be mistaken for; None without one."""
    folded = fold(code)
    if folded in map(fold, CARRIER_KEYWORDS):
        return folded
    return folded if any(lexicon.classes_of(folded) for lexicon in lexicons) else None


def _may_be_one_code(tokens: Tokens, first: int, count: int) -> bool:
    """Whether words are attached to each other, or letters and then digits: XYZ-12-A, XYZ 123."""
    words = tokens.words[first : first + count]
    if all(tokens.attached(first + i, first + i + 1) for i in range(count - 1)):
        return True
    digits = [word.has_digit for word in words]
    return digits == sorted(digits) and any(digits) and not digits[0]


def _possible_codes(tokens: Tokens, lexicons: Lexicons) -> Iterator[tuple[str, str]]:
    """Yields what may be meant as a code, as typed and as one word, the longest first.

    Words of any language are skipped: German "nicht" is not NIGHT.
    """
    short = len(tokens.words) <= SHORT_TEXT_WORDS
    for count in range(SHORT_TEXT_WORDS, 0, -1):
        for first in range(len(tokens.words) - count + 1):
            words = tokens.words[first : first + count]
            spoken = spoken_code(tokens, first, count, lexicons.together)
            if spoken is not None:
                yield tokens.typed(first, count), spoken
            elif any(word.has_digit for word in words) or (
                short and not all(lexicons.together.classes_of(word.folded) for word in words)
            ):
                yield tokens.typed(first, count), tokens.joined(first, count)


def _shape(code: str) -> str:
    """Returns a code with similar characters replaced, so that codes that look alike are equal."""
    return code.upper().translate(_LOOK_ALIKES)

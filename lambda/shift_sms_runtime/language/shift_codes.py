"""Which words of a text may be shift codes, and how people spell them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shift_sms_runtime.language.carrier_keywords import CARRIER_WORDS
from shift_sms_runtime.language.lexicon import Lexicon, fold, one_slip
from shift_sms_runtime.language.tokenizer import LONGEST_CODE, Tokens


def spelling(code: str) -> str:
    """A code reduced to what people do not get wrong: letters and digits, no case."""
    return "".join(c for c in code.casefold() if c.isalnum())


A_FEW_WORDS = 3
"""A text of so few words may be the name of a shift, spelled in its own way."""


def possible_ids(parts: Tokens, *, most: int, as_written: bool = False) -> tuple[str, ...]:
    """Keys under which the shifts that a text names are kept, if their ids are in capitals; the likeliest first.

    ``as_written``: or if they are as in the text, where somebody wrote it who knows how they are spelled.
    """
    certain: dict[str, None] = {}
    perhaps: dict[str, None] = {}
    for first, word in enumerate(parts.words):
        for count in parts.windows(first):
            written = (parts.joined(first, count), parts.typed(first, count))
            keys = (*(key.upper() for key in written), *(written if as_written else ()))
            fitting = dict.fromkeys(key for key in keys if " " not in key and len(key) <= LONGEST_CODE)
            if count == 1:
                (certain if word.has_digit else perhaps).update(fitting)
            elif _may_be_one(parts, first, count):
                perhaps.update(fitting)
    return tuple({**certain, **perhaps})[:most]


def may_be_codes(parts: Tokens, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What may have been meant as a code, as it stands in the text and as one word; the longest first.

    Words that somebody has listed are none: German "nicht" is not NIGHT.
    """
    few = len(parts.words) <= A_FEW_WORDS
    for count in range(A_FEW_WORDS, 0, -1):
        for first in range(len(parts.words) - count + 1):
            words = parts.words[first : first + count]
            if any(word.has_digit for word in words) or (
                few and not all(lexicon.kinds(word.folded) for word in words)
            ):
                yield parts.typed(first, count), parts.joined(first, count)


def _may_be_one(parts: Tokens, first: int, count: int) -> bool:
    """Letters, then digits, or written without a gap: XYZ 123, XYZ-12-A."""
    words = parts.words[first : first + count]
    if all(parts.same_token(first + i, first + i + 1) for i in range(count - 1)):
        return True
    letters_first = [word.has_digit for word in words]
    return letters_first == sorted(letters_first) and any(letters_first) and not letters_first[0]


class KnownCodes:
    """The ids of shifts that there are, found by how people spell them."""

    def __init__(self, shift_ids: Sequence[str] | Mapping[str, object] = ()) -> None:
        self._by_spelling: dict[str, list[str]] = {}
        for shift_id in shift_ids:
            self._by_spelling.setdefault(spelling(shift_id), []).append(shift_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_spelling)

    def find(self, joined: str, typed: str) -> str | None:
        """The one shift that this can mean; of several only one that is written exactly so, or differs in case."""
        ids = self._by_spelling.get(spelling(joined), [])
        for exact in (typed, typed.upper(), joined.upper()):
            if exact in ids:
                return exact
        candidates = [one for one in ids if one.casefold() == typed.casefold()] or ids
        return candidates[0] if len(candidates) == 1 else None

    def under(self, spelled: str) -> list[str]:
        """The ids that are spelled so."""
        return self._by_spelling.get(spelled, [])


_LOOK_ALIKES = str.maketrans("0135268L", "OIESZGBI")
"""Digits read as letters: a zero is an O, a three an E."""


_LEAST_SLIP = 3
"""Characters of what was typed; in fewer every slip is another word: "am" is not A1."""


def suggestions(typed: str, codes: Iterable[str], *, most: int) -> list[str]:
    """The codes that ``typed`` may have meant, both as ``spelling`` gives them; those that only look alike come alone.

    None at all when there would be more than ``most``: a long list is a REQUEST.
    """
    slips = len(typed) >= _LEAST_SLIP
    near = [code for code in codes if (slips and one_slip(typed, code)) or _looks(typed) == _looks(code)]
    alike = [code for code in near if _looks(typed) == _looks(code)]
    chosen = sorted(alike or near)
    return chosen if len(chosen) <= most else []


def _looks(code: str) -> str:
    return code.upper().translate(_LOOK_ALIKES)


def reserved(code: str, lexicons: Sequence[Lexicon]) -> str | None:
    """The command, or the carrier's word, that a shift's id would be mistaken for."""
    folded = fold(code)
    if folded in map(fold, CARRIER_WORDS):
        return folded
    return folded if any(lexicon.kinds(folded) for lexicon in lexicons) else None

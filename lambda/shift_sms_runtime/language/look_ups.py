"""Finds words of a text that may name a shift in another spelling, to be looked up in the index of codes."""

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from shift_sms_runtime.language.annotator import Part, Phrase, UnknownCode, annotate
from shift_sms_runtime.language.grammar.footers import without_footer
from shift_sms_runtime.language.intents import FreeText, Intent, ShiftCommand, Unclear
from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.language.shift_codes import SHORT_TEXT_WORDS, KnownCodes, normalize_code, spoken_code
from shift_sms_runtime.language.tokenizer import (
    LONGEST_CODE,
    MOST_WORDS_IN_A_CODE,
    Tokens,
    has_separator,
    tokenize,
)

_Span = tuple[int, int]
"""Where a word begins and ends."""


MAX_WORDS_LOOKED_UP = 3
"""The words of one text that are looked up in the index of codes."""


def words_to_look_up(
    intent: Intent, text: str, lexicons: Lexicons, known_ids: Iterable[str]
) -> tuple[str, ...]:
    """Returns the words of a text, as typed, that may name a shift in a spelling that `candidate_ids` misses.

    The most likely come first. There are at most `MAX_WORDS_LOOKED_UP`. In a longer text, each has a digit.

    Args:
        intent: What the text means with the known ids alone.
        text: The text as received.
        lexicons: The words of all languages, that of the employee first. Words of any language are left out.
        known_ids: The ids that are known already. Words that name one are left out.
    """
    has_unknown = isinstance(intent, ShiftCommand) and bool(intent.unknown)
    if not (has_unknown or isinstance(intent, FreeText | Unclear)):
        return ()  # Most texts need no words of other languages, whose files are read with `together`.
    together = lexicons.together
    tokens = tokenize(without_footer(text, together.grammar))
    if isinstance(intent, Unclear) and intent.codes and not _has_spoken_code(tokens, together):
        return ()
    is_short = len(tokens.words) <= SHORT_TEXT_WORDS
    runs = _runs_of_unknown_words(annotate(tokens, together, KnownCodes(known_ids)), tokens, together)
    by_code: dict[str, str] = {}
    # The best of each run comes first, then the second best, and so on.
    for typed in filter(
        None, chain.from_iterable(zip_longest(*(_codes_in(run, tokens, together) for run in runs)))
    ):
        code = normalize_code(typed)
        if len(code) <= LONGEST_CODE and (is_short or any(map(str.isdigit, code))):
            by_code.setdefault(code, typed)
    return tuple(by_code.values())[:MAX_WORDS_LOOKED_UP]


def _has_spoken_code(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a word and a number in words may be one code: "CAF three"."""
    return any(spoken_code(tokens, first, 2, lexicon) is not None for first in range(len(tokens.words) - 1))


def _runs_of_unknown_words(parts: Sequence[Part], tokens: Tokens, lexicon: Lexicon) -> list[list[_Span]]:
    """Returns where neighboring words are that may be one code: unknown codes and unlisted words.

    Codes may begin with a listed word, N-12-B or Early-7, and end with a number in words, "CAF one".
    """
    runs: list[list[_Span]] = [[]]
    before: Part | None = None
    for part in parts:
        unknown = isinstance(part, UnknownCode) or (
            isinstance(part, Phrase)
            and (not part.classes or (bool(runs[-1]) and part.folded in lexicon.numbers))
        )
        gap = tokens.text[before.end : part.start] if before is not None else ""
        apart = has_separator(gap)
        if not unknown or apart or part.start == part.end:
            runs.append([])
        if unknown and part.start < part.end:
            follows_listed = not runs[-1] and not apart and isinstance(before, Phrase)
            attached = follows_listed and not any(map(str.isspace, gap))
            if before and follows_listed and not attached and tokens.text[part.start].isdigit():
                runs[-1].append((before.start, before.end))
            runs[-1].append((before.start if before and attached else part.start, part.end))
        before = part
    return runs


def _codes_in(run: Sequence[_Span], tokens: Tokens, lexicon: Lexicon) -> list[str]:
    """Returns what may be one code in a run of words, as typed or with digits, the most likely first.

    Most codes have letters and digits, and begin with a letter.
    """
    counts = range(1, min(MOST_WORDS_IN_A_CODE, len(run)) + 1)
    codes = [
        tokens.text[run[first][0] : run[first + count - 1][1]]
        for count in counts
        for first in range(len(run) - count + 1)
    ]
    return sorted((_with_digits(code, lexicon) for code in codes), key=_unlikelihood)


def _with_digits(typed: str, lexicon: Lexicon) -> str:
    """Returns the code of a word and a number in words, or what was typed."""
    tokens = tokenize(typed)
    return spoken_code(tokens, 0, len(tokens.words), lexicon) or typed


def _unlikelihood(code: str) -> tuple[bool, bool]:
    mixed = any(map(str.isdigit, code)) and any(map(str.isalpha, code))
    return not mixed, code[0].isdigit()

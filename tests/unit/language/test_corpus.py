"""What employees text, and whether it is understood: ``tests/corpus/texts.toml``."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shift_sms_runtime.inbound.languages import Locales
from shift_sms_runtime.language.carrier_keywords import carrier_command
from shift_sms_runtime.language.intents import (
    CallMe,
    FreeText,
    HowTo,
    Intent,
    ListShifts,
    MyShifts,
    OnShifts,
    SayNo,
    SayYes,
    Thanks,
    Unclear,
    Verb,
)
from shift_sms_runtime.language.interpreter import interpret
from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.language.shift_codes import (
    KnownCodes,
    may_be_codes,
    possible_ids,
    spelling,
    suggestions,
)
from shift_sms_runtime.language.tokenizer import Tokens, tokenize

CORPUS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "corpus" / "texts.toml").read_text(encoding="utf-8")
)
CODES: list[str] = CORPUS["codes"]
LANGUAGES = {"en": 999, "es": 364, "fr": 341, "de": 370}
"""Least texts of each."""
LEAST_UNDERSTOOD = 0.95
MOST_IDS = 60
MOST_SUGGESTED = 3


@dataclass(frozen=True)
class Text:
    """One text of the corpus."""

    language: str
    words: str
    means: tuple[str, ...]
    missed: str

    def __str__(self) -> str:
        return f"{self.language} {self.words!r}"


def corpus() -> Iterator[Text]:
    for language in LANGUAGES:
        for entry in CORPUS[language]:
            means = entry["means"]
            yield Text(
                language,
                entry["text"],
                (means,) if isinstance(means, str) else tuple(means),
                entry.get("missed", ""),
            )


TEXTS = tuple(corpus())
SPOKEN = Locales(locales("shifts"), default="en", agent_offered=True)
LEXICONS = {language: SPOKEN.of(language).lexicon for language in LANGUAGES}


def taken_for(text: str, lexicon: Lexicon) -> str:
    """What becomes of a text, as the services find it out: shifts by their keys first, and all of them if need be."""
    parts = tokenize(text)
    if carrier_command(parts) is not None:
        return "carrier"
    keys = possible_ids(parts, most=MOST_IDS)
    wish = interpret(parts, lexicon, KnownCodes([code for code in CODES if code in keys]))
    if isinstance(wish, FreeText) or (isinstance(wish, OnShifts) and wish.unknown):
        wish = interpret(parts, lexicon, KnownCodes(CODES))
    return outcome(wish, parts, lexicon)


def outcome(wish: Intent, parts: Tokens, lexicon: Lexicon) -> str:
    """The corpus's word for it."""
    names: dict[type[Intent], str] = {
        MyShifts: "mine",
        CallMe: "agent",
        SayYes: "yes",
        SayNo: "no",
        HowTo: "how-to",
        Thanks: "thanks",
        Unclear: "unclear",
    }
    match wish:
        case OnShifts(verb, codes) if codes:
            return " ".join((verb, *codes))
        case OnShifts(Verb.CLAIM, (), unknown):
            return (suggested(parts, lexicon) if unknown else "") or "invalid"
        case OnShifts(verb, (), unknown):
            return "invalid" if unknown else verb
        case ListShifts(more):
            return "more" if more else "list"
        case FreeText():
            return suggested(parts, lexicon) or "free-text"
        case _:
            return names[type(wish)]


def suggested(parts: Tokens, lexicon: Lexicon) -> str:
    """The shifts that it nearly names."""
    known = KnownCodes(CODES)
    for _, joined in may_be_codes(parts, lexicon):
        near = suggestions(spelling(joined), known, most=MOST_SUGGESTED)
        if near:
            return " ".join(("did-you-mean", *(code for one in near for code in known.under(one))))
    return ""


TAKEN_FOR = {text: taken_for(text.words, LEXICONS[text.language]) for text in TEXTS}
MISSED = {text: found for text, found in TAKEN_FOR.items() if found not in text.means}


def told(texts: dict[Text, str]) -> str:
    """A line for each."""
    return "\n".join(
        f"{text}: taken for {found!r}, means {' or '.join(text.means)}" for text, found in texts.items()
    )


def test_given_the_corpus_when_counted_then_every_language_has_its_share() -> None:
    assert len(TEXTS) >= 2074
    assert len({(text.language, text.words) for text in TEXTS}) == len(TEXTS)
    for language, least in LANGUAGES.items():
        assert sum(text.language == language for text in TEXTS) >= least, language


def test_given_the_corpus_when_read_then_nothing_is_booked_or_dropped_wrongly() -> None:
    wrong = {
        text: found
        for text, found in MISSED.items()
        if found.split()[0] in (Verb.CLAIM, Verb.DROP) and " " in found
    }
    assert not wrong, told(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_the_corpus_when_all_codes_are_known_then_nothing_is_booked_wrongly(
    language: str,
) -> None:
    """Whether all shifts are known from the start or only those that a text names by their keys."""
    wrong = {}
    for text in TEXTS:
        parts = tokenize(text.words)
        if text.language == language and carrier_command(parts) is None:
            found = outcome(
                interpret(parts, LEXICONS[language], KnownCodes(CODES)), parts, LEXICONS[language]
            )
            if " " in found and found.split()[0] in (Verb.CLAIM, Verb.DROP) and found not in text.means:
                wrong[text] = found
    assert not wrong, told(wrong)


def test_given_the_corpus_when_read_then_more_than_95_percent_is_understood() -> None:
    for language in LANGUAGES:
        texts = [text for text in TEXTS if text.language == language]
        understood = sum(text not in MISSED for text in texts)
        assert understood / len(texts) > LEAST_UNDERSTOOD, told(MISSED)


def test_given_the_corpus_when_read_then_the_misses_are_those_that_it_lists() -> None:
    unlisted = {text: found for text, found in MISSED.items() if not text.missed}
    mended = [str(text) for text in TEXTS if text.missed and text not in MISSED]
    assert not unlisted, told(unlisted)
    assert not mended, "understood by now: " + ", ".join(mended)

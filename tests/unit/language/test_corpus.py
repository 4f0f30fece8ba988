"""What employees text, and whether it is understood: ``tests/corpus/texts.toml``."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from shift_sms_runtime.language.intents import (
    CarrierIntent,
    FreeText,
    HowTo,
    Intent,
    ListOwnShifts,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Thanks,
    Unclear,
)
from shift_sms_runtime.language.interpreter import interpret, may_name_more_shifts
from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.language.shift_codes import candidate_ids, suggested_ids

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
LEXICONS = {language: locale.lexicon for language, locale in locales("shifts").items()}


def taken_for(text: str, lexicon: Lexicon) -> str:
    """What becomes of a text, as the services find it out: shifts by their keys first, and all of them if need be."""
    keys = candidate_ids(text, most=MOST_IDS)
    intent = interpret(text, lexicon, [code for code in CODES if code in keys])
    if isinstance(intent, FreeText) or may_name_more_shifts(intent, text):
        intent = interpret(text, lexicon, CODES)
    return outcome(intent, text, lexicon)


def outcome(intent: Intent, text: str, lexicon: Lexicon) -> str:
    """The corpus's word for it."""
    names: dict[type[Intent], str] = {
        ListOwnShifts: "mine",
        RequestCallback: "agent",
        SayYes: "yes",
        SayNo: "no",
        HowTo: "how-to",
        Thanks: "thanks",
        Unclear: "unclear",
        **dict.fromkeys(get_args(CarrierIntent), "carrier"),
    }
    match intent:
        case ShiftCommand(action, codes) if codes:
            return " ".join((action, *codes))
        case ShiftCommand(ShiftAction.CLAIM, (), unknown):
            return (suggested(text, lexicon) if unknown else "") or "invalid"
        case ShiftCommand(action, (), unknown):
            return "invalid" if unknown else action
        case ListShifts(more):
            return "more" if more else "list"
        case FreeText():
            return suggested(text, lexicon) or "free-text"
        case _:
            return names[type(intent)]


def suggested(text: str, lexicon: Lexicon) -> str:
    """The shifts that it nearly names."""
    for _, codes in suggested_ids(text, lexicon, CODES, most=MOST_SUGGESTED):
        return " ".join(("did-you-mean", *codes))
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
    wrong = {text: found for text, found in MISSED.items() if found.startswith(("claim ", "drop "))}
    assert not wrong, told(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_the_corpus_when_all_codes_are_known_then_nothing_is_booked_wrongly(
    language: str,
) -> None:
    """Whether all shifts are known from the start or only those that a text names by their keys."""
    wrong = {}
    for text in TEXTS:
        if text.language == language:
            found = outcome(interpret(text.words, LEXICONS[language], CODES), text.words, LEXICONS[language])
            if found not in text.means and found.startswith(("claim ", "drop ")):
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

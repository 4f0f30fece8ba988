"""Tests that the texts of `tests/corpus/texts.toml` are understood."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from shift_sms_runtime.inbound.inbound_text import MAX_CANDIDATE_IDS
from shift_sms_runtime.inbound.shift_search import ShiftLookup, corrected_ids
from shift_sms_runtime.language.intents import (
    CarrierIntent,
    FreeText,
    HowTo,
    Intent,
    ListOwnShifts,
    ListShifts,
    OptOut,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    ShiftFilter,
    Thanks,
    Unclear,
    UrgentText,
)
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.language.look_ups import words_to_look_up
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.language.multilingual.lexicons import Lexicons
from shift_sms_runtime.language.shift_codes import candidate_ids, suggested_ids
from tests.support.memory.shifts import MemoryShifts

CORPUS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "corpus" / "texts.toml").read_text(encoding="utf-8")
)
CODES: list[str] = CORPUS["codes"]
LANGUAGES = {"en": 1470, "es": 810, "fr": 790, "de": 820}
"""The least number of texts of each language."""
LEAST_UNDERSTOOD = 0.95
MOST_SUGGESTED = 3
LEAST_SICK = 0.75
CHANGES = ("book ", "drop ", "sick")


@dataclass(frozen=True)
class Text:
    """One text of the corpus."""

    language: str
    words: str
    means: tuple[str, ...]
    missed: str
    sick: bool

    def allows(self, found: str) -> bool:
        """Whether an outcome is one that the text means."""
        outcome, _, codes = found.partition(" ")
        if outcome == "sick":
            return self.sick and f"drop {codes}".rstrip() in self.means
        return (
            found in self.means
            or (found == "acknowledge" and not {"yes", "thanks"}.isdisjoint(self.means))
            or (outcome == "ask" and "unclear" in self.means)
            or (outcome == "did-you-mean" and f"ask {codes}" in self.means)
        )

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
                entry.get("sick", False),
            )


TEXTS = tuple(corpus())
LEXICONS = {language: locale.lexicons for language, locale in locales("shifts").items()}


@cache
def stored_shifts() -> MemoryShifts:
    shifts = MemoryShifts()
    for code in CODES:
        shifts.put(code)
    return shifts


def outcome_of(text: str, lexicons: Lexicons) -> str:
    """Interprets a text as the services do, first with its candidate ids and then with those that are looked up."""
    candidates = candidate_ids(text, most=MAX_CANDIDATE_IDS)
    known = [code for code in CODES if code in candidates]
    intent = interpret(text, lexicons, known)
    words = words_to_look_up(intent, text, lexicons, known)
    if words:
        shifts = stored_shifts()
        known = [*dict.fromkeys((*known, *ShiftLookup(shifts).ids_near(words)))]
        intent = interpret(text, lexicons, known)
        known = [*dict.fromkeys((*known, *shifts.existing(corrected_ids(words))))]
    return outcome_name(intent, text, lexicons, known)


def outcome_name(intent: Intent, text: str, lexicons: Lexicons, known: Sequence[str] = CODES) -> str:
    """Returns the outcome of an intent, as the corpus names it."""
    names: dict[type[Intent], str] = {
        ListOwnShifts: "mine",
        RequestCallback: "agent",
        SayYes: "acknowledge" if acknowledges(intent) else "yes",
        SayNo: "no",
        HowTo: "how-to",
        Thanks: "thanks",
        Unclear: "sick" if is_sick(intent) else "drop",
        UrgentText: "urgent",
        FreeText: "free-text",
        **dict.fromkeys(get_args(CarrierIntent), "carrier"),
    }
    match intent:
        case ShiftCommand(codes=codes) | Unclear(codes=codes) if codes:
            asks = "sick" if is_sick(intent) else "ask"
            return " ".join((intent.action if isinstance(intent, ShiftCommand) else asks, *codes))
        case ShiftCommand(ShiftAction.BOOK, (), unknown):
            return (suggested(text, lexicons, known) if unknown else "") or "invalid"
        case ShiftCommand(action, (), unknown):
            return "invalid" if unknown else action
        case ListShifts(more, wanted):
            return "more" if more else " ".join(("list", *filtered(wanted)))
        case FreeText(about=()):
            return suggested(text, lexicons, known) or "free-text"
        case _:
            return "opt-out" if intent == OptOut(in_words=True) else names[type(intent)]


def is_sick(intent: Intent) -> bool:
    """Whether words that are no command say that the sender is sick."""
    return isinstance(intent, Unclear) and intent.sick


def acknowledges(intent: Intent) -> bool:
    """Whether yes needs no reply, unless it accepts an offer."""
    return isinstance(intent, SayYes) and (intent.may_only_acknowledge or intent.is_symbol)


def filtered(wanted: ShiftFilter | None) -> Iterator[str]:
    """Yields what a filter names, as the corpus names it: `weekend`, `harbor`."""
    if wanted is not None:
        if wanted.days is not None:
            yield wanted.days.value
        yield from wanted.words


def suggested(text: str, lexicons: Lexicons, known: Sequence[str]) -> str:
    """Returns the outcome of a text that nearly names shifts; empty for any other text."""
    for _, codes in suggested_ids(text, lexicons, known, most=MOST_SUGGESTED):
        return " ".join(("did-you-mean", *codes))
    return ""


@cache
def outcomes() -> dict[Text, str]:
    return {text: outcome_of(text.words, LEXICONS[text.language]) for text in TEXTS}


@cache
def missed_texts() -> dict[Text, str]:
    return {text: found for text, found in outcomes().items() if not text.allows(found)}


def lines_of(texts: dict[Text, str]) -> str:
    """Returns a line for each text."""
    return "\n".join(
        f"{text}: is {found!r}, means {' or '.join(text.means)}" for text, found in texts.items()
    )


def test_given_the_corpus_when_counted_then_every_language_has_enough_texts() -> None:
    assert len(TEXTS) >= 3900
    assert len({(text.language, text.words) for text in TEXTS}) == len(TEXTS)
    for language, least in LANGUAGES.items():
        assert sum(text.language == language for text in TEXTS) >= least, language


def test_given_the_corpus_when_read_then_nothing_is_booked_or_dropped_wrongly() -> None:
    wrong = {text: found for text, found in missed_texts().items() if found.startswith(CHANGES)}
    assert not wrong, lines_of(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_the_corpus_when_all_codes_are_known_then_nothing_is_booked_wrongly(
    language: str,
) -> None:
    wrong = {}
    for text in TEXTS:
        if text.language == language:
            found = outcome_name(
                interpret(text.words, LEXICONS[language], CODES), text.words, LEXICONS[language]
            )
            if not text.allows(found) and found.startswith(CHANGES):
                wrong[text] = found
    assert not wrong, lines_of(wrong)


def every_third(texts: Sequence[Text], on_file: str) -> Sequence[Text]:
    """Returns texts for one of the languages, so that each text is read in one other language."""
    place = [*LANGUAGES].index(on_file)
    return [
        text
        for number, text in enumerate(texts)
        if (place - [*LANGUAGES].index(text.language)) % len(LANGUAGES) == 1 + number % 3
    ]


@pytest.mark.parametrize("on_file", LANGUAGES)
@pytest.mark.parametrize("sample", [True, pytest.param(False, marks=pytest.mark.soak)], ids=["third", "all"])
def test_given_another_language_on_file_when_read_then_nothing_is_done_wrongly(
    on_file: str, sample: bool
) -> None:
    lexicons = LEXICONS[on_file]
    wrong = {}
    for text in every_third(TEXTS, on_file) if sample else TEXTS:
        only_books = len(text.means) == 1 and text.means[0].startswith("book ")
        if text.language != on_file and not only_books:
            found = outcome_name(interpret(text.words, lexicons, CODES), text.words, lexicons)
            if not text.allows(found) and found.startswith((*CHANGES, "opt-out")):
                wrong[text] = found
    assert not wrong, lines_of(wrong)


@pytest.mark.parametrize("on_file", LANGUAGES)
def test_given_another_language_on_file_when_read_then_bookings_are_understood(on_file: str) -> None:
    texts = [
        text
        for text in TEXTS[::5]
        if text.language != on_file
        and text not in missed_texts()
        and text.means[0].startswith(("book ", "drop "))
    ]
    found = {
        text: outcome_name(interpret(text.words, LEXICONS[on_file], CODES), text.words, LEXICONS[on_file])
        for text in texts
    }
    missed = {text: outcome for text, outcome in found.items() if not text.allows(outcome)}
    assert len(missed) / len(texts) < 1 - LEAST_UNDERSTOOD, lines_of(missed)


def test_given_the_corpus_when_read_then_more_than_95_percent_is_understood() -> None:
    for language in LANGUAGES:
        texts = [text for text in TEXTS if text.language == language]
        understood = sum(text not in missed_texts() for text in texts)
        assert understood / len(texts) > LEAST_UNDERSTOOD, lines_of(missed_texts())


def test_given_the_corpus_when_read_then_exactly_the_listed_texts_are_missed() -> None:
    unlisted = {text: found for text, found in missed_texts().items() if not text.missed}
    now_understood = [str(text) for text in TEXTS if text.missed and text not in missed_texts()]
    assert not unlisted, lines_of(unlisted)
    assert not now_understood, "no longer missed: " + ", ".join(now_understood)


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_texts_about_sickness_when_read_then_most_are_sick_calls(language: str) -> None:
    texts = [text for text in TEXTS if text.language == language and text.sick]
    missed = {text: outcomes()[text] for text in texts if not outcomes()[text].startswith("sick")}
    assert len(texts) >= 20
    assert 1 - len(missed) / len(texts) >= LEAST_SICK, lines_of(missed)

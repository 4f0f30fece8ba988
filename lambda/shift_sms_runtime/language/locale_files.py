"""Reads and checks the TOML files of the locales."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from shift_sms_runtime.language.lexicon import Grammar, Lexicon, WordClass
from shift_sms_runtime.language.locale import ENGLISH, Locale, Template


class LocaleError(ValueError):
    """A catalogue cannot be used; the message names everything that is wrong with it."""


_OF_A_DAY = frozenset({"weekday", "day", "month", "month_number"})


def read_locale(language: str, text: str, grammar: str, *, like: Locale | None = None) -> Locale:
    """Read a catalogue of a vocabulary, and the ``grammar`` that the language has in every vocabulary.

    ``like`` is the one that it translates, whose placeholders its replies must have.

    Raises:
        CatalogueError: as it says.
    """
    data, shared = _toml(language, text), _toml(f"{language} grammar", grammar)
    problems = [*_problems(data, like), *_wrong_words("grammar", shared.get("grammar", {}), {*Grammar})]
    if problems:
        raise LocaleError("\n".join(f"{language}: {problem}" for problem in problems))
    dates = data["dates"]
    return Locale(
        language,
        {reply: data["replies"][reply] for reply in Template},
        Lexicon.of(data["words"], shared["grammar"]),
        tuple(dates["weekdays"]),
        tuple(dates["months"]),
        dates["day"],
    )


def _toml(name: str, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LocaleError(f"{name}: no TOML: {error}") from None


def placeholders(template: str) -> set[str]:
    """The names in braces of a template.

    Raises:
        ValueError: a brace is alone.
    """
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _problems(data: Mapping[str, Any], like: Locale | None) -> Iterator[str]:
    replies, words, dates = (data.get(part, {}) for part in ("replies", "words", "dates"))
    yield from _wrong_names("replies", replies, {*Template}, "is never said")
    for name, template in replies.items():
        yield from _wrong_template(f"[replies] {name}", template, _expected(name, like))
    yield from _wrong_words("words", words, {*WordClass})
    for name, count in (("weekdays", 7), ("months", 12)):
        if not _is_list_of_text(dates.get(name)) or len(dates[name]) != count:
            yield f"[dates] {name} must have {count} names"
    if "day" in dates:
        yield from _wrong_template("[dates] day", dates["day"], None, among=_OF_A_DAY)
    else:
        yield "[dates] day is missing"


def _wrong_names(part: str, found: Mapping[str, Any], known: set[str], strange: str) -> Iterator[str]:
    yield from (f"[{part}] {name} is missing" for name in sorted(known - found.keys()))
    yield from (f"[{part}] {name} {strange}" for name in sorted(found.keys() - known))


def _wrong_words(part: str, found: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    yield from _wrong_names(part, found, known, "is no class of words")
    for name, listed in found.items():
        if not _is_list_of_text(listed):
            yield f"[{part}] {name} must be a list of words in quotes"


def _wrong_template(
    where: str, template: object, expected: set[str] | None, *, among: frozenset[str] | None = None
) -> Iterator[str]:
    if not isinstance(template, str):
        yield f"{where} must be text in quotes"
        return
    try:
        found = placeholders(template)
    except ValueError:
        yield f"{where} has a brace without its other half"
        return
    if expected is not None and expected != found:
        yield f"{where} must have {sorted(expected)} in braces and has {sorted(found)}"
    if among is not None and not found <= among:
        yield f"{where} may have {sorted(among)} in braces and has {sorted(found)}"


def _expected(name: str, like: Locale | None) -> set[str] | None:
    """What a reply must have in braces; None where nobody says."""
    return placeholders(like.replies[Template(name)]) if like and name in {*Template} else None


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_SUFFIX = ".toml"


def vocabularies() -> list[str]:
    """What can be offered, by name."""
    return sorted(
        folder.name
        for folder in files("shift_sms_runtime.locales").iterdir()
        if folder.is_dir() and not folder.name.startswith("_")
    )


@cache
def locales(vocabulary: str) -> dict[str, Locale]:
    """Every language of a vocabulary; each has what English has.

    Raises:
        CatalogueError: one cannot be used.
    """
    shared = files("shift_sms_runtime.locales")
    texts = {
        file.name.removesuffix(_SUFFIX): (
            file.read_text(encoding="utf-8"),
            (shared / file.name).read_text(encoding="utf-8"),
        )
        for file in (shared / vocabulary).iterdir()
        if file.name.endswith(_SUFFIX)
    }
    english = read_locale(ENGLISH, *texts.pop(ENGLISH))
    return {ENGLISH: english} | {
        name: read_locale(name, *both, like=english) for name, both in sorted(texts.items())
    }


def locale(vocabulary: str, language: str) -> Locale:
    """One language of a vocabulary.

    Raises:
        KeyError: it has no such language.
    """
    return locales(vocabulary)[language]


def lexicons(vocabulary: str) -> list[Lexicon]:
    """The words of every language of a vocabulary."""
    return [locale.lexicon for locale in locales(vocabulary).values()]

"""Reads and checks the TOML files of the locales.

Each language has one file per vocabulary (sentences, words, dates), and one grammar file with the words that all
vocabularies share. The asset of the functions has the same content as JSON beside each file: a cold start reads JSON
much faster.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

from shift_sms_runtime.language.lexicon import GrammarRole, Lexicon, Topic, WordClass
from shift_sms_runtime.language.locale import ENGLISH, Locale, Template
from shift_sms_runtime.language.multilingual.lexicons import Lexicons

_FOLDER = files("shift_sms_runtime.locales")
_GRAMMAR_FOLDER = _FOLDER / "grammar_roles"


_SUFFIX = ".toml"


_DAY_PLACEHOLDERS = frozenset({"weekday", "day", "month", "month_number"})


class LocaleError(ValueError):
    """A locale file cannot be used. The message names every mistake in it."""


def vocabularies() -> list[str]:
    """Returns the names of the vocabularies."""
    return sorted(
        folder.name
        for folder in _FOLDER.iterdir()
        if folder.is_dir() and folder.name != _GRAMMAR_FOLDER.name and not folder.name.startswith("_")
    )


def languages() -> list[str]:
    """Returns the tags of the languages. Every vocabulary has a file for each."""
    return sorted(
        file.name.removesuffix(_SUFFIX) for file in _GRAMMAR_FOLDER.iterdir() if file.name.endswith(_SUFFIX)
    )


class _LocaleFiles(Mapping[str, Locale]):
    """The locales of a vocabulary by language. Each is read when it is first used, so that a cold start reads one."""

    def __init__(self, vocabulary: str) -> None:
        self._vocabulary = vocabulary
        self._languages = languages()

    def __getitem__(self, language: str) -> Locale:
        return locale(self._vocabulary, language)

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)


@cache
def locales(vocabulary: str) -> Mapping[str, Locale]:
    """Returns the locales of a vocabulary by language. Reading one raises `LocaleError` if its file cannot be used."""
    return _LocaleFiles(vocabulary)


@cache
def locale(vocabulary: str, language: str) -> Locale:
    """Returns one language of a vocabulary.

    Raises:
        KeyError: the vocabulary has no such language.
        LocaleError: the file of the language cannot be used.
    """
    if language not in languages():
        raise KeyError(language)
    return read_locale(
        language,
        _text(_FOLDER / vocabulary, language),
        _text(_GRAMMAR_FOLDER, language),
        english=None if language == ENGLISH else locale(vocabulary, ENGLISH),
        read_others=partial(_words_of_others, vocabulary, language),
    )


def _text(folder: Traversable, language: str) -> str:
    """Returns the JSON file of a language, or outside an asset its TOML file."""
    file = folder / f"{language}.json"
    return (file if file.is_file() else folder / f"{language}{_SUFFIX}").read_text(encoding="utf-8")


def _words_of_others(vocabulary: str, language: str) -> list[Lexicon]:
    return [locale(vocabulary, other).lexicons.words for other in languages() if other != language]


def lexicons(vocabulary: str) -> list[Lexicon]:
    """Returns the words of every language of a vocabulary."""
    return [locale(vocabulary, language).lexicon for language in languages()]


def read_locale(
    language: str,
    text: str,
    grammar: str,
    *,
    english: Locale | None = None,
    read_others: Callable[[], Sequence[Lexicon]] = tuple,
) -> Locale:
    """Reads one language of one vocabulary.

    Args:
        language: The language's tag, for the locale and for errors.
        text: The file of the vocabulary, as TOML or JSON: sentences, words and dates.
        grammar: The file of grammar words, and of words for all vocabularies.
        english: The original. The sentences must have its placeholders, and its words are added.
        read_others: Returns the words of each other language.

    Raises:
        LocaleError: a file cannot be used.
    """
    data, grammar_data = _parsed(language, text), _parsed(f"{language} grammar", grammar)
    problems = [
        *_problems(data, grammar_data.get("words", {}), english),
        *_word_problems("grammar", grammar_data.get("grammar", {}), {*GrammarRole}),
        *_word_problems("topics", grammar_data.get("topics", {}), {*Topic}),
        *_number_problems(grammar_data.get("numbers", {})),
    ]
    if problems:
        raise LocaleError("\n".join(f"{language}: {problem}" for problem in problems))
    dates = data["dates"]
    words = Lexicon.of(
        _joined(data["words"], grammar_data.get("words", {})),
        grammar_data["grammar"],
        grammar_data["topics"],
        grammar_data.get("numbers", {}),
    )
    return Locale(
        language,
        {template: data["replies"][template] for template in Template},
        Lexicons(words, words if english is None else words.extended_by(english.lexicon), read_others),
        tuple(dates["weekdays"]),
        tuple(dates["months"]),
        dates["day"],
    )


def placeholders(template: str) -> set[str]:
    """Returns the names in braces that a sentence has.

    Raises:
        ValueError: a brace is unmatched.
    """
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _parsed(name: str, text: str) -> Mapping[str, Any]:
    if text.startswith("{"):  # as no TOML does
        data: Mapping[str, Any] = json.loads(text)
        return data
    import tomllib  # noqa: PLC0415 - the asset has JSON

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LocaleError(f"{name}: not TOML: {error}") from None


def _joined(words: Mapping[str, list[str]], shared: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Returns the words of a vocabulary and those of all vocabularies, by class."""
    return {name: [*words.get(name, ()), *shared.get(name, ())] for name in (*words, *shared)}


def _problems(
    data: Mapping[str, Any], shared_words: Mapping[str, Any], english: Locale | None
) -> Iterator[str]:
    replies, words, dates = (data.get(part, {}) for part in ("replies", "words", "dates"))
    yield from _name_problems("replies", replies, {*Template})
    for name, template in replies.items():
        yield from _template_problems(f"[replies] {name}", template, _required_placeholders(name, english))
    yield from _word_problems("words", {**shared_words, **words}, {*WordClass})
    yield from _list_problems("words", {name: shared_words[name] for name in shared_words if name in words})
    for name, count in (("weekdays", 7), ("months", 12)):
        if not _is_list_of_strings(dates.get(name)) or len(dates[name]) != count:
            yield f"[dates] {name} must have {count} names"
    if "day" in dates:
        yield from _template_problems("[dates] day", dates["day"], None, allowed=_DAY_PLACEHOLDERS)
    else:
        yield "[dates] day is missing"


def _name_problems(part: str, found: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    yield from (f"[{part}] {name} is missing" for name in sorted(known - found.keys()))
    yield from (f"[{part}] {name} is unknown" for name in sorted(found.keys() - known))


def _word_problems(part: str, found: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    yield from _name_problems(part, found, known)
    yield from _list_problems(part, found)


def _number_problems(numbers: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        f"[numbers] {digits} must be a number in digits" for digits in numbers if not digits.isdigit()
    )
    yield from _list_problems("numbers", numbers)


def _list_problems(part: str, found: Mapping[str, Any]) -> Iterator[str]:
    for name, listed in found.items():
        if not _is_list_of_strings(listed):
            yield f"[{part}] {name} must be a list of words in quotes"


def _template_problems(
    where: str, template: object, required: set[str] | None, *, allowed: frozenset[str] | None = None
) -> Iterator[str]:
    if not isinstance(template, str):
        yield f"{where} must be text in quotes"
        return
    try:
        found = placeholders(template)
    except ValueError:
        yield f"{where} has an unmatched brace"
        return
    if required is not None and required != found:
        yield f"{where} must have {sorted(required)} in braces and has {sorted(found)}"
    if allowed is not None and not found <= allowed:
        yield f"{where} may have {sorted(allowed)} in braces and has {sorted(found)}"


def _required_placeholders(name: str, english: Locale | None) -> set[str] | None:
    """Returns the placeholders that a sentence must have; None where any are allowed."""
    return placeholders(english.templates[Template(name)]) if english and name in {*Template} else None


def _is_list_of_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

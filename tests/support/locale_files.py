"""Reads the locale files, independently of `shift_sms_runtime.language.locale_files`."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest

from shift_sms_runtime.language.intents import Intent
from shift_sms_runtime.language.lexicon import COMMANDS, Lexicon, WordClass, fold
from shift_sms_runtime.language.locale import ENGLISH, Locale
from shift_sms_runtime.language.locale_files import read_locale
from shift_sms_runtime.language.multilingual.interpreter import interpret

_FOLDER = files("shift_sms_runtime.locales")


FILES = sorted(
    (vocabulary.name, file.name.removesuffix(".toml"))
    for vocabulary in _FOLDER.iterdir()
    if vocabulary.is_dir() and vocabulary.name != "grammar_roles"
    for file in vocabulary.iterdir()
    if file.name.endswith(".toml")
)


every_file = pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))


def file_name(vocabulary: str, language: str) -> str:
    return f"{vocabulary}/{language}.toml"


@cache
def text_of(vocabulary: str, language: str) -> str:
    return (_FOLDER / vocabulary / f"{language}.toml").read_text(encoding="utf-8")


@cache
def grammar_of(language: str) -> str:
    return (_FOLDER / "grammar_roles" / f"{language}.toml").read_text(encoding="utf-8")


@cache
def locale_of(vocabulary: str, language: str) -> Locale:
    english = None if language == ENGLISH else locale_of(vocabulary, ENGLISH)
    return read_locale(language, text_of(vocabulary, language), grammar_of(language), english=english)


@cache
def own_lexicon(vocabulary: str, language: str) -> Lexicon:
    """Returns the words in the files of a language, without the English words that are added to them."""
    grammar = tomllib.loads(grammar_of(language))
    return Lexicon.of(
        words_of(vocabulary, language), *(grammar[part] for part in ("grammar", "topics", "numbers"))
    )


@cache
def words_of(vocabulary: str, language: str) -> dict[str, list[str]]:
    """Returns the words of a vocabulary by class, and after them the words for all vocabularies."""
    words, shared = (
        tomllib.loads(text)["words"] for text in (text_of(vocabulary, language), grammar_of(language))
    )
    return {kind: words.get(kind, []) + shared.get(kind, []) for kind in (*words, *shared)}


_WORDS = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,})*")


_NO_COMMANDS = {"SMS", "OK"}


def words_to_send(template: str) -> list[str]:
    """Returns the words in capitals that a sentence tells employees to text."""
    without_values = re.sub(r"\{\w+\}", "{}", template)
    runs: list[str] = []
    for match in _WORDS.finditer(without_values):
        run: list[str] = []
        for word in [*match[0].split(), ""]:
            if word.isupper() and len(word) > 1 and word not in _NO_COMMANDS:
                run.append(word)
            elif run:
                runs.append(" ".join(run))
                run = []
    return runs


def folded(phrase: str) -> str:
    return " ".join(map(fold, phrase.split()))


def commands_of(phrase: str, lexicon: Lexicon) -> frozenset[WordClass]:
    """Returns the commands that a phrase stands for, yes and no included."""
    return lexicon.classes_of(folded(phrase)) & {*COMMANDS, WordClass.SICK, WordClass.YES, WordClass.NO}


def intent_of(text: str, vocabulary: str, language: str) -> Intent:
    return interpret(text, locale_of(vocabulary, language).lexicons, ["XYZ123", "ABC456"])


def assert_none(problems: Iterator[str]) -> None:
    found = list(problems)
    assert not found, "\n" + "\n".join(found)

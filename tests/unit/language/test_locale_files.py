"""Tests that every mistake in a locale file is named."""

import re

import pytest

from shift_sms_runtime.language.language_settings import Language, Vocabulary
from shift_sms_runtime.language.lexicon import GrammarRole, Topic, WordClass
from shift_sms_runtime.language.locale import ENGLISH, Template
from shift_sms_runtime.language.locale_files import LocaleError, languages, read_locale, vocabularies
from tests.support.locale_files import FILES, grammar_of, locale_of, text_of

_TEXT = text_of("shifts", ENGLISH)


_GRAMMAR = grammar_of(ENGLISH)


def changed(text: str, *edits: tuple[str, str]) -> str:
    """Returns the text with lines replaced; each edit is the beginning of a line and its replacement."""
    for beginning, line in edits:
        text, count = re.subn(rf"(?m)^{beginning}.*\n", line, text, count=1)
        assert count == 1, f"no line begins with {beginning}"
    return text


def problems_of(text: str, grammar: str = _GRAMMAR) -> list[str]:
    with pytest.raises(LocaleError) as raised:
        read_locale("xx", text, grammar, english=locale_of("shifts", ENGLISH))
    return str(raised.value).splitlines()


_MISTAKES = [
    (("taken = ", ""), "xx: [replies] taken is missing"),
    (("closed = ", 'closed = "{shifts}"\nclose = "{shifts}"\n'), "xx: [replies] close is unknown"),
    (
        ("dropped = ", 'dropped = "{shift}"\n'),
        "xx: [replies] dropped must have ['shifts'] in braces and has ['shift']",
    ),
    (("mine = ", 'mine = "Yours: {"\n'), "xx: [replies] mine has an unmatched brace"),
    (("info = \\[", ""), "xx: [words] info is missing"),
    (("more = \\[", 'more = ["MORE"]\nmoer = ["MOER"]\n'), "xx: [words] moer is unknown"),
    (("weekdays = ", 'weekdays = ["Mon"]\n'), "xx: [dates] weekdays must have 7 names"),
    (("months = ", ""), "xx: [dates] months must have 12 names"),
    (("day = ", ""), "xx: [dates] day is missing"),
]


@pytest.mark.parametrize(
    ("edit", "problem"), _MISTAKES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_given_one_mistake_in_a_locale_file_when_read_then_it_is_named(
    edit: tuple[str, str], problem: str
) -> None:
    assert problems_of(changed(_TEXT, edit)) == [problem]


_MISTAKES_IN_GRAMMAR = [
    (("joining = ", ""), "xx: [grammar] joining is missing"),
    (("only = ", 'only = ["ONLY"]\nolny = ["JUST"]\n'), "xx: [grammar] olny is unknown"),
    (("one = ", 'one = "ONE"\n'), "xx: [grammar] one must be a list of words in quotes"),
    (("monday = ", ""), "xx: [topics] monday is missing"),
    (("sunday = ", 'sunday = "SUNDAY"\n'), "xx: [topics] sunday must be a list of words in quotes"),
    (("filler = ", 'filler = "SO"\n'), "xx: [words] filler must be a list of words in quotes"),
    (("7 = ", 'seven = ["SEVEN"]\n'), "xx: [numbers] seven must be a number in digits"),
    (("8 = ", '8 = "EIGHT"\n'), "xx: [numbers] 8 must be a list of words in quotes"),
]


@pytest.mark.parametrize(
    ("edit", "problem"), _MISTAKES_IN_GRAMMAR, ids=lambda value: value if isinstance(value, str) else ""
)
def test_given_one_mistake_in_a_grammar_file_when_read_then_it_is_named(
    edit: tuple[str, str], problem: str
) -> None:
    assert problems_of(_TEXT, changed(_GRAMMAR, edit)) == [problem]


def test_given_many_mistakes_in_a_locale_file_when_read_then_all_are_named_at_once() -> None:
    edits, problems = zip(*_MISTAKES, strict=True)
    in_grammar, more_problems = zip(*_MISTAKES_IN_GRAMMAR, strict=True)
    found = problems_of(changed(_TEXT, *edits), changed(_GRAMMAR, *in_grammar))
    assert sorted(found) == sorted(problems + more_problems)


def test_given_bad_toml_when_read_then_its_line_is_named() -> None:
    (problem,) = problems_of('[replies]\nbooked = "Booked\n')
    assert re.fullmatch(r"xx: not TOML: .+ \(at line 2, column \d+\)", problem), problem
    (problem,) = problems_of(_TEXT, "[grammar]\none = [\n")
    assert problem.startswith("xx grammar: not TOML: "), problem


def test_given_an_empty_locale_file_when_read_then_everything_is_missing() -> None:
    assert len(problems_of("", "")) == len(Template) + len(WordClass) + 3 + len(GrammarRole) + len(Topic)


def test_given_a_locale_file_when_read_then_the_locale_has_its_sentences() -> None:
    read = read_locale("xx", changed(_TEXT, ("taken = ", 'taken = "Gone: {shifts}"\n')), _GRAMMAR)
    assert read.say(Template.TAKEN, shifts="XYZ123") == "Gone: XYZ123"


def test_given_the_locale_files_when_listed_then_they_match_the_settings() -> None:
    assert vocabularies() == sorted(Vocabulary)
    assert languages() == sorted(Language)
    assert [(vocabulary, language) for vocabulary in vocabularies() for language in languages()] == FILES

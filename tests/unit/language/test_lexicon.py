"""Tests how words are compared."""

import pytest

from shift_sms_runtime.language.lexicon import WordClass, one_edit_apart
from tests.support.english_texts import ENGLISH


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [("ab", "ba", True), ("ab", "abc", True), ("ab", "ac", True), ("ab", "ab", False), ("abc", "cba", False)],
)
def test_given_two_words_when_one_edit_apart_then_it_is_noticed(left: str, right: str, apart: bool) -> None:
    assert one_edit_apart(left, right) is apart
    assert one_edit_apart(right, left) is apart


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("PLAESE", {WordClass.POLITE}),
        ("TOMOROW", {WordClass.TIME}),
        ("REQEST", set[WordClass]()),
        ("PLEASED", set[WordClass]()),
        ("CNAT", set[WordClass]()),
    ],
)
def test_given_a_typo_in_an_everyday_word_when_long_enough_then_it_is_forgiven(
    word: str, kinds: set[WordClass]
) -> None:
    assert ENGLISH.own.classes_of_typo(word) == kinds

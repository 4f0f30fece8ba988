"""Tests which words of a text are looked up, and that most texts read the files of one language only."""

from dataclasses import replace

import pytest

from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.language.look_ups import words_to_look_up
from shift_sms_runtime.language.multilingual.interpreter import interpret


def read_no_others() -> list[Lexicon]:
    raise AssertionError("the files of the other languages are read")


@pytest.mark.parametrize(
    "text", ["XYZ123", "can i have XYZ123 please", "drop XYZ123", "REQUEST", "MINE", "yes", "hello"]
)
def test_given_a_plain_text_when_handled_then_no_other_language_is_read(text: str) -> None:
    lexicons = replace(locale("shifts", "en").lexicons, read_others=read_no_others)
    intent = interpret(text, lexicons, ["XYZ123"])
    assert words_to_look_up(intent, text, lexicons, ["XYZ123"]) == ()

"""Tests the keywords of carriers."""

import pytest

from shift_sms_runtime.language.carrier_keywords import (
    CARRIER_WORDS,
    OPT_IN_WORDS,
    OPT_OUT_WORDS,
    carrier_command,
)
from shift_sms_runtime.language.intents import AskForHelp, OptIn, OptOut
from shift_sms_runtime.language.tokenizer import tokenize


@pytest.mark.parametrize("word", sorted(CARRIER_WORDS))
def test_given_a_carrier_word_when_it_comes_first_then_it_is_nothing_else(
    word: str,
) -> None:
    expected = OptOut() if word in OPT_OUT_WORDS else OptIn() if word in OPT_IN_WORDS else AskForHelp()
    for text in (word, f" {word.lower()}! ", f"{word}. A1", f"{word} please", f"\u200b{word},"):
        assert carrier_command(tokenize(text)) == expected
    for text in (f"A1 {word}", f"x{word}", f"{word}7", ""):
        assert carrier_command(tokenize(text)) is None

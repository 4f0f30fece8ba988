"""Tests carrier keywords."""

import pytest

from shift_sms_runtime.language.carrier_keywords import (
    CARRIER_KEYWORDS,
    OPT_IN_KEYWORDS,
    OPT_OUT_KEYWORDS,
)
from shift_sms_runtime.language.intents import AskForHelp, CarrierIntent, OptIn, OptOut
from tests.support.english_texts import intent_of


@pytest.mark.parametrize("word", sorted(CARRIER_KEYWORDS))
def test_given_a_text_when_it_begins_with_a_carrier_keyword_then_that_is_its_intent(
    word: str,
) -> None:
    expected = OptOut() if word in OPT_OUT_KEYWORDS else OptIn() if word in OPT_IN_KEYWORDS else AskForHelp()
    for text in (word, f" {word.lower()}! ", f"{word}. A1", f"{word} please", f"\u200b{word},"):
        assert intent_of(text) == expected
    for text in (f"A1 {word}", f"x{word}", f"{word}7", ""):
        assert not isinstance(intent_of(text), CarrierIntent)

"""Tests that the text of a wave fits one GSM-7 segment in every language."""

from datetime import UTC, datetime

import pytest

from shift_sms_runtime.fill_plans.fill_texts import fill_texts
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.language.locale_files import languages, locales
from shift_sms_runtime.language.tokenizer import LONGEST_CODE
from shift_sms_runtime.messaging.encoding import Encoding, measure
from tests.support.shift_builders import shift

STARTS, ENDS = (datetime(2026, 8, day, 22, tzinfo=UTC).isoformat() for day in (15, 16))


@pytest.mark.parametrize("vocabulary", ["shifts", "appointments"])
@pytest.mark.parametrize("info", ["", "Ä" * 300, "ŵ" * 300, "15/08 5h nightshift"])
@pytest.mark.parametrize("times", [{}, {"starts_at": STARTS, "ends_at": ENDS, "site": "Ø" * 300}])
def test_given_the_longest_values_when_rendered_then_one_gsm_segment(
    times: dict[str, str], info: str, vocabulary: str
) -> None:
    code = "W" * LONGEST_CODE
    long = shift(shift_id=code, shift_info=info, seats=500, **times)
    texts = fill_texts(long, Locales(locales(vocabulary), default="en"))
    assert texts.keys() == set(languages())
    for text in texts.values():
        size = measure(text)
        assert (size.segments, size.encoding) == (1, Encoding.GSM), text
        assert code in text, "the code is whole"


@pytest.mark.parametrize("length", [1, 32, LONGEST_CODE])
def test_given_a_code_when_rendered_then_it_is_whole_where_it_stands(length: int) -> None:
    code = "W" * length
    text = fill_texts(shift(shift_id=code, shift_info="night"), Locales(locales("shifts"), default="en"))[
        "de"
    ]
    described = f"{code} night" if length < LONGEST_CODE else "night"
    assert text == f"Freie Schicht: {described}. Zum Buchen {code} senden"

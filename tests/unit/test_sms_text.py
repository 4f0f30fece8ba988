"""What texts cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.domain.sms_text import (
    GSM_BASIC,
    GSM_EXTENSION,
    Encoding,
    measure,
    with_gsm_twins,
)


@pytest.mark.parametrize(
    ("text", "encoding", "characters", "segments"),
    [
        ("", Encoding.GSM, 0, 0),
        ("a", Encoding.GSM, 1, 1),
        ("a" * 160, Encoding.GSM, 160, 1),
        ("a" * 161, Encoding.GSM, 161, 2),
        ("a" * 306, Encoding.GSM, 306, 2),
        ("a" * 307, Encoding.GSM, 307, 3),
        ("€" * 80, Encoding.GSM, 160, 1),
        ("€" * 81, Encoding.GSM, 162, 2),
        ("a" + "€" * 152, Encoding.GSM, 305, 2),
        ("€" * 153, Encoding.GSM, 306, 3),
        ("’", Encoding.UCS2, 1, 1),
        ("ж" * 70, Encoding.UCS2, 70, 1),
        ("ж" * 71, Encoding.UCS2, 71, 2),
        ("ж" * 135, Encoding.UCS2, 135, 3),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("😀" * 67, Encoding.UCS2, 134, 3),
    ],
)
def test_given_a_text_when_measured_then_it_is_billed_as_the_carrier_does(
    text: str, encoding: Encoding, characters: int, segments: int
) -> None:
    size = measure(text)
    assert (size.encoding, size.characters, size.segments) == (encoding, characters, segments)


@pytest.mark.parametrize(
    ("text", "sendable"),
    [
        ("", False),
        ("a", True),
        ("a" * 1530, True),
        ("a" * 1531, False),
        ("ж" * 630, True),
        ("ж" * 631, False),
    ],
)
def test_given_a_length_when_measured_then_the_limit_of_the_service_holds(text: str, sendable: bool) -> None:
    assert measure(text).sendable is sendable


@pytest.mark.parametrize(
    ("text", "not_gsm"),
    [("plain {€}", ""), ("жжa’ж", "ж’"), ("😀 ok 😀", "😀"), ("\t", "\t")],
)
def test_given_a_text_when_measured_then_it_names_each_character_that_makes_it_dear_once(
    text: str, not_gsm: str
) -> None:
    assert measure(text).not_gsm == not_gsm


@given(st.text())
def test_given_any_text_when_measured_then_it_is_dear_just_where_it_names_a_character(text: str) -> None:
    size = measure(text)
    assert (size.encoding is Encoding.UCS2) is bool(size.not_gsm)
    assert len(size.not_gsm) == len(set(size.not_gsm))
    assert measure("".join(c for c in text if c not in size.not_gsm)).encoding is Encoding.GSM


@given(st.text())
def test_given_any_text_when_twins_replace_it_then_it_never_costs_more_than_three_characters_for_one(
    text: str,
) -> None:
    twin = with_gsm_twins(text)
    assert with_gsm_twins(twin) == twin
    assert measure(twin).encoding is Encoding.GSM or measure(text).encoding is Encoding.UCS2
    assert len(twin) <= 3 * len(text)


def test_given_typographic_characters_when_twins_replace_them_then_one_segment_is_enough() -> None:
    text = "“Mike’s” shift – 5h…" + "x" * 60
    assert measure(text).segments == 2
    assert measure(with_gsm_twins(text)).segments == 1


@given(st.text(alphabet=sorted(GSM_BASIC | GSM_EXTENSION)))
def test_given_gsm_characters_when_measured_then_the_text_is_gsm(text: str) -> None:
    assert measure(text).encoding is Encoding.GSM

"""Tests the encoding and size of texts."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.messaging.encoding import (
    GSM_BASIC,
    GSM_EXTENSION,
    Encoding,
    measure,
    with_gsm_substitutes,
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
def test_given_a_text_when_measured_then_its_size_is_what_the_carrier_bills(
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
def test_given_a_length_when_measured_then_sendable_up_to_the_limit_of_the_service(
    text: str, sendable: bool
) -> None:
    assert measure(text).sendable is sendable


@pytest.mark.parametrize(
    ("text", "not_gsm"),
    [("plain {€}", ""), ("жжa’ж", "ж’"), ("😀 ok 😀", "😀"), ("\t", "\t")],
)
def test_given_a_text_when_measured_then_each_non_gsm_character_is_named_once(
    text: str, not_gsm: str
) -> None:
    assert measure(text).not_gsm == not_gsm


@given(st.text())
def test_given_any_text_when_measured_then_it_is_ucs_2_if_it_names_characters(text: str) -> None:
    size = measure(text)
    assert (size.encoding is Encoding.UCS2) is bool(size.not_gsm)
    assert len(size.not_gsm) == len(set(size.not_gsm))
    assert measure("".join(c for c in text if c not in size.not_gsm)).encoding is Encoding.GSM


GSM = sorted(GSM_BASIC | GSM_EXTENSION)
SPACES = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Zs"]
INVISIBLE = [
    "\u00ad",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\ufe0f",
]
SUBSTITUTES = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u2035\u02b9\u02bc\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212", "-"),
    **dict.fromkeys("\u2022\u2027\u00b7\u25aa\u25cf\u25e6", "-"),
    **dict.fromkeys([*SPACES, "\t"], " "),
    **dict.fromkeys("\v\u0085\u2028\u2029", "\n"),
    "\u2026": "...",
    "\u2034": "'''",
}
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f466"
EMOJI = [FAMILY, "\u2714\ufe0f", "1\ufe0f\u20e3", "\u25aa\ufe0f\u2714\ufe0f"]
pieces = st.lists(
    st.sampled_from([*GSM, *SUBSTITUTES, *INVISIBLE, *EMOJI, "\u0301", "\u0308", "\u0416", "\u0958"])
)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Café, Zürich", "Café, Zürich"),
        ("Cafe\u0301, Zu\u0308rich", "Café, Zürich"),
        ("night\u00adshift\u200e 5h\u2060", "nightshift 5h"),
        ("e\u200d\u0301", "é"),
        ("\u25aa\ufe0f 15/08\u2028\u25aa\ufe0f 18/08", "- 15/08\n- 18/08"),
        ("\u20395h\u203a \u201fnight\u2033 \u2035x\u02bc", "'5h' \"night\" 'x'"),
        ("5h \u00b7 night \u2212 10\u2034", "5h - night - 10'''"),
        ("\u2126 \u212b", "Ω Å"),
        ("\uff21\u2019s", "\uff21's"),
        ("á\u2019s \u2714\ufe0f", "á's \u2714\ufe0f"),
        ("Mike\u2019s\u2026 " + FAMILY, "Mike's\u2026 " + FAMILY),
        ("\u25aa\ufe0f \u2714\ufe0f", "\u25aa\ufe0f \u2714\ufe0f"),
        ("\u2026" * 60, "\u2026" * 60),
    ],
)
def test_given_typographic_characters_when_replaced_then_the_meaning_stays(written: str, sent: str) -> None:
    assert with_gsm_substitutes(written) == sent


@given(st.one_of(st.text(), pieces.map("".join)))
def test_given_any_text_when_characters_are_replaced_then_it_never_costs_more(text: str) -> None:
    replaced = with_gsm_substitutes(text)
    before, after = measure(text), measure(replaced)
    assert with_gsm_substitutes(replaced) == replaced
    assert after.segments <= before.segments
    assert after.encoding is Encoding.GSM or before.encoding is Encoding.UCS2
    assert before.sendable <= (after.sendable or not replaced)


@given(st.text(alphabet=[*GSM, *sorted(set(SUBSTITUTES) - {"\u2026", "\u2034"}), *INVISIBLE]))
def test_given_substitutes_for_all_characters_when_replaced_then_the_text_is_gsm(
    text: str,
) -> None:
    assert with_gsm_substitutes(text) == "".join(SUBSTITUTES.get(c, c) for c in text if c not in INVISIBLE)


@given(st.text(alphabet=GSM), st.data())
def test_given_letters_with_separate_accents_when_replaced_then_joined(
    text: str, data: st.DataObject
) -> None:
    separated = "".join(
        c + data.draw(st.sampled_from(["", *INVISIBLE])) for c in unicodedata.normalize("NFD", text)
    )
    assert with_gsm_substitutes(separated) == text


@given(pieces, st.sampled_from([*EMOJI[:3], "\u0416", "\uff21"]), pieces)
def test_given_a_character_without_substitute_when_others_are_replaced_then_kept(
    before: list[str], kept: str, after: list[str]
) -> None:
    text = "".join([*before, " ", kept, " ", *after])
    replaced = with_gsm_substitutes(text)
    assert kept in replaced
    assert [replaced.count(c) for c in INVISIBLE] == [text.count(c) for c in INVISIBLE]


def test_given_gsm_characters_when_replaced_then_the_text_is_not_copied() -> None:
    text = "".join(GSM)
    assert with_gsm_substitutes(text) is text


def test_given_typographic_characters_when_replaced_then_one_segment() -> None:
    text = "“Mike’s” shift – 5h…" + "x" * 60
    assert measure(text).segments == 2
    assert measure(with_gsm_substitutes(text)).segments == 1


@given(st.text(alphabet=GSM))
def test_given_gsm_characters_when_measured_then_the_text_is_gsm(text: str) -> None:
    assert measure(text).encoding is Encoding.GSM

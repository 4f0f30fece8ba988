"""Tests the measurement of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.phone_network.phones.encoding import measure


@pytest.mark.parametrize(
    ("body", "encoding", "size", "parts"),
    [
        ("a" * 160, "GSM", 160, 1),
        ("a" * 161, "GSM", 161, 2),
        ("a" * 306, "GSM", 306, 2),
        ("a" * 307, "GSM", 307, 3),
        ("€" * 80, "GSM", 160, 1),
        ("€" * 81, "GSM", 162, 2),
        # 153 is odd, so a part of extension characters only ends one unit early.
        ("€" * 153, "GSM", 306, 3),
        ("it’s", "Unicode", 4, 1),
        ("é à ñ Ü", "GSM", 7, 1),
        ("ç", "Unicode", 1, 1),
        ("\t", "Unicode", 1, 1),
        ("ж" * 70, "Unicode", 70, 1),
        ("ж" * 71, "Unicode", 71, 2),
        ("ж" * 135, "Unicode", 135, 3),
        ("😀" * 35, "Unicode", 70, 1),
        ("😀" * 67, "Unicode", 134, 3),
    ],
)
def test_given_a_body_when_measured_then_encoding_size_and_parts(
    body: str, encoding: str, size: int, parts: int
) -> None:
    measured = measure(body)
    assert (measured.encoding, measured.size, measured.parts) == (encoding, size, parts)


@given(st.text(min_size=1, max_size=700))
def test_given_any_text_when_measured_then_its_parts_hold_it(body: str) -> None:
    measured = measure(body)
    joined = 153 if measured.encoding == "GSM" else 67
    assert measured.parts == 1 or (measured.parts - 1) * (joined - 1) < measured.size
    assert measured.size <= measured.parts * (160 if measured.encoding == "GSM" else 70)

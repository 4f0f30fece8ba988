"""Tests which words may be shift codes."""

import pytest

from shift_sms_runtime.language.lexicon import Lexicon
from shift_sms_runtime.language.shift_codes import (
    candidate_ids,
    names_any,
    near_codes,
    normalize_code,
    reserved_word,
    suggested_ids,
)
from tests.support.english_texts import CODES, ENGLISH


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("more", "MORE"),
        ("Stop", "STOP"),
        ("opt-out", "OPTOUT"),
        ("yes", "YES"),
        ("please", "PLEASE"),
        ("XYZ123", None),
        ("MORE-1", None),
        ("NIGHT", None),
        ("LATE", None),
    ],
)
def test_given_an_id_when_it_is_a_listed_word_then_it_is_reserved(code: str, reason: str | None) -> None:
    assert reserved_word(code, [Lexicon.of({}, {}, {}, {}), ENGLISH.own]) == reason


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("xyz123 please", {"XYZ123", "PLEASE"}),
        ("xyz 123", {"XYZ123", "XYZ", "123"}),
        ("n-12-b", {"N12B", "N-12-B"}),
        ("x" * 65, set[str]()),
    ],
)
def test_given_a_text_when_read_then_these_are_among_its_candidate_ids(text: str, ids: set[str]) -> None:
    found = candidate_ids(text, most=60)
    assert ids <= {*found}
    assert all(len(one) <= 64 for one in found if ids)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("xyz12e", ["xyz123"]),
        ("xzy123", ["xyz123"]),
        ("xyz12", ["xyz123", "xyz124"]),
        ("al", ["a1"]),
        ("am", []),
        ("2x", []),
        ("xyz987", []),
    ],
)
def test_given_a_near_miss_when_compared_then_codes_one_edit_away_are_suggested(
    typed: str, near: list[str]
) -> None:
    assert near_codes(typed, map(normalize_code, CODES), most=3) == near


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("xyz 12e please", [("xyz 12e", ["XYZ123"])]),
        ("nihgt", [("nihgt", ["NIGHT"])]),
        ("can you tell me whether nihgt is a long one", []),
        ("XYZ12 or early8", [("XYZ12", ["XYZ123", "XYZ124"]), ("early8", ["Early-7"])]),
        ("hello", []),
    ],
)
def test_given_a_text_when_it_nearly_names_shifts_then_they_are_suggested(
    text: str, suggested: list[tuple[str, list[str]]]
) -> None:
    assert list(suggested_ids(text, ENGLISH, CODES, most=3)) == suggested


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("drop early7 please", True),
        ("EARLY 7", True),
        ("can i have early-7", True),
        ("early8", False),
        ("early, 7", False),
        ("", False),
    ],
)
def test_given_an_id_when_a_text_spells_it_in_any_way_then_it_names_it(text: str, named: bool) -> None:
    assert names_any(text, ["Early-7"]) is named
    assert not names_any(text, [])

"""Texts become commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.domain.commands import (
    CARRIER_WORDS,
    OPT_IN_WORDS,
    OPT_OUT_WORDS,
    AskForHelp,
    CallMe,
    ClaimShifts,
    Command,
    ListShifts,
    OptIn,
    OptOut,
    parse,
)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("XYZ123", ClaimShifts(("XYZ123",))),
        ("xyz123, abc-1.", ClaimShifts(("xyz123", "abc-1"))),
        ("A1;A2 A3\nA4&A5+A6 and A7", ClaimShifts(("A1", "A2", "A3", "A4", "A5", "A6", "A7"))),
        ("A1 a1 A1", ClaimShifts(("A1",))),
        ("(A1)", ClaimShifts(("A1",))),
        ("A1\u200b", ClaimShifts(("A1",))),
        ("A1\x00A2", ClaimShifts(("A1", "A2"))),
        ("", ClaimShifts(())),
        ("and", ClaimShifts(())),
        ("REQUEST", ListShifts()),
        ("«request!»", ListShifts()),
        ("REQUESTS", ClaimShifts(("REQUESTS",))),
        ("request A1", ClaimShifts(("request", "A1"))),
        ("more", ListShifts(more=True)),
        ("more shifts", ListShifts(more=True)),
        ("request please", ListShifts()),
        ("REQUEST.", ListShifts()),
        ("drop A1", ClaimShifts(())),
        ("No A1", ClaimShifts(())),
        ("nope A1", ClaimShifts(("nope", "A1"))),
        ("AGENT.call me", CallMe("call me")),
        ("agent:call me", CallMe("call me")),
        ("AGENT-7", ClaimShifts(("AGENT-7",))),
        ("code:A1!", ClaimShifts(("code", "A1"))),
        ("A\ud83dB", ClaimShifts(("AB",))),
        ("x" * 65 + " A1", ClaimShifts(("A1",))),
        ("AGENT", CallMe("")),
        ("Agent, please: call me!", CallMe("please: call me!")),
        ("agent\nI am late", CallMe("I am late")),
        ("agents", ClaimShifts(("agents",))),
        ("AGENT47", ClaimShifts(("AGENT47",))),
        ("I need an agent", ClaimShifts(("I", "need", "an", "agent"))),
        ("stop", OptOut()),
        ("STOP texting me", OptOut()),
        ("stop!!!", OptOut()),
        ("STOP.", OptOut()),
        ("STOP, please", OptOut()),
        ("please stop", ClaimShifts(("please", "stop"))),
        ("nonstop", ClaimShifts(("nonstop",))),
        ("STOP7", ClaimShifts(("STOP7",))),
        ("Opt-out", OptOut()),
        ("OPT-OUT now", OptOut()),
        ("ＳＴＯＰ", OptOut()),
        ("start", OptIn()),
        ("Unstop, please", OptIn()),
        ("START XYZ123", OptIn()),
        ("help", AskForHelp()),
        ("Help me book XYZ123", AskForHelp()),
        ("helpful", ClaimShifts(("helpful",))),
    ],
)
def test_given_a_text_when_parsed_then_it_is_this_command(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize("word", sorted(CARRIER_WORDS))
def test_given_a_carrier_word_when_parsed_then_it_is_about_opting_out_in_or_help_and_nothing_else(
    word: str,
) -> None:
    expected = OptOut() if word in OPT_OUT_WORDS else OptIn() if word in OPT_IN_WORDS else AskForHelp()
    assert parse(word) == parse(f" {word.lower()}! ") == expected


ANY_CHARACTER = st.characters(exclude_categories=())
"""Halves of broken characters included, which ``st.text()`` leaves out."""


@given(st.text(ANY_CHARACTER))
def test_given_any_text_when_parsed_then_it_is_one_command(text: str) -> None:
    assert isinstance(parse(text), Command)


@given(st.text())
def test_given_any_text_when_its_case_and_edges_change_then_the_command_is_the_same_kind(text: str) -> None:
    assert type(parse(text)) is type(parse(f"  {text}\n ")) is type(parse(f"...{text}!"))


@given(
    st.lists(st.from_regex(r"[A-Z]{2,4}[0-9]{1,4}", fullmatch=True), min_size=1, unique=True),
    st.sampled_from([",", ", ", " ", "\n", ";", " and ", " & ", "\t"]),
)
def test_given_codes_when_separated_in_any_way_then_all_are_read(codes: list[str], separator: str) -> None:
    assert parse(separator.join(codes)) == ClaimShifts(tuple(codes))

"""Tests what English texts mean. `test_corpus.py` tests every language."""

import pytest

from shift_sms_runtime.language.intents import (
    FreeText,
    HowTo,
    Intent,
    ListOwnShifts,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Thanks,
    Unclear,
)
from shift_sms_runtime.language.look_ups import MAX_WORDS_LOOKED_UP, words_to_look_up
from tests.support.english_texts import CODES, ENGLISH, book, intent_of


def drop(*codes: str) -> ShiftCommand:
    return ShiftCommand(ShiftAction.DROP, codes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("XYZ123", book("XYZ123")),
        ("xyz123.", book("XYZ123")),
        ("(Xyz-123)", book("XYZ123")),
        ("xyz 123", book("XYZ123")),
        ("XYZ_123", book("XYZ123")),
        ("ｘｙｚ１２３", book("XYZ123")),
        ("XYZ\u200b123", book("XYZ123")),
        ("A\ud83d1", book("A1")),
        ("A1\x00A2", book("A1", "A2")),
        ("A1;A2 a1\nXYZ123&XYZ124+4711 and n12b", book("A1", "A2", "XYZ123", "XYZ124", "4711", "N-12-B")),
        ("XYZ123/XYZ124", book("XYZ123", "XYZ124")),
        ("A1-A2", book("A1", "A2")),
        ("early 7", book("Early-7")),
        ("EARLY7!", book("Early-7")),
        ("n.12.b", book("N-12-B")),
        ("night", book("NIGHT")),
        ("hi can i have xyz123 please", book("XYZ123")),
        ("code:A1!", book("A1")),
        ("yes A1", book("A1")),
        ("XYZ123 on the 15th at 7pm", book("XYZ123")),
        ("XYZ123 4/7/2026 11:00", book("XYZ123")),
        ("A1 and B7", book("A1", unknown=("B7",))),
        ("B7", book(unknown=("B7",))),
        ("XYZ, 123", book(unknown=("123",))),
        ("x" * 65 + "1 A1", book("A1", unknown=("x" * 65 + "1",))),
        ("", book()),
        (" ?! ", book()),
    ],
)
def test_given_codes_when_read_then_they_are_booked_in_every_shape(text: str, expected: Intent) -> None:
    assert intent_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REQUEST", ListShifts()),
        ("«request!»", ListShifts()),
        ("Hi, request please", ListShifts()),
        ("what shifts are open?", ListShifts()),
        ("MORE", ListShifts(more=True)),
        ("more shifts please", ListShifts(more=True)),
        ("mine", ListOwnShifts()),
        ("what are my shifts?", ListOwnShifts()),
        ("DROP", drop()),
        ("drop a1", drop("A1")),
        ("can i please drop A1, A2 and xyz 123", drop("A1", "A2", "XYZ123")),
        ("A1 drop", drop("A1")),
        ("drop my shift A1, the baby has a fever", drop("A1")),
        ("sorry i have to drop A1", drop("A1")),
        ("drop A1 on the 15th", drop("A1")),
        ("i have to give A1 back", drop("A1")),
        ("take me off A1 please", drop("A1")),
        ("its XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("would XYZ123 work?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("drop B7", ShiftCommand(ShiftAction.DROP, (), ("B7",))),
        ("WAIT XYZ123", ShiftCommand(ShiftAction.WAIT, ("XYZ123",))),
        ("put me on the waiting list for XYZ123", ShiftCommand(ShiftAction.WAIT, ("XYZ123",))),
        ("INFO XYZ123", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("more info on XYZ123 please", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("when is XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("is A1 or B7 still free?", FreeText(("A1",))),
        ("is A1 mine", ShiftCommand(ShiftAction.INFO, ("A1",))),
        ("are A1 and B7 still free?", ShiftCommand(ShiftAction.INFO, ("A1",), ("B7",))),
        ("XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("can i have XYZ123?", ShiftCommand(ShiftAction.BOOK, ("XYZ123",))),
        ("AGENT", RequestCallback("")),
        ("Agent, please: call me!", RequestCallback("please: call me!")),
        ("agent\nI am late", RequestCallback("I am late")),
        ("I need an agent", RequestCallback("")),
        ("yes", SayYes()),
        ("OK!", SayYes()),
        ("👍🏽", SayYes(is_symbol=True)),
        ("yes 👍", SayYes()),
        ("ok thanks", SayYes(may_only_acknowledge=True)),
        ("👍 thanks", SayYes(may_only_acknowledge=True, is_symbol=True)),
        ("yes, thanks!", SayYes()),
        ("ok thanks, i take it", SayYes()),
        ("yes?", FreeText()),
        ("yes in May", FreeText()),
        ("yes next week", FreeText()),
        ("yes 🤔", FreeText()),
        ("no", SayNo()),
        ("No, thank you", SayNo()),
        ("❌", SayNo()),
        ("hello", HowTo()),
        ("😀", Thanks()),
        ("how does this work", HowTo()),
        ("how", HowTo()),
        ("Thanks a lot, Maria", Thanks()),
        ("the lift is broken", FreeText()),
    ],
)
def test_given_a_command_or_a_common_word_when_read_then_this_is_the_intent(
    text: str, expected: Intent
) -> None:
    assert intent_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "agents",
        "not sure",
        "yesterday",
        "nonstop",
        "requested",
        "moreover",
        "dropped",
        "waiting",
        "informal",
        "okra",
    ],
)
def test_given_a_word_that_contains_a_command_when_read_then_it_is_for_a_person(text: str) -> None:
    assert intent_of(text) == FreeText()


@pytest.mark.parametrize(
    "text",
    [
        "cant do A1",
        "anything but A1",
        "swap A1 for A2",
        "A2 for A1",
        "can i have A2, take A1",
        "i already worked A1",
        "tell Bob he can have A1",
        "Hi Bob can do A1",
        "Hey forget A1",
        "if nobody wants A1 i take it",
        "maybe A1",
        "I'm tired, A1",
        "A1\nfuneral",
        "thanks again for A1",
        "A1 👎",
        "A1 :(",
        "drop A1 take A2",
        "i want A2, drop A1",
        "drop A1 give me XYZ12E",
        "drop A1 if Bob takes it",
        "drop A1 when Bob takes it",
        "drop me a line about A1",
        "Bob says drop A1",
        "what should i drop, A1?",
        "wait and drop A1",
        "agents A1",
        "June can do A1",
        "can Will take A1",
        "put May down for A1",
        "I may do A1",
        "Maria here, Bob would like A1",
        "It's Karen, Dave can do A1",
        "I am Knackered A1",
        "A1 -> A2",
        "-A1 +A2",
        "A1 🔁 A2",
        "just one please A1 A2",
        "A1 from 10 to 4",
        "half of A1",
        "1/2 A1",
        "A1 🤔",
        "A1 :/",
        "see you at A1",
        "I need the code for A1",
        "CAN I GET A NIGHT",
        "drop A1? how does that work",
        "drop A1 too late?",
        "drop A1 to Sarah",
        "drop A1 for 2 hours",
        "drop A1 nvm",
        "Drop A1. A2 please",
        "drop A1 then A2",
        "drop me at A1",
        "give A1 back to me",
        "Reply DROP A1 to give it back",
    ],
)
def test_given_codes_with_ambiguous_words_when_read_then_the_intent_is_unclear(
    text: str,
) -> None:
    assert isinstance(intent_of(text), Unclear)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Night all", Thanks()),
        ("good night", Thanks()),
        ("night, see you", Unclear(("NIGHT",))),
        ("NIGHT please", book("NIGHT")),
        ("can i get a 1 hour break", Unclear(("A1",))),
        ("a 1 please", Unclear(("A1",))),
        ("a1 please", book("A1")),
        ("4/7 11:00 please", book(unknown=("4/7", "11", "00"))),
    ],
)
def test_given_everyday_words_as_codes_when_read_then_only_clear_ones_are_booked(
    text: str, expected: Intent
) -> None:
    assert intent_of(text) == expected


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Maria here, A1 please", ("A1",)),
        ("Hi, Maria Lopez here. A1", ("A1",)),
        ("this is Maria, A1", ("A1",)),
        ("hi bob, A1 please", ("A1",)),
        ("hi bob can i have A1", ("A1",)),
        ("Hi Bob A1", ("A1",)),
        ("A1 please, thanks Bob", ("A1",)),
        ("A1 please. Good evening, Bob", ("A1",)),
    ],
)
def test_given_names_when_read_then_they_are_ignored(text: str, codes: tuple[str, ...]) -> None:
    assert intent_of(text) == book(*codes)


def test_given_a_shift_named_like_a_command_when_read_then_it_stays_a_command() -> None:
    assert intent_of("more", ["MORE"]) == ListShifts(more=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("XYZ123", ()),
        ("B7", ("B7",)),
        ("A1 and B7", ("B7",)),
        ("lobby desk", ("lobby", "desk", "lobby desk")),
        ("is the lobby desk shift taken", ()),
        ("is lobby desk number B3 taken", ("B3",)),
        ("hi its Karen from ward 5, id like early 8 please", ("ward 5", "early 8", "from ward 5")),
        ("N-12-C", ("N-12-C",)),
        ("B7 and B8 or B9 or B10", ("B7", "B8", "B9")),
        ("REQUEST", ()),
        ("STOP B7", ()),
        ("b" * 65, ()),
    ],
)
def test_given_a_text_when_words_may_be_ids_then_the_most_likely_are_looked_up(
    text: str, words: tuple[str, ...]
) -> None:
    assert words_to_look_up(intent_of(text), text, ENGLISH, CODES) == words
    assert len(words) <= MAX_WORDS_LOOKED_UP

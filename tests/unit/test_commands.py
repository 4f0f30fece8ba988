"""Texts become wishes: in English here, in every language in ``test_corpus.py``."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shift_sms_runtime.adapters.catalogues import catalogue
from shift_sms_runtime.domain.commands import (
    CARRIER_WORDS,
    OPT_IN_WORDS,
    OPT_OUT_WORDS,
    AskForHelp,
    CallMe,
    FreeText,
    HowTo,
    ListShifts,
    MyShifts,
    OnShifts,
    OptIn,
    OptOut,
    SayNo,
    SayYes,
    Thanks,
    Unclear,
    Verb,
    Wish,
    carrier_command,
    interpret,
    looks_like_code,
    reserved,
)
from shift_sms_runtime.domain.lexicon import Lexicon, WordClass
from shift_sms_runtime.domain.near_misses import one_slip, suggestions
from shift_sms_runtime.domain.shifts import spelling
from shift_sms_runtime.domain.text_parts import KnownCodes, possible_ids, take_apart

ENGLISH = catalogue("shifts", "en").lexicon
CODES = ("XYZ123", "XYZ124", "A1", "A2", "Early-7", "NIGHT", "4711", "N-12-B")
KNOWN = KnownCodes(CODES)


def wish(text: str, known: KnownCodes = KNOWN) -> Wish:
    return interpret(take_apart(text), ENGLISH, known)


def claim(*codes: str, unknown: tuple[str, ...] = ()) -> OnShifts:
    return OnShifts(Verb.CLAIM, codes, unknown)


def drop(*codes: str) -> OnShifts:
    return OnShifts(Verb.DROP, codes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("XYZ123", claim("XYZ123")),
        ("xyz123.", claim("XYZ123")),
        ("(Xyz-123)", claim("XYZ123")),
        ("xyz 123", claim("XYZ123")),
        ("XYZ_123", claim("XYZ123")),
        ("ｘｙｚ１２３", claim("XYZ123")),
        ("XYZ\u200b123", claim("XYZ123")),
        ("A\ud83d1", claim("A1")),
        ("A1\x00A2", claim("A1", "A2")),
        ("A1;A2 a1\nXYZ123&XYZ124+4711 and n12b", claim("A1", "A2", "XYZ123", "XYZ124", "4711", "N-12-B")),
        ("XYZ123/XYZ124", claim("XYZ123", "XYZ124")),
        ("A1-A2", claim("A1", "A2")),
        ("early 7", claim("Early-7")),
        ("EARLY7!", claim("Early-7")),
        ("n.12.b", claim("N-12-B")),
        ("night", claim("NIGHT")),
        ("hi can i have xyz123 please", claim("XYZ123")),
        ("code:A1!", claim("A1")),
        ("yes A1", claim("A1")),
        ("XYZ123 on the 15th at 7pm", claim("XYZ123")),
        ("XYZ123 4/7/2026 11:00", claim("XYZ123")),
        ("A1 and B7", claim("A1", unknown=("B7",))),
        ("B7", claim(unknown=("B7",))),
        ("XYZ, 123", claim(unknown=("123",))),
        ("x" * 65 + "1 A1", claim("A1", unknown=("x" * 65 + "1",))),
        ("", claim()),
        (" ?! ", claim()),
    ],
)
def test_given_codes_when_read_then_they_are_claimed_in_whatever_shape(text: str, expected: Wish) -> None:
    assert wish(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REQUEST", ListShifts()),
        ("«request!»", ListShifts()),
        ("Hi, request please", ListShifts()),
        ("what shifts are open?", ListShifts()),
        ("MORE", ListShifts(more=True)),
        ("more shifts please", ListShifts(more=True)),
        ("mine", MyShifts()),
        ("what are my shifts?", MyShifts()),
        ("DROP", drop()),
        ("drop a1", drop("A1")),
        ("can i please drop A1, A2 and xyz 123", drop("A1", "A2", "XYZ123")),
        ("A1 drop", drop("A1")),
        ("drop my shift A1, the baby has a fever", drop("A1")),
        ("sorry i have to drop A1", drop("A1")),
        ("drop A1 on the 15th", drop("A1")),
        ("i have to give A1 back", drop("A1")),
        ("take me off A1 please", drop("A1")),
        ("its XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("would XYZ123 work?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("drop B7", OnShifts(Verb.DROP, (), ("B7",))),
        ("WAIT XYZ123", OnShifts(Verb.WAIT, ("XYZ123",))),
        ("put me on the waiting list for XYZ123", OnShifts(Verb.WAIT, ("XYZ123",))),
        ("INFO XYZ123", OnShifts(Verb.INFO, ("XYZ123",))),
        ("more info on XYZ123 please", OnShifts(Verb.INFO, ("XYZ123",))),
        ("when is XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("is A1 or B7 still free?", Unclear(("A1",))),
        ("are A1 and B7 still free?", OnShifts(Verb.INFO, ("A1",), ("B7",))),
        ("XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("can i have XYZ123?", OnShifts(Verb.CLAIM, ("XYZ123",))),
        ("AGENT", CallMe("")),
        ("Agent, please: call me!", CallMe("please: call me!")),
        ("agent\nI am late", CallMe("I am late")),
        ("I need an agent", CallMe("")),
        ("yes", SayYes()),
        ("OK!", SayYes()),
        ("👍🏽", SayYes()),
        ("ok thanks", SayYes(casual=True)),
        ("👍 thanks", SayYes(casual=True)),
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
        ("😀", HowTo()),
        ("how does this work", HowTo()),
        ("how", HowTo()),
        ("Thanks a lot, Maria", Thanks()),
        ("the lift is broken", FreeText()),
    ],
)
def test_given_a_command_or_a_common_word_when_read_then_it_is_this_wish(text: str, expected: Wish) -> None:
    assert wish(text) == expected


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
        "please stop",
    ],
)
def test_given_a_word_that_contains_a_command_when_read_then_it_is_for_a_person(text: str) -> None:
    assert wish(text) == FreeText()
    assert carrier_command(take_apart(text)) is None


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
        "I'm ill A1",
        "I'm tired, A1",
        "A1\nfuneral",
        "thanks again for A1",
        "A1 👎",
        "A1 :(",
        "is A1 mine",
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
def test_given_codes_and_words_that_may_mean_something_else_when_read_then_it_is_asked_back(
    text: str,
) -> None:
    assert isinstance(wish(text), Unclear)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Night all", HowTo()),
        ("good night", HowTo()),
        ("night, see you", Unclear(("NIGHT",))),
        ("NIGHT please", claim("NIGHT")),
        ("can i get a 1 hour break", Unclear(("A1",))),
        ("a 1 please", Unclear(("A1",))),
        ("a1 please", claim("A1")),
        ("4/7 11:00 please", claim(unknown=("4/7", "11", "00"))),
    ],
)
def test_given_everyday_words_that_a_shift_is_called_by_when_read_then_only_a_clear_one_is_claimed(
    text: str, expected: Wish
) -> None:
    assert wish(text) == expected


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
def test_given_names_when_read_then_they_say_nothing(text: str, codes: tuple[str, ...]) -> None:
    assert wish(text) == claim(*codes)


@pytest.mark.parametrize("word", sorted(CARRIER_WORDS))
def test_given_a_carrier_word_when_it_comes_first_then_it_is_about_opting_out_in_or_help_and_nothing_else(
    word: str,
) -> None:
    expected = OptOut() if word in OPT_OUT_WORDS else OptIn() if word in OPT_IN_WORDS else AskForHelp()
    for text in (word, f" {word.lower()}! ", f"{word}. A1", f"{word} please", f"\u200b{word},"):
        assert carrier_command(take_apart(text)) == expected
    for text in (f"A1 {word}", f"x{word}", f"{word}7", ""):
        assert carrier_command(take_apart(text)) is None


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
def test_given_an_id_when_it_is_a_word_that_people_use_then_it_is_reserved(
    code: str, reason: str | None
) -> None:
    assert reserved(code, [Lexicon.of({}, {}), ENGLISH]) == reason


def test_given_a_word_of_ours_when_a_shift_is_called_by_it_then_it_stays_a_word() -> None:
    assert wish("more", KnownCodes(["MORE"])) == ListShifts(more=True)


@pytest.mark.parametrize(("word", "expected"), [("XYZ99", True), ("١٢", True), ("please", False)])
def test_given_an_unknown_word_when_it_has_a_digit_then_it_looks_like_a_code(
    word: str, expected: bool
) -> None:
    assert looks_like_code(word) is expected


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("xyz123 please", {"XYZ123", "PLEASE"}),
        ("xyz 123", {"XYZ123", "XYZ", "123"}),
        ("n-12-b", {"N12B", "N-12-B"}),
        ("x" * 65, set[str]()),
    ],
)
def test_given_a_text_when_looked_up_then_these_keys_are_among_those_asked_for(
    text: str, ids: set[str]
) -> None:
    found = possible_ids(take_apart(text), most=60)
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
def test_given_a_near_miss_when_compared_then_it_suggests_what_is_one_slip_away(
    typed: str, near: list[str]
) -> None:
    assert suggestions(typed, KNOWN, most=3) == near


@pytest.mark.parametrize(
    ("left", "right", "slip"),
    [("ab", "ba", True), ("ab", "abc", True), ("ab", "ac", True), ("ab", "ab", False), ("abc", "cba", False)],
)
def test_given_two_words_when_one_slip_apart_then_it_is_told(left: str, right: str, slip: bool) -> None:
    assert one_slip(left, right) is slip
    assert one_slip(right, left) is slip


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("PLAESE", {WordClass.POLITE}),
        ("TOMOROW", {WordClass.WHEN}),
        ("REQEST", set[WordClass]()),
        ("PLEASED", set[WordClass]()),
        ("CNAT", set[WordClass]()),
    ],
)
def test_given_a_slip_in_an_everyday_word_when_long_and_not_at_its_end_then_it_is_forgiven(
    word: str, kinds: set[WordClass]
) -> None:
    assert ENGLISH.kinds_of_typo(word) == kinds


ANY_CHARACTER = st.characters(exclude_categories=())
"""Halves of broken characters included, which ``st.text()`` leaves out."""
EVERYDAY = sorted(ENGLISH.words[WordClass.POLITE] | ENGLISH.words[WordClass.GREETING])
SHORT_TEXTS = st.lists(
    st.one_of(
        st.sampled_from([*CODES, *(phrase for some in ENGLISH.words.values() for phrase in sorted(some))]),
        st.text(ANY_CHARACTER, max_size=6),
    ),
    max_size=8,
).map(" ".join)


@given(st.one_of(st.text(ANY_CHARACTER), SHORT_TEXTS))
@example("a " * 300)
@example("A1 " * 300)
@example("x" * 2000)
@example("👍" * 300)
@example("hi Bob)")
def test_given_any_text_when_read_then_it_is_one_wish(text: str) -> None:
    parts = take_apart(text)
    carrier_command(parts)
    possible_ids(parts, most=60)
    assert len(parts.words) <= 200
    assert isinstance(interpret(parts, ENGLISH, KNOWN), Wish)


@given(st.one_of(st.text(ANY_CHARACTER), SHORT_TEXTS))
def test_given_any_text_when_read_then_no_code_is_named_that_was_not_typed(text: str) -> None:
    parts = take_apart(text)
    found = interpret(parts, ENGLISH, KNOWN)
    typed = spelling(parts.plain)
    for code in found.codes if isinstance(found, OnShifts | Unclear) else ():
        assert spelling(code) in typed


@given(
    st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    st.sampled_from([",", ", ", "\n", " ", ";", " and ", " & ", "\t", "+", " / "]),
)
def test_given_codes_when_separated_in_any_way_then_all_are_claimed(codes: list[str], separator: str) -> None:
    assert wish(separator.join(codes)) == claim(*codes)


POLITENESS = (
    "hi",
    "please",
    "can i have",
    "i would like",
    "i'd love",
    "thanks",
    "Good morning",
    "yes",
    "ok",
    "sign me up for",
    "👍",
    "tomorrow",
)
FIRM_CODES = [code for code in CODES if any(character.isdigit() for character in code)]


@given(
    st.lists(st.sampled_from(FIRM_CODES), min_size=1, unique=True),
    st.lists(st.sampled_from(POLITENESS), max_size=3),
    st.lists(st.sampled_from(("please", "thanks", "thank you", "pls", "🙏", "today")), max_size=3),
)
def test_given_polite_words_around_codes_when_read_then_what_is_claimed_does_not_change(
    codes: list[str], before: list[str], after: list[str]
) -> None:
    text = ", ".join(before) + ", " + " ".join(codes) + " " + " ".join(after)
    assert wish(text) == claim(*codes)


@given(
    st.lists(st.one_of(st.sampled_from(CODES), st.sampled_from(EVERYDAY)), min_size=1, max_size=6),
    st.sampled_from(
        # Words: a phrase may lose one of its own to a phrase before it.
        sorted(
            word
            for word in {*ENGLISH.words[WordClass.NEGATING], *ENGLISH.words[WordClass.NO]}
            if " " not in word
        ),
    ),
    st.integers(0, 6),
    st.sampled_from([" ", ", ", ". "]),
)
def test_given_a_negating_word_anywhere_when_read_then_nothing_is_claimed(
    words: list[str], negating: str, position: int, separator: str
) -> None:
    assume(any(word in CODES for word in words))
    found = wish(separator.join([*words[:position], negating, *words[position:]]))
    assert not (isinstance(found, OnShifts) and found.verb is Verb.CLAIM and found.codes)


@given(
    st.lists(st.sampled_from(FIRM_CODES), min_size=1, max_size=3),
    st.sampled_from(["bla", "Bob", "kqx", "zzz"]),
)
def test_given_a_word_that_nobody_has_listed_when_beside_codes_then_nothing_is_claimed(
    codes: list[str], strange: str
) -> None:
    for text in (f"{' '.join(codes)} {strange}", f"i want {strange} {' '.join(codes)}"):
        assert wish(text) == Unclear(tuple(dict.fromkeys(codes)))

"""Tests properties of the interpreter that hold for any text."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from shift_sms_runtime.language.intents import Intent, ShiftAction, ShiftCommand, Unclear
from shift_sms_runtime.language.lexicon import GrammarRole, WordClass
from shift_sms_runtime.language.shift_codes import candidate_ids, normalize_code
from shift_sms_runtime.language.tokenizer import tokenize
from tests.support.english_texts import CODES, ENGLISH, book, intent_of

ANY_CHARACTER = st.characters(exclude_categories=())
"""With unpaired surrogates, which `st.text()` omits."""


EVERYDAY = sorted(ENGLISH.own.words[WordClass.POLITE] | ENGLISH.own.words[WordClass.GREETING])


SHORT_TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*CODES, *(phrase for some in ENGLISH.own.words.values() for phrase in sorted(some))]
        ),
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
def test_given_any_text_when_read_then_it_has_one_intent(text: str) -> None:
    candidate_ids(text, most=60)
    assert len(tokenize(text).words) <= 200
    assert isinstance(intent_of(text), Intent)


@given(st.one_of(st.text(ANY_CHARACTER), SHORT_TEXTS))
def test_given_any_text_when_read_then_no_code_is_named_that_was_not_typed(text: str) -> None:
    found = intent_of(text)
    typed = normalize_code(tokenize(text).text)
    for code in found.codes if isinstance(found, ShiftCommand | Unclear) else ():
        assert normalize_code(code) in typed


@given(
    st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    st.sampled_from([",", ", ", "\n", " ", ";", " and ", " & ", "\t", "+", " / "]),
)
def test_given_codes_when_separated_in_any_way_then_all_are_booked(codes: list[str], separator: str) -> None:
    assert intent_of(separator.join(codes)) == book(*codes)


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


CERTAIN_CODES = [code for code in CODES if any(character.isdigit() for character in code)]


@given(
    st.lists(st.sampled_from(CERTAIN_CODES), min_size=1, unique=True),
    st.lists(st.sampled_from(POLITENESS), max_size=3),
    st.lists(st.sampled_from(("please", "thanks", "thank you", "pls", "🙏", "today")), max_size=3),
)
def test_given_polite_words_around_codes_when_read_then_the_same_codes_are_booked(
    codes: list[str], before: list[str], after: list[str]
) -> None:
    text = ", ".join(before) + ", " + " ".join(codes) + " " + " ".join(after)
    assert intent_of(text) == book(*codes)


@given(
    st.lists(st.one_of(st.sampled_from(CODES), st.sampled_from(EVERYDAY)), min_size=1, max_size=6),
    st.sampled_from(
        # Single words only: a phrase before it may take the first word of a longer one.
        sorted(
            word
            for kind in (WordClass.NEGATING, WordClass.NO, WordClass.CANNOT, WordClass.SICK)
            for word in ENGLISH.own.words[kind]
            if " " not in word
        ),
    ),
    st.integers(0, 6),
    st.sampled_from([" ", ", ", ". "]),
)
def test_given_a_negating_word_anywhere_when_read_then_nothing_is_booked(
    words: list[str], negating: str, position: int, separator: str
) -> None:
    assume(any(word in CODES for word in words))
    found = intent_of(separator.join([*words[:position], negating, *words[position:]]))
    assert not (isinstance(found, ShiftCommand) and found.action is ShiftAction.BOOK and found.codes)


@given(
    st.lists(st.sampled_from(CERTAIN_CODES), min_size=1, max_size=3),
    st.sampled_from(["bla", "Bob", "kqx", "zzz"]),
)
def test_given_an_unlisted_word_when_beside_codes_then_nothing_is_booked(
    codes: list[str], unlisted: str
) -> None:
    for text in (f"{' '.join(codes)} {unlisted}", f"i want {unlisted} {' '.join(codes)}"):
        assert intent_of(text) == Unclear(tuple(dict.fromkeys(codes)))


@given(
    st.lists(st.one_of(st.sampled_from(CODES), st.sampled_from(EVERYDAY)), max_size=6),
    st.sampled_from(sorted(ENGLISH.own.words[WordClass.CANNOT] | ENGLISH.own.words[WordClass.SICK])),
    st.integers(0, 6),
)
def test_given_a_sender_who_cannot_come_when_unclear_then_no_shift_is_offered(
    words: list[str], cannot: str, position: int
) -> None:
    found = intent_of(", ".join([*words[:position], cannot, *words[position:]]))
    assert not isinstance(found, Unclear) or found.may_give_back


@given(
    SHORT_TEXTS,
    st.sampled_from(
        ["\n\nSent from my iPhone", " Sent from my Galaxy S21", "\n-- \nGesendet von meinem Handy"]
    ),
)
@example("AGENT", "\n-- \nGesendet von meinem Handy")
def test_given_a_footer_below_any_text_when_read_then_it_changes_nothing(text: str, footer: str) -> None:
    assume(any(character.isalnum() for character in text))
    assert intent_of(text + footer) == intent_of(text)


@given(
    st.lists(st.sampled_from(CERTAIN_CODES), min_size=1, max_size=3, unique=True),
    st.from_regex(r"[A-Za-z]{3,12}", fullmatch=True),
    st.sampled_from([" - ", "\n", " -- ", " \u2013 "]),
)
def test_given_a_word_below_codes_when_it_is_no_name_then_it_books_as_beside_them(
    codes: list[str], word: str, separator: str
) -> None:
    assume(word.upper() not in ENGLISH.own.grammar[GrammarRole.NAME])
    found = intent_of(f"{' '.join(codes)}{separator}{word}")
    books = found == book(*codes)
    assert not books or intent_of(f"{' '.join(codes)} {word}") == found

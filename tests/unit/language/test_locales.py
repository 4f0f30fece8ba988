"""Tests that every locale is complete, its sentences are short and its commands are understood."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.intents import (
    HowTo,
    Intent,
    ListOwnShifts,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
)
from shift_sms_runtime.language.lexicon import COMMANDS, GrammarRole, WordClass, fold
from shift_sms_runtime.language.locale import ENGLISH, Template
from shift_sms_runtime.language.locale_files import LocaleError, placeholders
from shift_sms_runtime.language.tokenizer import tokenize
from shift_sms_runtime.messaging.encoding import Encoding, measure
from tests.support.dialogues.groups import ALL_DIALOGUES
from tests.support.locale_files import (
    FILES,
    assert_none,
    commands_of,
    every_file,
    file_name,
    folded,
    grammar_of,
    intent_of,
    locale_of,
    own_lexicon,
    words_of,
    words_to_send,
)

_SHIFT = "XYZ123 15/08 5h nightshift"


_TYPICAL_INFO = "15/08 22:00-06:00 cafe, harbor"


TYPICAL = {
    "code": "XYZ123",
    "codes": "XYZ123, ABC456",
    "free": 2,
    "name": "Ann Lee",
    "now": "Sat 15 Aug 22:00-06:00, Harbor",
    "others": "ABC456, DEF789",
    "role": "bar staff",
    "seats": 12,
    "shift": f"XYZ123 {_TYPICAL_INFO}",
    "shifts": f"XYZ123 {_TYPICAL_INFO}, ABC456 {_TYPICAL_INFO}",
    "time": "22:30",
    "typed": "XYZ132",
}
"""Typical values: codes of 6 characters, an info of 30, times, and two shifts or conflicting codes."""


COMMANDS_NAMED: Mapping[Template, frozenset[WordClass]] = {
    reply: frozenset(classes)
    for reply, classes in {
        Template.ONE_TAKEN: {WordClass.WAIT, WordClass.LIST},
        Template.INVALID_CODE: {WordClass.LIST},
        Template.DID_YOU_MEAN_ONE: {WordClass.YES},
        Template.TOO_LATE_TO_DROP: {WordClass.AGENT},
        Template.WHICH_TO_DROP: {WordClass.DROP},
        Template.UNCLEAR_BOOKABLE: {WordClass.YES},
        Template.UNCLEAR_YOURS: {WordClass.DROP},
        Template.CANNOT_MAKE: {WordClass.DROP},
        Template.CANNOT_MAKE_WHICH: {WordClass.DROP},
        Template.SICK_WHICH: {WordClass.SICK},
        Template.LIST_MORE: {WordClass.MORE},
        Template.INFO_TAKEN: {WordClass.WAIT},
        Template.CALL_LIMIT: {WordClass.AGENT},
        Template.HOW_TO: {WordClass.LIST, WordClass.MINE, WordClass.DROP},
        Template.OFFER: {WordClass.YES, WordClass.NO},
        Template.CAMPAIGN_HOW_TO_REPLY: {WordClass.LIST},
        Template.CAMPAIGN_OR_CALL: {WordClass.AGENT},
    }.items()
}
"""The commands that these sentences must tell employees to text, in every language."""


def test_given_the_vocabularies_when_listed_then_each_has_the_same_languages() -> None:
    languages: dict[str, set[str]] = {}
    for vocabulary, language in FILES:
        languages.setdefault(vocabulary, set()).add(language)
    assert languages.keys() >= {"shifts", "appointments"}
    different = {vocabulary: some for vocabulary, some in languages.items() if some != languages["shifts"]}
    assert not different, f"shifts has {languages['shifts']}, but {different}"
    assert languages["shifts"] >= {"en", "es", "fr", "de"}


@every_file
def test_given_a_locale_file_when_read_then_it_has_no_problems(vocabulary: str, language: str) -> None:
    try:
        read = locale_of(vocabulary, language)
    except LocaleError as error:
        pytest.fail(f"{file_name(vocabulary, language)}: {error}")
    assert read.language == language
    assert {*read.templates} == {*Template}


@every_file
def test_given_a_reply_when_filled_in_then_it_is_one_gsm_segment(vocabulary: str, language: str) -> None:
    def problems() -> Iterator[str]:
        for reply, template in locale_of(vocabulary, language).templates.items():
            where = f"{file_name(vocabulary, language)} {reply}"
            if not placeholders(template) <= TYPICAL.keys():
                yield f"{where}: no typical values for {placeholders(template) - TYPICAL.keys()}"
                continue
            filled = template.format(**TYPICAL)
            size = measure(filled)
            if size.encoding is not Encoding.GSM:
                yield f"{where}: not in GSM-7: {size.not_gsm!r}"
            if size.segments != 1:
                yield f"{where}: {size.segments} segments, {size.characters} characters: {filled}"

    assert_none(problems())


@every_file
@pytest.mark.parametrize("details", ["XYZ123", _SHIFT])
def test_given_a_reply_when_an_employee_texts_it_then_nothing_is_booked_or_dropped(
    vocabulary: str, language: str, details: str
) -> None:
    values = {**TYPICAL, "shift": details, "shifts": details, "codes": "XYZ123"}

    def problems() -> Iterator[str]:
        for reply, template in locale_of(vocabulary, language).templates.items():
            found = intent_of(template.format(**values), vocabulary, language)
            if (
                isinstance(found, ShiftCommand)
                and found.action in (ShiftAction.BOOK, ShiftAction.DROP, ShiftAction.SICK)
                and found.codes
            ):
                yield f"{file_name(vocabulary, language)} {reply}: is {found}"

    assert_none(problems())


@every_file
def test_given_the_instructions_of_a_campaign_when_measured_then_they_are_short(
    vocabulary: str, language: str
) -> None:
    replies = locale_of(vocabulary, language).templates
    instructions = replies[Template.CAMPAIGN_HOW_TO_REPLY] + replies[Template.CAMPAIGN_OR_CALL]
    assert measure(instructions).characters <= 80, f"{file_name(vocabulary, language)}: {instructions}"


@every_file
def test_given_words_that_a_reply_names_when_looked_up_then_they_are_its_commands(
    vocabulary: str, language: str
) -> None:
    here, english = locale_of(vocabulary, language), locale_of(vocabulary, ENGLISH)
    own = own_lexicon(vocabulary, language)

    def problems() -> Iterator[str]:
        for reply in Template:
            where = f"{file_name(vocabulary, language)} {reply}"
            words = words_to_send(here.templates[reply])
            keywords = {word for word in words if word in CARRIER_KEYWORDS}
            classes = {word: commands_of(word, own) for word in words if word not in keywords}
            if not all(classes.values()):
                yield f"{where}: not in [words]: {[word for word, some in classes.items() if not some]}"
            commands = frozenset[WordClass]().union(*classes.values())
            if reply in COMMANDS_NAMED and commands != COMMANDS_NAMED[reply]:
                yield f"{where}: {words} are {sorted(commands)}, must be {sorted(COMMANDS_NAMED[reply])}"
            english_words = words_to_send(english.templates[reply])
            english_commands = frozenset[WordClass]().union(
                *(commands_of(word, english.lexicon) for word in english_words)
            )
            if commands != english_commands:
                yield f"{where}: {words} are {sorted(commands)}, but English has {english_words}"
            if keywords != {word for word in english_words if word in CARRIER_KEYWORDS}:
                yield f"{where}: has {words}, but carrier keywords are never translated: {english_words}"

    assert_none(problems())


@every_file
def test_given_a_word_that_a_reply_names_when_listed_then_its_class_begins_with_it(
    vocabulary: str, language: str
) -> None:
    here, own = locale_of(vocabulary, language), own_lexicon(vocabulary, language)
    listed = words_of(vocabulary, language)

    def problems() -> Iterator[str]:
        for reply, template in here.templates.items():
            for word in words_to_send(template):
                for command in commands_of(word, own) if word not in CARRIER_KEYWORDS else ():
                    if folded(listed[command][0]) != folded(word):
                        yield (
                            f"{file_name(vocabulary, language)} {reply}: names {word},"
                            f" but {command} begins with {listed[command][0]}"
                        )

    assert_none(problems())


@every_file
@pytest.mark.parametrize(
    ("word_class", "code", "intent"),
    [
        (WordClass.LIST, "", ListShifts()),
        (WordClass.MORE, "", ListShifts(more=True)),
        (WordClass.MINE, "", ListOwnShifts()),
        (WordClass.AGENT, "", RequestCallback("")),
        (WordClass.HOW_TO, "", HowTo()),
        (WordClass.YES, "", SayYes()),
        (WordClass.NO, "", SayNo()),
        (WordClass.DROP, "", ShiftCommand(ShiftAction.DROP)),
        (WordClass.DROP, " xyz123", ShiftCommand(ShiftAction.DROP, ("XYZ123",))),
        (WordClass.WAIT, " xyz123", ShiftCommand(ShiftAction.WAIT, ("XYZ123",))),
        (WordClass.INFO, " xyz123", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
    ],
)
def test_given_any_word_of_a_class_when_texted_then_it_has_the_intent_of_its_class(
    vocabulary: str, language: str, word_class: WordClass, code: str, intent: Intent
) -> None:
    def problems() -> Iterator[str]:
        for word in words_of(vocabulary, language)[word_class]:
            found = intent_of(word.lower() + code, vocabulary, language)
            if found != intent and not (isinstance(intent, SayYes) and isinstance(found, SayYes)):
                yield f"{file_name(vocabulary, language)} {word_class}: {word}{code} is {found}"

    assert_none(problems())


@every_file
def test_given_a_command_or_yes_or_no_when_listed_then_it_is_no_carrier_keyword(
    vocabulary: str, language: str
) -> None:
    keywords = {fold(word) for word in CARRIER_KEYWORDS}

    def problems() -> Iterator[str]:
        words = own_lexicon(vocabulary, language).words
        for word_class in (*COMMANDS, WordClass.YES, WordClass.NO):
            for phrase in sorted(words[word_class]):
                if phrase.split()[0] in keywords:
                    yield f"{file_name(vocabulary, language)} {word_class}: {phrase} begins with a carrier keyword"

    assert_none(problems())


@every_file
def test_given_a_word_when_english_is_added_then_it_has_one_meaning(vocabulary: str, language: str) -> None:
    apart = [
        *((one, other) for i, one in enumerate(COMMANDS) for other in COMMANDS[i + 1 :]),
        *((one, other) for one in COMMANDS for other in (WordClass.YES, WordClass.NO, WordClass.NEGATING)),
        (WordClass.YES, WordClass.NO),
        (WordClass.YES, WordClass.NEGATING),
    ]

    def problems() -> Iterator[str]:
        lexicon = locale_of(vocabulary, language).lexicon
        for one, other in apart:
            both = lexicon.words[one] & lexicon.words[other]
            accented_alike = map(folded, lexicon.accented[one] & lexicon.accented[other])
            for phrase in sorted(both.intersection(accented_alike)):
                yield f"{file_name(vocabulary, language)} {phrase}: is {one} and {other}"

    assert_none(problems())


@every_file
def test_given_a_listed_phrase_when_it_is_in_a_text_then_it_can_be_found(
    vocabulary: str, language: str
) -> None:
    def problems() -> Iterator[str]:
        for word_class, phrases in words_of(vocabulary, language).items():
            for phrase in phrases:
                parts = tokenize(phrase)
                if parts.symbols == (phrase,):
                    continue
                if not 1 <= len(parts.words) <= 4:
                    yield f"{file_name(vocabulary, language)} {word_class}: {phrase} has {len(parts.words)} words"
                elif " ".join(word.folded for word in parts.words) != folded(phrase):
                    yield f"{file_name(vocabulary, language)} {word_class}: {phrase} is never found as one phrase"

    assert_none(problems())


_ROLES_OF_PHRASES = (
    GrammarRole.ACKNOWLEDGING,
    GrammarRole.FOOTER,
    GrammarRole.NOT,
    GrammarRole.SIGN_OFF,
)


@every_file
def test_given_a_grammar_word_when_listed_then_it_can_be_found(vocabulary: str, language: str) -> None:
    def problems() -> Iterator[str]:
        for role, words in tomllib.loads(grammar_of(language))["grammar"].items():
            for word in words:
                parts = tokenize(word)
                most = 4 if role in _ROLES_OF_PHRASES else 1
                if parts.symbols != (word,) and not 1 <= len(parts.words) <= most:
                    yield f"{language}.toml {role}: {word} has {len(parts.words)} words"

    assert_none(problems())


@every_file
@pytest.mark.parametrize(
    ("role", "word_class"),
    [
        (GrammarRole.ACKNOWLEDGING, WordClass.YES),
        (GrammarRole.STATING, WordClass.ASKING),
        (GrammarRole.JOINING, WordClass.FILLER),
        (GrammarRole.TO, WordClass.FILLER),
    ],
)
def test_given_a_grammar_word_when_listed_then_it_has_the_class_of_its_role(
    vocabulary: str, language: str, role: GrammarRole, word_class: WordClass
) -> None:
    lexicon = own_lexicon(vocabulary, language)
    assert lexicon.grammar[role] <= lexicon.words[word_class], (
        f"{file_name(vocabulary, language)} {word_class}"
    )
    assert lexicon.grammar[GrammarRole.THEN] <= lexicon.grammar[GrammarRole.JOINING], f"{language}.toml then"


@every_file
def test_given_a_day_when_written_then_it_is_short_and_unique(vocabulary: str, language: str) -> None:
    here, where = locale_of(vocabulary, language), file_name(vocabulary, language)
    assert (len({*here.weekdays}), len({*here.months})) == (7, 12), f"{where} [dates]"
    days = [here.day(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=i)) for i in range(365)]
    assert len({*days}) == 365, f"{where} day: {here.day_pattern} is the same for two days"
    for day in days:
        size = measure(day)
        assert size.encoding is Encoding.GSM, f"{where} [dates]: {day} has {size.not_gsm!r}, not in GSM-7"
        assert size.characters <= 12, f"{where} [dates]: {day} is long"
    saturday = here.day(datetime(2026, 8, 15, tzinfo=UTC))
    assert here.weekdays[5] in saturday, f"{where} day: {saturday}"
    assert "15" in saturday, f"{where} day: {saturday}"


NOT_IN_A_DIALOGUE = {
    Template.LIST_MORE,
    Template.LIST_NONE_SO_FAR,
    Template.LIST_END,
    Template.CALL_NOT_ALLOWED,
    Template.CALL_LIMIT,
    Template.CALLS_USED_UP,
    Template.TOO_MANY_TEXTS,
    Template.STRANGER,
    Template.CANCELED_NOTICE,
    Template.REMINDER,
    Template.REMINDER_FIXED,
    Template.ASSIGNED,
    Template.ASSIGNED_FIXED,
    Template.RELEASED,
    Template.CHANGED,
    Template.CHANGED_FIXED,
    Template.CHANGED_TO,
    Template.CHANGED_TO_FIXED,
    Template.CAMPAIGN_HOW_TO_REPLY,
    Template.CAMPAIGN_OR_CALL,
    Template.CAMPAIGN_OR_OPT_OUT,
    Template.FILL,
    *(template for template in Template if template.startswith("manager_")),
}
"""Templates that depend on long lists, Connect, limits, operators, managers or time. Other tests cover them."""


@pytest.mark.parametrize("reply", sorted({*Template} - NOT_IN_A_DIALOGUE))
def test_given_a_template_when_looked_up_then_a_dialogue_has_it(reply: Template) -> None:
    template = re.escape(locale_of("shifts", "en").templates[reply])
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", ".+?", template))
    replies = [
        text
        for dialogue in ALL_DIALOGUES
        for turn in dialogue.turns
        for text in (*turn.replies, *(body for _, body in turn.texts_to_others))
    ]
    assert any(pattern.search(text) for text in replies), f"no dialogue has {reply}: {pattern.pattern}"

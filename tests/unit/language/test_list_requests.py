"""Tests of requests for open shifts and questions about a shift in everyday words, and of texts that look alike."""

import tomllib
from importlib.resources import files

import pytest

from shift_sms_runtime.language.intents import (
    DaysWanted,
    FreeText,
    ListOwnShifts,
    ListShifts,
    ShiftAction,
    ShiftCommand,
    ShiftFilter,
)
from shift_sms_runtime.language.lexicon import fold
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.language.topics.shift_filters import workplace

LEXICONS = {language: locale.lexicons for language, locale in locales("shifts").items()}


@pytest.mark.parametrize(
    ("language", "text", "days", "words"),
    [
        ("en", "any gigs on sunday", DaysWanted.SUNDAY, ()),
        ("en", "whats still uncovered at harbor", None, ("harbor",)),
        ("en", "got any bar shifts sat", DaysWanted.SATURDAY, ("bar",)),
        ("en", "is there anything 2moro", DaysWanted.TOMORROW, ()),
        ("en", "are there any nurse shifts left this weekend", DaysWanted.WEEKEND, ("nurse",)),
        ("en", "hiya, skint this month, any work going tomorrow?", DaysWanted.TOMORROW, ()),
        ("es", "hay algo libre el domingo en el norte", DaysWanted.SUNDAY, ("north",)),
        ("es", "busco turnos de barista", None, ("barista",)),
        ("es", "teneis curro pa mañana", DaysWanted.TOMORROW, ()),
        ("fr", "créneaux à harbor", None, ("harbor",)),
        ("fr", "il reste quoi demain", DaysWanted.TOMORROW, ()),
        ("fr", "des postes d'infirmière libres samedi ?", DaysWanted.SATURDAY, ("nurse",)),
        ("fr", "cherche du taf pour ce week-end", DaysWanted.WEEKEND, ()),
        ("de", "gibts am sonntag noch dienste im norden", DaysWanted.SUNDAY, ("north",)),
        ("de", "habt ihr was als barista", None, ("barista",)),
        ("de", "ist morgen noch was offen an der bar", DaysWanted.TOMORROW, ("bar",)),
        ("de", "suche barschichten", None, ("bar",)),
        ("de", "hafen noch was frei am freitag morgen", DaysWanted.FRIDAY, ("harbor",)),
        ("de", "habt ihr was am samstag? bin pleite", DaysWanted.SATURDAY, ()),
        ("es", "turnos cocina el domingo por la mañana?", DaysWanted.SUNDAY, ("kitchen",)),
        ("fr", "vous cherchez un serveur pour ce soir ?", DaysWanted.TODAY, ("waiter",)),
        ("en", "i am free friday, got any shifts?", DaysWanted.FRIDAY, ()),
    ],
)
def test_given_a_request_in_everyday_words_when_read_then_it_lists_what_it_names(
    language: str, text: str, days: DaysWanted | None, words: tuple[str, ...]
) -> None:
    assert interpret(text, LEXICONS[language], ()) == ListShifts(filter=ShiftFilter(days, words))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is the ward open tomorrow"),
        ("en", "what time does the bar close tomorrow"),
        ("en", "what should i wear tomorrow"),
        ("en", "i am free tomorrow"),
        ("en", "any news about my payslip"),
        ("en", "is there parking at harbor"),
        ("en", "where is the bar tomorrow"),
        ("en", "who is working tomorrow"),
        ("en", "is there a staff party on friday"),
        ("en", "do you have my payslip"),
        ("en", "got my payslip, hours are wrong"),
        ("en", "is work closed on monday"),
        ("en", "need hours confirmed for friday"),
        ("en", "there is no work left in me"),
        ("en", "any chance of a raise"),
        ("es", "hay uniforme en el trabajo?"),
        ("es", "hay aparcamiento en harbor?"),
        ("es", "no tengo trabajo el lunes"),
        ("es", "el lunes no trabajo"),
        ("fr", "y a un parking au port ?"),
        ("fr", "je suis libre samedi"),
        ("fr", "je cherche mon badge"),
        ("fr", "y a un problème avec mes heures"),
        ("de", "suche meinen badge"),
        ("de", "habt ihr parkplätze im norden"),
        ("de", "gibt es morgen essen"),
        ("de", "ich bin am samstag frei"),
        ("de", "samstag hab ich frei"),
        ("de", "arbeit war heute hart"),
        ("de", "brauche freitag frei"),
        ("en", "i can do any shift on friday"),
        ("en", "what's up. do you want me to come online?"),
        ("en", "tell me what to do"),
        ("en", "need cover for friday"),
        ("en", "when do i work with bob"),
        ("en", "am i getting paid friday"),
        ("es", "necesito el viernes libre"),
        ("es", "quiero el cafe tres"),
    ],
)
def test_given_a_text_that_looks_like_a_request_when_read_then_a_person_reads_it(
    language: str, text: str
) -> None:
    assert interpret(text, LEXICONS[language], ()) == FreeText()


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "did i get caf1", "CAF1"),
        ("en", "is bar2 gone?", "BAR2"),
        ("en", "what number am i in line for icu204", "ICU204"),
        ("es", "me quedé con bar1 o no", "BAR1"),
        ("es", "estoy en la lista de espera de caf2?", "CAF2"),
        ("fr", "est-ce que j'ai eu caf1", "CAF1"),
        ("de", "bin ich für caf1 noch auf der warteliste", "CAF1"),
    ],
)
def test_given_a_question_about_a_shift_when_read_then_its_state_is_asked_for(
    language: str, text: str, code: str
) -> None:
    assert interpret(text, LEXICONS[language], [code]) == ShiftCommand(ShiftAction.INFO, (code,))


def test_given_a_question_and_a_refusal_when_read_then_the_shift_is_not_described() -> None:
    text = "did i get caf1? i do not want it"
    assert interpret(text, LEXICONS["en"], ["CAF1"]) != ShiftCommand(ShiftAction.INFO, ("CAF1",))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what time am i next in"),
        ("en", "got a new phone, when do i start tomorrow?"),
        ("en", "which shifts did i book"),
        ("es", "a que hora entro mañana"),
        ("es", "que dias trabajo esta semana"),
        ("fr", "je commence à quelle heure demain"),
        ("fr", "tu peux me dire quand je bosse"),
        ("de", "wann muss ich das nächste mal ran"),
        ("de", "muss ich morgen arbeiten"),
    ],
)
def test_given_a_question_about_own_shifts_when_read_then_it_lists_these(language: str, text: str) -> None:
    assert interpret(text, LEXICONS[language], ()) == ListOwnShifts()


@pytest.mark.parametrize("text", ["have you got XYZ123", "any shifts XYZ123"])
def test_given_a_question_for_shifts_when_it_has_a_code_then_it_books_nothing(text: str) -> None:
    assert interpret(text, LEXICONS["en"], ["XYZ123"]) == ShiftCommand(ShiftAction.INFO, ("XYZ123",))


def test_given_workplaces_when_read_then_each_word_has_one_name() -> None:
    listed = tomllib.loads((files("shift_sms_runtime.locales") / "workplaces.toml").read_text("utf-8"))
    names = [(fold(word), name) for name, words in listed.items() for word in words]
    assert len(dict(names)) == len({*names})
    assert all(workplace(word) == fold(name) for word, name in names)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("NURSES", "NURSE"), ("KELLNERINNEN", "WAITER"), ("CAMARERAS", "WAITER"), ("TABLE", None)],
)
def test_given_another_ending_when_read_then_the_workplace_is_found(typed: str, name: str | None) -> None:
    assert workplace(typed) == name

"""Every catalogue can be used, costs one segment a reply, and tells people nothing but words that are understood."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

import pytest

from shift_sms_runtime.domain.catalogue import (
    Catalogue,
    CatalogueError,
    Reply,
    placeholders,
    read_catalogue,
)
from shift_sms_runtime.domain.commands import (
    CARRIER_WORDS,
    CallMe,
    FreeText,
    HowTo,
    ListShifts,
    MyShifts,
    OnShifts,
    SayNo,
    SayYes,
    Thanks,
    Unclear,
    Verb,
    Wish,
    interpret,
)
from shift_sms_runtime.domain.lexicon import COMMANDS, Grammar, Lexicon, WordClass, fold
from shift_sms_runtime.domain.sms_text import Encoding, measure
from shift_sms_runtime.domain.text_parts import KnownCodes, take_apart
from tests.dialogues import TABLES

ENGLISH = "en"
_FOLDER = files("shift_sms_runtime.catalogues")
FILES = sorted(
    (vocabulary.name, file.name.removesuffix(".toml"))
    for vocabulary in _FOLDER.iterdir()
    if vocabulary.is_dir()
    for file in vocabulary.iterdir()
    if file.name.endswith(".toml")
)
every_file = pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))

_DETAILED = "XYZ123 15/08 5h nightshift"
TYPICAL = {
    "code": "XYZ123",
    "codes": "XYZ123, ABC456",
    "free": 2,
    "others": "ABC456",
    "seats": 12,
    "shift": _DETAILED,
    "shifts": f"{_DETAILED}, ABC456 16/08 8h dayshift",
    "time": "22:30",
    "typed": "XYZ132",
}

_IN_CAPITALS = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,})*")
_NOT_TO_BE_SENT = {"SMS", "OK"}

TOLD: Mapping[Reply, frozenset[WordClass]] = {
    reply: frozenset(classes)
    for reply, classes in {
        Reply.ONE_TAKEN: {WordClass.WAIT, WordClass.LIST},
        Reply.INVALID_CODE: {WordClass.LIST},
        Reply.DID_YOU_MEAN_ONE: {WordClass.YES},
        Reply.TOO_LATE_TO_DROP: {WordClass.AGENT},
        Reply.WHICH_TO_DROP: {WordClass.DROP},
        Reply.LIST_MORE: {WordClass.MORE},
        Reply.INFO_TAKEN: {WordClass.WAIT},
        Reply.CALL_LIMIT: {WordClass.AGENT},
        Reply.HOW_TO: {WordClass.LIST, WordClass.MINE, WordClass.DROP},
        Reply.OFFER: {WordClass.YES, WordClass.NO},
        Reply.CAMPAIGN_HOW_TO_ANSWER: {WordClass.LIST},
        Reply.CAMPAIGN_OR_CALL: {WordClass.AGENT},
    }.items()
}
"""What these replies are there to tell, in whatever language."""


def name(vocabulary: str, language: str) -> str:
    return f"{vocabulary}/{language}.toml"


@cache
def text_of(vocabulary: str, language: str) -> str:
    return (_FOLDER / vocabulary / f"{language}.toml").read_text(encoding="utf-8")


@cache
def grammar_of(language: str) -> str:
    return (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")


@cache
def catalogue(vocabulary: str, language: str) -> Catalogue:
    like = None if language == ENGLISH else catalogue(vocabulary, ENGLISH)
    return read_catalogue(language, text_of(vocabulary, language), grammar_of(language), like=like)


@cache
def understood(vocabulary: str, language: str) -> Lexicon:
    """The words that somebody of this language may use."""
    return catalogue(vocabulary, language).lexicon.beside(catalogue(vocabulary, ENGLISH).lexicon)


def told(template: str) -> list[str]:
    """The words in capitals that a reply tells people to send."""
    without_values = re.sub(r"\{\w+\}", "{}", template)
    runs: list[str] = []
    for match in _IN_CAPITALS.finditer(without_values):
        run: list[str] = []
        for word in [*match[0].split(), ""]:
            if word.isupper() and len(word) > 1 and word not in _NOT_TO_BE_SENT:
                run.append(word)
            elif run:
                runs.append(" ".join(run))
                run = []
    return runs


def folded(phrase: str) -> str:
    return " ".join(map(fold, phrase.split()))


def sorts(phrase: str, lexicon: Lexicon) -> frozenset[WordClass]:
    """What a told word does, of what people are told: a command, yes or no."""
    return lexicon.kinds(folded(phrase)) & {*COMMANDS, WordClass.YES, WordClass.NO}


def wish_of(text: str, vocabulary: str, language: str) -> Wish:
    return interpret(take_apart(text), understood(vocabulary, language), KnownCodes(["XYZ123", "ABC456"]))


def no_more_than(problems: Iterator[str]) -> None:
    found = list(problems)
    assert not found, "\n" + "\n".join(found)


def test_given_the_package_when_its_vocabularies_are_listed_then_each_has_the_same_languages() -> None:
    languages: dict[str, set[str]] = {}
    for vocabulary, language in FILES:
        languages.setdefault(vocabulary, set()).add(language)
    assert languages.keys() >= {"shifts", "appointments"}
    different = {vocabulary: some for vocabulary, some in languages.items() if some != languages["shifts"]}
    assert not different, f"shifts has {languages['shifts']}, but {different}"
    assert languages["shifts"] >= {"en", "es", "fr", "de"}


@every_file
def test_given_a_catalogue_when_read_then_it_has_no_problems(vocabulary: str, language: str) -> None:
    try:
        read = catalogue(vocabulary, language)
    except CatalogueError as error:
        pytest.fail(f"{name(vocabulary, language)}: {error}")
    assert read.language == language
    assert {*read.replies} == {*Reply}


@every_file
def test_given_a_reply_when_filled_in_then_it_is_one_gsm_segment(vocabulary: str, language: str) -> None:
    def problems() -> Iterator[str]:
        for reply, template in catalogue(vocabulary, language).replies.items():
            where = f"{name(vocabulary, language)} {reply}"
            if not placeholders(template) <= TYPICAL.keys():
                yield f"{where}: no typical values for {placeholders(template) - TYPICAL.keys()}"
                continue
            filled = template.format(**TYPICAL)
            size = measure(filled)
            if size.encoding is not Encoding.GSM:
                yield f"{where}: not in GSM-7: {size.not_gsm!r}"
            if size.segments != 1:
                yield f"{where}: {size.segments} segments, {size.characters} characters: {filled}"

    no_more_than(problems())


@every_file
@pytest.mark.parametrize("details", ["XYZ123", _DETAILED])
def test_given_a_sentence_of_ours_when_it_is_sent_back_then_nothing_is_booked_or_given_back(
    vocabulary: str, language: str, details: str
) -> None:
    values = {**TYPICAL, "shift": details, "shifts": details, "codes": "XYZ123"}

    def problems() -> Iterator[str]:
        for reply, template in catalogue(vocabulary, language).replies.items():
            found = wish_of(template.format(**values), vocabulary, language)
            if isinstance(found, OnShifts) and found.verb in (Verb.CLAIM, Verb.DROP) and found.codes:
                yield f"{name(vocabulary, language)} {reply}: is {found}"

    no_more_than(problems())


@every_file
def test_given_a_campaign_when_it_tells_how_to_answer_then_half_a_segment_is_left_for_its_own_words(
    vocabulary: str, language: str
) -> None:
    replies = catalogue(vocabulary, language).replies
    told_at_the_end = replies[Reply.CAMPAIGN_HOW_TO_ANSWER] + replies[Reply.CAMPAIGN_OR_CALL]
    assert measure(told_at_the_end).characters <= 80, f"{name(vocabulary, language)}: {told_at_the_end}"


@every_file
def test_given_a_reply_when_it_tells_words_to_send_then_they_do_what_it_says(
    vocabulary: str, language: str
) -> None:
    here, english = catalogue(vocabulary, language), catalogue(vocabulary, ENGLISH)

    def problems() -> Iterator[str]:
        for reply in Reply:
            where = f"{name(vocabulary, language)} {reply}"
            words = told(here.replies[reply])
            carriers = {word for word in words if word in CARRIER_WORDS}
            kinds = {word: sorts(word, here.lexicon) for word in words if word not in carriers}
            if not all(kinds.values()):
                yield f"{where}: not in [words]: {[word for word, some in kinds.items() if not some]}"
            does = frozenset[WordClass]().union(*kinds.values())
            if reply in TOLD and does != TOLD[reply]:
                yield f"{where}: tells {words} for {sorted(does)}, and must tell {sorted(TOLD[reply])}"
            english_words = told(english.replies[reply])
            english_does = frozenset[WordClass]().union(
                *(sorts(word, english.lexicon) for word in english_words)
            )
            if does != english_does:
                yield f"{where}: tells {words} for {sorted(does)}, English {english_words}"
            if carriers != {word for word in english_words if word in CARRIER_WORDS}:
                yield f"{where}: tells {words}, but a carrier's words are never translated: {english_words}"

    no_more_than(problems())


@every_file
def test_given_a_word_that_people_are_told_when_listed_then_it_is_the_first_of_its_class(
    vocabulary: str, language: str
) -> None:
    here = catalogue(vocabulary, language)
    listed = tomllib.loads(text_of(vocabulary, language))["words"]

    def problems() -> Iterator[str]:
        for reply, template in here.replies.items():
            for word in told(template):
                for kind in sorts(word, here.lexicon) if word not in CARRIER_WORDS else ():
                    if folded(listed[kind][0]) != folded(word):
                        yield (
                            f"{name(vocabulary, language)} {reply}: tells {word},"
                            f" but {kind} begins with {listed[kind][0]}"
                        )

    no_more_than(problems())


@every_file
@pytest.mark.parametrize(
    ("kind", "more", "wish"),
    [
        (WordClass.LIST, "", ListShifts()),
        (WordClass.MORE, "", ListShifts(more=True)),
        (WordClass.MINE, "", MyShifts()),
        (WordClass.AGENT, "", CallMe("")),
        (WordClass.HELP, "", HowTo()),
        (WordClass.YES, "", SayYes()),
        (WordClass.NO, "", SayNo()),
        (WordClass.DROP, "", OnShifts(Verb.DROP)),
        (WordClass.DROP, " xyz123", OnShifts(Verb.DROP, ("XYZ123",))),
        (WordClass.WAIT, " xyz123", OnShifts(Verb.WAIT, ("XYZ123",))),
        (WordClass.INFO, " xyz123", OnShifts(Verb.INFO, ("XYZ123",))),
    ],
)
def test_given_any_word_of_a_class_when_sent_then_it_does_what_its_class_does(
    vocabulary: str, language: str, kind: WordClass, more: str, wish: Wish
) -> None:
    def problems() -> Iterator[str]:
        for word in tomllib.loads(text_of(vocabulary, language))["words"][kind]:
            found = wish_of(word.lower() + more, vocabulary, language)
            if found != wish and not (isinstance(wish, SayYes) and isinstance(found, SayYes)):
                yield f"{name(vocabulary, language)} {kind}: {word}{more} is {found}"

    no_more_than(problems())


@every_file
def test_given_a_command_or_yes_or_no_when_listed_then_it_is_no_word_of_a_carrier(
    vocabulary: str, language: str
) -> None:
    carriers = {fold(word) for word in CARRIER_WORDS}

    def problems() -> Iterator[str]:
        words = catalogue(vocabulary, language).lexicon.words
        for kind in (*COMMANDS, WordClass.YES, WordClass.NO):
            for phrase in sorted(words[kind]):
                if phrase.split()[0] in carriers:
                    yield f"{name(vocabulary, language)} {kind}: {phrase} belongs to carriers"

    no_more_than(problems())


@every_file
def test_given_a_word_when_english_goes_with_it_then_it_does_not_do_two_things_at_once(
    vocabulary: str, language: str
) -> None:
    apart = [
        *((one, other) for i, one in enumerate(COMMANDS) for other in COMMANDS[i + 1 :]),
        *((one, other) for one in COMMANDS for other in (WordClass.YES, WordClass.NO, WordClass.NEGATING)),
        (WordClass.YES, WordClass.NO),
        (WordClass.YES, WordClass.NEGATING),
    ]

    def problems() -> Iterator[str]:
        lexicon = understood(vocabulary, language)
        for one, other in apart:
            both = lexicon.words[one] & lexicon.words[other]
            spelled_alike = map(folded, lexicon.spelled[one] & lexicon.spelled[other])
            for phrase in sorted(both.intersection(spelled_alike)):
                yield f"{name(vocabulary, language)} {phrase}: is {one} and {other}"

    no_more_than(problems())


@every_file
def test_given_a_listed_phrase_when_it_is_in_a_text_then_it_can_be_found(
    vocabulary: str, language: str
) -> None:
    def problems() -> Iterator[str]:
        for kind, phrases in tomllib.loads(text_of(vocabulary, language))["words"].items():
            for phrase in phrases:
                parts = take_apart(phrase)
                if parts.signs == (phrase,):
                    continue
                if not 1 <= len(parts.words) <= 4:
                    yield f"{name(vocabulary, language)} {kind}: {phrase} has {len(parts.words)} words"
                elif " ".join(word.folded for word in parts.words) != folded(phrase):
                    yield f"{name(vocabulary, language)} {kind}: {phrase} is never read as one"

    no_more_than(problems())


@every_file
def test_given_a_word_of_the_grammar_when_listed_then_it_can_be_found(vocabulary: str, language: str) -> None:
    def problems() -> Iterator[str]:
        for role, words in tomllib.loads(grammar_of(language))["grammar"].items():
            for word in words:
                parts = take_apart(word)
                most = 4 if role == Grammar.ACKNOWLEDGING else 1
                if parts.signs != (word,) and not 1 <= len(parts.words) <= most:
                    yield f"{language}.toml {role}: {word} has {len(parts.words)} words"

    no_more_than(problems())


@every_file
@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Grammar.ACKNOWLEDGING, WordClass.YES),
        (Grammar.STATING, WordClass.ASKING),
        (Grammar.JOINING, WordClass.SMALL),
        (Grammar.TO, WordClass.SMALL),
    ],
)
def test_given_a_word_of_the_grammar_when_listed_then_it_is_the_everyday_word_that_it_says_more_of(
    vocabulary: str, language: str, role: Grammar, kind: WordClass
) -> None:
    lexicon = catalogue(vocabulary, language).lexicon
    assert lexicon.grammar[role] <= lexicon.words[kind], f"{name(vocabulary, language)} {kind}"
    assert lexicon.grammar[Grammar.THEN] <= lexicon.grammar[Grammar.JOINING], f"{language}.toml then"


@every_file
def test_given_a_day_when_said_then_it_is_short_and_like_no_other(vocabulary: str, language: str) -> None:
    here, where = catalogue(vocabulary, language), name(vocabulary, language)
    assert (len({*here.weekdays}), len({*here.months})) == (7, 12), f"{where} [dates]"
    days = [here.day(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=i)) for i in range(365)]
    assert len({*days}) == 365, f"{where} day: {here.day_pattern} says the same of two days"
    for day in days:
        size = measure(day)
        assert size.encoding is Encoding.GSM, f"{where} [dates]: {day} has {size.not_gsm!r}, not in GSM-7"
        assert size.characters <= 12, f"{where} [dates]: {day} is long"
    saturday = here.day(datetime(2026, 8, 15, tzinfo=UTC))
    assert here.weekdays[5] in saturday, f"{where} day: {saturday}"
    assert "15" in saturday, f"{where} day: {saturday}"


_BOOKING = {
    "es": [
        "hola, quiero XYZ123 por favor",
        "Buenos días María, me gustaría tomar el XYZ123, muchas gracias",
        "sí, XYZ123",
        "¿puedo hacer XYZ123?",
        "Soy Juan Pérez, XYZ123",
        "buenas tardes señora García, resérveme XYZ123 x favor",
        "XYZ123 para el sábado 15 de agosto a las 8",
        "XYZ123 me interesa, gracias de antemano",
        "anótame en XYZ123 xfa",
        "estoy disponible para XYZ123",
        "yo puedo XYZ123. Saludos, Ana",
        "sin problema, XYZ123",
        "el codigo es posible XYZ123",
    ],
    "fr": [
        "bonjour, je voudrais XYZ123 s'il vous plaît",
        "Bonjour Madame Dupont, je prends XYZ123, merci beaucoup",
        "oui XYZ123",
        "est-ce que je peux prendre XYZ123 svp ?",
        "puis-je avoir XYZ123 ?",
        "C'est Marie, je prends XYZ123",
        "d'accord pour XYZ123",
        "j’aimerais réserver le XYZ123 pour samedi 15 août",
        "inscrivez-moi sur XYZ123, cordialement Jean Petit",
        "pas de problème pour XYZ123",
        "je suis disponible pour XYZ123",
        "XYZ123 ça me va, bonne journée",
    ],
    "de": [
        "Hallo, ich möchte XYZ123 bitte",
        "Guten Morgen Frau Müller, ich nehme XYZ123, vielen Dank",
        "Ja, XYZ123",
        "kann ich XYZ123 haben?",
        "Hier ist Anna Schmidt, ich übernehme XYZ123",
        "ich hätte gerne XYZ123",
        "XYZ123 am Samstag 15. August um 8 Uhr",
        "trag mich bitte für XYZ123 ein, LG Anna",
        "ich wuerde gern XYZ123 uebernehmen",
        "kein Problem, mache XYZ123",
        "Moin, bin dabei XYZ123",
        "XYZ123 passt mir, schönen Abend noch",
    ],
}
_BOTH = {
    "es": ["XYZ123 y ABC456", "quiero los dos XYZ123, ABC456"],
    "fr": ["XYZ123 et ABC456", "je prends les deux XYZ123 ABC456 svp"],
    "de": ["XYZ123 und ABC456", "beide bitte: XYZ123, ABC456"],
}
_NOT_BOOKING = {
    "es": [
        "no puedo XYZ123",
        "no quiero XYZ123",
        "lo siento, XYZ123",
        "ya no XYZ123",
        "XYZ123 o ABC456",
        "cambiar XYZ123 por ABC456",
        "cambio XYZ123 ABC456",
        "estoy enferma XYZ123",
        "XYZ123 me equivoqué",
        "XYZ123 tal vez",
        "si nadie más puede, XYZ123",
        "hola, imposible XYZ123",
        "mejor ABC456 en vez de XYZ123",
        "quítame de XYZ123",
        "cancelen XYZ123",
        "XYZ123 llego tarde",
        "¿XYZ123 se canceló?",
        "quién tiene XYZ123",
        "otro que XYZ123",
        "yo paso de XYZ123",
    ],
    "fr": [
        "je ne peux pas XYZ123",
        "je peux plus XYZ123",
        "désolé XYZ123",
        "XYZ123 ou ABC456",
        "échanger XYZ123 contre ABC456",
        "je suis malade XYZ123",
        "XYZ123 peut-être",
        "s'il reste XYZ123",
        "si personne ne prend XYZ123",
        "bonjour, impossible XYZ123",
        "c'est mort pour XYZ123",
        "ABC456 plutôt que XYZ123",
        "XYZ123 annulé ?",
        "XYZ123 réservé ?",
        "retirez-moi de XYZ123",
        "je suis en retard XYZ123",
        "qui a pris XYZ123",
        "sauf XYZ123",
        "XYZ123 confirmé ?",
        "c'est libre XYZ123 ?",
    ],
    "de": [
        "ich kann XYZ123 nicht",
        "kann XYZ123 leider nicht machen",
        "kein XYZ123",
        "XYZ123 oder ABC456",
        "XYZ123 gegen ABC456 tauschen",
        "bin krank XYZ123",
        "ich bin im Urlaub XYZ123",
        "XYZ123 vielleicht",
        "wenn sonst niemand kann, XYZ123",
        "Hallo, verhindert XYZ123",
        "lieber ABC456 als XYZ123",
        "statt XYZ123 ABC456",
        "ich gebe XYZ123 ab",
        "sage XYZ123 ab",
        "XYZ123 abgesagt?",
        "XYZ123 komme später",
        "wer hat XYZ123",
        "XYZ123 aus Versehen",
        "XYZ123 bestätigt?",
        "alles außer XYZ123",
    ],
}
_OTHERWISE: dict[str, list[tuple[str, Wish]]] = {
    "es": [
        ("¿cuándo es XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("¿sigue disponible XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("¿cómo es XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("quiero devolver XYZ123", OnShifts(Verb.DROP, ("XYZ123",))),
        ("lista de espera XYZ123", OnShifts(Verb.WAIT, ("XYZ123",))),
        ("la lista por favor", ListShifts()),
        ("más", ListShifts(more=True)),
        ("hola, ¿qué hay disponible?", ListShifts()),
        ("muchas gracias", Thanks()),
        ("gracias y buenas noches", Thanks()),
        ("sí, gracias", SayYes()),
        ("vale, gracias", SayYes(casual=True)),
        ("claro que sí", SayYes()),
        ("no, gracias", SayNo()),
        ("¿cómo funciona?", HowTo()),
        ("ayuda por favor", HowTo()),
        ("buenos días", HowTo()),
        ("agente, tengo una duda", CallMe("tengo una duda")),
        ("no puedo XYZ123", Unclear(("XYZ123",))),
        ("hoy no puedo", FreeText()),
    ],
    "fr": [
        ("c'est quand XYZ123 ?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("XYZ123 est-il encore libre ?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("où est XYZ123 ?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("je voudrais rendre XYZ123", OnShifts(Verb.DROP, ("XYZ123",))),
        ("je rends XYZ123", OnShifts(Verb.DROP, ("XYZ123",))),
        ("liste d'attente XYZ123", OnShifts(Verb.WAIT, ("XYZ123",))),
        ("la liste svp", ListShifts()),
        ("la suite", ListShifts(more=True)),
        ("bonjour, quoi de disponible ?", ListShifts()),
        ("merci beaucoup", Thanks()),
        ("oui merci", SayYes()),
        ("ok merci", SayYes(casual=True)),
        ("d'accord", SayYes()),
        ("pas de problème", SayYes()),
        ("non merci", SayNo()),
        ("aide svp", HowTo()),
        ("bonjour", HowTo()),
        ("appel svp: une question", CallMe("svp: une question")),
        ("je ne peux pas XYZ123", Unclear(("XYZ123",))),
        ("je ne peux pas venir", FreeText()),
    ],
    "de": [
        ("wann ist XYZ123?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("ist XYZ123 noch frei?", OnShifts(Verb.INFO, ("XYZ123",))),
        ("wie lange geht XYZ123?", Unclear(("XYZ123",))),
        ("möchte XYZ123 abgeben", OnShifts(Verb.DROP, ("XYZ123",))),
        ("XYZ123 zurückgeben", OnShifts(Verb.DROP, ("XYZ123",))),
        ("Warteliste XYZ123", OnShifts(Verb.WAIT, ("XYZ123",))),
        ("die Liste bitte", ListShifts()),
        ("mehr", ListShifts(more=True)),
        ("Hallo, was ist noch frei?", ListShifts()),
        ("vielen Dank", Thanks()),
        ("ja, danke", SayYes()),
        ("alles klar, danke", SayYes(casual=True)),
        ("gerne", SayYes()),
        ("kein Problem", SayYes()),
        ("nein danke", SayNo()),
        ("Hilfe bitte", HowTo()),
        ("Guten Tag", HowTo()),
        ("Anruf, bitte heute", CallMe("bitte heute")),
        ("kann XYZ123 nicht", Unclear(("XYZ123",))),
        ("ich kann heute nicht", FreeText()),
    ],
}


def _rows(table: Mapping[str, list[str]]) -> list[tuple[str, str, str]]:
    return [
        (vocabulary, language, text)
        for vocabulary in sorted({vocabulary for vocabulary, _ in FILES})
        for language, texts in table.items()
        for text in texts
    ]


@pytest.mark.parametrize(("vocabulary", "language", "text"), _rows(_BOOKING))
def test_given_a_code_with_pleasantries_when_read_then_it_books(
    vocabulary: str, language: str, text: str
) -> None:
    found = wish_of(text, vocabulary, language)
    assert found == OnShifts(Verb.CLAIM, ("XYZ123",)), f"{name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(("vocabulary", "language", "text"), _rows(_BOTH))
def test_given_two_codes_with_pleasantries_when_read_then_both_are_booked(
    vocabulary: str, language: str, text: str
) -> None:
    found = wish_of(text, vocabulary, language)
    assert found == OnShifts(Verb.CLAIM, ("XYZ123", "ABC456")), f"{name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(("vocabulary", "language", "text"), _rows(_NOT_BOOKING))
def test_given_a_code_that_is_not_wanted_for_certain_when_read_then_nothing_is_booked(
    vocabulary: str, language: str, text: str
) -> None:
    found = wish_of(text, vocabulary, language)
    claims = isinstance(found, OnShifts) and found.verb is Verb.CLAIM
    assert not claims, f"{name(vocabulary, language)}: {text}: {found}"


@pytest.mark.parametrize(
    ("vocabulary", "language", "text", "wish"),
    [
        (vocabulary, language, text, wish)
        for vocabulary in sorted({vocabulary for vocabulary, _ in FILES})
        for language, rows in _OTHERWISE.items()
        for text, wish in rows
    ],
)
def test_given_everyday_words_when_read_then_they_mean_what_they_say(
    vocabulary: str, language: str, text: str, wish: Wish
) -> None:
    assert wish_of(text, vocabulary, language) == wish, f"{name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(
    ("vocabulary", "language", "text"),
    [
        ("shifts", "es", "¿hay turnos?"),
        ("shifts", "es", "quiero trabajar un turno de noche"),
        ("shifts", "fr", "il y a des créneaux ?"),
        ("shifts", "fr", "quelles gardes avez-vous"),
        ("shifts", "de", "gibt es Schichten?"),
        ("shifts", "de", "habt ihr noch Dienste"),
        ("appointments", "en", "do you have any appointments"),
        ("appointments", "es", "¿hay citas?"),
        ("appointments", "fr", "je voudrais un rendez-vous"),
        ("appointments", "fr", "un rdv svp"),
        ("appointments", "de", "ich brauche einen Termin"),
    ],
)
def test_given_the_word_for_what_is_offered_when_sent_then_it_is_a_request(
    vocabulary: str, language: str, text: str
) -> None:
    assert wish_of(text, vocabulary, language) == ListShifts(), f"{name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(
    ("language", "text", "wish"),
    [
        ("es", "XYZ123 y ABC456", OnShifts(Verb.CLAIM, ("XYZ123", "ABC456"))),
        ("es", "XYZ123 and ABC456", OnShifts(Verb.CLAIM, ("XYZ123", "ABC456"))),
        ("en", "XYZ123 y ABC456", Unclear(("XYZ123", "ABC456"))),
        ("fr", "XYZ123 plus ABC456", Unclear(("XYZ123", "ABC456"))),
        ("de", "XYZ123 um 8 Uhr", OnShifts(Verb.CLAIM, ("XYZ123",))),
        ("de", "XYZ123 8am", OnShifts(Verb.CLAIM, ("XYZ123",))),
        ("de", "XYZ123 8uhr", OnShifts(Verb.CLAIM, ("XYZ123",))),
        ("en", "XYZ123 8uhr", OnShifts(Verb.CLAIM, ("XYZ123",), ("8uhr",))),
        ("es", "XYZ123 de 8 a 12", Unclear(("XYZ123",))),
        ("es", "XYZ123 a las 8", OnShifts(Verb.CLAIM, ("XYZ123",))),
        ("es", "XYZ123 hasta las 8", Unclear(("XYZ123",))),
        ("fr", "XYZ123 8h à 12h", Unclear(("XYZ123",))),
        ("fr", "XYZ123 à 8h", OnShifts(Verb.CLAIM, ("XYZ123",))),
        ("fr", "XYZ123 to 8h", Unclear(("XYZ123",))),
        ("fr", "rendre XYZ123, jusqu’à 8h", Unclear(("XYZ123",))),
    ],
)
def test_given_a_word_that_holds_a_sentence_together_when_read_then_it_is_one_of_the_language_or_of_english(
    language: str, text: str, wish: Wish
) -> None:
    assert wish_of(text, "shifts", language) == wish


_TEXT = text_of("shifts", ENGLISH)
_GRAMMAR = grammar_of(ENGLISH)


def changed(text: str, *edits: tuple[str, str]) -> str:
    """The text with the line of each key replaced."""
    for line, instead in edits:
        text, count = re.subn(rf"(?m)^{line}.*\n", instead, text, count=1)
        assert count == 1, f"no line {line} to change"
    return text


def problems_of(text: str, grammar: str = _GRAMMAR) -> list[str]:
    with pytest.raises(CatalogueError) as raised:
        read_catalogue("xx", text, grammar, like=catalogue("shifts", ENGLISH))
    return str(raised.value).splitlines()


_MISTAKES = [
    (("taken = ", ""), "xx: [replies] taken is missing"),
    (("closed = ", 'closed = "{shifts}"\nclose = "{shifts}"\n'), "xx: [replies] close is never said"),
    (
        ("dropped = ", 'dropped = "{shift}"\n'),
        "xx: [replies] dropped must have ['shifts'] in braces and has ['shift']",
    ),
    (("wait = \\[", ""), "xx: [words] wait is missing"),
    (("more = \\[", 'more = ["MORE"]\nmoer = ["MOER"]\n'), "xx: [words] moer is no class of words"),
    (("weekdays = ", 'weekdays = ["Mon"]\n'), "xx: [dates] weekdays must have 7 names"),
    (("months = ", ""), "xx: [dates] months must have 12 names"),
    (("day = ", ""), "xx: [dates] day is missing"),
]


@pytest.mark.parametrize(
    ("edit", "problem"), _MISTAKES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_given_one_mistake_in_a_catalogue_when_read_then_it_is_named(
    edit: tuple[str, str], problem: str
) -> None:
    assert problems_of(changed(_TEXT, edit)) == [problem]


_MISTAKES_IN_GRAMMAR = [
    (("joining = ", ""), "xx: [grammar] joining is missing"),
    (("only = ", 'only = ["ONLY"]\nolny = ["JUST"]\n'), "xx: [grammar] olny is no class of words"),
    (("one = ", 'one = "ONE"\n'), "xx: [grammar] one must be a list of words in quotes"),
]


@pytest.mark.parametrize(
    ("edit", "problem"), _MISTAKES_IN_GRAMMAR, ids=lambda value: value if isinstance(value, str) else ""
)
def test_given_one_mistake_in_a_grammar_when_read_then_it_is_named(
    edit: tuple[str, str], problem: str
) -> None:
    assert problems_of(_TEXT, changed(_GRAMMAR, edit)) == [problem]


def test_given_many_mistakes_in_a_catalogue_when_read_then_all_are_named_at_once() -> None:
    edits, problems = zip(*_MISTAKES, strict=True)
    in_grammar, more_problems = zip(*_MISTAKES_IN_GRAMMAR, strict=True)
    found = problems_of(changed(_TEXT, *edits), changed(_GRAMMAR, *in_grammar))
    assert sorted(found) == sorted(problems + more_problems)


def test_given_bad_toml_when_read_then_its_line_is_named() -> None:
    (problem,) = problems_of('[replies]\nbooked = "Booked\n')
    assert re.fullmatch(r"xx: no TOML: .+ \(at line 2, column \d+\)", problem), problem
    (problem,) = problems_of(_TEXT, "[grammar]\none = [\n")
    assert problem.startswith("xx grammar: no TOML: "), problem


def test_given_an_empty_catalogue_when_read_then_everything_is_missing() -> None:
    assert len(problems_of("", "")) == len(Reply) + len(WordClass) + 3 + len(Grammar)


def test_given_no_mistake_when_read_then_it_says_what_it_was_given() -> None:
    read = read_catalogue("xx", changed(_TEXT, ("taken = ", 'taken = "Gone: {shifts}"\n')), _GRAMMAR)
    assert read.say(Reply.TAKEN, shifts="XYZ123") == "Gone: XYZ123"


NOT_IN_A_DIALOGUE = {
    Reply.LIST_MORE,
    Reply.CALL_NOT_ALLOWED,
    Reply.CALL_LIMIT,
    Reply.CALLS_USED_UP,
    Reply.TOO_MANY_TEXTS,
    Reply.STRANGER,
    Reply.CANCELLED_NOTICE,
    Reply.REMINDER,
    Reply.REMINDER_FIXED,
    Reply.CAMPAIGN_HOW_TO_ANSWER,
    Reply.CAMPAIGN_OR_CALL,
}
"""Very long lists, and what depends on Connect, limits, operators and time, have tests of their own."""


@pytest.mark.parametrize("reply", sorted({*Reply} - NOT_IN_A_DIALOGUE))
def test_given_what_can_be_answered_when_looked_for_then_a_dialogue_table_has_it(reply: Reply) -> None:
    template = re.escape(catalogue("shifts", "en").replies[reply])
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", ".+?", template))
    said = [
        text
        for dialogue in TABLES
        for turn in dialogue.turns
        for text in (*turn.answers, *(words for _, words in turn.heard))
    ]
    assert any(pattern.search(text) for text in said), f"no table has {reply}: {pattern.pattern}"

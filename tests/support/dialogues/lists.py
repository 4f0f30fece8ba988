"""Lists dialogues about lists of open shifts and of own shifts, in each language."""

import re

from shift_sms_runtime.language.lexicon import WordClass, fold
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, GivenShift, ann, bob

ORDER = Dialogue(
    "the next shift is listed first, those without a start by code",
    (ann("REQUEST", "Reply with a code to book:\nA4 soon\nA1 later\nA2 ward 3\nA3 ward 1"),),
    given=(
        GivenShift("A3", "ward 1"),
        GivenShift("A1", "later", starts_in=48),
        GivenShift("A0", "started", starts_in=-1),
        GivenShift("A2", "ward 3", site="Airport"),
        GivenShift("A4", "soon", starts_in=2, site="Harbor"),
        GivenShift("A5", "over", starts_in=-9, ends_in=-1),
    ),
)


def waiting_in(language: str) -> Dialogue:
    """Returns a dialogue in which Ann waits for a shift, has one, and is offered the first."""
    own, english = locale("shifts", language), locale("shifts", "en")
    say, line = own.say, "W1 5h nightshift"

    def word(word_class: WordClass) -> str:
        """Returns the word of a class that the replies name first."""
        named = re.findall(r"\b[A-Z\u00c0-\u00dc]{2,}\b", " ".join(own.templates.values()))
        return str(next(one for one in named if word_class in own.lexicon.classes_of(fold(one))))

    awaited, held = f"{say(Template.MINE_WAITING)}\n{line}", f"{say(Template.MINE_OFFERED)}\n{line}"
    yours = f"{say(Template.MINE)}\nB1 5h"
    return Dialogue(
        f"own shifts and waiting lists in {language}",
        (
            ann(f"{word(WordClass.WAIT)} W1", say(Template.WAITING, shifts="W1")),
            ann("MINE", awaited),
            ann("B1", say(Template.BOOKED, shifts="B1 5h")),
            ann("MINE", f"{yours}\n{awaited}"),
            bob(
                "DROP W1",
                english.say(Template.DROPPED, shifts="W1"),
                texts_to_others=((ANN, say(Template.OFFER, shift=line, time="<time>")),),
            ),
            ann("MINE", f"{yours}\n{held}"),
            ann(f"{word(WordClass.DROP)} W1", say(Template.LEFT_WAITING_LIST, shifts="W1")),
            ann("MINE", yours),
        ),
        given=(GivenShift("W1", "5h nightshift", status="taken", employee=BOB), GivenShift("B1", "5h")),
        taken={"B1": ANN},
        employees={ANN: {"language": language}},
    )


TOMORROW = {
    "en": "any shifts tomorrow?",
    "es": "turnos mañana",
    "fr": "créneaux demain",
    "de": "Schichten morgen",
}

AT_A_SITE = {
    "en": "any shifts at {}?",
    "es": "turnos en {}",
    "fr": "créneaux à {}",
    "de": "Schichten in {}",
}


def filtered_in(language: str) -> Dialogue:
    """Returns a dialogue in which Ann asks for the shifts of a day and of a site, and books one."""
    say = locale("shifts", language).say
    at_a_site, listed = AT_A_SITE[language], say(Template.LIST)
    return Dialogue(
        f"lists of a day and of a site in {language}",
        (
            ann(TOMORROW[language], f"{listed}\nT1 5h\nT2 3h"),
            ann(at_a_site.format("harbor"), f"{listed}\nT2 3h\nH3 4h\nH1 6h"),
            ann(at_a_site.format("depot"), say(Template.LIST_NONE_MATCHES)),
            ann("T1", say(Template.BOOKED, shifts="T1 5h (<start>, Airport)")),
            ann(TOMORROW[language], f"{listed}\nT2 3h"),
        ),
        given=(
            GivenShift("H1", "6h", site="North Harbor"),
            GivenShift("T2", "3h", starts_on=1, site="Harbor"),
            GivenShift("H3", "4h", starts_on=2, site="Harbor"),
            GivenShift("T1", "5h", starts_on=1, site="Airport"),
        ),
        taken={"T1": ANN},
        employees={ANN: {"language": language}},
    )


LISTS = (
    ORDER,
    *(waiting_in(language) for language in ("en", "es", "fr", "de")),
    *(filtered_in(language) for language in ("en", "es", "fr", "de")),
)

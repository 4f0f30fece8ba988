"""Lists dialogues about opt-outs, emergencies and questions in plain words, and about lists of some shifts."""

from collections.abc import Mapping, Sequence

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, EVE, NIGHT, Dialogue, ann, bob, eve
from tests.support.dialogues.replies import (
    BOOKED_NIGHT,
    EMERGENCY,
    FREE_TEXT,
    INVALID,
    NIGHT_LINE,
    OPEN_SHIFTS,
    START_REPLY,
    STOP_REPLY,
)

LANGUAGES = ("en", "es", "fr", "de")


def _in(language: str, template: Template) -> str:
    return locale("shifts", language).say(template)


def _replies_with(template: Template, name: str, texts: Mapping[str, Sequence[str]]) -> tuple[Dialogue, ...]:
    """Returns a dialogue of each text, by the language of the employee, to which one sentence replies."""
    return tuple(
        Dialogue(
            f"{name}, {language}: {text}",
            (ann(text, _in(language, template)),),
            employees={ANN: {"language": language}},
        )
        for language in LANGUAGES
        for text in texts[language]
    )


OPT_OUT_WORDS = {
    "en": ("please stop texting me", "don't text me anymore", "leave me alone", "no more messages please!"),
    "es": ("no quiero más mensajes", "BASTA", "por favor dejen de mandarme mensajes", "ALTO"),
    "fr": ("ne m'envoyez plus de messages svp", "arrêtez de m'écrire", "je ne veux plus recevoir de SMS"),
    "de": ("bitte keine Nachrichten mehr", "hört auf mir zu schreiben", "lasst mich in Ruhe"),
}


LOOK_ALIKES = {
    "en": (
        "can i stop by at 8?",
        "don't stop, i love these shifts",
        "please don't text me before 9",
        "i don't text much",
    ),
    "es": ("el autobús no para allí", "no paren, me encantan estos turnos", "no me llegan los mensajes"),
    "fr": (
        "je suis à l'arrêt de bus",
        "n'arrêtez pas, j'adore ces créneaux",
        "je ne reçois pas vos messages",
    ),
    "de": ("bitte nicht aufhören, ich mag die Schichten", "ich habe keine Nachricht bekommen"),
}


_OPT_OUTS_IN_EACH_LANGUAGE = tuple(
    Dialogue(
        f"an opt-out in plain words, {language}: {text}",
        (ann(text, _in(language, Template.OPTED_OUT)), ann(text)),
        opted_out=frozenset({ANN}),
        employees={ANN: {"language": language}},
    )
    for language in LANGUAGES
    for text in OPT_OUT_WORDS[language]
)


OPT_OUTS_IN_WORDS = (
    *_OPT_OUTS_IN_EACH_LANGUAGE,
    Dialogue(
        "START after an opt-out in plain words",
        (
            ann("please stop texting me", STOP_REPLY),
            ann("START", START_REPLY),
            ann("leave me alone", STOP_REPLY),
            ann("unstop", START_REPLY),
        ),
    ),
    Dialogue(
        "a START in the next minute overtakes an opt-out in plain words",
        (ann("START", START_REPLY, sent=2), ann("leave me alone", sent=1), ann("XYZ999", INVALID, sent=3)),
    ),
    Dialogue(
        "a stranger's opt-out in plain words is recorded, without a reply",
        (eve("leave me alone"), eve("XYZ123")),
        opted_out=frozenset({EVE}),
    ),
    Dialogue("REVOKE", (ann("Revoke", STOP_REPLY),), opted_out=frozenset({ANN})),
)
"""Under the setting `self_managed_opt_outs` = true."""


OPT_OUTS_IN_WORDS_OF_THE_SERVICE = (
    *_OPT_OUTS_IN_EACH_LANGUAGE,
    Dialogue(
        "START after an opt-out in plain words",
        (ann("please stop texting me", STOP_REPLY), ann("START"), ann("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "a code after an opt-out in plain words books, and no notice follows",
        (ann("please stop texting me", STOP_REPLY), ann("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
        opted_out=frozenset({ANN}),
    ),
    Dialogue("REVOKE", (ann("revoke"),), opted_out=frozenset({ANN})),
)
"""The service replies to STOP, START and HELP. START reaches the functions."""


LOOK_ALIKES_OF_OPT_OUTS = _replies_with(Template.FREE_TEXT, "no opt-out", LOOK_ALIKES)
"""Texts that resemble an opt-out change nothing."""


URGENT_WORDS = {
    "en": (
        "there has been an accident at the warehouse",
        "Bob is hurt",
        "FIRE in the kitchen!!",
        "we called the police",
    ),
    "es": (
        "hubo un accidente en la bodega",
        "hay un herido",
        "incendio en la cocina",
        "llamamos a la policía",
    ),
    "fr": ("il y a eu un accident", "Paul est blessé", "il y a le feu en cuisine", "on a appelé la police"),
    "de": ("es gab einen Unfall", "Paul ist verletzt", "Feuer in der Küche", "wir haben die Polizei gerufen"),
}


URGENT = (
    *_replies_with(Template.EMERGENCY, "urgent", URGENT_WORDS),
    Dialogue("urgent with a code", (ann("XYZ123 accident, call someone", EMERGENCY),)),
    Dialogue(
        "a reason of a DROP",
        (
            ann("XYZ123", BOOKED_NIGHT),
            ann("DROP XYZ123, i hurt my back", "Get well soon! Given back: XYZ123"),
        ),
    ),
    Dialogue("no emergency", (ann("where is the fire exit", FREE_TEXT),)),
    Dialogue("a stranger's emergency", (eve("there is a fire"),)),
)


QUESTIONS_FOR_A_PERSON = {
    "en": ("what's the pay for XYZ123?", "do i need my badge for XYZ123", "I am available on Saturday"),
    "es": ("cuánto pagan por XYZ123?", "hay que llevar uniforme para XYZ123?", "estoy disponible el sábado"),
    "fr": ("c'est payé combien XYZ123 ?", "faut-il mon badge pour XYZ123 ?", "Je suis dispo samedi"),
    "de": (
        "wie viel gibt es für XYZ123?",
        "brauche ich meinen Ausweis für XYZ123?",
        "Ich bin am Samstag frei",
    ),
}


QUESTIONS = (
    *_replies_with(Template.FREE_TEXT, "a question for a person", QUESTIONS_FOR_A_PERSON),
    Dialogue(
        "questions that the product can answer",
        (
            ann("is XYZ123 taken?", f"{NIGHT_LINE}\n1 of 1 free, reply XYZ123 to book"),
            ann("XYZ123", BOOKED_NIGHT),
            ann("did i get XYZ123?", f"{NIGHT_LINE}\nYours"),
            ann("when do i work next", f"Your shifts:\n{NIGHT_LINE}"),
            bob(
                "am i on the waiting list for XYZ123?",
                f"{NIGHT_LINE}\nTaken, reply WAIT XYZ123 for the waiting list",
            ),
        ),
        given=(NIGHT,),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "HOW, and greetings",
        (
            ann("how does this work", _in("en", Template.HOW_TO)),
            ann("can I have more hours", FREE_TEXT),
            ann("good night"),
            ann("anything going?", OPEN_SHIFTS),
        ),
    ),
    Dialogue(
        "I can do it, in reply to a text that offers one shift",
        (
            ann("REQUEST", f"Reply with a code to book:\n{NIGHT_LINE}"),
            ann("I can do it", BOOKED_NIGHT),
        ),
        given=(NIGHT,),
        taken={"XYZ123": ANN},
    ),
)

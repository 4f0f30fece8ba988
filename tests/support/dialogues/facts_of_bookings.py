"""Builds a dialogue for each language with what an employee should know when booking."""

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, Dialogue, GivenShift, ann


def facts_in(language: str) -> Dialogue:
    """Returns a dialogue in which Ann, who has this language, books a shift that starts soon."""
    say = locale("shifts", language).say
    return Dialogue(
        f"cut-off and role in {language}",
        (
            ann("N1", say(Template.BOOKED_FIXED, shifts="N1 early (<start>)")),
            ann("N1?", say(Template.INFO_YOURS_FIXED, shift="N1 early")),
            ann("N2", say(Template.WRONG_ROLE, code="N2", role="bar staff")),
        ),
        given=(
            GivenShift("N1", "early", starts_in=2, ends_in=6),
            GivenShift("N2", "late", role="bar staff"),
        ),
        taken={"N1": ANN},
        employees={ANN: {"language": language}},
    )


FACTS_OF_BOOKINGS = tuple(facts_in(language) for language in ("en", "es", "fr", "de"))

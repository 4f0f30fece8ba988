"""Builds a dialogue for each language in which a booking is undone, because its reply is refused."""

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, Dialogue, ann, bob
from tests.support.dialogues.replies import BOOKED_NIGHT, NIGHT_LINE


def undone_in(language: str) -> Dialogue:
    """Returns a dialogue in which Ann, who has this language, books before START and after it."""
    return Dialogue(
        f"a booking between STOP and START in {language}",
        (
            ann("STOP"),
            ann("XYZ123"),
            bob("XYZ123", BOOKED_NIGHT),
            bob("DROP XYZ123", "Given back: XYZ123"),
            ann("xyz123"),
            ann("START"),
            ann("XYZ123", locale("shifts", language).say(Template.BOOKED, shifts=NIGHT_LINE)),
        ),
        taken={"XYZ123": ANN},
        employees={ANN: {"language": language}},
    )


UNDONE_BOOKINGS = tuple(undone_in(language) for language in ("en", "es", "fr", "de"))
"""The service replies to STOP and START. The functions do not receive them."""

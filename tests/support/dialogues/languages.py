"""Builds a dialogue for each language and vocabulary."""

import re

from shift_sms_runtime.language.lexicon import WordClass, fold
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, POST_SHIFTS, Dialogue, ann, bob
from tests.support.dialogues.replies import NIGHT_LINE


def dialogue_in(language: str, vocabulary: str = "shifts") -> Dialogue:
    """Returns a dialogue in which Ann has this language and Bob has English."""
    own, english = locale(vocabulary, language), locale(vocabulary, "en")
    say = own.say

    def word(word_class: WordClass) -> str:
        """Returns the word of a class that the replies name first."""
        named = re.findall(r"\b[A-Z\u00c0-\u00dc]{2,}\b", " ".join(own.templates.values()))
        return str(next(one for one in named if word_class in own.lexicon.classes_of(fold(one))))

    offered = say(Template.OFFER, shift=NIGHT_LINE, time="<time>")
    listed = "\n".join([say(Template.LIST), *(f"{code} {info}" for code, info in POST_SHIFTS)])
    return Dialogue(
        f"{vocabulary} in {language}",
        (
            ann(word(WordClass.LIST), listed),
            ann("request", listed),
            ann("INFO XYZ123", say(Template.INFO_FREE, shift=NIGHT_LINE, free=1, seats=1, code="XYZ123")),
            ann("XYZ123", say(Template.BOOKED, shifts=NIGHT_LINE)),
            ann("xyz123", say(Template.ALREADY_YOURS, shifts=NIGHT_LINE)),
            ann("XYZ999", say(Template.INVALID_CODE)),
            ann("MINE", f"{say(Template.MINE)}\n{NIGHT_LINE}"),
            ann(f"{word(WordClass.DROP)} XYZ123", say(Template.DROPPED, shifts="XYZ123")),
            bob("XYZ123", english.say(Template.BOOKED, shifts=NIGHT_LINE)),
            ann("XYZ123", say(Template.ONE_TAKEN, code="XYZ123")),
            ann(f"{word(WordClass.WAIT)} XYZ123", say(Template.WAITING, shifts="XYZ123")),
            bob(
                "drop XYZ123",
                english.say(Template.DROPPED, shifts="XYZ123"),
                texts_to_others=((ANN, offered),),
            ),
            ann(word(WordClass.NO), say(Template.DECLINED, shifts="XYZ123")),
            ann(word(WordClass.NO), say(Template.NOTHING_CHANGED)),
            ann(word(WordClass.YES), say(Template.WHICH_SHIFT)),
        ),
        employees={ANN: {"language": language}},
    )


IN_EACH_LANGUAGE = tuple(dialogue_in(language) for language in ("en", "es", "fr", "de"))


APPOINTMENTS = tuple(dialogue_in(language, "appointments") for language in ("en", "es", "fr", "de"))
"""Under the setting `vocabulary` = `appointments`."""

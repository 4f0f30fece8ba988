"""The texts of a wave."""

from dataclasses import replace

from shift_sms_runtime.language.locale import Locale, Locales, Template
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shifts.notices import one_segment
from shift_sms_runtime.shifts.shift import Shift


def fill_texts(shift: Shift, locales: Locales) -> dict[str, str]:
    """Returns the text of a wave by language: the code, the description and how to answer."""
    return {language: _fill_text(shift, locale) for language, locale in locales.by_language.items()}


def _fill_text(shift: Shift, locale: Locale) -> str:
    text = one_segment(Template.FILL, shift, locale, code=shift.shift_id)
    if measure(text).segments == 1:
        return text
    # A code that does not fit twice is in the instruction alone.
    return one_segment(Template.FILL, replace(shift, shift_id=""), locale, code=shift.shift_id)

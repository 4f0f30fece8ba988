"""The texts of a wave."""

from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.shifts.notices import one_segment
from shift_sms_runtime.shifts.shift import Shift


def fill_texts(shift: Shift, locales: Locales) -> dict[str, str]:
    """Returns the text of a wave by language: the code, the description and how to answer."""
    return {
        language: one_segment(Template.FILL, shift, locale, code=shift.shift_id)
        for language, locale in locales.by_language.items()
    }

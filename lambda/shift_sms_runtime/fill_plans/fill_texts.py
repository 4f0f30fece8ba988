"""The texts of a wave."""

import hashlib
from dataclasses import replace

from shift_sms_runtime.language.locale import Locale, Locales, Template
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shifts.notices import one_segment
from shift_sms_runtime.shifts.shift import Shift


def fill_texts(shift: Shift, locales: Locales) -> dict[str, str]:
    """Returns the text of a wave by language: the code, the description and how to answer."""
    return {language: _fill_text(shift, locale) for language, locale in locales.by_language.items()}


def text_version(shift: Shift) -> str:
    """Returns what changes if the text of a wave, or the role that it is for, no longer is that of the shift."""
    times = (shift.starts_at, shift.ends_at, shift.zone, shift.site)
    described = (shift.info, shift.role.casefold(), *(() if shift.info else times))
    return hashlib.sha256(repr([str(one) for one in described]).encode()).hexdigest()[:16]


def _fill_text(shift: Shift, locale: Locale) -> str:
    text = one_segment(Template.FILL, shift, locale, code=shift.shift_id)
    if measure(text).segments == 1:
        return text
    # A code that does not fit twice is in the instruction alone.
    return one_segment(Template.FILL, replace(shift, shift_id=""), locale, code=shift.shift_id)

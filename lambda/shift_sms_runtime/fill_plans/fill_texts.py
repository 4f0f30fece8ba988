"""The texts of a wave."""

import hashlib

from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.shifts.notices import one_segment
from shift_sms_runtime.shifts.shift import Shift


def fill_texts(shift: Shift, locales: Locales) -> dict[str, str]:
    """Returns the text of a wave by language: the code, the description and how to answer."""
    return {
        language: one_segment(Template.FILL, shift, locale, code=shift.shift_id)
        for language, locale in locales.by_language.items()
    }


def text_version(shift: Shift) -> str:
    """Returns what changes if the text of a wave, or the role that it is for, no longer is that of the shift."""
    times = (shift.starts_at, shift.ends_at, shift.zone, shift.site)
    described = (shift.info, shift.role.casefold(), *(() if shift.info else times))
    return hashlib.sha256(repr([str(one) for one in described]).encode()).hexdigest()[:16]

"""The text that tells a holder of another time or place."""

from collections.abc import Callable
from functools import partial

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import (
    make_sendable,
    measure,
    prefix_for_one_segment,
    with_gsm_substitutes,
)
from shift_sms_runtime.shifts.changes.announced import History
from shift_sms_runtime.shifts.descriptions import details, time_of
from shift_sms_runtime.shifts.shift import Shift


def change_text(shift: Shift, known: History, locale: Locale, *, droppable: bool) -> str:
    """Returns the notice that time or place of a shift are others now. It fits one segment.

    Names what differs from anything that the holder may know. If `shift_info` alone differs, it is named.

    Args:
        shift: the shift as it is now.
        known: what the holder may know.
        locale: the language.
        droppable: whether to say how to give the shift back.
    """
    changed = frozenset[str]().union(*(shift.announced[-1].differences(one) for one in known))
    time = time_of(shift, locale) if changed & {"starts_at", "ends_at"} else ""
    site = with_gsm_substitutes(shift.site) if "site" in changed else ""
    if time or site:
        templates = [Template.CHANGED_TO, Template.CHANGED_TO_FIXED]
        about = shift.info.replace("\n", " ") or shift.role
    else:
        templates = [Template.CHANGED, Template.CHANGED_FIXED]
        about = details(shift, locale)

    def text(template: Template, about: str, site: str) -> str:
        description, now = f"{shift.shift_id} {about}".strip(), ", ".join(filter(None, (time, site)))
        return with_gsm_substitutes(locale.say(template, shift=description, now=now, code=shift.shift_id))

    for template in templates if droppable else templates[1:]:
        body = _longest_fitting(with_gsm_substitutes(about), partial(text, template, site=site))
        if measure(body).segments <= 1:
            return make_sendable(body)
    # The code and the time cannot be left out.
    return make_sendable(_longest_fitting(site, partial(text, templates[1], "")))


def _longest_fitting(part: str, text: Callable[[str], str]) -> str:
    """Returns the text with as much of a part as fits one segment."""
    return text(prefix_for_one_segment(part, text).strip())

"""Tests that every notice to a manager fits one GSM-7 segment in every language."""

import pytest

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import languages, locales
from shift_sms_runtime.language.tokenizer import LONGEST_CODE
from shift_sms_runtime.messaging.encoding import Encoding, make_sendable, measure
from shift_sms_runtime.shifts.manager_notices.notices import shift_text, short_name
from tests.support.shift_builders import shift

LONG = shift(shift_id="W" * LONGEST_CODE, shift_info="Ä" * 300, seats=500)
SHIFT_NOTICES = [one for one in ManagerNotice if one is not ManagerNotice.INBOX]


@pytest.mark.parametrize("vocabulary", ["shifts", "appointments"])
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", SHIFT_NOTICES)
def test_given_the_longest_values_when_rendered_then_one_gsm_segment(
    kind: ManagerNotice, language: str, vocabulary: str
) -> None:
    text = shift_text(LONG, kind, short_name("Ø" * 100, "+14255550101"), locales(vocabulary)[language])
    size = measure(text)
    assert (size.segments, size.encoding) == (1, Encoding.GSM)
    assert LONG.shift_id in text, "the code is whole"


@pytest.mark.parametrize("vocabulary", ["shifts", "appointments"])
@pytest.mark.parametrize("language", languages())
def test_given_the_inbox_when_told_then_one_gsm_segment(language: str, vocabulary: str) -> None:
    size = measure(make_sendable(locales(vocabulary)[language].say(Template.MANAGER_INBOX)))
    assert (size.segments, size.encoding) == (1, Encoding.GSM)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ann Lee", "Ann Lee"),
        ("Dvořák Jiří", "Dvorak Jiri"),
        ("Zoë  Müller", "Zoe Müller"),
        ("O’Neil", "O'Neil"),
        ("李", "+14255550101"),
        ("", "+14255550101"),
        ("A" * 40, "A" * 30),
        ("{name}", "+14255550101"),
    ],
)
def test_given_a_name_when_shortened_then_it_is_gsm(name: str, written: str) -> None:
    assert short_name(name, "+14255550101") == written

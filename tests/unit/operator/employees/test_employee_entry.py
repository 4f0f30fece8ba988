"""Tests what cells of a spreadsheet say about an employee."""

import contextlib
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.employee_entry import (
    LONGEST_NAME,
    read_entry,
    read_language,
    read_name,
    read_roles,
)
from shift_sms_operator.employees.language_names import _NAMES, language_of
from shift_sms_operator.employees.phone_numbers import country_code, read_phone_number
from shift_sms_runtime.language.locale_files import languages


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("es", "es"),
        ("ES_mx", "ES_mx"),
        ("Spanish", "es"),
        ("español", "es"),
        ("ESPANOL", "es"),
        ("Englisch", "en"),
        ("Français", "fr"),
        ("francais", "fr"),
        ("Deutsch", "de"),
        ("", ""),
    ],
)
def test_given_a_language_when_read_then_it_is_a_tag(written: str, language: str) -> None:
    assert read_language(written) == language


def test_given_the_languages_of_replies_when_named_then_each_has_names() -> None:
    assert set(_NAMES) == set(languages())
    assert all(language_of(name.upper()) == tag for tag, names in _NAMES.items() for name in names)


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("425 555 0101", "US", "+14255550101"),
        ("(425) 555-0101", "US", "+14255550101"),
        ("1 425 555 0101", "US", "+14255550101"),
        ("011 49 170 1234567", "US", "+491701234567"),
        ("0170/1234567", "DE", "+491701234567"),
        ("0049 170 1234567", "DE", "+491701234567"),
        ("+1 (425) 555-0101", "DE", "+14255550101"),
        ("＋14255550101", "DE", "+14255550101"),
        ("+14255550101", None, "+14255550101"),
    ],
)
def test_given_a_number_when_read_in_a_country_then_it_is_e164(
    written: str, country: str | None, number: str
) -> None:
    assert read_phone_number(written, country) == number


@pytest.mark.parametrize(
    ("written", "country", "told"),
    [
        ("4255550101", None, "or name the country of national numbers with --country"),
        ("1.42556E+10", "US", "has lost its digits in a spreadsheet; format the column as text"),
        ("1,42556E+10", None, "has lost its digits in a spreadsheet"),
        ("555-0101", "US", "is too short for a number of +1"),
        ("42555501010000", "US", "is too long for a number of +1"),
        ("Ann", "US", "is no phone number"),
        ("call 425 555 0101", "US", "is no phone number"),
        ("", "US", "is no phone number"),
        ("+999123456", "US", "begins with no country code"),
    ],
)
def test_given_a_wrong_number_when_read_then_it_is_told_what_is_right(
    written: str, country: str | None, told: str
) -> None:
    with pytest.raises(BadValue) as refused:
        read_phone_number(written, country)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "country", ["AU", "BR", "CA", "CH", "DE", "ES", "FR", "GB", "IN", "JP", "NL", "PL", "US", "ZA"]
)
@pytest.mark.parametrize("international", [True, False])
def test_given_a_mobile_number_of_a_country_when_read_then_it_is_that_number(
    country: str, international: bool
) -> None:
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert number is not None
    styles = phonenumbers.PhoneNumberFormat
    written = phonenumbers.format_number(number, styles.INTERNATIONAL if international else styles.NATIONAL)
    e164 = phonenumbers.format_number(number, styles.E164)
    assert read_phone_number(written, country_code(country)) == e164


@given(st.text(max_size=30), st.sampled_from([None, "US", "DE"]))
def test_given_any_text_when_read_as_a_number_then_it_is_one_or_refused(
    text: str, country: str | None
) -> None:
    number = "+14255550101"
    with contextlib.suppress(BadValue):
        number = read_phone_number(text, country)
    assert phonenumbers.is_possible_number(phonenumbers.parse(number))


@pytest.mark.parametrize("country", ["Mars", "", "XX"])
def test_given_no_country_when_read_then_it_is_refused(country: str) -> None:
    with pytest.raises(BadValue, match="is unknown; write its two letters"):
        country_code(country)


def test_given_a_long_name_or_role_when_read_then_it_is_refused() -> None:
    assert read_name("x" * LONGEST_NAME) == "x" * LONGEST_NAME
    with pytest.raises(BadValue, match="101 characters; shorten it to 100"):
        read_name("x" * (LONGEST_NAME + 1))
    with pytest.raises(BadValue, match="101 characters; shorten it to 100"):
        read_roles("Bar;" + "x" * 101)
    with pytest.raises(BadValue, match="51 roles; an employee has at most 50"):
        read_roles(";".join(map(str, range(51))))


def test_given_what_fill_plans_need_when_read_then_it_is_checked() -> None:
    entry = read_entry(
        {
            "phone_number": "+14255550101",
            "hired_at": "2019-05-01",
            "timezone": "Europe/Berlin",
            "sites": "Harbor; Old Town",
            "notices": "sick|filled",
        }
    )
    assert (entry.hired_at, entry.timezone) == ("2019-05-01", "Europe/Berlin")
    assert (entry.sites, entry.notices) == (("Harbor", "Old Town"), ("sick", "filled"))


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("hired_at", "05/01/2019", "hired_at is '05/01/2019': write a date like 2019-05-01"),
        ("timezone", "Berlin", "the timezone is 'Berlin': write a name like Europe/Berlin"),
        ("timezone", "../etc/passwd", "write a name like Europe/Berlin"),
        ("sites", "Harbor, Old Town", "several sites are separated by ;"),
        ("notices", "x" * 101, "has 101 characters; shorten it to 100"),
        (
            "notices",
            "sick;drop",
            "'drop' does not exist: write filled, unfilled, dropped, sick, exhausted, inbox,",
        ),
    ],
)
def test_given_a_wrong_cell_when_read_then_it_is_told(column: str, cell: str, told: str) -> None:
    with pytest.raises(BadValue, match=re.escape(told)):
        read_entry({"phone_number": "+14255550101", column: cell})

"""Tests the texts about other times and places: their words, and that each fits one segment."""

from dataclasses import replace
from typing import Any

import pytest

from shift_sms_runtime.language.locale_files import languages, locales
from shift_sms_runtime.messaging.encoding import Encoding, measure
from shift_sms_runtime.shifts.changes.announced import (
    TimeAndPlace,
    change_for,
    read_history,
    stored_history,
    with_current,
)
from shift_sms_runtime.shifts.changes.change_text import change_text
from tests.support.shift_builders import ANN, NOW, shift

TIMES: dict[str, Any] = {"starts_at": "2026-08-15T22:00Z", "ends_at": "2026-08-16T03:00Z"}

TEXTS = {
    "en": "Changed: A1 15/08 5h nightshift, now {time}, Harbor. Reply DROP A1 to give it back",
    "es": "Cambio: A1 15/08 5h nightshift, ahora {time}, Harbor. Envie DEJAR A1 para dejarlo",
    "fr": "Changement : A1 15/08 5h nightshift, maintenant {time}, Harbor. Envoyez RENDRE A1 pour le rendre",
    "de": "Geändert: A1 15/08 5h nightshift, jetzt {time}, Harbor. Zum Abgeben ABGEBEN A1 senden",
}


def text_of(language: str = "en", vocabulary: str = "shifts", *, droppable: bool = True, **item: Any) -> str:
    """Returns the text to a holder who knows of no time and no place."""
    changed = shift(**item)
    known = (TimeAndPlace(NOW, None, None, "", ""),)
    changed = replace(changed, announced=(*known, changed.time_and_place(NOW)))
    return change_text(changed, known, locales(vocabulary)[language], droppable=droppable)


@pytest.mark.parametrize("language", languages())
def test_given_another_time_and_place_when_told_then_the_words_are_as_expected(language: str) -> None:
    text = text_of(language, shift_info="15/08 5h nightshift", site="Harbor", **TIMES)
    locale = locales("shifts")[language]
    start = shift(**TIMES).starts_at
    assert start is not None
    assert text == TEXTS[language].format(time=f"{locale.day(start)} 22:00-03:00")


@pytest.mark.parametrize("droppable", [True, False])
@pytest.mark.parametrize("vocabulary", ["shifts", "appointments"])
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "item",
    [
        {"shift_info": "Ä" * 300, "site": "Ø" * 300, **TIMES},
        {"shift_info": "Ä" * 300},
        {"site": "ж" * 300, **TIMES},
        {"role": "ж" * 300, "site": "Harbor", **TIMES},
    ],
    ids=["long", "info alone", "long site in another script", "long role in another script"],
)
def test_given_the_longest_values_when_told_then_one_segment_has_code_and_time(
    item: dict[str, Any], language: str, vocabulary: str, *, droppable: bool
) -> None:
    text = text_of(language, vocabulary, droppable=droppable, shift_id="W" * 32, **item)
    assert measure(text).segments == 1
    assert "W" * 32 in text
    assert "starts_at" not in item or "22:00-03:00" in text
    if "ж" not in text:
        assert measure(text).encoding is Encoding.GSM


def test_given_no_info_when_told_then_the_role_names_the_shift() -> None:
    assert text_of(role="cook", site="Harbor").startswith("Changed: A1 cook, now Harbor.")


def test_given_a_time_zone_when_told_then_the_time_is_local() -> None:
    text = text_of(shift_info="night", timezone="America/New_York", starts_at="2026-08-15T22:00", site="Pier")
    assert text.startswith("Changed: A1 night, now Sat 15 Aug 22:00, Pier.")


def test_given_a_history_when_stored_then_it_reads_the_same() -> None:
    first = shift(site="Harbor", **TIMES).time_and_place(NOW)
    second = replace(shift(shift_info="15/08").time_and_place(NOW), since=first.settles_at)
    assert read_history(stored_history((first, second))) == (first, second)
    assert stored_history(()) is None


@pytest.mark.parametrize("value", [None, "x", 7, [None, {"since": "?"}, {"site": "Harbor"}]])
def test_given_an_unreadable_history_when_read_then_it_is_empty(value: object) -> None:
    assert read_history(value) == ()


def test_given_many_changes_when_noted_then_the_item_stays_small() -> None:
    history: tuple[TimeAndPlace, ...] = ()
    for number in range(30):
        one = shift(site=f"Gate {number}", **TIMES).time_and_place(NOW)
        history = with_current(with_current(history, one), one)
    assert len(history) == 10
    change = change_for(history, NOW.replace(year=2020))
    assert change is not None
    assert change.known[0].site == "Gate 0", "the oldest holder knows it"


def test_given_a_first_booking_when_others_left_then_nothing_old_is_kept() -> None:
    booked = shift(**TIMES).with_holder(ANN, NOW)
    again = replace(booked.without_holder(ANN), site="Harbor").with_holder(ANN, NOW)
    assert [one.site for one in again.announced] == ["Harbor"]

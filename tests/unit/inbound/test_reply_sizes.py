"""Tests that replies and notices about typical shifts take one segment in every language, and lists two."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.messaging.encoding import Encoding, measure
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld
from tests.support.locale_files import FILES
from tests.support.memory.employees import EmployeeRow

TYPICAL_INFOS = {"info of 30 characters": "15/08 22:00-06:00 cafe, harbor", "times and site": ""}


HOURS = {
    "BAR101": (100, 108),
    "BAR102": (125, 133),
    "BAR103": (112, 120),
    "BAR104": (105, 130),
    "BAR105": (400, 460),
    "BAR106": (700, 708),
    "BAR107": (700, 708),
    "BAR108": (700, 708),
    "BAR109": (800, 808),
    "BAR110": (700, 708),
    "BAR111": (900, 908),
    "BAR112": (5, 13),
    "BAR113": (700, 708),
}
"""The start and end of each shift, in hours from now.

Ann books BAR101 and BAR102. BAR103 leaves too little rest beside both, BAR104 overlaps with both, and BAR105 exceeds
her weekly hours.
"""


DIFFERENT: dict[str, dict[str, Any]] = {
    "BAR106": {"role": "bar staff"},
    "BAR107": {"shift_status": "cancelled"},
    "BAR108": {"respond_in": -1},
    "BAR109": {"shift_status": "taken", "employee": BOB},
    "BAR110": {"shift_status": "on hold"},
    "BAR112": {"shift_status": "taken", "employee": ANN},
    "BAR113": {
        "shift_status": "taken",
        "employee": BOB,
        "waiting_list": [f"+1425556{number:04}" for number in range(100)],
    },
}


TEXTS = (
    *(
        "BAR101",
        "bar101",
        "BAR102",
        "BAR101 BAR102",
        "BAR103",
        "BAR104",
        "BAR105",
        "BAR106",
        "BAR107",
        "BAR108",
    ),
    *("BAR109", "BAR109 BAR101 XYZ999", "BAR110", "BAR113", "XYZ999", "ABR111", "BAR"),
    *("WAIT BAR101", "WAIT BAR111", "WAIT BAR109", "WAIT BAR109", "WAIT BAR113", "WAIT"),
    *("INFO BAR101", "INFO BAR107", "INFO BAR108", "INFO BAR109", "INFO BAR110", "INFO BAR111", "BAR113?"),
    *("DROP", "DROP BAR112", "DROP BAR109", "DROP BAR111", "DROP BAR101", "DROP BAR101 BAR102"),
    *(
        "MINE",
        "YES",
        "NO",
        "sorry BAR111 maybe",
        "sorry BAR112 maybe",
        "hello",
        "where is the key to the bar",
    ),
    *("the trainer told me about BAR111", "BAR101", "the trainer told me about BAR101"),
    *("sick, can't do BAR101", "sick, won't be in today", "shifts tomorrow", "there was an accident"),
    *("AGENT", "HELP", "STOP", "START"),
)
"""Texts for each kind of reply. English commands are understood in every language."""


@pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))
@pytest.mark.parametrize("info", TYPICAL_INFOS.values(), ids=TYPICAL_INFOS)
@pytest.mark.parametrize("connect", [False, True])
def test_given_typical_shifts_when_texted_about_then_each_reply_is_one_segment(
    vocabulary: str, language: str, info: str, connect: bool
) -> None:
    world = _world(vocabulary, language, info, connect=connect)
    for text in TEXTS:
        world.deliver(ANN, text)
    heard = world.phones.heard(ANN)
    assert len(heard) >= len(TEXTS)
    assert _longer_than_one_segment(heard) == []


@pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))
@pytest.mark.parametrize("info", TYPICAL_INFOS.values(), ids=TYPICAL_INFOS)
def test_given_typical_shifts_when_notices_are_sent_then_each_is_one_segment(
    vocabulary: str, language: str, info: str
) -> None:
    world = _world(vocabulary, language, info)
    world.deliver(ANN, "WAIT BAR109")
    world.deliver(BOB, "DROP BAR109")
    world.reconcile_shifts()
    world.deliver(ANN, "BAR101 BAR111")
    world.shifts.edit("BAR101", shift_status="cancelled")
    world.reconcile_shifts()
    world.clock.time += timedelta(hours=880)
    world.reconcile_shifts()
    heard = world.phones.heard(ANN)
    assert len(heard) == 5, "two replies, an offer, a cancellation and a reminder"
    assert _longer_than_one_segment(heard) == []


@pytest.mark.parametrize(("vocabulary", "language"), FILES, ids=map("/".join, FILES))
@pytest.mark.parametrize("info", TYPICAL_INFOS.values(), ids=TYPICAL_INFOS)
def test_given_typical_shifts_when_listed_then_each_page_has_at_most_two_segments(
    vocabulary: str, language: str, info: str
) -> None:
    world = InboundWorld(vocabulary=vocabulary)
    world.employees.rows[ANN] = EmployeeRow(language=language)
    for number in range(30):
        starts_at = (world.clock() + timedelta(hours=100 + 20 * number)).isoformat()
        world.shifts.put(f"BAR{number + 100}", info, starts_at=starts_at, site="harbor")
    world.deliver(ANN, " ".join(f"BAR{number + 100}" for number in range(15)))
    world.phones.texts.clear()
    for text in ("REQUEST", "MORE", "MINE", "MORE"):
        world.deliver(ANN, text)
    pages = world.phones.heard(ANN)
    assert all(measure(page).segments <= 2 and not measure(page).not_gsm for page in pages), pages
    assert min(page.count("BAR") for page in pages) >= 4


def _world(vocabulary: str, language: str, info: str, *, connect: bool = False) -> InboundWorld:
    policy = BookingPolicy(minimum_rest_hours=11, hours_per_week=40, reminder_hours=24)
    world = InboundWorld(vocabulary=vocabulary, connect=connect, self_managed_opt_outs=True, policy=policy)
    now = world.clock()
    for code, hours in HOURS.items():
        starts_at, ends_at = (now + timedelta(hours=hour) for hour in hours)
        attributes = dict(DIFFERENT.get(code, {}))
        if (respond_in := attributes.pop("respond_in", None)) is not None:
            attributes["respond_by"] = (now + timedelta(hours=respond_in)).isoformat()
        world.shifts.put(
            code,
            info,
            **{
                "starts_at": starts_at.isoformat(),
                "ends_at": ends_at.isoformat(),
                "site": "harbor",
                **attributes,
            },
        )
    for number in (ANN, BOB):
        world.employees.rows[number] = EmployeeRow(language=language)
    world.reconcile_shifts()
    world.phones.texts.clear()
    return world


def _longer_than_one_segment(texts: list[str]) -> list[str]:
    sizes = {text: measure(text) for text in texts}
    return [text for text, size in sizes.items() if size.encoding is not Encoding.GSM or size.segments != 1]

"""Tests lists of days, sites and roles: their pages, also when they are sent late or delivered again."""

from datetime import UTC, datetime, timedelta

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.encoding import measure
from shift_sms_runtime.shift_lists.list_page import MAX_SEGMENTS
from shift_sms_runtime.shift_lists.open_shift_list import MAX_UNFINISHED_READS, SHIFTS_PER_FILTERED_READ
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import InboundWorld, queue_reply
from tests.support.memory.employees import EmployeeRow

NONE_MATCHES = "No shifts match that. Reply REQUEST for open shifts"
TONIGHT = datetime(2026, 8, 1, 23, 50, tzinfo=UTC)


def world_at_night() -> InboundWorld:
    """Returns a world ten minutes before Sunday, with 30 shifts on Sunday and on Monday."""
    world = InboundWorld()
    world.clock.time = TONIGHT
    for day in (2, 3):
        for hour in range(30):
            starts_at = datetime(2026, 8, day, hour // 2, tzinfo=UTC) + timedelta(hours=9)
            world.shifts.put(
                f"D{day}{hour:02}", "5h nightshift", starts_at=starts_at.isoformat(), site="Harbor"
            )
    return world


def codes(world: InboundWorld) -> list[str]:
    """Returns the codes of the latest page."""
    text = world.phones.heard(ANN)[-1]
    assert measure(text).segments <= MAX_SEGMENTS
    return [line.split()[0] for line in text.splitlines() if line.startswith("D")]


def has_more(world: InboundWorld) -> bool:
    return world.phones.heard(ANN)[-1].endswith("Reply MORE for the rest")


def rest_of_list(world: InboundWorld) -> list[str]:
    """Returns the codes of the latest page and of all that follow."""
    found = codes(world)
    while has_more(world):
        world.deliver(ANN, "MORE")
        found += codes(world)
    return found


SUNDAY = [f"D2{hour:02}" for hour in range(30)]


def test_given_a_list_of_a_day_when_more_follows_at_midnight_then_the_same_day() -> None:
    world = world_at_night()
    world.deliver(ANN, "shifts tomorrow")
    first = codes(world)
    assert has_more(world)
    world.clock.time += timedelta(minutes=20)
    world.deliver(ANN, "MORE")
    assert first + rest_of_list(world) == SUNDAY


def test_given_a_list_of_a_day_when_its_reply_waits_then_the_day_of_the_text() -> None:
    world = world_at_night()
    queue_reply(world, ANN, "shifts tomorrow", "m1")
    world.clock.time += timedelta(minutes=20)
    assert world.deliver(ANN, "shifts tomorrow", "m1", work=False) is InboundOutcome.DUPLICATE
    world.work()
    assert len(world.phones.heard(ANN)) == 1
    assert rest_of_list(world) == SUNDAY


def test_given_a_text_that_waits_in_the_queue_when_handled_then_the_day_of_the_text() -> None:
    world = world_at_night()
    world.clock.time += timedelta(minutes=20)
    world.deliver(ANN, "shifts tomorrow", sent_at=TONIGHT)
    assert rest_of_list(world) == SUNDAY


def test_given_a_page_of_a_day_that_waits_when_shifts_go_then_more_continues() -> None:
    world = world_at_night()
    world.deliver(ANN, "shifts tomorrow")
    found = codes(world)
    canceled = (SUNDAY[len(found)], SUNDAY[-1])
    queue_reply(world, ANN, "MORE", "m2")
    for code in canceled:
        world.shifts.edit(code, shift_status="cancelled")
    world.clock.time += timedelta(minutes=20)
    world.work()
    assert found + rest_of_list(world) == [code for code in SUNDAY if code not in canceled]


def test_given_the_last_page_of_a_day_when_more_then_all_shifts_from_the_start() -> None:
    world = world_at_night()
    world.deliver(ANN, "shifts tomorrow")
    assert rest_of_list(world) == SUNDAY
    world.deliver(ANN, "MORE")
    assert rest_of_list(world) == [*SUNDAY, *(f"D3{hour:02}" for hour in range(30))]


def test_given_a_list_of_a_day_when_the_next_is_of_all_then_more_continues_that() -> None:
    world = world_at_night()
    world.deliver(ANN, "shifts tomorrow")
    world.deliver(ANN, "REQUEST")
    assert len(rest_of_list(world)) == 60


def test_given_one_shift_on_the_day_when_listed_then_yes_books_it() -> None:
    world = InboundWorld()
    world.shifts.put("D1", "5h", starts_at=(world.clock() + timedelta(days=1)).isoformat())
    world.shifts.put("D2", "5h", starts_at=(world.clock() + timedelta(days=2)).isoformat())
    world.deliver(ANN, "shifts tomorrow")
    world.deliver(ANN, "YES")
    assert world.shifts.holders("D1") == [ANN]


@pytest.mark.parametrize(("text", "kept"), [("shifts tomorrow", 0), ("depot shifts", 1)])
def test_given_a_filter_that_matches_nothing_when_listed_then_words_reach_a_person(
    text: str, kept: int
) -> None:
    world = InboundWorld()
    world.shifts.put("D1", "5h", site="Harbor")
    world.deliver(ANN, text)
    assert world.phones.heard(ANN) == [NONE_MATCHES]
    assert len(world.operator_inbox.items) == kept


def test_given_a_role_when_listed_then_only_own_roles_are_shown() -> None:
    world = InboundWorld()
    world.employees.rows[ANN] = EmployeeRow(roles=frozenset({"nurse", "bar"}))
    for code, role in (("D1", "nurse"), ("D2", "Bar"), ("D3", "chef"), ("D4", None)):
        world.shifts.put(code, "5h", role=role)
    world.deliver(ANN, "bar shifts")
    assert codes(world) == ["D2"]
    world.deliver(ANN, "chef shifts")
    assert world.phones.heard(ANN)[-1] == NONE_MATCHES


def test_given_a_rare_site_when_listed_then_more_looks_further() -> None:
    world = InboundWorld()
    for number in range(MAX_UNFINISHED_READS * SHIFTS_PER_FILTERED_READ + 9):
        world.shifts.put(f"C{number:04}", "5h", site="Airport")
    world.shifts.put("D1", "5h", site="Depot")
    world.deliver(ANN, "depot shifts")
    assert world.phones.heard(ANN) == ["None so far. Reply MORE to keep looking"]
    assert world.operator_inbox.items == {}
    world.deliver(ANN, "MORE")
    assert codes(world) == ["D1"]


def test_given_a_page_whose_shifts_have_gone_when_more_then_that_is_all() -> None:
    world = world_at_night()
    world.deliver(ANN, "shifts tomorrow")
    for code in SUNDAY[len(codes(world)) :]:
        world.shifts.edit(code, shift_status="cancelled")
    world.deliver(ANN, "MORE")
    assert world.phones.heard(ANN)[-1] == "That is all. Reply REQUEST for open shifts"
    assert world.operator_inbox.items == {}

"""Tests fill plans on the deployed system, with the schedules of the embedded cloud."""

from datetime import UTC, datetime, timedelta

from lab.lab_system import LabSystem
from tests.support.deployed_lab import STAFF, empty_tables, wait_until
from tests.support.lab_campaigns import shift_timers
from tests.support.lab_fills import INFO, LabShift
from tests.support.lab_managers import MANAGER, told_manager


def test_given_three_waves_when_filled_in_the_second_then_the_third_is_not_sent(
    system: LabSystem,
) -> None:
    empty_tables(system)
    staff = STAFF[40:46]
    shift = LabShift(system, "FILL77", staff, fill_order="rotation")
    assert shift.wait_for_texts(2, 20) == [*staff[:2]], "the first wave needs no schedule"
    assert sorted(shift.wait_for_texts(4)) == [*staff[:4]], "the second wave"
    assert system.send_and_wait(staff[2], shift.code).body.startswith("Booked: ")
    shift.wait_for_plan("filled", contacted=4)
    assert wait_until(lambda: shift_timers(system, "fill-") == [], 20), "a third wave is scheduled"
    assert f"Reply WAIT {shift.code}" in system.send_and_wait(staff[0], shift.code).body
    system.wait_until_idle()
    assert sorted(shift.texted) == [*staff[:4]]


def test_given_a_booked_shift_when_its_holder_is_sick_then_it_is_filled_again(system: LabSystem) -> None:
    empty_tables(system)
    sick, *others = STAFF[46:50]
    starts_at = datetime.now(UTC) + timedelta(hours=2)
    shift = LabShift(system, "SICK77", [sick, *others], starts_at=starts_at.isoformat())
    with told_manager(system) as notices:
        assert system.send_and_wait(sick, shift.code).body.endswith("Too late to give back by text")
        assert wait_until(lambda: len(notices()) == 1, 20)
        reply = system.send_and_wait(sick, f"I'm sick, sorry. {shift.code}")
        assert reply.body == f"Get well soon! Given back: {shift.code}"
        texted = shift.wait_for_texts(2, 20)
        assert set(texted) < set(others)
        assert system.send_and_wait(texted[0], shift.code).body.startswith(f"Booked: {shift.code} ")
        shift.wait_for_plan("filled", contacted=2)
        assert wait_until(lambda: len(notices()) == 3, 20)
        system.wait_until_idle()
    assert [body.partition(INFO)[0] for body in notices()] == [
        f"Filled: {shift.code} ",
        f"{sick} is sick: {shift.code} ",
        f"Filled: {shift.code} ",
    ]
    assert {text.destination for text in system.network.texts if shift.code in text.body} == {
        sick,
        *texted,
        MANAGER,
    }
    item = shift.item
    assert (item["employee"], item["fill_urgent"], [*item["sick_calls"]]) == (texted[0], True, [sick])

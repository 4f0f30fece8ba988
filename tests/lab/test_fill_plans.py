"""Tests fill plans on the deployed system, with the schedules of the embedded cloud."""

from typing import Any

import pytest

from lab.lab_system import LabSystem
from tests.support.deployed_lab import STAFF, add_members, empty_tables, wait_until

CODE = "FILL77"
RESUMED = "FILL78"
"""The embedded cloud fires the schedule of a shift once, even if it is set again."""
SEGMENT = "filling"
MINUTES_BETWEEN_WAVES = "0.33"


def item(system: LabSystem, code: str = CODE) -> dict[str, Any]:
    (found,) = (row for row in system.rows(system.outputs.shifts_table_name) if row["shift_id"] == code)
    return found


def texted(system: LabSystem, code: str = CODE) -> list[str]:
    """Returns the employees whom the plan has texted."""
    return [text.destination for text in system.network.texts if text.body.startswith(f"Open shift: {code}")]


def put_plan(system: LabSystem, code: str = CODE, **attributes: object) -> None:
    """Puts a shift with waves of two employees."""
    empty_tables(system)
    shift = {
        "shift_id": code,
        "shift_info": "15/08 5h nightshift",
        "shift_status": "available",
        "fill_order": "rotation",
        "fill_segment": SEGMENT,
        "fill_wave_size": 2,
        "fill_wave_minutes": MINUTES_BETWEEN_WAVES,
        **attributes,
    }
    system.put(system.outputs.shifts_table_name, [shift])


def test_given_three_waves_when_filled_in_the_second_then_the_third_is_not_sent(
    system: LabSystem,
) -> None:
    staff = STAFF[40:46]
    add_members(system, SEGMENT, *staff)
    put_plan(system)
    assert wait_until(lambda: texted(system) == [*staff[:2]], 20), "the first wave needs no schedule"
    assert wait_until(lambda: sorted(texted(system)) == [*staff[:4]], 60), "the second wave"
    reply = system.send_and_wait(staff[2], CODE)
    assert reply.body.startswith("Booked: ")
    assert wait_until(lambda: item(system).get("fill_status") == "filled", 20)
    assert wait_until(lambda: item(system).get("fill_contacted") == 4, 20)
    late = system.send_and_wait(staff[0], CODE)
    assert f"Reply WAIT {CODE}" in late.body
    system.wait_until_idle()
    assert sorted(texted(system)) == [*staff[:4]]


@pytest.mark.soak
def test_given_a_plan_that_was_filled_when_the_seat_is_dropped_then_it_resumes(system: LabSystem) -> None:
    staff = STAFF[46:50]
    add_members(system, f"{SEGMENT}-2", *staff)
    put_plan(system, RESUMED, fill_segment=f"{SEGMENT}-2")
    assert wait_until(lambda: sorted(texted(system, RESUMED)) == [*staff[:2]], 20)
    system.send_and_wait(staff[0], RESUMED)
    assert wait_until(lambda: item(system, RESUMED).get("fill_status") == "filled", 20)
    system.send_and_wait(staff[0], f"DROP {RESUMED}")
    assert wait_until(lambda: sorted(texted(system, RESUMED)) == [*staff], 60)
    assert item(system, RESUMED)["fill_status"] == "running"

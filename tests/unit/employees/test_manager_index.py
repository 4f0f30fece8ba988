"""Tests that the segment of managers follows the Employees table."""

from dataclasses import replace

import pytest

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.manager_index import ManagerIndex
from shift_sms_runtime.employees.managers import MANAGERS
from tests.support.memory.segment_members import MemorySegmentMembers

MANAGER = Employee("+14255550201", roles=frozenset({"manager", "cook"}))
COOK = replace(MANAGER, roles=frozenset({"cook"}))
GONE = replace(MANAGER, on_roster=False)


@pytest.mark.parametrize(
    ("before", "after", "was", "is_member"),
    [
        (None, MANAGER, False, True),
        (COOK, MANAGER, False, True),
        (MANAGER, MANAGER, False, True),
        (MANAGER, COOK, True, False),
        (MANAGER, GONE, True, False),
        (MANAGER, None, True, False),
        (MANAGER, None, False, False),
        (None, COOK, False, False),
        (COOK, None, True, True),
    ],
)
def test_given_a_change_when_handled_twice_then_the_segment_has_it(
    before: Employee | None, after: Employee | None, was: bool, is_member: bool
) -> None:
    members = MemorySegmentMembers({MANAGERS: {MANAGER.phone_number} if was else set()})
    for _ in range(2):
        ManagerIndex(members).handle(before, after)
        assert (MANAGER.phone_number in members.segments[MANAGERS]) is is_member

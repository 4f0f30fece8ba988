"""Tests that the demo's files are valid and contain fictional numbers only."""

import re

from lab.demo.edge_cases import STRANGER
from lab.lab_system import CONNECT_INSTANCE, OUR_NUMBER
from lab.operator_setup import CAMPAIGN_ITEM, EMPLOYEES_FILE, read_employees, read_shifts
from shift_sms_operator.employees.employee_file import EmployeeFile


def test_given_the_employees_when_read_then_all_200_rows_are_good_and_names_differ() -> None:
    assert EmployeeFile(EMPLOYEES_FILE).check().problems == []
    employees = read_employees()
    assert len(employees) == 200
    assert len({employee.name for employee in employees}) == 200


def test_given_the_employees_when_read_then_every_number_is_fictional_and_not_ours() -> None:
    numbers = {employee.phone_number for employee in read_employees()}

    assert all(re.fullmatch(r"\+1(206|253|425)55501\d\d", number) for number in numbers)
    assert numbers.isdisjoint({OUR_NUMBER, STRANGER.phone_number, *CONNECT_INSTANCE.phone_numbers})


def test_given_the_shifts_when_read_then_all_rows_are_good_and_have_the_campaigns() -> None:
    named = {f"{draft.shift.info} {draft.shift.shift_id}" for draft in read_shifts()}

    assert set(CAMPAIGN_ITEM["campaign_message"].split(", ")) <= named

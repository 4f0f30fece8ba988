"""The demo's files are real input: everything in them can be loaded, and nothing in them can ring a real phone."""

import re

from lab.demo.trouble import STRANGER
from lab.opening import CAMPAIGN, EMPLOYEES, HOUSE, SHIFTS
from lab.system import CALL_CENTRE, OUR_NUMBER
from shift_sms_cli.employees import read_employees
from shift_sms_cli.shifts import read_shifts


def test_given_the_roster_when_read_then_all_200_rows_are_good_and_nobody_shares_a_name() -> None:
    roster = read_employees(EMPLOYEES)

    assert roster.problems == []
    assert len(roster.good) == 200
    assert len({employee.name for employee in roster.good}) == 200


def test_given_the_roster_when_read_then_every_number_is_fictional_and_none_is_ours_or_the_strangers() -> (
    None
):
    numbers = {employee.phone_number for employee in read_employees(EMPLOYEES).good}

    assert all(re.fullmatch(r"\+1(206|253|425)55501\d\d", number) for number in numbers)
    assert numbers.isdisjoint({OUR_NUMBER, STRANGER.phone_number, *CALL_CENTRE.phone_numbers})


def test_given_the_shifts_when_read_then_all_rows_are_good_and_those_of_the_campaign_are_among_them() -> None:
    shifts = read_shifts(SHIFTS, HOUSE)

    assert shifts.problems == []
    named = {f"{row.shift.info} {row.shift.shift_id}" for row in shifts.good}
    assert set(CAMPAIGN["campaign_message"].split(", ")) <= named

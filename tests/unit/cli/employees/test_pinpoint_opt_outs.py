"""Tests that people who opted out in Amazon Pinpoint stay opted out."""

import itertools
from typing import Any

import pytest

from shift_sms_cli.app import DONE
from tests.support.employees_cli import EmployeesCli
from tests.support.pinpoint_files import ANN, BOB, OPTED_OUT, lines

AT_THE_END = "2026-10-30T00:00:00+00:00"


@pytest.mark.parametrize(
    ("effective_date", "at"),
    [
        ("2025-02-12T11:20:13.627Z", "2025-02-12T11:20:13.627000+00:00"),
        ("2025-02-12T11:20:13+02:00", "2025-02-12T09:20:13+00:00"),
        ("2025-02-12T11:20:13", "2025-02-12T11:20:13+00:00"),
        ("last spring", AT_THE_END),
        ("0001-01-01T00:00:00+14:00", AT_THE_END),
        (None, AT_THE_END),
        (1739359213, AT_THE_END),
        # Nothing changed in Pinpoint after its end; a later START has to count.
        ("2099-01-01T00:00:00Z", AT_THE_END),
    ],
)
def test_given_opted_out_endpoints_when_loaded_twice_then_they_are_opted_out(
    employees_cli: EmployeesCli, effective_date: object, at: str
) -> None:
    path = employees_cli.file(lines({**BOB, "OptOut": "ALL", "EffectiveDate": effective_date}, ANN))

    for _ in range(2):
        status, printed, _ = employees_cli.run("import-pinpoint", path)
        assert status == DONE
        assert "2 employees loaded\n1 of them have opted out" in printed

    assert employees_cli.rows("Employees")[1] == {
        "phone_number": "+14255550102",
        **OPTED_OUT,
        "opt_changed_at": at,
    }
    assert "opted_out" not in employees_cli.rows("Employees")[0]
    assert len(employees_cli.rows("SegmentMembers")) == 2


@pytest.mark.parametrize(
    ("on_record", "opted_out", "by"),
    [
        (
            {"opted_out": False, "opt_changed_at": "2026-11-02T08:00:00+00:00", "opt_changed_by": "in-1"},
            False,
            "in-1",
        ),
        (
            {"opted_out": True, "opt_changed_at": "2026-11-02T08:00:00+00:00", "opt_changed_by": "in-1"},
            True,
            "in-1",
        ),
        (
            {"opted_out": False, "opt_changed_at": "2024-01-01T00:00:00+00:00", "opt_changed_by": "in-1"},
            True,
            "pinpoint-import",
        ),
        ({"only_opt_out": True}, True, "pinpoint-import"),
    ],
)
def test_given_a_choice_on_record_when_an_opt_out_is_loaded_then_the_later_stays(
    employees_cli: EmployeesCli, on_record: dict[str, Any], opted_out: bool, by: str
) -> None:
    employees_cli.put("Employees", {"phone_number": "+14255550101", "badge": "17", **on_record})

    employees_cli.run("import-pinpoint", employees_cli.file(lines({**ANN, "OptOut": "ALL"})))

    [row] = employees_cli.rows("Employees")
    assert (row["opted_out"], row["opt_changed_by"]) == (opted_out, by)
    assert (row["name"], row["badge"]) == ("Ann Lee", "17")
    assert "only_opt_out" not in row


def test_given_an_opt_out_here_when_loaded_as_willing_then_it_stays(
    employees_cli: EmployeesCli,
) -> None:
    chosen = {"opted_out": True, "opt_changed_at": "2020-01-01T00:00:00+00:00", "opt_changed_by": "in-1"}
    employees_cli.put("Employees", {"phone_number": "+14255550102", **chosen})

    employees_cli.run("import-pinpoint", employees_cli.file(lines(BOB)))

    assert employees_cli.rows("Employees") == [{"phone_number": "+14255550102", **chosen}]


OUT = {**BOB, "OptOut": "ALL", "EffectiveDate": "2025-02-12T11:20:13Z"}


OUT_BEFORE = {**OUT, "EffectiveDate": "2024-02-12T11:20:13Z"}


NAMED = {**BOB, "Attributes": {"name": ["Bob"]}}


OUT_AND_INACTIVE = {**OUT, "EndpointStatus": "INACTIVE"}


@pytest.mark.parametrize(
    "endpoints",
    [
        *itertools.permutations([BOB, NAMED, OUT]),
        *itertools.permutations([OUT_BEFORE, NAMED, OUT]),
        *itertools.permutations([BOB, NAMED, OUT_AND_INACTIVE]),
    ],
)
def test_given_a_number_several_times_when_loaded_twice_then_one_opt_out_is_enough(
    employees_cli: EmployeesCli, endpoints: tuple[dict[str, Any], ...]
) -> None:
    path = employees_cli.file(lines(*endpoints))

    for _ in range(2):
        status, printed, complaint = employees_cli.run("import-pinpoint", path)
        assert (status, complaint) == (DONE, "")
        assert printed.startswith("1 employee loaded\n1 of them have opted out")

    assert employees_cli.rows("Employees") == [
        {
            "phone_number": "+14255550102",
            "name": "Bob",
            **OPTED_OUT,
            "opt_changed_at": "2025-02-12T11:20:13+00:00",
        }
    ]
    assert len(employees_cli.rows("SegmentMembers")) == 1


BOBS_ROW = {
    "phone_number": "+14255550102",
    **OPTED_OUT,
    "opt_changed_at": "2025-02-12T11:20:13+00:00",
}


@pytest.mark.parametrize("files", [*itertools.permutations([lines(OUT_AND_INACTIVE), lines(BOB, ANN)])])
def test_given_an_opt_out_in_another_file_when_both_are_loaded_then_it_counts(
    employees_cli: EmployeesCli, files: tuple[str, ...]
) -> None:
    for content in files:
        assert employees_cli.run("import-pinpoint", employees_cli.file(content))[0] == DONE

    assert employees_cli.rows("Employees")[1] == BOBS_ROW
    assert len(employees_cli.rows("SegmentMembers")) == 2


def test_given_an_inactive_opted_out_endpoint_when_loaded_then_it_is_only_noted(
    employees_cli: EmployeesCli,
) -> None:
    path = employees_cli.file(lines(OUT_AND_INACTIVE, OUT_AND_INACTIVE))

    for _ in range(2):
        assert employees_cli.run("import-pinpoint", path)[1] == (
            "0 employees loaded\n"
            "1 inactive number opted out: recorded, in case another file has them as active\n"
            "2 inactive endpoints skipped\n"
        )

    assert employees_cli.rows("Employees") == [{**BOBS_ROW, "only_opt_out": True}]
    assert employees_cli.rows("SegmentMembers") == []


def test_given_a_later_choice_on_record_when_an_inactive_opt_out_loads_then_kept(
    employees_cli: EmployeesCli,
) -> None:
    back = {**BOBS_ROW, "opted_out": False, "opt_changed_at": "2026-11-02T08:00:00+00:00"}
    employees_cli.put("Employees", back)

    employees_cli.run("import-pinpoint", employees_cli.file(lines(OUT_AND_INACTIVE)))

    assert employees_cli.rows("Employees") == [back]


def test_given_a_number_with_two_names_when_loaded_then_the_first_one_counts(
    employees_cli: EmployeesCli,
) -> None:
    path = employees_cli.file(lines(NAMED, {**NAMED, "Attributes": {"Name": ["Robert"]}}))

    employees_cli.run("import-pinpoint", path)

    assert [row["name"] for row in employees_cli.rows("Employees")] == ["Bob"]

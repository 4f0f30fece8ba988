"""Tests the entries of the fault table, and that the page has each call that a function may make."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.simulation.aws.faults import Fault
from lab.simulation.fault_table.calls import DependencyCall, Use
from lab.simulation.fault_table.functions import COVERED, LEFT_OUT
from lab.simulation.fault_table.page import PAGE, Entry, entries, entry_of, page, read
from lab.simulation.fault_table.table import Cell, Disorder, Finding, Result, cells, fill, uses
from shift_sms_runtime.environment import FunctionEnvironment

PERMISSIONS = Path(__file__).parents[4] / "docs/reference/permissions.md"
CHECKED = 50
"""One cell in this many is filled. `make faults` fills all."""

# What Lambda itself needs to deliver the records of queues and streams, and where it puts those that failed.
OF_LAMBDA = re.compile(
    r"sqs:(ChangeMessageVisibility|DeleteMessage|Get\w+|ReceiveMessage)"
    r"|dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)"
)
ITEMS = re.compile(r"Item$|Query|Scan")


@pytest.fixture(scope="module")
def all_cells() -> list[Cell]:
    return cells()


@pytest.fixture(scope="module")
def on_page() -> dict[Entry, Result]:
    return read(PAGE.read_text(encoding="utf-8"))


def test_given_the_functions_when_their_calls_are_collected_then_the_page_has_them(
    all_cells: list[Cell], on_page: dict[Entry, Result]
) -> None:
    assert {entry_of(Finding(cell, Result.SAME)) for cell in all_cells} == on_page.keys(), "run make faults"


def test_given_all_functions_when_compared_then_the_page_has_or_excludes_each(
    on_page: dict[Entry, Result],
) -> None:
    deployed = {environment.handler() for environment in FunctionEnvironment.__subclasses__()}
    assert deployed == COVERED | LEFT_OUT.keys()
    assert {section.strip("`") for section, _, _ in on_page} == COVERED | {"Queues"}


def test_given_the_page_when_read_then_no_guarantee_is_violated(on_page: dict[Entry, Result]) -> None:
    assert Result.VIOLATED not in on_page.values()
    assert page(on_page) == PAGE.read_text(encoding="utf-8")


def test_given_some_cells_when_filled_then_as_on_the_page(
    all_cells: list[Cell], on_page: dict[Entry, Result]
) -> None:
    for cell in all_cells[::CHECKED]:
        finding = fill(cell)
        assert finding.violations == []
        expected = on_page[entry_of(finding)]
        if isinstance(cell.column, Disorder):
            # The page has the worst result of several stories.
            assert list(Result).index(finding.result) <= list(Result).index(expected), cell
        else:
            assert finding.result is expected, cell


def permitted() -> Iterator[Use]:
    """Yields the uses that the role of each function permits, beyond what Lambda needs."""
    function = ""
    for line in PERMISSIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            function = line.strip("#` ")
        elif re.fullmatch("[a-z_]+", function) and line.startswith("| `"):
            resource, *actions = re.findall(r"`([^`]+)`", line)
            for action in actions:
                service, _, name = action.partition(":")
                if not OF_LAMBDA.fullmatch(action) and resource != "TablesStreamDeadLettersQueue":
                    yield Use(
                        function, name, resource.removeprefix("Tables") if service == "dynamodb" else ""
                    )


def test_given_the_permissions_when_compared_then_the_stories_use_each() -> None:
    used = {use if ITEMS.search(use.action) else replace(use, resource="") for use in uses()}
    # The Scheduler passes the role itself.
    exempt = {use for use in permitted() if use.function in LEFT_OUT or use.action == "PassRole"}
    assert {*permitted()} - used - exempt == set()


def test_given_findings_of_several_stories_when_entered_then_the_worst_counts() -> None:
    call = DependencyCall("f", "Table.read", "", "dynamodb", "GetItem")
    findings = [
        Finding(Cell("inbound", Disorder.DELAYED, "a"), Result.HOLDS),
        Finding(Cell("inbound", Disorder.DELAYED, "b"), Result.UNKNOWN),
        Finding(Cell(call, Fault.THROTTLE, "a"), Result.LATER),
    ]
    found = entries(findings)
    assert found == {
        ("Queues", "`inbound`", "delayed"): Result.UNKNOWN,
        ("`f`", "`Table.read`, GetItem", "throttle"): Result.LATER,
    }

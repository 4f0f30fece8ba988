"""Tests that pages of the console and commands read as many items among 100,000 employees as among some thousand."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from itertools import count
from pathlib import Path

import pytest

from lab.lab_system import LabSystem
from shift_sms_console.navigation import routes
from tests.support.commands import command_names
from tests.support.counted_reads import counted_reads, next_page, run_through_gateway
from tests.support.documented_bounds import documented_bounds
from tests.support.lab_console import LabConsole, signed_in
from tests.support.large_deployment import (
    ACTIVE_DAY,
    CAMPAIGN,
    EMPLOYEE,
    FIRST_DAY,
    LONG_SEGMENT,
    MESSAGE,
    SEGMENT,
    SHIFT,
    LargeDeployment,
    leaver,
    stop_table_changes,
)

pytestmark = pytest.mark.timeout(1800)

SMALL = {"shifts": 2_400, "employees": 5_000, "others": 6_000}
"""More than a page examines: 1,000 shifts, 2,000 members of a segment or recipients, 1,000 inbox items of a status."""
LARGE = {"shifts": 10_000, "employees": 100_000, "others": 24_000}

REPORT = f"/campaigns/report?id={CAMPAIGN}"
OTHER = "any other page or `show`"
PAGE = 50
_leavers = count()
NUMBER = EMPLOYEE.replace("+", "%2B")
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "/activity": (f"/activity?day={ACTIVE_DAY}", "/activity?day=2020-01-01"),
    "/campaigns": ("/campaigns",),
    "/campaigns/campaign": (f"/campaigns/campaign?id={CAMPAIGN}",),
    "/campaigns/new": ("/campaigns/new",),
    "/campaigns/relaunch": (f"/campaigns/relaunch?id={CAMPAIGN}",),
    "/campaigns/report": (REPORT,),
    "/campaigns/stop": (f"/campaigns/stop?id={CAMPAIGN}",),
    "/doctor": ("/doctor",),
    "/doctor/report": ("/doctor/report",),
    "/inbox": ("/inbox", "/inbox?status=closed"),
    "/inbox/message": (f"/inbox/message?id={MESSAGE}",),
    "/people": ("/people", f"/people?segment={LONG_SEGMENT}"),
    "/people/employee": (f"/people/employee?number={NUMBER}",),
    "/people/new": ("/people/new", f"/people/new?number={NUMBER}"),
    "/people/remove": (f"/people/remove?number={NUMBER}",),
    "/shifts": ("/shifts", f"/shifts?day={FIRST_DAY}", "/shifts?day=2020-01-01"),
    "/shifts/cancel": (f"/shifts/cancel?code={SHIFT}",),
    "/shifts/edit": (f"/shifts/edit?code={SHIFT}",),
    "/shifts/fill": (f"/shifts/fill?code={SHIFT}",),
    "/shifts/new": ("/shifts/new",),
    "/shifts/shift": (f"/shifts/shift?code={SHIFT}", "/shifts/shift?code=S00O000"),
    "/shifts/why": (f"/shifts/why?code={SHIFT}",),
    "/shifts/why/not-reached": (f"/shifts/why/not-reached?code={SHIFT}&plan=none&wave=1",),
    "/shifts/why/file": (f"/shifts/why/file?code={SHIFT}",),
}
"""Addresses by page. The last one of a shift has a typing error: similar codes are looked for."""

COMMANDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "campaigns list": ((), ("--limit", "500")),
    "campaigns show": ((CAMPAIGN,),),
    "employees list": ((), ("--segment", LONG_SEGMENT), ("--limit", "500")),
    "employees show": ((EMPLOYEE,),),
    "inbox list": ((), ("--status", "replied"), ("--limit", "500")),
    "inbox show": ((MESSAGE,), (MESSAGE[:-1],)),
    "queues list": ((),),
    "queues show": (("shifts",),),
    "shifts list": (
        (),
        ("--day", str(FIRST_DAY)),
        ("--site", "Harbor"),
        ("--status", "taken"),
        ("--limit", "500"),
    ),
    "shifts show": ((SHIFT,), ("S00O000",)),
}
"""Arguments by command. No shift is in the harbor, and no id of a message is as short as the last one."""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabConsole]:
    folder: Path = tmp_path_factory.mktemp("files")
    with LabSystem(overrides={"console_enabled": "true", "texts_per_hour": "0"}) as system:
        stop_table_changes(system)
        with signed_in(system, folder) as console, system.cached_permissions():
            yield console


def read_pages(console: LabConsole) -> Iterator[tuple[str, int, int]]:
    """Opens each page and the page that follows; yields the items and the calls that each has read."""
    for addresses in ADDRESSES.values():
        for address in addresses:
            yield from _counted(console, address, lambda page: _linked(console, page), address)
    yield from _removal(console)
    form = console.manager.get("/campaigns/new").form("/campaigns/review")
    filled = {**form, "id": "another", "message": f"Free: {SHIFT}", "segment": SEGMENT}
    for address in ("/campaigns/preview", "/campaigns/review"):
        with counted_reads(console.system) as counted:
            page = console.manager.post(address, filled)
        assert (page.status, "examined; there are more" in page.body) == (200, True)
        yield address, counted.items, counted.calls


def _removal(console: LabConsole) -> Iterator[tuple[str, int, int]]:
    """Removes an employee in two steps of a removal."""
    number = leaver(next(_leavers))
    form = console.manager.get(f"/people/remove?number={number.replace('+', '%2B')}").form("/people/remove")
    for name in ("/people/remove, first step", "/people/remove, further step"):
        with counted_reads(console.system) as counted:
            page = console.manager.post("/people/remove", form)
        form = page.form("/people/remove")
        yield name, counted.items, counted.calls


def _linked(console: LabConsole, address: str) -> str | None:
    page = console.manager.get(address)
    assert page.status in (200, 422), page.body
    more = re.search(r'id="more" href="([^"]+)"', page.body)
    return unescape(more[1]) if more else None


def read_lists(console: LabConsole) -> Iterator[tuple[str, int, int]]:
    """Runs each command, and again for the page that follows; yields the items and the calls that each has read."""
    for command, variants in COMMANDS.items():
        for arguments in variants:
            words = (*command.split(), *arguments)

            def run(cursor: str, words: tuple[str, ...] = words) -> str | None:
                after = ("--after", cursor) if cursor else ()
                return next_page(run_through_gateway(console.system, *words, *after))

            yield from _counted(console, " ".join(words), run, "")


def _counted(
    console: LabConsole, name: str, read: Callable[[str], str | None], first: str
) -> Iterator[tuple[str, int, int]]:
    with counted_reads(console.system) as counted:
        following = read(first)
    yield name, counted.items, counted.calls
    if following is not None:
        with counted_reads(console.system) as counted:
            read(following)
        yield f"{name}, next page", counted.items, counted.calls


def all_reads(console: LabConsole) -> dict[str, tuple[int, int]]:
    """Returns the items and the calls of everything that is read."""
    return {name: (items, calls) for read in (read_pages, read_lists) for name, items, calls in read(console)}


def row_of(name: str, rows: Iterable[str]) -> str:
    """Returns the row of the documentation that has a page or a command."""
    first = re.split(r"[?,]", name)[0]
    subject = first if first.startswith("/") else " ".join(first.split()[:2])
    return f"`{subject}`" if f"`{subject}`" in rows else OTHER


def test_given_the_pages_and_lists_when_named_then_each_is_measured() -> None:
    assert sorted(ADDRESSES) == sorted(path for method, path in routes() if method == "GET")
    lists = [name for name in command_names() if name.endswith((" list", " show"))]
    assert sorted(COMMANDS) == lists


def test_given_100000_employees_when_lists_are_read_then_each_page_reads_the_same(
    console: LabConsole,
) -> None:
    large = LargeDeployment(console.system)
    large.grow(**SMALL)
    console.book(EMPLOYEE, SHIFT)
    all_reads(console)
    small_reads = all_reads(console)
    large.grow(**LARGE)
    large_reads = all_reads(console)

    # How many calls read the recipients depends on how many are on one shard.
    reports = [(REPORT, reads.pop(REPORT)) for reads in (small_reads, large_reads)]
    assert large_reads == small_reads
    documented, named = documented_bounds("Reads of operators"), set()
    for name, (items, calls) in (*large_reads.items(), *reports):
        row = row_of(name, documented)
        named.add(row)
        if "--limit" not in name:
            bounds = documented[row]
            assert (items <= bounds[0], calls <= bounds[1]) == (True, True), f"{name}: {items}, {calls}"
    assert named == documented.keys()
    assert large_reads["/people, next page"][0] > PAGE

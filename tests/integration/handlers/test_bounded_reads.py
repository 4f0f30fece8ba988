"""Tests that each command reads as much as `docs/limits.md` says, however many shifts there are."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from lab.simulation.aws.calls import DirectCalls, Response
from lab.simulation.aws.dynamodb import DynamoDbClient
from shift_sms_runtime import composition
from shift_sms_runtime.aws.dynamodb import wire
from shift_sms_runtime.shifts.shift_item import ShiftReader, index_keys
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.documented_bounds import documented_bounds
from tests.support.functions_on_moto import FunctionsOnMoto, clear_caches
from tests.support.simulated_tables import simulated_database

SIZES = (100, 1_000, 10_000)
MOST = 100_000
OWN_SHIFTS, AWAITED_SHIFTS, PASSED_DEADLINES = 50, 45, 100
ROLES = ("bar", "nurse")
START = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)
READS = ("GetItem", "BatchGetItem", "Query", "Scan")
LISTED = "Reply with a code to book:\n"
NONE_MATCHES = "No shifts match that. Reply REQUEST for open shifts"
NONE_SO_FAR = "None so far. Reply MORE to keep looking"
END = "That is all. Reply REQUEST for open shifts"


class CountedCalls(DirectCalls):
    """Counts the requests that read."""

    def __init__(self) -> None:
        self.reads = 0

    def call(
        self, service: str, operation: str, request: Mapping[str, Any], effect: Callable[[], Response]
    ) -> Response:
        self.reads += operation in READS
        return super().call(service, operation, request, effect)


class ManyShifts:
    """The functions on a simulated DynamoDB with a growing number of shifts."""

    def __init__(self, system: FunctionsOnMoto) -> None:
        self.system = system
        self.database = simulated_database()
        self.calls = CountedCalls()
        self.client = DynamoDbClient(self.database, calls=self.calls)
        self.count = 0

    def put(self, table: str, **item: Any) -> None:
        self.client.put_item(TableName=table, Item=wire(item))

    def put_shift(self, shift_id: str, **attributes: Any) -> None:
        item = {"shift_id": shift_id, "shift_status": "available", "shift_info": "5h", **attributes}
        self.put("Shifts", **item, **index_keys(ShiftReader().read(item)))

    def grow(self, count: int) -> None:
        """Adds shifts of every kind up to a number. Those of `bookable_codes` are free."""
        for number in range(self.count, count):
            attributes: dict[str, Any] = {}
            if number % 2:
                attributes["starts_at"] = (START + timedelta(minutes=number)).isoformat()
            if number % 9 == 0:
                attributes["timezone"] = "Pacific/Honolulu"
            if number % 997 == 0:
                attributes["site"] = "Harbor"
            if number % 5 == 0:
                attributes["role"] = ("bar", "nurse", "chef")[number % 3]
            if number % 7 == 0:
                attributes |= {"shift_status": "taken", "employee": BOB}
            if number % 11 == 0:
                attributes["shift_status"] = "closed"
            self.put_shift(f"S{number:06}", **attributes)
        self.count = count

    def bookable_codes(self, count: int) -> list[str]:
        """Returns codes of free shifts among those added last."""
        free = (number for number in range(self.count - 1, 0, -1) if all(number % n for n in (2, 5, 7, 11)))
        return [f"S{number:06}" for number in islice(free, count)]

    def text(self, body: str) -> tuple[str, int, int]:
        """Texts from Ann's phone; returns the reply, the items read and the calls that read."""
        self.database.metrics.reset()
        self.calls.reads = 0
        self.system.text(ANN, body)
        return self.system.network.inbox(ANN)[-1].body, self.database.metrics.items_read, self.calls.reads


@pytest.fixture
def many_shifts(system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch) -> ManyShifts:
    """Provides an employee with two roles and many bookings."""
    monkeypatch.setenv("TEXTS_PER_HOUR", "0")
    many = ManyShifts(system)
    monkeypatch.setattr(composition, "_dynamodb", lambda: many.client)
    clear_caches()
    many.put("Employees", phone_number=ANN, roles=list(ROLES))
    for number in range(OWN_SHIFTS):
        start = START + timedelta(days=number)
        many.put_shift(f"OWN{number}", seats=9, starts_at=start.isoformat())
    for number in range(AWAITED_SHIFTS):
        many.put_shift(f"FULL{number}", shift_status="taken", employee=BOB)
    for first in range(0, OWN_SHIFTS, 10):
        many.text(" ".join(f"OWN{number}" for number in range(first, first + 10)))
    for first in range(0, AWAITED_SHIFTS, 15):
        many.text("WAIT " + " ".join(f"FULL{number}" for number in range(first, first + 15)))
    soon, passed = START - timedelta(days=1), datetime.now(UTC) - timedelta(seconds=1)
    for number in range(PASSED_DEADLINES):
        many.put_shift(f"LATE{number}", starts_at=soon.isoformat(), respond_by=passed.isoformat())
    many.put_shift("Early-7", seats=9)
    many.put_shift("KQ7T2X")
    return many


@pytest.mark.parametrize(
    "sizes",
    [pytest.param(SIZES, id="up to 10,000"), pytest.param((*SIZES, MOST), id="more", marks=pytest.mark.soak)],
)
def test_given_any_number_of_shifts_when_texted_then_reads_are_as_documented(
    many_shifts: ManyShifts, sizes: tuple[int, ...]
) -> None:
    bounds, most = documented_bounds("Reads"), dict[str, tuple[int, int]]()
    for size in sizes:
        many_shifts.grow(size)
        codes = many_shifts.bookable_codes(19)
        waiting = f"S{size - size % 7 - 7:06}"
        for name, text, begins in (
            ("`REQUEST`, `MORE`", "REQUEST", LISTED),
            ("`REQUEST`, `MORE`", "MORE", LISTED),
            ("a list of days", f"shifts on {START:%A}", LISTED),
            ("a list of days", "MORE", LISTED),
            ("a list of days", "any shifts today?", NONE_MATCHES),
            (
                "a list of a site or role",
                "any shifts in harbor?",
                (LISTED, NONE_SO_FAR) if size > sizes[0] else NONE_MATCHES,
            ),
            ("a list of a site or role", "MORE", (LISTED, NONE_SO_FAR, END)),
            ("one code", codes[0], f"Booked: {codes[0]}"),
            ("two codes", " ".join(codes[1:3]), f"Booked: {codes[1]} 5h"),
            ("five codes", " ".join(codes[3:8]), f"Booked: {codes[3]} 5h"),
            ("ten codes", " ".join(codes[8:18]), f"Booked: {codes[8]} 5h"),
            ("a code in another spelling", "early 7", "Booked: Early-7"),
            ("`DROP`, `WAIT` or `INFO` and a code", "DROP Early-7", "Given back: Early-7"),
            ("`DROP`, `WAIT` or `INFO` and a code", f"WAIT {waiting}", "On the waiting list"),
            ("`DROP`, `WAIT` or `INFO` and a code", f"INFO {codes[18]}", f"{codes[18]} 5h"),
            ("`YES`", "YES", f"Booked: {codes[18]}"),
            ("`MINE`, its `MORE`", "MINE", "Your shifts:\n"),
            ("`MINE`, its `MORE`", "MORE", "Your shifts:\n"),
            ("an unknown code", "ZZZ99", "This is not a valid shift code"),
            ("an unknown code", "S0000", "This is not a valid shift code"),
            ("a mistyped code", "QK7T2X", "There is no QK7T2X. Did you mean KQ7T2X"),
            ("a mistyped code", "KQ7T2Y", "There is no KQ7T2Y. Did you mean KQ7T2X"),
            ("any other text", "lobby desk please", "Thank you, we will get back to you"),
            ("any other text", "my badge is at gate S01 or S02 or S03, bring it", "Thank you"),
            ("any other text", "somebody left a badge at the entrance", "Thank you, we will"),
        ):
            reply, items, calls = many_shifts.text(text)
            assert reply.startswith(begins), f"{text!r}: {reply!r}"
            before = most.get(name, (0, 0))
            most[name] = (max(before[0], items), max(before[1], calls))
            assert (items <= bounds[name][0], calls <= bounds[name][1]) == (True, True), (
                f"{text!r} with {size} shifts reads {items} items in {calls} calls, not {bounds[name]}"
            )
    assert most.keys() == bounds.keys()


def test_given_a_shift_that_stays_open_when_booked_then_no_index_is_written(
    many_shifts: ManyShifts,
) -> None:
    assert many_shifts.text("Early-7")[0] == "Booked: Early-7 5h"
    metrics = many_shifts.database.metrics
    assert metrics.usage("Shifts").write_units > 0
    assert metrics.usage("Shifts", "open-shifts").write_units == 0
    assert metrics.usage("Shifts", "by-code").write_units == 0
    assert metrics.usage("Shifts", "by-start").write_units == 0
    assert many_shifts.text("KQ7T2X")[0] == "Booked: KQ7T2X 5h"
    assert metrics.usage("Shifts", "open-shifts").write_units == 1
    assert metrics.usage("Shifts", "by-code").write_units == 0


def test_given_shifts_put_by_hand_when_texted_then_only_other_spellings_lag(
    system: FunctionsOnMoto,
) -> None:
    for shift_id in ("EARLY7", "Early-8", "Early-9"):
        system.put_shift(shift_id)
    # The functions handle the change of the items after this text.
    system.text(ANN, "REQUEST")
    assert system.network.inbox(ANN)[-1].body == "No shifts are available right now"
    system.put_shift("Late-1")
    system.put_shift("LATE2")
    system.put_shift("Late-3")
    for text, reply in (
        ("late1", "This is not a valid shift code"),
        ("late2", "Booked: LATE2"),
        ("Early-8", "Booked: Early-8"),
        ("early 9", "Booked: Early-9"),
        ("late3", "Booked: Late-3"),
        ("REQUEST", "Reply with a code to book:\nEARLY7\nLate-1"),
    ):
        system.text(ANN, text)
        assert system.network.inbox(ANN)[-1].body.startswith(reply), text
    system.put_shift("Late-4")
    system.text(ANN, "Late-4")
    assert system.network.inbox(ANN)[-1].body == "Booked: Late-4"

"""Tests that employees are loaded once, whatever happens in between."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shift_sms_operator import concurrent_work
from shift_sms_operator.concurrent_work import work_on
from shift_sms_operator.employees.employee_entry import EmployeeEntry
from shift_sms_operator.employees.employee_loader import EmployeeLoader, LoadCounts
from shift_sms_operator.refusals import ChangedByAnother
from tests.support.crash_points import Steps, stepwise, stopped_in_turn
from tests.support.operator_world import ACTOR, OperatorWorld

NUMBERS = [f"+1425555{number:04}" for number in range(100, 160)]
ENTRIES = [EmployeeEntry(number, f"E{number[-3:]}", segments=("night",)) for number in NUMBERS]
BATCHES = 3
"""25 employees, 25 and 10."""


def loader(world: OperatorWorld) -> EmployeeLoader:
    return world.operator().employees._loader


def load(world: OperatorWorld, entries: list[EmployeeEntry] = ENTRIES) -> LoadCounts:
    counts = LoadCounts()
    loader(world).load(entries, segment="day", counts=counts)
    return counts


def assert_loaded(world: OperatorWorld) -> None:
    """Checks that every employee is there, with one audit record."""
    assert [(row["phone_number"], row["name"]) for row in world.rows("Employees")] == [
        (entry.phone_number, entry.name) for entry in ENTRIES
    ]
    assert [(row["segment"], row["phone_number"]) for row in world.rows("SegmentMembers")] == [
        ("night", number) for number in NUMBERS
    ]
    assert sorted(row["subject"] for row in world.rows("AuditTrail")) == [
        f"employee#{one}" for one in NUMBERS
    ]


def test_given_employees_when_loaded_twice_then_the_second_load_writes_nothing(
    operator_world: OperatorWorld,
) -> None:
    assert load(operator_world) == LoadCounts(added=60)
    writes: list[str] = []
    operator_world.session.events.register(
        "provide-client-params.dynamodb.TransactWriteItems", lambda **_: writes.append("transaction")
    )
    assert load(operator_world) == LoadCounts(unchanged=60)
    assert writes == []
    assert_loaded(operator_world)


def test_given_a_change_when_loaded_then_only_that_employee_is_written(operator_world: OperatorWorld) -> None:
    load(operator_world)
    changed = EmployeeEntry(NUMBERS[30], "Ann", language="es", segments=("night", "day"))

    assert load(operator_world, [*ENTRIES[:30], changed, *ENTRIES[31:]]) == LoadCounts(
        changed=1, unchanged=59
    )

    first, second = operator_world.audit(f"employee#{NUMBERS[30]}")
    assert first["action"] == "added"
    assert second == {
        "subject": f"employee#{NUMBERS[30]}",
        "actor": ACTOR,
        "action": "changed",
        "before": {"name": "E130", "segments": ["night"]},
        "after": {"name": "Ann", "language": "es", "segments": ["night", "day"]},
    }


def test_given_an_import_when_recorded_then_the_day_does_not_list_its_employees(
    operator_world: OperatorWorld,
) -> None:
    load(operator_world)
    loader(operator_world).load_one(EmployeeEntry("+14255550199"), segment="day")

    listed = [row["subject"] for row in operator_world.rows("AuditTrail") if "day" in row]
    assert listed == ["employee#+14255550199"]


def test_given_no_segments_when_loaded_then_the_segment_is_the_default(
    operator_world: OperatorWorld,
) -> None:
    load(operator_world, [EmployeeEntry("+14255550101")])

    assert operator_world.row("Employees", "+14255550101") == {"phone_number": "+14255550101"}
    [member] = operator_world.rows("SegmentMembers")
    assert member["segment"] == "day"


@pytest.mark.parametrize(
    ("step", "after", "stop", "error"),
    stopped_in_turn([(step, after) for step in range(1, 2 * BATCHES + 1) for after in (False, True)]),
)
def test_given_a_crash_at_any_step_when_loaded_again_then_each_change_is_made_once(
    operator_world: OperatorWorld,
    step: int,
    after: bool,
    stop: Callable[[], None],
    error: type[BaseException],
) -> None:
    steps, crashing, counts = Steps(), loader(operator_world), LoadCounts()
    crashing._table = stepwise(crashing._table, steps)
    steps.once(step, stop, after=after)
    with pytest.raises(error):
        crashing.load(ENTRIES, segment=None, counts=counts)

    assert counts.loaded < len(ENTRIES)
    assert load(operator_world).loaded == len(ENTRIES)
    assert_loaded(operator_world)


def test_given_a_row_that_changes_when_written_then_it_is_read_again(operator_world: OperatorWorld) -> None:
    operator_world.put("Employees", {"phone_number": NUMBERS[0], "name": "before"})
    steps, loading, counts = Steps(), loader(operator_world), LoadCounts()
    loading._table = stepwise(loading._table, steps)
    # Between the read and the write of the first batch.
    steps.once(
        1, lambda: operator_world.put("Employees", {"phone_number": NUMBERS[0], "name": "Bob"}), after=True
    )

    loading.load(ENTRIES, segment=None, counts=counts)

    assert counts == LoadCounts(added=59, changed=1)
    [record] = operator_world.audit(f"employee#{NUMBERS[0]}")
    assert record["before"] == {"name": "Bob"}


def test_given_an_opt_out_meanwhile_when_written_then_it_stays(operator_world: OperatorWorld) -> None:
    steps, loading = Steps(), loader(operator_world)
    loading._table = stepwise(loading._table, steps)
    stopped = {"phone_number": NUMBERS[0], "opted_out": True, "only_opt_out": True}
    steps.once(1, lambda: operator_world.put("Employees", stopped), after=True)

    loading.load(ENTRIES, segment=None, counts=LoadCounts())

    assert operator_world.row("Employees", NUMBERS[0]) == {
        "phone_number": NUMBERS[0],
        "name": "E100",
        "opted_out": True,
    }


def test_given_a_row_that_never_stops_changing_when_loaded_then_it_is_refused(
    operator_world: OperatorWorld,
) -> None:
    loading, edits = loader(operator_world), iter(range(1000))
    steps = Steps()
    loading._table = stepwise(loading._table, steps)

    def edit(_step: int, after: bool) -> None:
        if after:
            operator_world.put("Employees", {"phone_number": NUMBERS[0], "name": f"Bob {next(edits)}"})

    steps.on_step = edit
    with pytest.raises(ChangedByAnother, match="keeps changing; run the command again"):
        loading.load(ENTRIES[:1], segment=None, counts=LoadCounts())


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "TransactionCanceledException"]
)
def test_given_a_throttled_table_when_loaded_then_it_waits_and_goes_on(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    loading, left = loader(operator_world), 5
    monkeypatch.setattr(
        "shift_sms_operator.employees.employee_loader._wait_unless", lambda _stopped: lambda _s: None
    )
    monkeypatch.setattr("shift_sms_runtime.backoff.time.sleep", lambda _seconds: None)
    write = loading._table._client.transact_write_items

    def throttled(**request: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            return write(**request)
        reasons = [{"Code": "ThrottlingError"}, {"Code": "None"}]
        response: Any = {"Error": {"Code": code, "Message": ""}, "CancellationReasons": reasons}
        exceptions = loading._table._client.exceptions
        if code == "TransactionCanceledException":
            raise exceptions.TransactionCanceledException(response, "TransactWriteItems")
        raise ClientError(response, "TransactWriteItems")

    monkeypatch.setattr(loading._table._client, "transact_write_items", throttled)
    counts = LoadCounts()
    loading.load(ENTRIES, segment="night", counts=counts)
    assert counts.loaded == 60
    assert_loaded(operator_world)


def test_given_another_error_when_loaded_then_it_is_not_repeated(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, calls = loader(operator_world), list[int]()
    denied: Any = {"Error": {"Code": "AccessDeniedException", "Message": ""}}

    def refuse(**_request: Any) -> Any:
        calls.append(1)
        raise ClientError(denied, "TransactWriteItems")

    monkeypatch.setattr(loading._table._client, "transact_write_items", refuse)
    with pytest.raises(ClientError):
        loading.load(ENTRIES[:1], segment=None, counts=LoadCounts())
    assert calls == [1]


def test_given_an_interruption_when_working_then_what_is_under_way_is_completed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(concurrent_work, "_THREADS", 2)
    taken, completed = list[int](), set[int]()

    def things() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    working = work_on(completed.add, things())
    next(working)
    working.close()
    # Two threads have at most two things each.
    assert len(taken) <= 5
    assert completed <= set(taken)

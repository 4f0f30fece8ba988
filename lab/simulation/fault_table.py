"""The fault table: every call of every function with every fault, and what becomes of the texts.

`python -m lab.simulation.fault_table` writes the page of the documentation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.simulation.aws.faults import Fault
from lab.simulation.execution.faults import Attempt
from lab.simulation.execution.queues import QueueFaults
from lab.simulation.script import ScriptedRun

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"

_ATTEMPTS = 3
"""As many as botocore makes. The fault hits all of them, so that the call itself fails."""

COLUMNS = {
    Fault.THROTTLE: "throttle",
    Fault.SERVER_ERROR: "5xx",
    Fault.TIMEOUT_BEFORE: "timeout before",
    Fault.TIMEOUT_AFTER: "timeout after",
    Fault.MALFORMED: "malformed",
    Fault.CRASH_BEFORE: "crash before",
    Fault.CRASH_AFTER: "crash after",
}
_CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)

_DELIVERIES: Mapping[str, QueueFaults] = {
    "every message arrives twice": QueueFaults(duplicates=1.0),
    "every message is delayed by up to 20 s": QueueFaults(delays=1.0),
    "half of the messages are overtaken by others": QueueFaults(delays=0.5, longest_delay=5.0),
}


@dataclass(frozen=True, order=True)
class Call:
    """A call of a function: its operation, and the tables or the queue that it is about."""

    function: str
    operation: str
    target: str

    @classmethod
    def of(cls, function: str, operation: str, request: Mapping[str, Any]) -> "Call":
        return cls(function, operation, ", ".join(_targets(request)))

    @property
    def name(self) -> str:
        """The call as the page names it."""
        return f"{self.operation}: {self.target}" if self.target else self.operation


def _targets(request: Mapping[str, Any]) -> list[str]:
    if "TransactItems" in request:
        return sorted(
            {target["TableName"] for action in request["TransactItems"] for target in action.values()}
        )
    if "RequestItems" in request:
        return sorted(request["RequestItems"])
    if "TableName" in request:
        index = request.get("IndexName")
        return [request["TableName"] + (f"/{index}" if index else "")]
    return [request["QueueUrl"].rpartition("/")[2]] if "QueueUrl" in request else []


@dataclass
class OneFault:
    """Lets one call fail, in all of its attempts."""

    call: Call | None = None
    fault: Fault | None = None
    left: int = 0

    def choose(self, function: str, operation: str, request: Mapping[str, Any]) -> Fault | None:
        """See `FaultPlan.choose`."""
        if not self.left or Call.of(function, operation, request) != self.call:
            return None
        self.left -= 1
        return self.fault

    def freeze(self) -> float:
        """See `FaultPlan.freeze`."""
        return 0.0


@dataclass
class Cell:
    """What a fault led to."""

    violations: list[str]
    unknown: int
    redelivered: int

    @property
    def text(self) -> str:
        if self.violations:
            return "VIOLATED"
        if self.unknown:
            return "unknown"
        return "again" if self.redelivered else "same"


@dataclass
class FaultTable:
    """The cells, by call and fault, and by delivery fault."""

    calls: dict[Call, dict[Fault, Cell]] = field(default_factory=dict)
    deliveries: dict[str, Cell] = field(default_factory=dict)

    @property
    def violations(self) -> list[str]:
        """The cells that do not hold."""
        cells = [
            (f"{call.function} {call.operation} {call.target}, {fault.value}", cell)
            for call, row in self.calls.items()
            for fault, cell in row.items()
        ]
        return [
            f"{name}: {'; '.join(cell.violations)}"
            for name, cell in [*cells, *self.deliveries.items()]
            if cell.violations
        ]


def usual_calls() -> list[Call]:
    """Returns the calls of a run without faults."""
    run, calls = ScriptedRun(OneFault()), set[Call]()

    def observe(attempt: Attempt) -> None:
        calls.add(Call.of(attempt.environment.function.name, attempt.operation, attempt.request))

    run.world.system.observers.append(observe)
    run.run()
    if run.world.facts.violations:
        raise ValueError(f"the script fails without faults: {run.world.facts.violations}")
    return sorted(calls)


def fault_table() -> FaultTable:
    """Runs the script once for each cell."""
    table = FaultTable()
    for call in usual_calls():
        table.calls[call] = {fault: cell_of(call, fault) for fault in COLUMNS}
    for name, queues in _DELIVERIES.items():
        table.deliveries[name] = _cell(OneFault(), queues)
    return table


def cell_of(call: Call, fault: Fault) -> Cell:
    """Runs the script with a fault of one call."""
    return _cell(OneFault(call, fault, 1 if fault in _CRASHES else _ATTEMPTS))


def _cell(plan: OneFault, queues: QueueFaults | None = None) -> Cell:
    run = ScriptedRun(plan, queues=queues)
    run.run()
    world = run.world
    unknown = sum(
        row.get("status", {}).get("S") == "unknown"
        for table in ("Conversations", "Deliveries")
        for row in world.database.tables[table].items
    )
    return Cell(list(world.facts.violations), unknown, world.system.redelivered)


def page(table: FaultTable) -> str:
    """Returns the page of the documentation."""
    return "\n".join([*_introduction(), *_calls(table), "", *_deliveries(table), ""])


def _introduction() -> Iterator[str]:
    yield "# Faults"
    yield ""
    yield "Generated by `python -m lab.simulation.fault_table` from the [simulation](../simulation.md)."
    yield "For each call of each function, a run of the same script lets the call fail with each fault, in"
    yield "all attempts that botocore makes. All invariants hold in every run."
    yield ""
    yield "| cell | what happens |"
    yield "|---|---|"
    yield "| same | the result is that of a run without the fault |"
    yield "| again | the same, after a message or a record was delivered again |"
    yield "| unknown | the outcome of one text is recorded as unknown, and the text is not repeated |"


def _calls(table: FaultTable) -> Iterator[str]:
    for function in sorted({call.function for call in table.calls}):
        yield ""
        yield f"## {function}"
        yield ""
        yield f"| call | {' | '.join(COLUMNS.values())} |"
        yield f"|---|{'---|' * len(COLUMNS)}"
        for call, row in table.calls.items():
            if call.function == function:
                yield f"| {call.name} | {' | '.join(cell.text for cell in row.values())} |"


def _deliveries(table: FaultTable) -> Iterator[str]:
    yield "## Delivery"
    yield ""
    yield "| queues | result |"
    yield "|---|---|"
    for name, cell in table.deliveries.items():
        yield f"| {name} | {cell.text} |"


def main() -> int:
    """Writes the page; returns 1 if a cell does not hold."""
    table = fault_table()
    for violation in table.violations:
        print(f"VIOLATED {violation}")
    PAGE.write_text(page(table), encoding="utf-8")
    return 1 if table.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())

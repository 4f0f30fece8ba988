"""Kills functions (SIGKILL) at every step of the waves of a fill plan, on the deployed system.

A plan without kills shows which calls the planner and the senders make. Then one plan runs for each of these calls,
and the function is killed right after it. A kill before a call is the one after the call before it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from lab.cloud.kill_function import calling_function, kill_caller
from lab.lab_system import LabSystem
from lab.phone_network import ApiCall, Fault, Moment
from shift_sms_runtime.campaigns.planner import batches
from tests.support.deployed_lab import deliveries, wait_until
from tests.support.lab_fills import LabShift

pytestmark = pytest.mark.timeout(1800)

FUNCTIONS = ("plan_fill_wave", "send_campaign")
MEMBERS, WAVES = 4, 2
PLANS_AT_ONCE = 40


@pytest.fixture(scope="module")
def system() -> Iterator[LabSystem]:
    with LabSystem(connect=False) as up, up.cached_permissions(), up.quick_redelivery(seconds=15):
        yield up
        up.gateway.faults.clear()
        up.network.faults.clear()


@dataclass(frozen=True)
class Step:
    """A call of a function for a plan: the how many-th one of its operation."""

    function: str
    operation: str
    number: int
    when: Moment = Moment.AFTER_EFFECT

    def __str__(self) -> str:
        return f"{self.function}: {self.when.value} {self.operation} {self.number}"


class Plan:
    """A plan of two waves. No other plan has its code or its employees."""

    def __init__(self, system: LabSystem, number: int) -> None:
        self._system = system
        self.members = [f"+1425556{number:03}{member}" for member in range(MEMBERS)]
        employees = [{"phone_number": member} for member in self.members]
        system.put(system.outputs.employees_table_name, employees)
        self.code = f"KILL{number:03}"

    def start(self) -> None:
        self.shift = LabShift(self._system, self.code, self.members, fill_order="rotation")

    def is_meant(self, parameters: Mapping[str, Any]) -> bool:
        """Returns whether a call is about this plan."""
        text = str(parameters)
        return self.code in text or any(member in text for member in self.members)

    @property
    def has_ended(self) -> bool:
        return self.shift.plan == ("exhausted", MEMBERS)

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each text of the plan, by phone number."""
        return deliveries(self._system, f"fill#{self.code}#{self.shift.item['fill_started_at']}")

    def problems(self) -> Iterator[str]:
        """Yields what is wrong after the end of the plan."""
        rows = [row for row in fill_contacts(self._system) if row["shift_id"] == self.code]
        waves = Counter(int(row["wave"]) for row in rows if row["entry"].startswith("contact#"))
        if waves != dict.fromkeys(range(1, WAVES + 1), MEMBERS // WAVES):
            yield f"contacts by wave: {waves}"
        texts = Counter(self.shift.texted)
        statuses = self.statuses
        unknown = {number for number, status in statuses.items() if status == "unknown"}
        if texts.keys() | unknown != {*self.members} or max(texts.values()) > 1 or len(unknown) > 1:
            yield f"texts: {texts}, statuses: {statuses}"


@dataclass
class KillAt:
    """Kills a function at a step of a plan."""

    step: Step
    names: Mapping[str, str]
    calls: int = 0
    done: bool = False
    lock: Lock = field(default_factory=Lock)

    def __call__(self, call: ApiCall) -> None:
        with self.lock:
            if self.done or self.names[calling_function(call)] != self.step.function:
                return
            self.calls += 1
            self.done = self.calls == self.step.number
        if self.done:
            kill_caller(call)


def fill_contacts(system: LabSystem) -> list[dict[str, Any]]:
    (table,) = (
        name for name in system.cloud.client("dynamodb").list_tables()["TableNames"] if "FillContacts" in name
    )
    return system.rows(table)


def handlers(system: LabSystem) -> dict[str, str]:
    """Returns the handler of each function."""
    functions = system.cloud.client("lambda").list_functions()["Functions"]
    return {one["FunctionName"]: one["Handler"].split(".")[-2] for one in functions if "." in one["Handler"]}


def steps(system: LabSystem) -> list[Step]:
    """Returns the calls of a plan without kills, and the sends of its first text."""
    names, plan = handlers(system), Plan(system, 0)
    calls: Counter[tuple[str, str]] = Counter()
    found: list[Step] = []

    def record(call: ApiCall, _response: object) -> None:
        if plan.is_meant(call.parameters) and (function := names[calling_function(call)]) in FUNCTIONS:
            calls[function, call.operation] += 1
            found.append(Step(function, call.operation, calls[function, call.operation]))

    system.gateway.on_response = record
    plan.start()
    assert wait_until(lambda: plan.has_ended, 180), plan.shift.item
    system.wait_until_idle()
    system.gateway.on_response = None
    assert [*plan.problems()] == []
    return [*found, *(Step("send_campaign", "SendTextMessage", 1, when) for when in Moment)]


def kill_at(system: LabSystem, step: Step, plan: Plan, names: Mapping[str, str]) -> KillAt:
    """Makes the function of a step fail when it reaches it."""
    kill = KillAt(step, names)
    faults = system.network.faults if step.operation == "SendTextMessage" else system.gateway.faults
    faults.add(Fault(operation=step.operation, act=kill, when=step.when, matches=plan.is_meant))
    return kill


def run_killed(system: LabSystem, killed: Sequence[tuple[int, Step]]) -> tuple[dict[str, list[str]], int]:
    """Runs a plan for each step; returns the problems by step, and how many functions were killed."""
    names = handlers(system)
    plans = [Plan(system, number) for number, _ in killed]
    kills = [kill_at(system, step, plan, names) for plan, (_, step) in zip(plans, killed, strict=True)]
    for plan in plans:
        plan.start()
    # On a slow machine, a message can be received too often before it is handled.
    assert wait_until(lambda: all(plan.has_ended for plan in plans), 600), [
        f"{system.dead_letters()} dead letters",
        *(
            f"{step}: {plan.shift.item}, {plan.statuses}"
            for plan, (_, step) in zip(plans, killed, strict=True)
            if not plan.has_ended
        ),
    ]
    system.wait_until_idle()
    problems = {str(step): [*plan.problems()] for plan, (_, step) in zip(plans, killed, strict=True)}
    return {step: found for step, found in problems.items() if found}, sum(kill.done for kill in kills)


def test_given_a_function_killed_at_any_step_of_a_wave_when_repeated_then_sent_once(
    system: LabSystem,
) -> None:
    found = steps(system)
    assert {step.function for step in found} == {*FUNCTIONS}
    numbered = [*enumerate(found, start=1)]
    problems: dict[str, list[str]] = {}
    done = 0
    for some in batches(numbered, PLANS_AT_ONCE):
        wrong, killed = run_killed(system, some)
        problems |= wrong
        done += killed
    assert problems == {}
    assert system.dead_letters() == 0
    # Functions read some rows again if a request for the same plan arrives meanwhile. So not each run has each call.
    assert done >= len(found) * 3 // 4, f"{done} of {len(found)} functions were killed"

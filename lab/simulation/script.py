"""A short run in which every function makes each of its usual calls."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from lab.simulation.execution.deployment import SimulatedSettings
from lab.simulation.execution.faults import FaultPlan, FaultRates
from lab.simulation.execution.queues import QueueFaults
from lab.simulation.execution.scheduler import START
from lab.simulation.invariants import Limits
from lab.simulation.operators import Duties
from lab.simulation.people import Expected, Habits
from lab.simulation.trace import Trace
from lab.simulation.world import Plan, World

_REMINDER_AT = 600.0

_TEXTS: tuple[tuple[float, int, str, Expected], ...] = (
    (1.0, 0, "AKR101", Expected.REPLY),
    (3.0, 1, "AKR101", Expected.REPLY),
    (5.0, 0, "CKR103", Expected.REPLY),
    (6.0, 2, "BKR102 DKR104", Expected.REPLY),
    (12.0, 1, "WAIT AKR101", Expected.REPLY),
    (14.0, 2, "REQUEST", Expected.REPLY),
    (16.0, 2, "MORE", Expected.REPLY),
    (18.0, 2, "MINE", Expected.REPLY),
    (20.0, 2, "who has the key of the store", Expected.REPLY),
    (22.0, 2, "AGENT please call", Expected.REPLY),
    (24.0, 1, "AKR1O1", Expected.REPLY),
    (26.0, 3, "AKR101", Expected.NONE),
    (30.0, 0, "DROP AKR101", Expected.REPLY),
    # From here on, texts count for the campaign.
    (110.0, 0, "DKR104 CKR103", Expected.REPLY),
    (112.0, 2, "DROP DKR104", Expected.REPLY),
    (114.0, 0, "WAIT DKR104 EKR105", Expected.REPLY),
    (116.0, 0, "EKR105", Expected.REPLY),
    (118.0, 2, "what should I wear there", Expected.REPLY),
    (120.0, 1, "AGENT once more", Expected.REPLY),
    (122.0, 1, "WAIT EKR105", Expected.REPLY),
    # More texts at once than the number may send in a second, and one from a number that has opted out.
    (149.0, 2, "STOP", Expected.NONE),
    *((150.0 + 0.01 * number, number % 2, f"INFO DKR10{number % 5}", Expected.REPLY) for number in range(7)),
    (150.1, 0, "REQUEST", Expected.REPLY),
    (150.2, 1, "MINE", Expected.REPLY),
    (150.3, 2, "MINE", Expected.MAYBE),
    (300.0, 2, "START", Expected.NONE),
    (320.0, 0, "STOP", Expected.NONE),
    (321.0, 0, "REQUEST", Expected.MAYBE),
    (339.0, 1, "STOP", Expected.NONE),
    (420.0, 0, "START", Expected.NONE),
    (425.0, 0, "MINE", Expected.REPLY),
)
"""When, who (the last is a stranger), what, and whether there is a reply."""


class ScriptedRun:
    """One run of the script, with the faults of a plan."""

    def __init__(self, faults: FaultPlan, *, queues: QueueFaults | None = None, faulty: bool = True) -> None:
        plan = Plan(
            settings=SimulatedSettings(messages_per_second=2),
            employees=3,
            strangers=1,
            shifts=0,
            habits=Habits(texts=(0, 0), replies_to_campaign=0.0, replies_to_offer=1.0, waits_for_taken=0.0),
            duties=Duties(replies=1.0),
            rates=FaultRates(queues=queues or QueueFaults()),
            limits=Limits(faults=faulty, ordered=not faulty),
        )
        self.world = World(plan, "script", trace=Trace(), faults=faults)

    def run(self) -> None:
        """Runs the script to its end and checks the invariants."""
        world = self.world
        with world.running():
            world.set_up()
            self._schedule()
            world.run_to_end()
            world.check()

    def _schedule(self) -> None:
        world = self.world
        for shift_id, seats in (("AKR101", 1), ("BKR102", 2), ("DKR104", 1), ("EKR105", 1)):
            self._put_shift(shift_id, seats)
        self._put_shift("CKR103", 1, starts_at=_iso(hours=24, seconds=_REMINDER_AT))
        people = list(world.people.by_phone.values())
        for at, who, body, expected in _TEXTS:
            self._at(at, partial(world.people.text, people[who], body, expected))
        self._at(60.0, world.operators.put_campaign)
        self._at(180.0, lambda: world.operators.edit("EKR105", starts_at=_iso(hours=30)))
        self._at(200.0, lambda: world.operators.edit("BKR102", shift_status="cancelled"))
        self._at(340.0, world.operators.put_campaign)
        self._at(_REMINDER_AT + 100.0, lambda: None)

    def _put_shift(self, shift_id: str, seats: int, **attributes: object) -> None:
        item = {"shift_id": shift_id, "shift_info": "15/08 5h dayshift", "shift_status": "available"}
        self.world.operators.put("Shifts", {**item, "seats": seats, **attributes})
        self.world.operators.shift_ids.append(shift_id)

    def _at(self, seconds: float, act: Callable[[], object]) -> None:
        self.world.operators.later(seconds, act)


def _iso(**after: float) -> str:
    """Returns a time after the start of the run."""
    return (START + timedelta(**after)).isoformat(timespec="seconds")

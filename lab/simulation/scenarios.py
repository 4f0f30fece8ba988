"""The scenarios: what people, operators and faults do in a run, drawn from its seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from lab.simulation.aws.faults import Fault
from lab.simulation.execution.deployment import SimulatedSettings
from lab.simulation.execution.faults import Crash, FaultRates, random_faults
from lab.simulation.execution.queues import QueueFaults
from lab.simulation.execution.randomness import Randomness
from lab.simulation.filling.scenarios import (
    fills,
    sick_call_with_a_stop,
    sick_calls,
    sick_calls_that_inform,
    twenty_plans,
)
from lab.simulation.invariants import Limits
from lab.simulation.operators import Duties
from lab.simulation.people import Habits
from lab.simulation.phones import CarrierFaults
from lab.simulation.world import Plan
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.shifts.booking_policy import BookingPolicy

_CRASHES = FaultRates(
    {Fault.CRASH_BEFORE: 0.0005, Fault.CRASH_AFTER: 0.0005},
    queues=QueueFaults(duplicates=0.01, delays=0.01),
)
"""One call in a thousand ends with a crash, and one message in a hundred arrives twice.

With ten calls per text, one text in a hundred meets a crash.
"""

_MANY = 1000


@dataclass(frozen=True)
class Scenario:
    """A kind of run."""

    name: str
    describes: str
    plan: Callable[[Random], Plan]
    large: bool = False
    """Whether one run takes minutes."""
    stops: int = 0
    """How many calls have a run that ends them with a crash, before and after each. 0: faults are random."""


_ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata")
_STOPS = 500
"""At least twice the calls of the scenario that is stopped at each of them."""


def _mixed(random: Random) -> Plan:
    people = random.choice((20, 20, 30, 40, 60, 80, 120, 200))
    rate = random.choice((1, 2, 5, 10, 20))
    faulty = random.random() < 0.75
    return Plan(
        settings=SimulatedSettings(messages_per_second=rate, connect_enabled=random.random() < 0.5),
        employees=people,
        strangers=people // 15,
        shifts=random.randint(3, 12),
        habits=Habits(texts=(1, 3), within=random.choice((120.0, 600.0, 1800.0))),
        duties=Duties(
            edits=random.randint(0, 6),
            campaigns=random.choice((0, 1, 1, 2)),
            new_shifts=random.randint(0, 3),
            seat_changes=6,
            within=random.choice((120.0, 600.0)),
        ),
        rates=random_faults(random) if faulty else FaultRates(),
        carrier=CarrierFaults(lost_events=0.05, repeated_events=0.05, failures=0.05),
        limits=Limits(faults=faulty, ordered=not faulty),
    )


def _hostile(random: Random) -> Plan:
    return Plan(
        settings=SimulatedSettings(messages_per_second=10, connect_enabled=random.random() < 0.5),
        employees=20,
        strangers=3,
        managers=2,
        shifts=4,
        habits=Habits(texts=(2, 4), within=120.0),
        duties=Duties(edits=2, seat_changes=6, campaigns=1, within=120.0, follow_ups=True),
        rates=FaultRates(
            {fault: 0.003 if fault in _CRASHES.calls else 0.006 for fault in Fault},
            queues=QueueFaults(duplicates=0.2, delays=0.1),
        ),
        limits=Limits(faults=True, ordered=False),
    )


def _asleep(random: Random) -> Plan:
    faulty = random.random() < 0.75
    return Plan(
        settings=SimulatedSettings(
            messages_per_second=10,
            connect_enabled=False,
            # Runs begin at 09:00 in UTC.
            booking_policy=BookingPolicy(quiet_hours=random.choice(("09:01-09:20", "08:00-09:10"))),
        ),
        employees=20,
        managers=2,
        zones=_ZONES,
        shifts=4,
        habits=Habits(texts=(2, 4), within=300.0),
        duties=Duties(edits=2, seat_changes=6, within=300.0),
        rates=random_faults(random) if faulty else FaultRates(),
        limits=Limits(faults=faulty, ordered=False),
    )


def _rush(_random: Random) -> Plan:
    return Plan(
        settings=SimulatedSettings(messages_per_second=50, connect_enabled=False),
        employees=20,
        shifts=3,
        habits=Habits(texts=(1, 2), within=1.5),
        duties=Duties(edits=1, seat_changes=4, within=2.0),
        rates=FaultRates({Fault.TIMEOUT_AFTER: 0.01}),
        limits=Limits(faults=True, ordered=False),
    )


def _opt_outs(random: Random) -> Plan:
    return Plan(
        settings=SimulatedSettings(
            messages_per_second=random.choice((2, 10)),
            connect_enabled=False,
            policy=InboundPolicy(self_managed_opt_outs=random.random() < 0.5),
        ),
        employees=20,
        shifts=12,
        habits=Habits(texts=(3, 5), within=120.0, opt_outs=8.0),
        duties=Duties(edits=2, campaigns=1, within=120.0),
        rates=random_faults(random),
        limits=Limits(faults=True, ordered=False),
    )


def _trickle(_random: Random) -> Plan:
    return Plan(
        settings=SimulatedSettings(messages_per_second=1, connect_enabled=False),
        employees=20,
        shifts=6,
        habits=Habits(texts=(2, 3), within=150.0),
        duties=Duties(edits=2, within=150.0),
    )


def _waiting(random: Random) -> Plan:
    return Plan(
        settings=SimulatedSettings(
            messages_per_second=random.choice((1, 2)),
            connect_enabled=False,
            # Runs begin at 09:00 in UTC.
            booking_policy=BookingPolicy(
                quiet_hours=random.choice(("09:01-09:20", "11:00-11:30", "08:00-09:05"))
            ),
        ),
        employees=random.choice((20, 40)),
        zones=_ZONES,
        shifts=4,
        habits=Habits(texts=(0, 1), within=120.0),
        duties=Duties(campaigns=3, stopped_campaigns=0.3, paused_campaigns=0.7, within=120.0),
        rates=random_faults(random),
        limits=Limits(faults=True, ordered=False),
    )


def _timely(faults: FaultRates, texts: int) -> Limits:
    """The limits of a scenario that measures the time.

    A crash late in a short run delays its end too much.
    """
    return Limits(
        faults=not faults.none,
        ordered=faults.none,
        ideal=1.25 if faults.none or texts >= _MANY else None,
    )


def _burst(people: int, rate: int, faults: FaultRates) -> Callable[[Random], Plan]:
    """Everyone texts at once."""

    def plan(_random: Random) -> Plan:
        return Plan(
            settings=SimulatedSettings(messages_per_second=rate, connect_enabled=False),
            employees=people,
            shifts=max(10, people // 20),
            habits=Habits(texts=(1, 1), within=1.0, replies_to_offer=0.0, waits_for_taken=0.0),
            rates=faults,
            limits=_timely(faults, people),
        )

    return plan


def _steady(texts: int, seconds: float, rate: int, faults: FaultRates) -> Callable[[Random], Plan]:
    """Texts arrive faster than the number can answer them."""

    def plan(_random: Random) -> Plan:
        return Plan(
            settings=SimulatedSettings(messages_per_second=rate, connect_enabled=False),
            employees=texts,
            shifts=max(10, texts // 20),
            habits=Habits(texts=(1, 1), within=seconds, replies_to_offer=0.0, waits_for_taken=0.0),
            rates=faults,
            limits=_timely(faults, texts),
        )

    return plan


def _campaign(people: int, rate: int, faults: FaultRates) -> Callable[[Random], Plan]:
    """A campaign whose recipients answer while it is sent."""

    def plan(_random: Random) -> Plan:
        return Plan(
            settings=SimulatedSettings(messages_per_second=rate, connect_enabled=False),
            employees=people,
            shifts=max(10, people // 20),
            habits=Habits(texts=(0, 0), replies_to_campaign=0.4, waits_for_taken=0.0),
            duties=Duties(campaigns=1, stopped_campaigns=0.0, within=2.0),
            rates=faults,
            limits=_timely(faults, people),
        )

    return plan


def _fast_campaign(people: int) -> Callable[[Random], Plan]:
    """A campaign at 500 texts per second, whose write units are counted."""

    def plan(_random: Random) -> Plan:
        return Plan(
            settings=SimulatedSettings(messages_per_second=500, connect_enabled=False),
            employees=people,
            shifts=10,
            habits=Habits(texts=(0, 0), replies_to_campaign=0.0),
            duties=Duties(campaigns=1, stopped_campaigns=0.0, within=2.0),
            limits=Limits(write_units=500),
        )

    return plan


def _scenarios() -> Mapping[str, Scenario]:
    none = FaultRates()
    found = [
        Scenario("mixed", "20 to 200 people, operators and random faults", _mixed),
        Scenario("hostile", "20 people who compete for 4 shifts, with many faults", _hostile),
        Scenario("opt-outs", "20 people who opt out, opt in and book, with faults", _opt_outs),
        Scenario("fills", "12 to 25 people whom fill plans text in waves, with faults", fills),
        Scenario(
            "sick-calls", "15 people who book and call in sick, with faults and clock changes", sick_calls
        ),
        Scenario("sick-calls-inform", "as sick-calls, with `sick_calls` as `inform`", sick_calls_that_inform),
        Scenario("twenty-plans", "twenty fill plans at once over the same 200 employees", twenty_plans),
        Scenario(
            "sick-call-stops",
            "a sick call and its waves, with a crash before or after each call",
            sick_call_with_a_stop,
            stops=_STOPS,
        ),
        Scenario("waiting", "20 or 40 people, campaigns that are paused and wait for quiet hours", _waiting),
        Scenario("asleep", "20 people in three time zones who compete for 4 shifts in quiet hours", _asleep),
        Scenario("trickle", "20 people whose texts often find the number busy", _trickle),
        Scenario(
            "fast-campaign",
            "5,000 people texted at 500/s, with write units",
            _fast_campaign(5_000),
            large=True,
        ),
        Scenario("rush", "20 people who text about 3 shifts within two seconds", _rush),
    ]
    for suffix, describes, faults in (
        ("", "", none),
        ("-crashes", ", with crashes and duplicates", _CRASHES),
    ):
        found += [
            Scenario(
                f"burst{suffix}",
                f"10,000 texts at once at 10/s{describes}",
                _burst(10_000, 10, faults),
                large=True,
            ),
            Scenario(
                f"steady{suffix}",
                f"3,000 texts in ten minutes at 1/s{describes}",
                _steady(3_000, 600.0, 1, faults),
                large=True,
            ),
            Scenario(
                f"campaign{suffix}",
                f"10,000 people texted at 3/s, of whom 40 % answer{describes}",
                _campaign(10_000, 3, faults),
                large=True,
            ),
            Scenario(f"small-burst{suffix}", f"80 texts at once at 4/s{describes}", _burst(80, 4, faults)),
            Scenario(
                f"small-campaign{suffix}", f"60 people texted at 5/s{describes}", _campaign(60, 5, faults)
            ),
        ]
    return {scenario.name: scenario for scenario in found}


SCENARIOS = _scenarios()


def plan_of(scenario: str, seed: int) -> Plan:
    """Returns what happens in a run. The seed of a scenario with stops is the place of the crash."""
    plan = SCENARIOS[scenario].plan(Randomness(seed).of(f"plan {scenario}"))
    if SCENARIOS[scenario].stops:
        return replace(plan, crash=Crash(seed // 2, after=bool(seed % 2)))
    return plan

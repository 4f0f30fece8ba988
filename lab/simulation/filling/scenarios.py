"""The scenarios of fill plans and sick calls."""

from datetime import UTC, datetime
from random import Random

from lab.simulation.execution.deployment import SimulatedSettings
from lab.simulation.execution.faults import FaultRates, random_faults
from lab.simulation.execution.scheduler import START
from lab.simulation.filling.script import Script, ScriptedText
from lab.simulation.invariants import Limits
from lab.simulation.operators import Duties
from lab.simulation.people import Habits
from lab.simulation.world import Plan
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata")

_CLOCK_CHANGES = (datetime(2026, 10, 25, 0, 40, tzinfo=UTC), datetime(2027, 3, 28, 0, 40, tzinfo=UTC))
"""Twenty minutes before the clocks change in Berlin. Runs last longer."""
_QUIET_IN_BERLIN = ("01:00-02:30", "02:10-03:20")
"""The first hours begin again when the clock goes back. The change falls into the others."""

_SICK_CALL = Script(
    {
        "shift_id": "CKT800",
        "shift_info": "15/08 5h dayshift",
        "shift_status": "available",
        "fill_wave_size": 2,
        "fill_wave_minutes": 9,
    },
    starts_in_hours=3.0,
    texts=(
        ScriptedText(10.0, 1, "CKT800"),
        ScriptedText(500.0, 1, "SICK CKT800"),
        ScriptedText(560.0, 1, "I'm sick, can't do CKT800"),
        # After two waves, also where a crash delays one of them until its message is delivered again.
        ScriptedText(1400.0, 6, "CKT800"),
    ),
)
_WITHOUT_HABITS = Habits(texts=(0, 0), replies_to_fill_plan=0.0, replies_to_offer=0.0, waits_for_taken=0.0)


def fills(random: Random) -> Plan:
    """Shifts that are filled in waves, while employees book, drop and answer, and operators edit."""
    faulty = random.random() < 0.75
    rate, employees, shifts = random.choice((2, 10)), random.choice((12, 25)), random.choice((3, 8))
    rates = random_faults(random) if faulty else FaultRates()
    # Runs begin at 09:00 in UTC.
    quiet_hours = random.choice(("", "", "09:05-09:40", "08:00-09:10"))
    return Plan(
        settings=SimulatedSettings(
            messages_per_second=rate,
            connect_enabled=False,
            booking_policy=BookingPolicy(quiet_hours=quiet_hours),
        ),
        employees=employees,
        managers=2,
        zones=ZONES if quiet_hours else (),
        shifts=shifts,
        habits=Habits(texts=(0, 2), within=900.0, opt_outs=2.0),
        duties=Duties(edits=3, seat_changes=3, fill_plans=0.8, fill_edits=3, within=900.0),
        rates=rates,
        limits=Limits(faults=faulty, ordered=False),
        settles_for=5000.0,
    )


def sick_calls(random: Random) -> Plan:
    """Employees book, and call in sick while offers and plans run, before and after the drop cut-off."""
    return _sick_calls(random, SickCalls.REFILL)


def sick_calls_that_inform(random: Random) -> Plan:
    """As `sick_calls`, with bookings that stay after the cut-off."""
    return _sick_calls(random, SickCalls.INFORM)


def _sick_calls(random: Random, setting: SickCalls) -> Plan:
    faulty = random.random() < 0.75
    begins_at = random.choice((START, *_CLOCK_CHANGES))
    return Plan(
        settings=SimulatedSettings(
            messages_per_second=random.choice((2, 10)),
            connect_enabled=False,
            booking_policy=BookingPolicy(
                sick_calls=setting,
                quiet_hours=random.choice(_QUIET_IN_BERLIN if begins_at != START else ("", "11:00-12:30")),
            ),
            urgent_overrides_quiet_hours=random.random() < 0.5,
        ),
        employees=15,
        managers=2,
        zones=ZONES,
        shifts=4,
        begins_at=begins_at,
        habits=Habits(texts=(1, 3), within=600.0, sick_calls=0.6, opt_outs=0.5),
        duties=Duties(
            edits=2,
            seat_changes=3,
            fill_plans=0.5,
            fill_edits=3,
            within=900.0,
            timed_shifts=0.8,
            starts_in_hours=(2.0, 24.0),
        ),
        rates=random_faults(random) if faulty else FaultRates(),
        limits=Limits(faults=faulty, ordered=False),
        settles_for=5000.0,
    )


def twenty_plans(random: Random) -> Plan:
    """Fill plans of twenty shifts, many of which overlap, text the same employees at once."""
    faulty = random.random() < 0.5
    return Plan(
        settings=SimulatedSettings(messages_per_second=20, connect_enabled=False),
        employees=200,
        zones=ZONES,
        shifts=20,
        habits=Habits(texts=(0, 0), replies_to_fill_plan=0.3, waits_for_taken=0.2, sick_calls=0.1),
        duties=Duties(
            fill_plans=1.0, fill_edits=2, within=600.0, timed_shifts=0.8, starts_in_hours=(13.0, 30.0)
        ),
        rates=random_faults(random) if faulty else FaultRates(),
        limits=Limits(faults=faulty, ordered=False),
    )


def sick_call_with_a_stop(_random: Random) -> Plan:
    """A sick call, two waves and a claim, in which one call of a function ends with a crash."""
    return Plan(
        settings=SimulatedSettings(messages_per_second=10, connect_enabled=False),
        employees=8,
        managers=1,
        shifts=0,
        script=_SICK_CALL,
        habits=_WITHOUT_HABITS,
        duties=Duties(replies=0.0),
        limits=Limits(faults=True, ordered=False),
        settles_for=1500.0,
    )

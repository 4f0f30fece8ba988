"""Prints whom a fill plan contacted, did not reach and skipped, and why: as a list and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from shift_sms_cli.campaigns.preview import duration
from shift_sms_cli.fill_plans.words import count_of, local
from shift_sms_cli.output import Column, print_line, print_table
from shift_sms_operator.fill_plans.views import ExplainedContact, ExplainedWave
from shift_sms_operator.fill_plans.words import order_in_words
from shift_sms_runtime.fill_plans.fill_contact import PlanProgress

_LISTED = 10
"""The employees that are listed of those who were not reached, and of each reason for a skip."""


def print_plan(plan: PlanProgress) -> None:
    """Prints the title of a plan."""
    waves = count_of(plan.waves, "wave")
    print_line(f"{plan.shift_id}: fill plan {plan.started_at}, {plan.status}, {waves}", style="bold")


def print_waves(waves: Iterable[ExplainedWave], zone: tzinfo) -> None:
    """Prints waves. Times are in a zone."""
    for wave in waves:
        print_line(f"wave {wave.number} at {local(wave.at, zone)}, {_summary(wave)}", style="bold")
        if wave.contacts:
            print_table(
                [Column("rank", right=True), "employee", "number", "why", "outcome"],
                [
                    (one.contact.rank, one.name, one.contact.phone_number, one.why, one.outcome_text)
                    for one in wave.contacts
                ],
            )
        if wave.unreached:
            print_line(f"not reached, from rank {wave.unreached[0].contact.rank}: {_not_reached(wave)}")
        for skip in wave.skipped:
            print_line(
                f"skipped, {skip.why}: {_listed(skip.phone_numbers, wave.names, len(skip.phone_numbers))}"
            )


def waves_json(waves: Iterable[ExplainedWave]) -> list[Mapping[str, Any]]:
    """Returns waves for `--json`."""
    return [
        {
            "shift_id": wave.shift_id,
            "fill_started_at": wave.started_at,
            "wave": wave.number,
            "wave_at": wave.at,
            "fill_order": wave.order.value,
            "wait_seconds": wave.wait.total_seconds(),
            "contacts": [_contact_json(one) for one in wave.contacts],
            "not_reached": [_contact_json(one) for one in wave.unreached],
            "skipped": [
                {"reason": one.reason, "why": one.why, "phone_numbers": list(one.phone_numbers)}
                for one in wave.skipped
            ],
        }
        for wave in waves
    ]


def _summary(wave: ExplainedWave) -> str:
    if not wave.contacts:
        return "no one could be texted" + (f", next look after {duration(wave.wait)}" if wave.wait else "")
    people = "1 person" if len(wave.contacts) == 1 else f"{len(wave.contacts)} people"
    return f"{people}, order {order_in_words(wave.order)}, next wave after {duration(wave.wait)}"


def _contact_json(one: ExplainedContact) -> Mapping[str, Any]:
    inputs = one.contact.inputs
    return {
        "rank": one.contact.rank,
        "phone_number": inputs.phone_number,
        "name": one.name,
        "contacts": inputs.contacts,
        "last_contact": inputs.last_contact,
        "hired_at": inputs.hired_at,
        "minutes": inputs.minutes,
        "outcome": one.outcome.value,
        "why": one.why,
    }


def _not_reached(wave: ExplainedWave) -> str:
    numbers = [one.contact.phone_number for one in wave.unreached]
    return _listed(numbers, wave.names, len(numbers) + wave.not_listed)


def _listed(numbers: Sequence[str], names: Mapping[str, str], count: int) -> str:
    shown = [f"{names[one]} ({one})" if one in names else one for one in numbers[:_LISTED]]
    more = count - len(shown)
    return ", ".join([*shown, *([f"and {more} more"] if more > 0 else [])])

"""Prints whom a fill plan contacted and skipped, and why: as a list and as JSON."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from shift_sms_cli.campaigns.preview import duration
from shift_sms_cli.fill_plans.words import count_of, local
from shift_sms_cli.output import Column, print_line, print_table
from shift_sms_operator.fill_plans.views import ExplainedSkip, ExplainedWave
from shift_sms_operator.fill_plans.words import order_in_words
from shift_sms_runtime.fill_plans.fill_contact import PlanProgress

_LISTED_SKIPS = 10
"""The skipped employees of each reason that are listed."""


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
        for skip in wave.skipped:
            print_line(f"skipped, {skip.why}: {_listed(skip, wave.names)}")


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
            "contacts": [
                {
                    "rank": one.contact.rank,
                    "phone_number": one.contact.phone_number,
                    "name": one.name,
                    "contacts": one.contact.inputs.contacts,
                    "last_contact": one.contact.inputs.last_contact,
                    "hired_at": one.contact.inputs.hired_at,
                    "minutes": one.contact.inputs.minutes,
                    "outcome": one.outcome.value,
                    "why": one.why,
                }
                for one in wave.contacts
            ],
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


def _listed(skip: ExplainedSkip, names: Mapping[str, str]) -> str:
    shown = [
        f"{names[number]} ({number})" if number in names else number
        for number in skip.phone_numbers[:_LISTED_SKIPS]
    ]
    more = len(skip.phone_numbers) - _LISTED_SKIPS
    return ", ".join([*shown, *([f"and {more} more"] if more > 0 else [])])

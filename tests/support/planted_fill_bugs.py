"""Mutations of fill plans and sick calls that the simulation has to find."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from shift_sms_runtime.aws.dynamodb import transact, wire
from shift_sms_runtime.bookings import booking
from shift_sms_runtime.fill_plans import candidates, seat_check
from shift_sms_runtime.fill_plans.candidates import AudienceFinder
from shift_sms_runtime.fill_plans.eligibility import SkipReason, why_skipped
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.shifts.reconcile_request import ShiftChangeDetector
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables import inbound_store
from shift_sms_runtime.tables.shifts import shift_update
from tests.support.planted_bugs import PlantedBug


@contextmanager
def seat_freed_before_the_plan_starts() -> Iterator[None]:
    freed: list[str] = []

    def without_plan(table: str, shift: Shift) -> Any:
        if shift.urgent_fill:
            freed.append(shift.shift_id)
        return shift_update(table, replace(shift, urgent_fill=None))

    def then_start(client: Any, actions: Sequence[Mapping[str, Any]]) -> None:
        transact(client, actions)  # type: ignore[arg-type]
        while freed:
            client.update_item(
                TableName="Shifts",
                Key=wire({"shift_id": freed.pop()}),
                UpdateExpression="SET fill_urgent = :yes, fill_order = :order",
                ExpressionAttributeValues=wire({":yes": True, ":order": "rotation"}),
            )

    with (
        mock.patch.object(inbound_store, "shift_update", without_plan),
        mock.patch.object(inbound_store, "transact", then_start),
    ):
        yield


@contextmanager
def sick_employees_texted() -> Iterator[None]:
    def mutated(candidate: Any, shift: Shift, *arguments: Any, **options: Any) -> SkipReason | None:
        forgotten = replace(candidate, bookings=replace(candidate.bookings, sick={}))
        return why_skipped(forgotten, replace(shift, sick_calls={}), *arguments, **options)

    with (
        mock.patch.object(candidates, "why_skipped", mutated),
        mock.patch.object(seat_check, "_skipped", return_value={}),
    ):
        yield


def urgent_plans_wait() -> AbstractContextManager[object]:
    def mutated(self: Any, _shift: Shift) -> QuietHours:
        return self._quiet_hours  # type: ignore[no-any-return]

    return mock.patch.object(AudienceFinder, "_quiet_hours_of", mutated)


def fill_requests_dropped() -> AbstractContextManager[object]:
    handle = ShiftChangeDetector.handle

    def mutated(self: Any, *images: Any) -> None:
        self._fill_requests = None
        handle(self, *images)

    return mock.patch.object(ShiftChangeDetector, "handle", mutated)


def late_seats_freed() -> AbstractContextManager[object]:
    return mock.patch.object(booking, "SickCalls", mock.Mock(INFORM=None))


def conflicts_ignored() -> AbstractContextManager[object]:
    return mock.patch.object(booking, "find_conflict", return_value=None)


FILL_BUGS = (
    PlantedBug(
        "a seat is freed before its plan starts",
        seat_freed_before_the_plan_starts,
        "sick calls",
        "sick-calls",
    ),
    PlantedBug("a plan texts the sick", sick_employees_texted, "the sick are left alone", "sick-calls", 7),
)
FURTHER_FILL_BUGS = (
    PlantedBug("fill requests are dropped", fill_requests_dropped, "no silent loss", "sick-calls"),
    PlantedBug("a late sick call frees the seat", late_seats_freed, "sick calls", "sick-calls-inform"),
    PlantedBug("conflicts are ignored", conflicts_ignored, "no conflicting bookings", "sick-calls"),
    PlantedBug(
        "urgent plans wait in quiet hours", urgent_plans_wait, "urgent plans do not wait", "sick-calls"
    ),
)
"""Bugs that only `make soak` plants."""

"""The events that follow from a change of a shift."""

import re
from collections.abc import Iterable, Iterator

from shift_sms_runtime.domain_events.domain_event import (
    MAX_TEXT_LENGTH,
    DomainEvent,
    EmployeeSick,
    FillPlanEvent,
    FillPlanExhausted,
    FillPlanFilled,
    FillPlanResumed,
    FillPlanStarted,
    FillPlanState,
    FillPlanStopped,
    ShiftBooked,
    ShiftCanceled,
    ShiftDropped,
    ShiftEvent,
    ShiftFilled,
    ShiftState,
    short,
)
from shift_sms_runtime.domain_events.table_change import TableChange
from shift_sms_runtime.shifts.filling.fill_plan import FillPlan, FillStatus
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import ShiftReader

_RESUMABLE = (FillStatus.FILLED, FillStatus.STOPPED)
"""The statuses after which the same plan runs again. After `exhausted`, a new plan starts."""

_ENDED = {
    FillStatus.FILLED: FillPlanFilled,
    FillStatus.EXHAUSTED: FillPlanExhausted,
    FillStatus.STOPPED: FillPlanStopped,
}


_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


def shift_events(change: TableChange, reader: ShiftReader) -> Iterator[DomainEvent]:
    """Yields the events of a change. A shift that is deleted has none.

    An operator may have written a name as the holder of a seat. Only holders with a phone number have events.
    """
    if change.after is None:
        return
    after = reader.read(change.after)
    before = reader.read(change.before) if change.before else Shift(after.shift_id)
    yield from _of_seats(change, before, after)
    yield from _of_fill_plan(change, before, after)


def _of_seats(change: TableChange, before: Shift, after: Shift) -> Iterator[ShiftEvent]:
    state = _state(after)
    for number in _phone_numbers(after.sick_calls):
        at = after.sick_calls[number]
        if before.sick_calls.get(number) != at:
            yield EmployeeSick(
                **change.occurrence(EmployeeSick, number),
                shift=state,
                employee=number,
                reported_at=at,
                keeps_seat=number in after.holders,
            )
    canceled = after.status == ShiftStatus.CANCELED
    # `ShiftCanceled` has released the holders, who stay on the item for a moment.
    holders = {} if before.status == ShiftStatus.CANCELED else before.holders
    dropped = [] if canceled else [number for number in holders if number not in after.holders]
    booked = [] if canceled else [number for number in after.holders if number not in holders]
    for number in _phone_numbers(dropped):
        yield ShiftDropped(
            **change.occurrence(ShiftDropped, number),
            shift=state,
            employee=number,
            sick=number in after.sick_calls,
        )
    for number in _phone_numbers(booked):
        yield ShiftBooked(**change.occurrence(ShiftBooked, number), shift=state, employee=number)
    if _is_filled(after) and not _is_filled(before):
        yield ShiftFilled(**change.occurrence(ShiftFilled), shift=state)
    if canceled and before.status != ShiftStatus.CANCELED:
        yield ShiftCanceled(**change.occurrence(ShiftCanceled), shift=state)


def _phone_numbers(holders: Iterable[str]) -> list[str]:
    return [number for number in holders if _E164.fullmatch(number)]


def _is_filled(shift: Shift) -> bool:
    return shift.status != ShiftStatus.CANCELED and not shift.free_seats and not shift.offers


def _of_fill_plan(change: TableChange, before: Shift, after: Shift) -> Iterator[FillPlanEvent]:
    fill, earlier = after.fill, before.fill or FillPlan()
    # The planner writes the start of a plan together with its first status.
    if fill is None or not fill.started_at:
        return
    event_types: list[type[FillPlanEvent]] = []
    is_new = fill.started_at != earlier.started_at
    if is_new:
        event_types.append(FillPlanStarted)
    elif fill.status is FillStatus.RUNNING and earlier.status in _RESUMABLE:
        event_types.append(FillPlanResumed)
    if fill.status in _ENDED and (is_new or fill.status is not earlier.status):
        event_types.append(_ENDED[fill.status])
    shift, fill_plan = _state(after), _plan_state(fill)
    for event_type in event_types:
        yield event_type(**change.occurrence(event_type), shift=shift, fill_plan=fill_plan)


def _state(shift: Shift) -> ShiftState:
    return ShiftState(
        shift_id=shift.shift_id,
        status=shift.status[:MAX_TEXT_LENGTH],
        seats=shift.seats,
        booked_seats=len(shift.holders),
        free_seats=shift.free_seats,
        timezone=shift.zone.key,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        site=short(shift.site),
        role=short(shift.role),
    )


def _plan_state(fill: FillPlan) -> FillPlanState:
    return FillPlanState(
        started_at=fill.started_at[:MAX_TEXT_LENGTH],
        order=fill.order,
        urgent=fill.urgent,
        contacted=fill.contacted,
        fill_by=fill.fill_by,
        segment=short(fill.segment),
    )

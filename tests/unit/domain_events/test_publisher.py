"""Tests that events are published at least once, and that a repetition has the same ids."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from shift_sms_runtime.domain_events.domain_event import (
    EVENT_TYPES,
    DomainEvent,
    ShiftBooked,
    ShiftCanceled,
    ShiftDropped,
)
from shift_sms_runtime.domain_events.publisher import UnknownTable
from shift_sms_runtime.domain_events.table_change import TableChange
from shift_sms_runtime.shifts.shift_item import ShiftReader, written_attributes
from tests.support.clock import Clock, Deadline
from tests.support.domain_events import Item, change, names, publisher_on
from tests.support.memory.event_bus import MemoryEventBus
from tests.support.shift_builders import ANN, BOB, CID, NOW

FREE = {"shift_id": "A1", "shift_status": "available"}
TAKEN = {**FREE, "shift_status": "taken", "employee": ANN}
PEOPLE = [ANN, BOB, CID, "+14255550104"]


@pytest.fixture
def bus() -> MemoryEventBus:
    return MemoryEventBus()


def publish(bus: MemoryEventBus, *changes: TableChange, seconds: float = 60) -> list[bool]:
    publisher = publisher_on(bus)
    events = [publisher.events(one) for one in changes]
    return publisher.publish(events, Deadline(Clock(), seconds))


def test_given_a_change_when_delivered_twice_then_its_events_have_the_same_ids(bus: MemoryEventBus) -> None:
    one = change(FREE, TAKEN)
    assert publish(bus, one) == publish(bus, one) == [True]
    assert names(bus.published) == ["ShiftBooked", "ShiftFilled"] * 2
    assert bus.ids[:2] == bus.ids[2:]
    assert bus.published[:2] == bus.published[2:]


def test_given_the_same_values_when_changed_again_then_the_ids_are_others(bus: MemoryEventBus) -> None:
    replaced = {**TAKEN, "employees": {ANN: "", BOB: ""}, "seats": 2}
    publish(bus, change(None, replaced, "change-1"), change(None, replaced, "change-2"))
    assert names(bus.published) == ["ShiftBooked", "ShiftBooked", "ShiftFilled"] * 2
    assert len(set(bus.ids)) == 6


def test_given_events_that_are_refused_when_published_then_only_these_again(bus: MemoryEventBus) -> None:
    bus.refusals = {"ShiftBooked": 2}
    assert publish(bus, change(FREE, TAKEN)) == [True]
    assert names(bus.published) == ["ShiftFilled", "ShiftBooked"]
    assert bus.requests == 3


def test_given_refusals_that_last_when_published_then_other_changes_succeed(bus: MemoryEventBus) -> None:
    bus.refusals = {"ShiftDropped": 99}
    other = {**TAKEN, "shift_id": "B1"}
    unrelated = change({**FREE, "shift_id": "C1"}, {**FREE, "shift_id": "C1", "site": "North"}, "change-3")
    changes = [change(TAKEN, FREE, "change-1"), change(None, other, "change-2"), unrelated]
    assert publish(bus, *changes) == [False, True, True]
    assert bus.requests == 5
    assert names(bus.published) == ["ShiftBooked", "ShiftFilled"]


def test_given_little_time_when_events_are_refused_then_no_attempt_is_begun(bus: MemoryEventBus) -> None:
    bus.refusals = {"ShiftDropped": 1}
    assert publish(bus, change(TAKEN, FREE), seconds=20) == [False]
    assert bus.requests == 1


def test_given_a_crash_after_the_put_when_delivered_again_then_the_ids_are_known(bus: MemoryEventBus) -> None:
    bus.crashes_after = 1
    one = change(FREE, TAKEN)
    with pytest.raises(KeyboardInterrupt):
        publish(bus, one)
    before = set(bus.ids)
    assert publish(bus, one) == [True]
    assert set(bus.ids) == before


def test_given_no_events_when_published_then_the_bus_is_not_called(bus: MemoryEventBus) -> None:
    assert publish(bus, change(FREE, {**FREE, "shift_info": "night"})) == [True]
    assert bus.requests == 0


def test_given_another_table_when_it_changes_then_the_change_fails(bus: MemoryEventBus) -> None:
    other = TableChange("change-1", NOW, "1", {"phone_number": ANN}, None, {"phone_number": ANN})
    with pytest.raises(UnknownTable):
        publish(bus, other)


def test_given_events_when_reported_then_types_and_errors_are_counted(bus: MemoryEventBus) -> None:
    bus.refusals = {"ShiftBooked": 1}
    publish(bus, change(FREE, TAKEN))
    assert bus.reported == [{"ShiftFilled": 1}, {"ThrottlingException": 1}, {"ShiftBooked": 1}]


def history(seed: int) -> list[Item]:
    """Returns the items of a shift that employees book and drop, and that an operator edits and cancels."""
    chosen, reader = random.Random(seed), ShiftReader()
    items: list[Item] = [{**FREE, "seats": 2}]
    for _ in range(30):
        if chosen.random() < 0.3:
            items += canceled_and_undone(items[-1], emptied=chosen.random() < 0.5)
        shift, number = reader.read(items[-1]), chosen.choice(PEOPLE)
        if number in shift.holders:
            shift = shift.without_holder(number)
            shift = shift.with_sick_call(number, NOW) if chosen.random() < 0.3 else shift
        elif shift.free_seats:
            shift = shift.with_holder(number, NOW)
        written = {name: value for name, value in written_attributes(shift).items() if value is not None}
        items.append({**FREE, "seats": chosen.choice((1, 2, 2, 2, 3)), **written})
    return items


def canceled_and_undone(item: Item, *, emptied: bool) -> list[Item]:
    """Returns the items of a cancellation that an operator undoes, before or after the employees were released."""
    items = [{**item, "shift_status": "cancelled"}]
    if emptied:
        items.append(
            {name: value for name, value in items[0].items() if name not in ("employee", "employees")}
        )
    return [*items, {**items[-1], "shift_status": item["shift_status"] if not emptied else "available"}]


def holders_told_by(events: Sequence[DomainEvent]) -> set[str]:
    """Returns who has a seat according to events that came in any order, some of them twice."""
    known = {event.event_id: event for event in events}
    holders: set[str] = set()
    for event in sorted(known.values(), key=lambda one: int(one.sequence_number)):
        if isinstance(event, ShiftDropped):
            holders.discard(event.employee)
        if isinstance(event, ShiftBooked):
            holders.add(event.employee)
        if isinstance(event, ShiftCanceled):
            holders.clear()
    return holders


@pytest.mark.parametrize("seed", range(10))
def test_given_any_history_when_events_are_mixed_up_then_a_consumer_knows_the_seats(
    seed: int, bus: MemoryEventBus
) -> None:
    items = history(seed)
    changes = [change(*pair, f"change-{at}") for at, pair in enumerate(pairwise(items))]
    for at in range(len(changes)):
        publish(bus, *changes[max(0, at - 2) : at + 1])
    events = bus.published
    random.Random(seed).shuffle(events)
    assert holders_told_by(events) == set(ShiftReader().read(items[-1]).holders)
    assert len({event.event_id for event in events}) * 2 < len(events)


def test_given_the_classes_when_listed_then_each_type_that_can_occur_is_there() -> None:
    def concrete(base: type[DomainEvent]) -> set[type[DomainEvent]]:
        below = base.__subclasses__()
        return {base} if not below else set().union(*map(concrete, below))

    assert concrete(DomainEvent) == set(EVENT_TYPES)
    assert len(EVENT_TYPES) == len(set(EVENT_TYPES))

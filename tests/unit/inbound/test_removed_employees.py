"""Tests that an employee who is removed while a text is handled gets no seat."""

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.send_once import TransientFailure
from tests.support.crash_points import crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld


def booking_world(text: str) -> InboundWorld:
    world = InboundWorld()
    holder = {"shift_status": "taken", "employee": BOB} if text.startswith("WAIT") else {}
    world.shifts.put("A1", "early", **holder)
    return world


def texted(text: str) -> InboundWorld:
    world = booking_world(text)
    world.deliver(ANN, text, "m", work=False)
    return world


POINTS = [
    (text, step, after)
    for text in ("A1", "WAIT A1")
    for step, after in crash_points(lambda text=text: texted(text).steps)  # type: ignore[misc]
]


@pytest.mark.parametrize(("text", "step", "after"), POINTS)
def test_given_a_removal_at_any_step_when_texted_then_no_place_is_taken_behind_it(
    text: str, step: int, after: bool
) -> None:
    world = booking_world(text)
    places_at_removal: list[bool] = []

    def has_place() -> bool:
        shift = world.shifts.get("A1")
        return shift is not None and (ANN in shift.holders or shift.is_awaited_by(ANN))

    def remove() -> None:
        del world.employees.rows[ANN]
        places_at_removal.append(has_place())

    world.steps.once(step, remove, after=after)
    try:
        world.deliver(ANN, text, "m", work=False)
    except TransientFailure:
        # The queue delivers the text again.
        assert world.deliver(ANN, text, "m", work=False) is InboundOutcome.STRANGER
    # The operator frees the places that the employee had when the roster lost them, and no others.
    assert has_place() is places_at_removal[0]


def test_given_a_seat_when_removed_while_it_is_dropped_then_the_drop_counts() -> None:
    world = texted("A1")

    def remove() -> None:
        del world.employees.rows[ANN]

    world.steps.once(1, remove, after=True)

    world.deliver(ANN, "DROP A1", "drop", work=False)

    shift = world.shifts.get("A1")
    assert shift is not None
    assert ANN not in shift.holders

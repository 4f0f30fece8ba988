"""Tests that a booking whose reply can never arrive is undone, and that every other booking stands."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Refused, Unknown
from tests.support.crash_points import STOPS, Killed, Steps, crash_points, die
from tests.support.dialogues.dialogue import ANN, BOB, GUS
from tests.support.inbound_world import InboundWorld, queue_reply, set_last_campaign
from tests.support.memory.employees import MemoryEmployees
from tests.support.send_results import OPTED_OUT, THROTTLED

ITEM = "m-undone"


def world_with_shift(*, self_managed_opt_outs: bool = False, **attributes: object) -> InboundWorld:
    """Returns a world with shift A1, in which a campaign has texted both employees."""
    world = InboundWorld(
        self_managed_opt_outs=self_managed_opt_outs, employees=MemoryEmployees({ANN, BOB, GUS})
    )
    world.shifts.put("A1", "early", **attributes)
    set_last_campaign(world, "c", ANN, BOB)
    return world


def refused(world: InboundWorld, text: str = "A1", message_id: str = "m") -> InboundOutcome:
    """Delivers a text of Ann whose reply the service refuses."""
    world.phones.refusals[ANN] = OPTED_OUT
    outcome = world.deliver(ANN, text, message_id)
    world.phones.refusals.clear()
    world.clock.pass_time(seconds=1)
    return outcome


def interrupted(world: InboundWorld, *, message_id: str = "m") -> None:
    """Delivers a text of Ann whose reply is refused, in a function that is stopped before it undoes the booking."""
    write = world.reported_bookings.write
    world.reported_bookings.write = lambda *_arguments: die()  # type: ignore[method-assign]
    with pytest.raises(Killed):
        refused(world, message_id=message_id)
    world.reported_bookings.write = write  # type: ignore[method-assign]
    world.phones.refusals.clear()
    assert world.shifts.holders("A1") == [ANN]
    world.clock.pass_time(minutes=1)


def booked(world: InboundWorld, number: str = ANN) -> set[str]:
    """Returns the shifts among the bookings of an employee."""
    return set(world.employee_bookings.get(number).by_shift)


@pytest.mark.parametrize(
    "status",
    [
        DeliveryStatus.OPTED_OUT,
        DeliveryStatus.NOT_VERIFIED,
        DeliveryStatus.BLOCKED_COUNTRY,
        DeliveryStatus.FAILED,
    ],
)
@pytest.mark.parametrize("results", [[], [THROTTLED] * 10])
def test_given_a_refused_reply_when_the_text_booked_then_the_booking_is_undone(
    status: DeliveryStatus, results: list[Refused]
) -> None:
    world = world_with_shift()
    world.phones.results = [*results]
    world.phones.refusals[ANN] = Refused(status, "REASON")
    world.deliver(ANN, "A1", "m")
    assert world.reply_row("m").status is status
    assert (world.shifts.holders("A1"), booked(world)) == ([], set())
    assert world.shifts.rows["A1"]["shift_status"] == "available"
    assert world.counted("c") == (1, 0, 0)
    (item,) = world.operator_inbox.items.values()
    assert (item.message_id, item.phone_number) == (ITEM, ANN)
    assert item.text == (
        f"Booking undone: A1 early. The employee was not told of it, because the reply was not sent: {status}"
    )
    assert world.outbox.rows.empty
    assert world.deliver(ANN, "A1", "m") is InboundOutcome.DUPLICATE
    assert world.shifts.holders("A1") == []
    assert world.counted("c") == (1, 0, 0)


def test_given_a_shift_past_its_cutoff_when_the_reply_is_refused_then_it_is_undone() -> None:
    world = world_with_shift()
    world.shifts.edit("A1", starts_at=(world.clock() + timedelta(hours=1)).isoformat())
    refused(world)
    assert (world.shifts.holders("A1"), booked(world)) == ([], set())


def test_given_several_codes_when_the_reply_is_refused_then_new_bookings_are_undone() -> None:
    world = world_with_shift()
    for shift_id in ("B1", "C1", "D1"):
        world.shifts.put(shift_id, "")
    world.shifts.edit("D1", shift_status="taken", employee=BOB)
    world.deliver(ANN, "A1", "earlier")
    refused(world, "A1 B1 C1 D1")
    assert {code: world.shifts.holders(code) for code in ("A1", "B1", "C1", "D1")} == {
        "A1": [ANN],
        "B1": [],
        "C1": [],
        "D1": [BOB],
    }
    assert booked(world) == {"A1"}
    assert world.counted("c") == (2, 1, 1)
    assert "Booking undone: B1, C1." in world.operator_inbox.items[ITEM].text


def test_given_a_waiting_list_when_a_booking_is_undone_then_the_next_is_offered() -> None:
    world = world_with_shift(shift_status="taken", employee=GUS)
    for number in (ANN, BOB):
        world.deliver(number, "WAIT A1")
    world.shifts.edit("A1", shift_status="available", employee=None, employees=None)
    world.reconcile_shifts()
    assert world.phones.heard(ANN)[-1].startswith("A spot is free: A1 early.")
    refused(world, "YES")
    world.reconcile_shifts()
    assert world.phones.heard(BOB)[-1].startswith("A spot is free: A1 early.")
    assert world.operator_inbox.items[ITEM].phone_number == ANN
    world.deliver(BOB, "YES")
    assert world.shifts.holders("A1") == [BOB]


def test_given_an_unknown_outcome_when_recorded_then_the_booking_stands() -> None:
    world = world_with_shift()
    world.phones.results = [Unknown("ReadTimeoutError")]
    world.deliver(ANN, "A1", "m")
    assert (world.shifts.holders("A1"), booked(world)) == ([ANN], {"A1"})
    assert world.operator_inbox.items == {}


def test_given_a_reply_that_waits_too_long_when_withdrawn_then_the_booking_stands() -> None:
    world = world_with_shift()
    queue_reply(world, ANN, "A1", "m")
    world.clock.pass_time(days=14, seconds=1)
    world.work()
    assert world.reply_row("m").status is DeliveryStatus.STOPPED
    assert world.shifts.holders("A1") == [ANN]
    assert world.operator_inbox.items == {}


def test_given_a_refused_reply_when_the_text_dropped_then_the_drop_stands() -> None:
    world = world_with_shift()
    world.deliver(ANN, "A1")
    assert refused(world, "DROP A1") is InboundOutcome.REPLY_NOT_SENT
    assert (world.shifts.holders("A1"), booked(world)) == ([], set())
    assert world.operator_inbox.items == {}


def test_given_a_booking_made_again_when_the_first_is_undone_late_then_it_stands() -> None:
    world = world_with_shift()
    interrupted(world)
    for text in ("DROP A1", "A1"):
        world.deliver(ANN, text, work=False)
    world.work()
    assert world.phones.heard(ANN)[-1] == "Booked: A1 early"
    assert (world.shifts.holders("A1"), booked(world)) == ([ANN], {"A1"})
    assert world.operator_inbox.items == {}


@pytest.mark.parametrize("reconciled", [False, True])
@pytest.mark.parametrize("since", [None, {}])
def test_given_a_seat_assigned_by_hand_when_undone_late_then_it_stands(
    reconciled: bool, since: dict[str, str] | None
) -> None:
    world = world_with_shift()
    interrupted(world)
    world.shifts.edit("A1", employee=BOB, employees=since)
    if reconciled:
        world.reconcile("A1")
    world.shifts.edit("A1", employee=ANN, employees=since)
    if reconciled:
        world.reconcile("A1")
    world.deliver(ANN, "A1", "m")
    assert world.outbox.rows.empty
    assert world.shifts.holders("A1") == [ANN]
    assert world.operator_inbox.items == {}


def test_given_already_yours_was_sent_when_the_first_is_undone_late_then_it_stands() -> None:
    world = world_with_shift()
    interrupted(world)
    assert world.deliver(ANN, "A1", "n", work=False) is InboundOutcome.REPLIED
    assert world.phones.heard(ANN) == ["Already yours: A1 early"]
    world.deliver(ANN, "A1", "m")
    assert world.outbox.rows.empty
    assert (world.shifts.holders("A1"), booked(world)) == ([ANN], {"A1"})
    assert world.operator_inbox.items == {}


def test_given_two_refused_replies_about_a_booking_when_recorded_then_undone_once() -> None:
    world = world_with_shift()
    interrupted(world)
    refused(world, message_id="n")
    world.deliver(ANN, "A1", "m")
    assert world.outbox.rows.empty
    assert (world.shifts.holders("A1"), booked(world)) == ([], set())
    assert world.counted("c") == (2, 0, 0)
    assert len(world.operator_inbox.items) == 1


def test_given_a_first_reply_was_sent_when_a_second_is_refused_then_it_stands() -> None:
    world = world_with_shift()
    world.deliver(ANN, "A1", "m")
    for number in range(7):
        refused(world, "A1 " + "please " * number, f"n{number}")
    assert (world.shifts.holders("A1"), booked(world)) == ([ANN], {"A1"})
    assert len(world.employee_bookings.get(ANN).by_shift["A1"].reply_ids) == 5
    assert world.operator_inbox.items == {}


def test_given_a_start_only_the_service_saw_when_texted_again_then_booked_again() -> None:
    world = world_with_shift()
    refused(world)
    for _ in range(2):
        world.deliver(ANN, "A1", "again")
        world.deliver(ANN, "A1", "m")
    assert world.phones.heard(ANN) == ["Booked: A1 early"]
    assert (world.shifts.holders("A1"), booked(world)) == ([ANN], {"A1"})
    assert world.counted("c") == (2, 1, 1)
    assert world.employees.opted_out_numbers() == set()


@pytest.mark.parametrize("stop_again", [False, True])
def test_given_self_managed_opt_outs_when_start_follows_then_the_code_books_again(
    stop_again: bool,
) -> None:
    world = world_with_shift(self_managed_opt_outs=True)
    start = world.clock()
    queue_reply(world, ANN, "A1", "m")
    world.deliver(ANN, "STOP", "stop", sent_at=start + timedelta(seconds=1), work=False)
    world.work()
    assert (world.shifts.holders("A1"), booked(world)) == ([], set())
    assert world.operator_inbox.items[ITEM].text.endswith("because the reply was not sent: opted-out")
    assert world.deliver(ANN, "A1", "ignored") is InboundOutcome.OPTED_OUT
    for _ in range(2):
        world.deliver(ANN, "START", "start", sent_at=start + timedelta(seconds=2))
        if stop_again:
            world.deliver(ANN, "STOP", "stop", sent_at=start + timedelta(seconds=1))
        world.deliver(ANN, "A1", "again", sent_at=start + timedelta(seconds=3))
        world.deliver(ANN, "A1", "m", sent_at=start)
    assert world.phones.heard(ANN)[-1] == "Booked: A1 early"
    assert (world.shifts.holders("A1"), booked(world)) == ([ANN], {"A1"})
    assert world.counted("c") == (2, 1, 1)


def test_given_a_shift_that_is_gone_when_the_reply_is_refused_then_no_undo() -> None:
    world = world_with_shift()
    queue_reply(world, ANN, "A1", "m")
    world.shifts.rows.pop("A1")
    world.phones.refusals[ANN] = OPTED_OUT
    world.work()
    assert world.outbox.rows.empty
    assert world.operator_inbox.items == {}


def test_given_a_canceled_shift_when_the_reply_is_refused_then_no_seat_is_offered() -> None:
    world = world_with_shift()
    world.deliver(BOB, "WAIT A1")
    queue_reply(world, ANN, "A1", "m")
    world.shifts.edit("A1", shift_status="cancelled")
    world.phones.refusals[ANN] = OPTED_OUT
    world.work()
    world.reconcile_shifts()
    assert world.shifts.rows["A1"]["shift_status"] == "cancelled"
    assert world.shifts.holders("A1") == []
    assert not any(text.startswith("A spot is free") for text in world.phones.heard(BOB))


Meanwhile = Callable[[InboundWorld], object]


def _change(world: InboundWorld, meanwhile: Meanwhile) -> None:
    meanwhile(world)


def undone_while(meanwhile: Meanwhile, number: str) -> Iterator[InboundWorld]:
    """Yields a world for each step of a refused booking, before which another change takes place."""
    step = 0
    while True:
        step += 1
        world = world_with_shift()
        world.phones.refusals[ANN] = OPTED_OUT
        if number == "busy":
            world.permits.free_from = world.clock() + timedelta(seconds=20)
        world.steps.once(step, partial(_change, world, meanwhile))
        world.deliver(ANN, "A1", "m")
        if world.steps.taken < step:
            assert step > 10
            return
        assert world.outbox.rows.empty
        yield world


@pytest.mark.parametrize("number", ["free", "busy"])
@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda world: world.deliver(ANN, "DROP A1", "drop", work=False),
        lambda world: world.shifts.edit("A1", shift_info="EARLY"),
        lambda world: world.shifts.edit("A1", seats=2),
        lambda world: world.deliver(ANN, "A1", "m", work=False),
        lambda world: world.deliver(ANN, "A1", "n", work=False),
    ],
    ids=["drop", "edit", "seats", "duplicate", "again"],
)
def test_given_a_change_at_any_step_when_undone_then_the_seat_is_free(
    meanwhile: Meanwhile, number: str
) -> None:
    for world in undone_while(meanwhile, number):
        assert (world.shifts.holders("A1"), booked(world)) == ([], set())
        assert world.shifts.rows["A1"]["shift_status"] == "available"
        assert world.counted("c")[2] == 0
        items = len(world.operator_inbox.items)
        dropped = (ANN, ReplyKind.INBOUND, "drop") in world.conversations.rows
        assert items <= 1 if dropped else items >= 1


@pytest.mark.parametrize("number", ["free", "busy"])
@pytest.mark.parametrize("text", ["A1", "WAIT A1"])
def test_given_another_employee_at_any_step_when_undone_then_the_seat_is_theirs(
    text: str, number: str
) -> None:
    for world in undone_while(lambda world: world.deliver(BOB, text, work=False), number):
        world.reconcile_shifts()
        shift = world.shifts.get("A1")
        assert shift is not None
        assert ANN not in {*shift.holders, *shift.offers}
        assert BOB not in shift.waiting, "a free seat is offered"
        assert ("A1" in booked(world, BOB)) == (BOB in shift.holders)
        assert world.counted("c")[1:] == (len(shift.holders), len(shift.holders))
        assert (ITEM in world.operator_inbox.items) == (ANN in world.employee_bookings.rows)


@pytest.mark.parametrize("number", ["free", "busy"])
def test_given_an_assignment_at_any_step_when_undone_then_it_stands(number: str) -> None:
    def assign(world: InboundWorld) -> None:
        world.shifts.edit("A1", employee=BOB, employees=None, shift_status="taken")

    for world in undone_while(assign, number):
        world.reconcile_shifts()
        assert world.shifts.holders("A1") == [BOB]
        assert not any(text.startswith("Booked") for text in world.phones.heard(ANN))


@pytest.mark.parametrize("number", ["free", "busy"])
@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize("text", ["A1", "A1 B1"])
def test_given_functions_stopped_at_any_step_when_redelivered_then_undone_once(
    stop: Callable[[], None], error: type[BaseException], text: str, number: str
) -> None:
    def world_of() -> InboundWorld:
        world = world_with_shift()
        world.shifts.put("B1", "")
        world.phones.refusals[ANN] = OPTED_OUT
        if number == "busy":
            world.permits.free_from = world.clock() + timedelta(seconds=20)
        return world

    def steps() -> Steps:
        world = world_of()
        world.deliver(ANN, text, "m")
        assert world.shifts.holders("A1") == []
        return world.steps

    for step, after in crash_points(steps):
        world = world_of()
        world.steps.once(step, stop, after=after)
        with pytest.raises(error):
            world.deliver(ANN, text, "m")
        world.clock.pass_time(minutes=2)
        for _ in range(2):
            world.deliver(ANN, text, "m")
        assert world.outbox.rows.empty
        if world.reply_row("m").status is DeliveryStatus.UNKNOWN:
            assert world.shifts.holders("A1") == [ANN]
            continue
        assert world.reply_row("m").status is DeliveryStatus.OPTED_OUT
        assert (world.shifts.holders("A1"), world.shifts.holders("B1"), booked(world)) == ([], [], set())
        assert world.counted("c") == (1, 0, 0)
        assert [*world.operator_inbox.items] == [ITEM]
        assert world.employees.opted_out_numbers() == {ANN}

"""Tests that a reply is true when it is sent, however late."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from tests.support.crash_points import Killed, die
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.dialogues.replies import INVALID, STOP_REPLY
from tests.support.inbound_world import InboundWorld, queue_reply, set_last_campaign
from tests.support.memory.employees import EmployeeRow
from tests.support.send_results import OPTED_OUT

YOURS, CANCELED = "A1 early\nYours", "A1 early\nCanceled"
FREE = "A1 early\n1 of 1 free, reply A1 to book"
TAKEN_B2 = "Sorry, B2 is already taken. Reply WAIT B2 for the waiting list, REQUEST for open shifts"


def world_with_shifts(*, self_managed_opt_outs: bool = False) -> InboundWorld:
    """Returns a world with the free shift A1, and B2, which Bob has."""
    world = InboundWorld(self_managed_opt_outs=self_managed_opt_outs)
    world.shifts.put("A1", "early")
    world.shifts.put("B2", "late", shift_status="taken", employee=BOB)
    return world


def bob_texts(text: str) -> Callable[[InboundWorld], object]:
    return lambda world: world.deliver(BOB, text, work=False)


def edit(shift_id: str, **attributes: object) -> Callable[[InboundWorld], object]:
    return lambda world: world.shifts.edit(shift_id, **attributes)


def delete(shift_id: str) -> Callable[[InboundWorld], object]:
    return lambda world: world.shifts.rows.pop(shift_id)


def test_given_a_delayed_reply_when_nothing_has_changed_then_the_stored_one_is_sent() -> None:
    world = world_with_shifts()
    queue_reply(world, ANN, "A1 B2 C3", "m1")
    assert world.phones.heard(ANN) == []
    world.work()
    assert world.phones.heard(ANN) == ["Booked: A1 early\nAlready taken: B2\nNot a shift code: C3"]
    assert world.outbox.rows.empty


@pytest.mark.parametrize(
    ("before", "text", "between", "replies"),
    [
        ((), "A1", "DROP A1", [FREE, "Given back: A1"]),
        (("A1",), "DROP A1", "A1", [YOURS, "Booked: A1 early"]),
        (
            (),
            "WAIT B2",
            "DROP B2",
            ["B2 late\nTaken, reply WAIT B2 for the waiting list", "Off the waiting list: B2"],
        ),
        ((), "B2", "WAIT B2", ["Already on the waiting list: B2 late", "On the waiting list: B2."]),
        ((), "A1?", "A1", [YOURS, "Booked: A1 early"]),
        (("A1",), "MINE", "DROP A1", ["You have no shifts", "Given back: A1"]),
        (("A1",), "DROP", "DROP A1", ["You have no shifts", "Given back: A1"]),
        (("A1",), "can't do A1", "DROP A1", [FREE, "Given back: A1"]),
        (("A1",), "sick, can't do A1", "A1", [YOURS, "Booked: A1 early"]),
        (("A1",), "my cousin told me of A1", "DROP A1", [FREE, "Given back: A1"]),
        (("A1",), "i can't come in", "DROP A1", ["Thank you, we will get back to you", "Given back: A1"]),
        ((), "i can't come in", "A1", ["Can't make A1? Reply DROP A1", "Booked: A1 early"]),
        (("A1",), "SICK Z9", "DROP A1", ["Get well soon! We will get back to you", "Given back: A1"]),
        ((), "i'm sick", "A1", ["Get well soon! Which one? Reply SICK and the code", "Booked: A1 early"]),
        ((), "my cousin told me of A1", "A1", [YOURS, "Booked: A1 early"]),
        ((), "REQUEST", "A1", ["No shifts are available right now", "Booked: A1 early"]),
    ],
)
def test_given_a_delayed_reply_when_the_sender_texts_again_then_both_are_true(
    before: tuple[str, ...], text: str, between: str, replies: list[str]
) -> None:
    world = world_with_shifts()
    for earlier in before:
        world.deliver(ANN, earlier)
    heard_before = len(world.phones.heard(ANN))
    queue_reply(world, ANN, text, "m1")
    assert world.deliver(ANN, between, work=False) is InboundOutcome.REPLY_QUEUED
    world.work()
    heard = world.phones.heard(ANN)[heard_before:]
    assert len(heard) == len(replies)
    assert all(one.startswith(start) for one, start in zip(heard, replies, strict=True)), heard


@pytest.mark.parametrize(
    ("text", "between", "reply"),
    [
        ("A1", edit("A1", shift_status="cancelled"), CANCELED),
        ("A1", edit("A1", employee=BOB), "A1 early\nTaken, reply WAIT A1 for the waiting list"),
        ("A1", delete("A1"), INVALID),
        ("A1", edit("A1", shift_info="EARLY"), "Booked: A1 early"),
        ("B2", bob_texts("DROP B2"), "B2 late\n1 of 1 free, reply B2 to book"),
        ("B2", edit("B2", shift_status="cancelled"), "B2 late\nCanceled"),
        ("B2", edit("B2", shift_status="on hold", employee=None), "Not open: B2 late"),
        ("A1 B2", bob_texts("DROP B2"), f"{YOURS}\nB2 late\n1 of 1 free, reply B2 to book"),
        ("WAIT B2", edit("B2", shift_status="cancelled"), "B2 late\nCanceled"),
        ("WAIT A1", bob_texts("A1"), "A1 early\nTaken, reply WAIT A1 for the waiting list"),
        ("DROP A1", bob_texts("A1"), "Not yours: A1"),
        ("A1?", bob_texts("A1"), "A1 early\nTaken, reply WAIT A1 for the waiting list"),
        ("B2?", bob_texts("DROP B2"), "B2 late\n1 of 1 free, reply B2 to book"),
        ("REQUEST", bob_texts("A1"), "No shifts are available right now"),
        ("REQUEST", bob_texts("DROP B2"), "Reply with a code to book:\nA1 early\nB2 late"),
        ("A11", bob_texts("A1"), "A1 early\nTaken, reply WAIT A1 for the waiting list"),
        ("my cousin told me of A1", bob_texts("A1"), "A1 early\nTaken, reply WAIT A1 for the waiting list"),
        ("my cousin told me of A1", edit("A1", shift_status="cancelled"), CANCELED),
        ("my cousin told me of A1", edit("A1", shift_info="EARLY"), "Reply YES to book A1 early"),
        ("where is the key", bob_texts("A1"), "Thank you, we will get back to you"),
    ],
)
def test_given_a_delayed_reply_when_others_change_the_shift_then_it_says_so(
    text: str, between: Callable[[InboundWorld], object], reply: str
) -> None:
    world = world_with_shifts()
    queue_reply(world, ANN, text, "m1")
    between(world)
    world.work()
    (heard,) = world.phones.heard(ANN)
    assert heard.startswith(reply), heard
    assert world.deliver(ANN, text, "m1") is InboundOutcome.DUPLICATE
    assert len(world.phones.heard(ANN)) == 1


def test_given_a_refused_booking_when_free_by_then_then_yes_to_the_reply_books() -> None:
    world = world_with_shifts()
    queue_reply(world, ANN, "B2", "m1")
    world.deliver(BOB, "DROP B2", work=False)
    world.work()
    world.deliver(ANN, "YES")
    assert world.shifts.holders("B2") == [ANN]


def test_given_a_conflict_when_the_other_shift_is_gone_then_the_reply_says_free() -> None:
    world = world_with_shifts()
    times = {"starts_at": "2026-08-03T06:00:00Z", "ends_at": "2026-08-03T14:00:00Z"}
    for shift_id in ("D1", "D2"):
        world.shifts.put(shift_id, **times)
    world.deliver(ANN, "D1")
    queue_reply(world, ANN, "D2", "m1")
    world.deliver(ANN, "DROP D1", work=False)
    world.work()
    first, second = world.phones.heard(ANN)[1:]
    assert "1 of 1 free, reply D2 to book" in first
    assert second.startswith("Given back: D1")


def test_given_a_delayed_page_when_the_list_has_grown_then_more_continues_after_it() -> None:
    world = InboundWorld()
    for number in range(100, 160):
        world.shifts.put(f"S{number}", "15/08 5h nightshift in the warehouse")
    queue_reply(world, ANN, "REQUEST", "m1")
    for number in range(10, 20):
        world.shifts.put(f"S0{number}", "15/08 5h nightshift in the warehouse")
    world.work()
    while world.phones.heard(ANN)[-1].endswith("Reply MORE for the rest"):
        world.deliver(ANN, "MORE")
    listed = [line.split()[0] for text in world.phones.heard(ANN) for line in text.splitlines()]
    assert [code for code in listed if code.startswith("S")] == sorted(world.shifts.rows)


def test_given_a_delayed_page_when_a_later_one_was_listed_then_more_continues_there() -> None:
    world = InboundWorld()
    for number in range(100, 200):
        world.shifts.put(f"S{number}", "15/08 5h nightshift in the warehouse")
    queue_reply(world, ANN, "REQUEST", "m1")
    world.deliver(ANN, "MORE", work=False)
    for number in range(10, 20):
        world.shifts.put(f"S0{number}", "15/08 5h nightshift in the warehouse")
    world.work()
    first, second = world.phones.heard(ANN)
    assert first.splitlines()[1].startswith("S010")
    position = world.conversations.listings[ANN]
    assert position.next_after is not None
    assert position.next_after.endswith(second.splitlines()[-2].split()[0])


def test_given_a_later_campaign_when_a_delayed_reply_is_sent_then_the_first_counts() -> None:
    world = world_with_shifts()
    set_last_campaign(world, "c", ANN)
    queue_reply(world, ANN, "A1", "m1")
    set_last_campaign(world, "d", ANN)
    world.work()
    assert (world.counted("c"), world.counted("d")) == ((1, 1, 1), (0, 0, 0))
    world.deliver(ANN, "DROP A1")
    assert (world.counted("c"), world.counted("d")) == ((1, 1, 0), (1, 0, 0))


def test_given_a_stop_before_a_delayed_reply_when_sent_then_only_the_confirmation() -> None:
    world = world_with_shifts(self_managed_opt_outs=True)
    set_last_campaign(world, "c", ANN)
    queue_reply(world, ANN, "A1", "m1")
    world.deliver(ANN, "STOP", work=False)
    world.work()
    assert world.phones.heard(ANN) == [STOP_REPLY]
    assert world.reply_row("m1").status is DeliveryStatus.STOPPED
    assert world.shifts.holders("A1") == [], "the employee never learns of the booking"
    assert world.counted("c") == (1, 0, 0)
    assert world.deliver(ANN, "A1", "m1") is InboundOutcome.DUPLICATE
    assert world.phones.heard(ANN) == [STOP_REPLY]
    assert world.outbox.rows.empty


def test_given_a_start_before_the_delayed_reply_to_stop_when_sent_then_one_reply() -> None:
    world = world_with_shifts(self_managed_opt_outs=True)
    queue_reply(world, ANN, "STOP", "m1")
    world.clock.pass_time(seconds=1)
    world.deliver(ANN, "START", work=False)
    world.work()
    (reply,) = world.phones.heard(ANN)
    assert reply != STOP_REPLY
    assert world.employees.opted_out_numbers() == set()


def test_given_an_opt_out_when_a_delayed_reply_is_refused_then_it_is_recorded() -> None:
    world = world_with_shifts()
    queue_reply(world, ANN, "A1", "m1")
    world.phones.refusals[ANN] = OPTED_OUT
    world.work()
    assert world.employees.opted_out_numbers() == {ANN}
    assert world.reply_row("m1").status is DeliveryStatus.OPTED_OUT
    assert world.outbox.rows.empty


def test_given_an_opt_in_when_a_delayed_reply_is_sent_then_it_is_recorded() -> None:
    world = world_with_shifts()
    world.phones.refusals[ANN] = OPTED_OUT
    world.deliver(ANN, "A1")
    assert world.employees.opted_out_numbers() == {ANN}
    world.phones.refusals.clear()
    queue_reply(world, ANN, "A1 please", "m1")
    world.work()
    assert world.phones.heard(ANN) == ["Booked: A1 early"]
    assert world.employees.opted_out_numbers() == set()
    assert world.outbox.rows.empty


def test_given_another_language_when_a_changed_reply_is_sent_then_it_is_in_that_one() -> None:
    world = world_with_shifts()
    queue_reply(world, ANN, "A1?", "m1")
    world.employees.rows[ANN] = EmployeeRow(language="de")
    world.work()
    assert world.phones.heard(ANN)[0].startswith("A1 early\n1 von 1 frei")


def test_given_a_reply_whose_ledger_row_is_gone_when_found_then_it_is_withdrawn() -> None:
    world = world_with_shifts()
    queue_reply(world, ANN, "A1", "m1")
    world.conversations.replies.clear()
    world.work()
    assert world.phones.heard(ANN) == []
    assert world.reply_row("m1").status is DeliveryStatus.STOPPED


@pytest.mark.parametrize("minutes", [0, 10])
def test_given_a_reply_of_taken_when_its_function_dies_then_no_booking_follows(minutes: int) -> None:
    world = world_with_shifts()
    # The function reads, writes, reserves, claims, sends, and dies.
    world.steps.once(5, die, after=True)
    with pytest.raises(Killed):
        world.deliver(ANN, "B2", "m1")
    assert world.phones.heard(ANN) == [TAKEN_B2]
    world.deliver(BOB, "DROP B2", work=False)
    world.clock.pass_time(minutes=minutes)
    for _ in range(2):
        assert world.deliver(ANN, "B2", "m1") is InboundOutcome.DUPLICATE
    assert world.shifts.holders("B2") == []
    assert world.phones.heard(ANN) == [TAKEN_B2]
    assert world.reply_row("m1").status is DeliveryStatus.UNKNOWN


def test_given_a_shift_read_as_taken_when_another_delivery_books_then_that_stands() -> None:
    world = world_with_shifts()

    def freed_and_booked() -> None:
        world.deliver(BOB, "DROP B2")
        world.deliver(ANN, "B2", "m1")

    # The function reads, and is about to write that the shift is taken.
    world.steps.once(2, freed_and_booked)
    assert world.deliver(ANN, "B2", "m1") is InboundOutcome.DUPLICATE
    assert world.phones.heard(ANN) == ["Booked: B2 late"]
    assert world.store.effects["m1"] == 1


def test_given_an_expired_offer_when_only_thanked_then_nothing_is_booked() -> None:
    world = world_with_shifts()
    world.deliver(BOB, "A1")
    world.deliver(ANN, "WAIT A1")
    world.deliver(BOB, "DROP A1")
    world.reconcile_shifts()
    world.clock.pass_time(minutes=31)
    world.reconcile_shifts()
    world.deliver(ANN, "ok thanks")
    assert world.shifts.holders("A1") == []


def test_given_a_reply_when_queued_then_it_waits_in_the_order_of_the_inbound_texts() -> None:
    world = world_with_shifts()
    noon = world.clock()
    world.permits.free_from = noon + timedelta(minutes=1)
    for minutes, message_id in ((2, "m2"), (1, "m1"), (3, "m3")):
        sent_at = noon - timedelta(minutes=4 - minutes)
        world.deliver(ANN, "HOW", message_id, sent_at=sent_at, work=False)
    assert [text.reply_id for text in world.outbox.rows.texts(Priority.REPLY)] == ["m1", "m2", "m3"]


def test_given_a_text_from_the_dead_letter_queue_when_handled_then_its_reply_is_due() -> None:
    world = world_with_shifts()
    world.deliver(ANN, "A1", "m", sent_at=world.clock() - timedelta(days=14, hours=1))
    assert world.phones.heard(ANN) == ["Booked: A1 early"]

"""Tests which shifts a text books, and which texts the operator inbox gets."""

import pytest

from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import OUR_NUMBER, InboundWorld, queue_reply


@pytest.mark.parametrize("codes", [1, 5, 25])
def test_given_known_codes_when_booked_in_one_text_then_one_write(codes: int) -> None:
    world = InboundWorld()
    for number in range(codes):
        world.shifts.put(f"A{number}", "")
    world.deliver(ANN, " ".join(f"a{number}" for number in range(codes)))
    assert len(world.shifts.taken()) == codes
    assert world.store.writes == 1


def test_given_more_codes_than_the_limit_when_booked_then_the_reply_names_the_rest() -> None:
    world = InboundWorld()
    for number in range(30):
        world.shifts.put(f"A{number:02}", "")
    world.deliver(ANN, "hello " + " ".join(f"A{number:02}" for number in range(30)))
    assert len(world.shifts.taken()) == 25
    assert world.phones.heard(ANN)[0].endswith("please send these again: A25, A26, A27, A28, A29")


@pytest.mark.parametrize("shift_id", ["Early-7", "EarlyBird7", "#12", "nightA"])
def test_given_an_id_in_its_own_spelling_when_replies_are_late_then_all_are_true(
    shift_id: str,
) -> None:
    world = InboundWorld()
    world.shifts.put(shift_id, "")
    typed = "".join(c for c in shift_id if c.isalnum()).swapcase()
    queue_reply(world, ANN, typed, "m")
    world.deliver(ANN, typed, "m")
    world.deliver(ANN, typed)
    world.deliver(BOB, typed)
    assert world.phones.heard(ANN) == [f"Booked: {shift_id}", f"Already yours: {shift_id}"]
    assert world.phones.heard(BOB) == [
        f"Sorry, {shift_id} is already taken. Reply WAIT {shift_id} for the waiting list, REQUEST for open shifts"
    ]


@pytest.mark.parametrize(
    ("shift_ids", "typed", "taken"),
    [
        (["nightA", "Nighta"], "nightA", "nightA"),
        (["nightA", "Nighta"], "nighta", None),
        (["1-23", "12-3"], "123", None),
        (["1-23", "12-3"], "12-3", "12-3"),
        (["NIGHT", "Night"], "night", "NIGHT"),
    ],
)
def test_given_ids_spelled_alike_when_one_code_is_texted_then_at_most_one_is_booked(
    shift_ids: list[str], typed: str, taken: str | None
) -> None:
    world = InboundWorld()
    for shift_id in shift_ids:
        world.shifts.put(shift_id, "")
    world.deliver(ANN, typed)
    assert world.shifts.taken() == ({taken: ANN} if taken else {})
    (reply,) = world.phones.heard(ANN)
    if taken:
        assert reply == f"Booked: {taken}"
    else:
        assert reply.startswith(f"There is no {typed}. Did you mean {shift_ids[0]}, {shift_ids[1]}?")


@pytest.mark.parametrize(
    ("status", "employee", "reply"),
    [
        ("cancelled", ANN, "Canceled: A1"),
        ("on hold", ANN, "Not open: A1"),
        ("Available", None, "Not open: A1"),
        ("", None, "Not open: A1"),
        (
            "taken",
            None,
            "Sorry, A1 is already taken. Reply WAIT A1 for the waiting list, REQUEST for open shifts",
        ),
        ("taken", "+1 (425) 555-0101", "Already yours: A1"),
    ],
)
def test_given_a_row_written_by_hand_when_its_code_is_texted_then_the_reply_is_true(
    status: str, employee: str | None, reply: str
) -> None:
    world = InboundWorld()
    world.shifts.put("A1", shift_status=status, employee=employee)
    world.deliver(ANN, "A1")
    assert world.phones.heard(ANN) == [reply]


def test_given_a_word_as_shift_id_when_the_text_is_unclear_then_a_question_back() -> None:
    world = InboundWorld()
    world.shifts.put("NIGHT", "")
    world.deliver(ANN, "night daay")
    assert world.phones.heard(ANN) == ["Reply YES to book NIGHT"]


def test_given_free_text_when_delivered_thrice_then_kept_and_confirmed_once() -> None:
    world = InboundWorld()
    for _ in range(3):
        world.deliver(ANN, "I left my badge at the bar, can somebody bring it", "m")
    (item,) = world.operator_inbox.items.values()
    assert (item.phone_number, item.reply_from) == (ANN, OUR_NUMBER)
    assert item.text == "I left my badge at the bar, can somebody bring it"
    assert len(world.phones.heard(ANN)) == 1


def test_given_an_unclear_text_when_handled_then_the_operator_inbox_gets_it() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.deliver(ANN, "running late for A1 today")
    assert [item.text for item in world.operator_inbox.items.values()] == ["running late for A1 today"]
    assert world.shifts.taken() == {}


def test_given_a_closed_shift_in_its_own_spelling_when_dropped_then_given_back() -> None:
    world = InboundWorld()
    tomorrow = world.clock().replace(day=world.clock().day + 3).isoformat()
    world.shifts.put("Early-7", "", seats=2, starts_at=tomorrow)
    world.deliver(ANN, "early7")
    world.shifts.edit("Early-7", respond_by=world.clock().isoformat())
    world.reconcile_shifts()
    assert world.shifts.rows["Early-7"]["shift_status"] == "closed"
    world.deliver(ANN, "drop early7")
    assert world.phones.heard(ANN)[-1] == "Given back: Early-7"

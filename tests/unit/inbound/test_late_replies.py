"""Tests that a reply is true when it is sent, however late."""

import pytest

from shift_sms_runtime.inbound.reply import InboundOutcome, Reply
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.send_once import ClaimedElsewhere
from tests.support.crash_points import Killed, die
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld, set_last_campaign, throttle_reply


def world_with_shift(**attributes: object) -> InboundWorld:
    """Returns a world with the shift A1."""
    world = InboundWorld()
    world.shifts.put("A1", "early", **attributes)
    return world


def kill_after_booking(world: InboundWorld, text: str, shift_id: str) -> None:
    """Delivers a text of Ann's, and kills its function after it has booked."""

    def kill(_step: int, after: bool) -> None:
        if after and ANN in world.shifts.holders(shift_id):
            raise Killed

    world.steps.on_step = kill
    with pytest.raises(Killed):
        world.deliver(ANN, text, "m1")
    world.steps.on_step = lambda _step, _after: None


def test_given_a_late_reply_when_nothing_has_changed_then_the_stored_one_is_sent() -> None:
    world = world_with_shift()
    throttle_reply(world, ANN, "A1", "m1")
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == ["Booked: A1 early"]


@pytest.mark.parametrize(
    ("before", "text", "between", "last"),
    [
        ((), "A1", "DROP A1", "A1 early\n1 of 1 free, reply A1 to book"),
        (("A1",), "DROP A1", "A1", "A1 early\nYours"),
        ((), "WAIT B2", "DROP B2", "B2 late\nTaken, reply WAIT B2 for the waiting list"),
    ],
)
def test_given_a_late_reply_when_the_sender_texted_since_then_it_has_the_new_state(
    before: tuple[str, ...], text: str, between: str, last: str
) -> None:
    world = world_with_shift()
    world.shifts.put("B2", "late", shift_status="taken", employee=BOB)
    for earlier in before:
        world.deliver(ANN, earlier)
    throttle_reply(world, ANN, text, "m1")
    world.deliver(ANN, between)
    writes = world.store.writes
    assert world.deliver(ANN, text, "m1") is InboundOutcome.REPLIED
    assert world.phones.heard(ANN)[-1] == last
    assert world.store.writes == writes


def test_given_a_late_reply_when_the_shift_was_canceled_since_then_it_says_so() -> None:
    world = world_with_shift()
    throttle_reply(world, ANN, "A1", "m1")
    world.shifts.edit("A1", shift_status="cancelled")
    world.reconcile_shifts()
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == ["Cancelled by your manager: A1 early", "A1 early\nCancelled"]


def test_given_a_late_reply_when_the_shift_was_deleted_then_it_is_an_unknown_code() -> None:
    world = world_with_shift()
    throttle_reply(world, ANN, "A1", "m1")
    del world.shifts.rows["A1"]
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN)[-1].startswith("This is not a valid shift code")


@pytest.mark.parametrize("minutes", [0, 10])
def test_given_a_reply_of_taken_when_the_text_is_redelivered_then_no_booking(
    minutes: int,
) -> None:
    world = world_with_shift(shift_status="taken", employee=BOB)
    # The function reads, claims, sends, and dies.
    world.steps.once(3, die, after=True)
    with pytest.raises(Killed):
        world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN)[0].startswith("Sorry, A1 is already taken")
    world.deliver(BOB, "DROP A1")
    world.clock.pass_time(minutes=minutes)
    if minutes:
        assert world.deliver(ANN, "A1", "m1") is InboundOutcome.REPLY_UNKNOWN
        assert world.deliver(ANN, "A1", "m1") is InboundOutcome.DUPLICATE
    else:
        with pytest.raises(ClaimedElsewhere):
            world.deliver(ANN, "A1", "m1")
    assert world.shifts.holders("A1") == []
    assert len(world.phones.heard(ANN)) == 1


def test_given_a_shift_read_as_taken_when_another_delivery_books_then_no_reply() -> None:
    world = world_with_shift(shift_status="taken", employee=BOB)

    def freed_and_booked() -> None:
        world.deliver(BOB, "DROP A1")

        kill_after_booking(world, "A1", "A1")

    world.steps.once(2, freed_and_booked)
    with pytest.raises(ClaimedElsewhere):
        world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == []
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == ["Booked: A1 early"]


def test_given_a_second_read_when_another_delivery_booked_then_its_reply_is_sent() -> None:
    world = InboundWorld()
    world.shifts.put("Early-7", "")

    # The function reads, lists all ids, and reads again with the shift.
    world.steps.once(3, lambda: kill_after_booking(world, "early7", "Early-7"))
    assert world.deliver(ANN, "early7", "m1") is InboundOutcome.REPLIED
    assert world.phones.heard(ANN) == ["Booked: Early-7"]
    assert world.store.effects == {"m1": 1}


def test_given_a_shift_read_as_free_when_another_delivery_says_taken_then_none() -> None:
    world = world_with_shift()

    def taken_for_a_moment() -> None:
        world.deliver(BOB, "A1")
        world.deliver(ANN, "A1", "m1")
        world.deliver(BOB, "DROP A1")

    world.steps.once(2, taken_for_a_moment)
    with pytest.raises(ClaimedElsewhere):
        world.deliver(ANN, "A1", "m1")
    assert world.deliver(ANN, "A1", "m1") is InboundOutcome.DUPLICATE
    assert len(world.phones.heard(ANN)) == 1
    assert world.phones.heard(ANN)[0].startswith("Sorry, A1 is already taken")
    assert world.shifts.holders("A1") == []


def test_given_another_campaign_before_a_late_reply_when_sent_then_the_first_counts() -> None:
    world = world_with_shift()
    set_last_campaign(world, "c", ANN)
    throttle_reply(world, ANN, "A1", "m1")
    set_last_campaign(world, "d", ANN)
    world.deliver(ANN, "A1", "m1")
    assert (world.counted("c"), world.counted("d")) == ((1, 1, 1), (0, 0, 0))
    world.deliver(ANN, "DROP A1")
    assert (world.counted("c"), world.counted("d")) == ((1, 1, 0), (1, 0, 0))


def test_given_a_stored_reply_without_statuses_when_redelivered_then_it_is_sent() -> None:
    world = world_with_shift()
    throttle_reply(world, ANN, "A1", "m1")
    key = ReplyKey(ANN, "m1", bookings=1, has_effect=True)
    world.conversations.replies[world.conversations.row_key(key)] = Reply("Booked: A1 early", key)
    assert world.deliver(ANN, "A1", "m1") is InboundOutcome.REPLIED
    assert world.phones.heard(ANN) == ["Booked: A1 early"]


def test_given_an_expired_offer_when_only_thanked_then_nothing_is_booked() -> None:
    world = world_with_shift()
    world.deliver(BOB, "A1")
    world.deliver(ANN, "WAIT A1")
    world.deliver(BOB, "DROP A1")
    world.reconcile_shifts()
    world.clock.pass_time(minutes=31)
    world.reconcile_shifts()
    world.deliver(ANN, "ok thanks")
    assert world.shifts.holders("A1") == []

"""A text delivered again, or answered late, when much has come between: what is said is true when it is said."""

import pytest

from shift_sms_runtime.domain.deliveries import DeliveryStatus, NotSent, Refused
from shift_sms_runtime.domain.front_desk import Decided
from shift_sms_runtime.services.conversation import Handled
from shift_sms_runtime.services.send_once import AnotherIsSending, TryAgainLater
from tests.dialogues import ANN, BOB
from tests.fakes import Killed, die
from tests.unit.test_conversation import World, texted_by

THROTTLED = [NotSent("ThrottlingException", passing=True)] * 100


def business(**attributes: object) -> World:
    """One with the shift A1."""
    world = World()
    world.shifts.put("A1", "early", **attributes)
    return world


def answered_late(world: World, sender: str, text: str, message_id: str) -> None:
    """It takes effect, and the number is too busy to say so."""
    world.phones.results = list(THROTTLED)
    with pytest.raises(TryAgainLater):
        world.deliver(sender, text, message_id)
    world.phones.results = []


def test_given_a_late_answer_when_nothing_has_come_between_then_it_is_as_it_was_decided() -> None:
    world = business()
    answered_late(world, ANN, "A1", "m1")
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
def test_given_a_late_answer_when_the_person_has_texted_since_then_it_tells_how_it_stands_now(
    before: tuple[str, ...], text: str, between: str, last: str
) -> None:
    world = business()
    world.shifts.put("B2", "late", shift_status="taken", employee=BOB)
    for earlier in before:
        world.deliver(ANN, earlier)
    answered_late(world, ANN, text, "m1")
    world.deliver(ANN, between)
    writes = world.shifts.writes
    assert world.deliver(ANN, text, "m1") is Handled.ANSWERED
    assert world.phones.heard(ANN)[-1] == last
    assert world.shifts.writes == writes


def test_given_a_late_answer_when_the_shift_was_cancelled_since_then_it_says_so() -> None:
    world = business()
    answered_late(world, ANN, "A1", "m1")
    world.shifts.edit("A1", shift_status="cancelled")
    world.look_after()
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == ["Cancelled by your manager: A1 early", "A1 early\nCancelled"]


def test_given_a_late_answer_when_the_shift_is_gone_then_it_is_no_code_any_more() -> None:
    world = business()
    answered_late(world, ANN, "A1", "m1")
    del world.shifts.rows["A1"]
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN)[-1].startswith("This is not a valid shift code")


@pytest.mark.parametrize("minutes", [0, 10])
def test_given_somebody_was_told_that_it_is_taken_when_the_text_comes_again_then_it_books_nothing(
    minutes: int,
) -> None:
    world = business(shift_status="taken", employee=BOB)
    # Look up, claim, send; and then the function dies.
    world.steps.once(3, die, after=True)
    with pytest.raises(Killed):
        world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN)[0].startswith("Sorry, A1 is already taken")
    world.deliver(BOB, "DROP A1")
    world.clock.pass_time(minutes=minutes)
    if minutes:
        assert world.deliver(ANN, "A1", "m1") is Handled.ANSWER_UNKNOWN
        assert world.deliver(ANN, "A1", "m1") is Handled.DUPLICATE
    else:
        with pytest.raises(AnotherIsSending):
            world.deliver(ANN, "A1", "m1")
    assert world.shifts.holders("A1") == []
    assert len(world.phones.heard(ANN)) == 1


def test_given_a_delivery_that_reads_it_taken_when_another_books_before_it_says_so_then_it_says_nothing() -> (
    None
):
    world = business(shift_status="taken", employee=BOB)

    def freed_and_booked() -> None:
        world.deliver(BOB, "DROP A1")

        def die_when_booked(_step: int, after: bool) -> None:
            if after and ANN in world.shifts.holders("A1"):
                raise Killed

        world.steps.happens = die_when_booked
        with pytest.raises(Killed):
            world.deliver(ANN, "A1", "m1")
        world.steps.happens = lambda _step, _after: None

    world.steps.once(2, freed_and_booked)
    with pytest.raises(AnotherIsSending):
        world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == []
    world.deliver(ANN, "A1", "m1")
    assert world.phones.heard(ANN) == ["Booked: A1 early"]


def test_given_a_delivery_that_reads_it_free_when_another_says_that_it_is_taken_then_it_books_nothing() -> (
    None
):
    world = business()

    def taken_for_a_moment() -> None:
        world.deliver(BOB, "A1")
        world.deliver(ANN, "A1", "m1")
        world.deliver(BOB, "DROP A1")

    world.steps.once(2, taken_for_a_moment)
    with pytest.raises(AnotherIsSending):
        world.deliver(ANN, "A1", "m1")
    assert world.deliver(ANN, "A1", "m1") is Handled.DUPLICATE
    assert len(world.phones.heard(ANN)) == 1
    assert world.phones.heard(ANN)[0].startswith("Sorry, A1 is already taken")
    assert world.shifts.holders("A1") == []


def test_given_the_service_refused_somebody_when_they_say_stop_themselves_then_only_start_brings_them_back() -> (
    None
):
    world = World()
    world.phones.results = [Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")]
    world.deliver(ANN, "XYZ1")
    world.deliver(ANN, "STOP")
    world.deliver(ANN, "XYZ2")
    assert world.employees.wanting_no_texts() == {ANN}


def test_given_an_answer_gets_through_when_stop_was_said_while_it_was_sent_then_stop_stands() -> None:
    world = World()
    world.phones.results = [Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT")]
    world.deliver(ANN, "XYZ1")

    def stop() -> None:
        world.deliver(ANN, "STOP")

    world.steps.once(3, stop)
    world.deliver(ANN, "XYZ2")
    assert world.employees.wanting_no_texts() == {ANN}


def test_given_another_campaign_texts_them_before_a_late_answer_when_all_is_over_then_the_first_one_has_the_seat() -> (
    None
):
    world = business()
    texted_by(world, "c", ANN)
    answered_late(world, ANN, "A1", "m1")
    texted_by(world, "d", ANN)
    world.deliver(ANN, "A1", "m1")
    assert (world.counted("c"), world.counted("d")) == ((1, 1, 1), (0, 0, 0))
    world.deliver(ANN, "DROP A1")
    assert (world.counted("c"), world.counted("d")) == ((1, 1, 0), (1, 0, 0))


def test_given_a_decision_of_an_earlier_version_when_its_text_comes_again_then_it_is_answered() -> None:
    world = business()
    answered_late(world, ANN, "A1", "m1")
    world.shifts.decided["m1"] = Decided("Booked: A1 early", 1, has_effect=True)
    assert world.deliver(ANN, "A1", "m1") is Handled.ANSWERED
    assert world.phones.heard(ANN) == ["Booked: A1 early"]


def test_given_an_offer_that_has_run_out_when_somebody_only_acknowledges_it_then_it_books_nothing() -> None:
    world = business()
    world.deliver(BOB, "A1")
    world.deliver(ANN, "WAIT A1")
    world.deliver(BOB, "DROP A1")
    world.look_after()
    world.clock.pass_time(minutes=31)
    world.deliver(ANN, "ok thanks")
    assert world.shifts.holders("A1") == []


def test_given_a_stop_whose_confirmation_is_late_when_it_is_said_again_then_there_is_one_confirmation() -> (
    None
):
    world = World(self_managed=True)
    answered_late(world, ANN, "STOP", "m1")
    world.clock.pass_time(minutes=1)
    world.deliver(ANN, "STOP", "m2")
    for _ in range(2):
        world.deliver(ANN, "STOP", "m1")
    assert len(world.phones.heard(ANN)) == 1
    assert world.employees.wanting_no_texts() == {ANN}


def test_given_one_offer_after_the_other_when_each_is_answered_with_yes_then_none_is_taken_for_a_loop() -> (
    None
):
    world = World()
    codes = [f"A{number}" for number in range(1, 8)]
    for code in codes:
        world.shifts.put(code, "", shift_status="taken", employee=BOB)
        world.deliver(ANN, f"WAIT {code}")
    for code in codes:
        world.deliver(BOB, f"DROP {code}")
        world.look_after()
        world.deliver(ANN, "YES")
    assert world.shifts.taken() == dict.fromkeys(codes, ANN)


def test_given_the_notice_of_too_many_texts_when_it_is_throttled_then_the_next_text_brings_it() -> None:
    world = World(texts_per_hour=1)
    world.deliver(ANN, "XYZ1")
    answered_late(world, ANN, "XYZ2", "m2")
    for text in ("XYZ3", "XYZ4"):
        world.deliver(ANN, text)
    assert [text for text in world.phones.heard(ANN) if "too many" in text] == [
        "Sorry, those are too many texts. Please try again in an hour"
    ]


def test_given_a_closed_shift_in_its_own_spelling_when_who_has_it_names_it_then_it_is_found() -> None:
    world = World()
    tomorrow = world.clock().replace(day=world.clock().day + 3).isoformat()
    world.shifts.put("Early-7", "", seats=2, starts_at=tomorrow)
    world.deliver(ANN, "early7")
    world.shifts.edit("Early-7", respond_by=world.clock().isoformat())
    world.look_after()
    assert world.shifts.rows["Early-7"]["shift_status"] == "closed"
    world.deliver(ANN, "drop early7")
    assert world.phones.heard(ANN)[-1] == "Given back: Early-7"

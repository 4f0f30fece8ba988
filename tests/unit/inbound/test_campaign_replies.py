"""Tests that replies and bookings count for the campaign that led to them."""

import pytest

from tests.support.crash_points import Killed, Steps, Throttled, crash_points, die, throttle
from tests.support.dialogues.dialogue import ANN, BOB, EVE
from tests.support.inbound_world import InboundWorld, set_last_campaign


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("A1", (1, 1, 1)),
        ("A1 A2", (1, 2, 2)),
        ("a-1", (1, 1, 1)),
        ("A1 B7", (1, 1, 1)),
        ("B7", (1, 0, 0)),
        ("unknown9", (1, 0, 0)),
        ("REQUEST", (1, 0, 0)),
        ("AGENT please", (1, 0, 0)),
        ("STOP", (0, 0, 0)),
        ("HELP", (0, 0, 0)),
    ],
)
@pytest.mark.parametrize("self_managed", [False, True])
def test_given_a_text_after_a_campaign_when_delivered_thrice_then_it_counts_once(
    text: str, counted: tuple[int, int, int], self_managed: bool
) -> None:
    world = InboundWorld(connect=True, self_managed_opt_outs=self_managed)
    for shift_id in ("A1", "A2"):
        world.shifts.put(shift_id, "")
    world.shifts.put("B7", shift_status="taken", employee=BOB)
    set_last_campaign(world, "earlier", ANN)
    set_last_campaign(world, "c", ANN)
    for _ in range(3):
        world.deliver(ANN, text, "m")
    assert world.counted() == counted
    assert world.counted("earlier") == (0, 0, 0)


def test_given_texts_after_campaigns_when_counted_then_for_the_last_campaign() -> None:
    world = InboundWorld()
    for shift_id in ("A1", "A2", "A3"):
        world.shifts.put(shift_id, "")
    set_last_campaign(world, "c", ANN, EVE)
    set_last_campaign(world, "d", BOB)
    world.deliver(ANN, "A1")
    world.deliver(BOB, "A2")
    world.deliver(EVE, "A3")
    set_last_campaign(world, "d", ANN)
    world.deliver(ANN, "A3")
    assert world.counted("c") == (1, 1, 1)
    assert world.counted("d") == (2, 2, 2)


def test_given_a_seat_filled_by_a_campaign_when_given_back_then_subtracted_once() -> None:
    world = InboundWorld()
    for shift_id in ("A1", "A2", "A3"):
        world.shifts.put(shift_id, "")
    world.deliver(ANN, "A3")
    set_last_campaign(world, "c", ANN)
    world.deliver(ANN, "A1 A2")
    set_last_campaign(world, "d", ANN)
    for _ in range(2):
        world.deliver(ANN, "DROP A1 A3", "m")
    assert world.counted("c") == (1, 2, 1)
    assert world.counted("d") == (1, 0, 0), "A3 was booked without a campaign"
    world.deliver(ANN, "A1")
    world.deliver(ANN, "DROP A1")
    assert world.counted("c") == (1, 2, 1)
    assert world.counted("d") == (3, 1, 0)


def test_given_no_campaign_when_an_employee_books_then_no_campaign_counts_it() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "")
    world.deliver(ANN, "A1")
    assert world.shifts.taken() == {"A1": ANN}
    assert not world.counters.rows("c")


@pytest.mark.parametrize(
    ("text", "counted"),
    [("A1 A2", (1, 2, 2)), ("a-1", (1, 1, 1)), ("AGENT", (1, 0, 0)), ("REQUEST", (1, 0, 0))],
)
@pytest.mark.parametrize("texted_meanwhile", [False, True])
def test_given_a_function_stopped_at_any_step_when_redelivered_then_it_counts_once(
    text: str, counted: tuple[int, int, int], texted_meanwhile: bool
) -> None:
    def prepared() -> InboundWorld:
        world = InboundWorld(connect=True)
        for shift_id in ("A1", "A2"):
            world.shifts.put(shift_id, "")
        set_last_campaign(world, "c", ANN)
        return world

    def handle(world: InboundWorld) -> Steps:
        world.deliver(ANN, text, "m")
        return world.steps

    for stop, error in ((die, Killed), (throttle, Throttled)):
        for step, after in crash_points(lambda: handle(prepared())):
            world = prepared()
            world.steps.once(step, stop, after=after)
            with pytest.raises(error):
                handle(world)
            if texted_meanwhile:
                set_last_campaign(world, "d", ANN)
            world.clock.pass_time(minutes=10)
            for _ in range(2):
                handle(world)
            both = zip(world.counted("c"), world.counted("d"), strict=True)
            assert tuple(one + other for one, other in both) == counted
            assert len(world.phones.heard(ANN)) <= 1


def test_given_a_campaign_that_names_one_shift_when_replied_yes_then_it_is_booked() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "early")
    world.deliveries.offered_shifts[ANN, "sms-of-the-campaign"] = "A1"
    world.deliver(ANN, "Yes please!", in_reply_to="sms-of-the-campaign")
    world.deliver(BOB, "ok", in_reply_to="sms-of-another")
    assert world.shifts.taken() == {"A1": ANN}
    assert world.phones.heard(BOB) == ["Which shift? Reply with the code, or REQUEST for open shifts"]


def test_given_a_campaign_with_one_shift_when_only_thanked_then_a_question_back() -> None:
    world = InboundWorld()
    world.shifts.put("A1", "early")
    world.deliveries.offered_shifts[ANN, "sms-of-the-campaign"] = "A1"
    world.deliver(ANN, "ok thanks", in_reply_to="sms-of-the-campaign")
    assert world.shifts.taken() == {}
    assert world.phones.heard(ANN) == [
        "Sorry, we did not get that. Reply only A1 to book it, DROP A1 to give it back"
    ]
    assert not world.operator_inbox.items

"""Tests the Deliveries table."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from shift_sms_runtime.campaigns.deliveries import Delivery, NewDelivery, SkipResult
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, DeliveryRow, EventOrder
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.campaign_world import numbers
from tests.support.dialogues.dialogue import ANN, EVE
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.store_operations import LEASE, NOW, campaign_event, queued, send_to
from tests.support.store_pairs import Stores, dynamo_stores, memory_stores


def test_given_recipients_when_added_again_then_each_has_one_row_and_counts_once(
    stores: Stores,
) -> None:
    one, two, three, four = numbers(4)
    assert stores.deliveries.add("c", queued(one, two), requeue_stopped=False, now=NOW) == [one, two]
    send_to(stores, one)
    junk = NewDelivery("call me", DeliveryStatus.FAILED, "INVALID_NUMBER")
    waiting = stores.deliveries.add("c", [*queued(one, two, three), junk], requeue_stopped=False, now=NOW)
    assert sorted(waiting) == [two, three]
    assert sorted(
        stores.deliveries.add("c", [*queued(three, four), junk], requeue_stopped=True, now=NOW)
    ) == [
        three,
        four,
    ]
    assert stores.rows()["call me"].reason == "INVALID_NUMBER"
    assert stores.rows()[one].status is DeliveryStatus.SENT
    assert stores.counted()["targeted"] == 5
    assert stores.adds_up()
    before = stores.counted()
    stores.deliveries.add("c", queued(one, four), requeue_stopped=False, now=NOW)
    assert stores.counted() == before


def test_given_the_maximum_of_recipients_per_write_when_added_then_each_has_a_row(stores: Stores) -> None:
    members = numbers(99)
    assert stores.deliveries.add("c", queued(*members), requeue_stopped=False, now=NOW) == members
    assert len(stores.rows()) == stores.counted()["targeted"] == 99
    skipped = stores.deliveries.skip("c", [*members, EVE], DeliveryStatus.STOPPED, "enough", now=NOW)
    assert skipped == SkipResult(99)
    assert stores.adds_up()


def test_given_skipped_recipients_when_added_again_then_they_wait_only_if_requeued(
    stores: Stores,
) -> None:
    one, two, three, four = numbers(4)
    stores.deliveries.add("c", queued(one, two, three, four), requeue_stopped=False, now=NOW)
    send_to(stores, one)
    stores.sends.claim(Delivery("c", four, 2), token="t", now=NOW, lease_until=LEASE)
    skipped = stores.deliveries.skip("c", [one, two, four], DeliveryStatus.STOPPED, "enough", now=NOW)
    assert skipped == SkipResult(1, (four,)), "texted and claimed recipients are not skipped"
    assert (stores.rows()[two].status, stores.rows()[two].reason) == (DeliveryStatus.STOPPED, "enough")
    assert stores.adds_up()
    assert stores.deliveries.add("c", queued(one, two, three), requeue_stopped=False, now=NOW) == [three]
    assert sorted(stores.deliveries.add("c", queued(one, two, three), requeue_stopped=True, now=NOW)) == [
        two,
        three,
    ]
    assert (stores.rows()[two].status, stores.rows()[two].reason) == (DeliveryStatus.QUEUED, "")
    assert stores.counted()["stopped"] == 0
    assert stores.adds_up()


def test_given_a_later_stop_when_recipients_are_added_again_then_it_stays(stores: Stores) -> None:
    early, late = numbers(2)
    stores.deliveries.add("c", queued(early, late), requeue_stopped=False, now=NOW)
    stores.deliveries.skip("c", [early], DeliveryStatus.STOPPED, "x", now=NOW)
    stores.deliveries.skip("c", [late], DeliveryStatus.STOPPED, "x", now=NOW + timedelta(seconds=1))
    waiting = stores.deliveries.add(
        "c", queued(early, late), requeue_stopped=True, stopped_by=NOW, now=NOW + timedelta(seconds=2)
    )
    assert waiting == [early]
    assert stores.rows()[late].status is DeliveryStatus.STOPPED
    assert stores.adds_up()


def test_given_no_waiting_recipient_when_skipped_then_nothing_is_written(stores: Stores) -> None:
    assert stores.deliveries.skip("c", [], DeliveryStatus.STOPPED, "x", now=NOW) == SkipResult(0)
    assert stores.deliveries.skip("c", [ANN], DeliveryStatus.STOPPED, "x", now=NOW) == SkipResult(0)
    assert stores.rows() == {}
    assert not list(stores.counters.rows("c"))


def test_given_an_event_when_recorded_then_only_a_row_that_equals_the_seen_changes(stores: Stores) -> None:
    (one,) = numbers(1)
    delivered = campaign_event(one, "TEXT_DELIVERED", 5, DeliveryStatus.DELIVERED)
    seen = DeliveryRow(DeliveryStatus.SENT, f"sms{one}", 2, None)
    assert stores.delivery_events.record_event(delivered, seen, now=NOW) == (False, None)
    stores.deliveries.add("c", queued(one), requeue_stopped=False, now=NOW)
    waiting = DeliveryRow(DeliveryStatus.QUEUED, None, None, None)
    assert stores.delivery_events.record_event(delivered, seen, now=NOW) == (False, waiting)
    send_to(stores, one)
    for different in (
        replace(seen, status=DeliveryStatus.UNKNOWN),
        replace(seen, sms_message_id="another"),
        replace(seen, sms_message_id=None),
        replace(seen, segments=1),
        replace(seen, segments=None),
        replace(seen, event=EventOrder(True, 1, "TEXT_DELIVERED")),
    ):
        assert stores.delivery_events.record_event(delivered, different, now=NOW) == (False, seen)
    assert stores.delivery_events.record_event(delivered, seen, now=NOW) == (True, None)
    current = DeliveryRow(DeliveryStatus.DELIVERED, f"sms{one}", 2, delivered.order)
    assert stores.delivery_events.record_event(delivered, seen, now=NOW) == (False, current)
    assert stores.rows()[one].reason == "TEXT_DELIVERED"
    assert (stores.counted()["sent"], stores.counted()["delivered"]) == (0, 1)
    assert stores.adds_up()


def test_given_a_text_being_sent_when_its_event_is_recorded_first_then_that_counts(
    stores: Stores,
) -> None:
    (one,) = numbers(1)
    key = Delivery("c", one, 2)
    stores.deliveries.add("c", queued(one), requeue_stopped=False, now=NOW)
    stores.sends.claim(key, token="t", now=NOW, lease_until=LEASE)
    delivered = campaign_event(one, "TEXT_DELIVERED", 5, DeliveryStatus.DELIVERED)
    sending = DeliveryRow(DeliveryStatus.SENDING, None, None, None)
    assert stores.delivery_events.record_event(delivered, sending, now=NOW) == (True, None)
    stores.sends.settle(key, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id=f"sms{one}")
    stores.sends.settle(key, DeliveryStatus.UNKNOWN, token="t", now=NOW)
    assert stores.rows()[one].status is DeliveryStatus.DELIVERED
    assert stores.counted()["segments_spent"] == 2
    assert stores.counted()["first_send_at"] == NOW.isoformat()
    assert stores.adds_up()


def change_something(stores: Stores, step: int, chance: random.Random) -> object:
    """Makes a random write to the deliveries of campaign `c`; returns its result."""
    now = NOW + timedelta(seconds=step)
    number, some = chance.choice(numbers(6)), chance.sample(numbers(6), chance.randint(1, 5))
    key, token, row = Delivery("c", number, 2), chance.choice(["t1", "t2"]), stores.rows().get(number)
    if row is None or chance.random() < 0.2:
        new = [*queued(*some), NewDelivery("junk", DeliveryStatus.FAILED, "INVALID_NUMBER")]
        return sorted(stores.deliveries.add("c", new, requeue_stopped=chance.random() < 0.5, now=now))
    match chance.choice(["skip", "claim", "claim", "settle", "settle", "settle abandoned", "record event"]):
        case "skip":
            result: object = stores.deliveries.skip("c", some, DeliveryStatus.STOPPED, "x", now=now)
        case "claim":
            result = stores.sends.claim(key, token=token, now=now, lease_until=now + timedelta(seconds=5))
        case "settle":
            status = chance.choice([DeliveryStatus.SENT, *[*DeliveryStatus][2:], DeliveryStatus.QUEUED])
            message_id = f"sms{number}" if status is DeliveryStatus.SENT else ""
            stores.sends.settle(key, status, token=token, now=now, sms_message_id=message_id, reason="r")
            result = None
        case "settle abandoned":
            result = stores.sends.settle_abandoned(key, now=now)
        case _:
            order = EventOrder(chance.random() < 0.5, chance.randint(1, 3), "TEXT_X")
            status = chance.choice([DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED])
            seen = DeliveryRow(row.status, row.sms_message_id or None, row.segments, row.event)
            result = stores.delivery_events.record_event(
                DeliveryEvent("c", number, f"sms{number}", 2, status, order), seen, now=now
            )
    return result


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 5))]
)
def test_given_random_writes_when_made_in_both_stores_then_both_agree_and_add_up(
    system: FunctionsOnMoto, seed: int
) -> None:
    memory, dynamo = memory_stores(), dynamo_stores(system)
    for step in range(50):
        results = [
            change_something(stores, step, random.Random(f"{seed}/{step}")) for stores in (memory, dynamo)
        ]
        assert results[0] == results[1]
        assert memory.rows() == dynamo.rows()
        assert memory.adds_up()
        assert dynamo.adds_up()
    counted = [stores.counted() for stores in (memory, dynamo)]
    assert {**counted[0], "summary_version": 0} == {**counted[1], "summary_version": 0}

"""Tests the Conversations table."""

from datetime import datetime, timedelta

import pytest

from shift_sms_runtime.callbacks.callback_request import CallOutcome
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundQuery
from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.messaging.hourly_limit import count
from shift_sms_runtime.messaging.ledger import ReplyKey, SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking import claim, decide, drop
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.store_operations import LEASE, NOW, look_up
from tests.support.store_pairs import Stores


def test_given_a_text_that_offers_one_shift_when_sent_then_its_answer_knows_which(stores: Stores) -> None:
    answer, text = ReplyKey("m", offers="A1"), Delivery("c", BOB, 1, offers="A2")
    stores.answers.claim(answer, token="t", now=NOW, lease_until=LEASE)
    stores.answers.settle(answer, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms-1")
    stores.sends.claim(text, token="t", now=NOW, lease_until=LEASE)
    stores.sends.settle(text, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms-2")
    assert look_up(stores, "m2", ANN, answers_to="sms-1").offered == "A1"
    assert look_up(stores, "m2", BOB, answers_to="sms-2").offered == "A2"
    assert look_up(stores, "m2", BOB, answers_to="sms-3").offered is None


def test_given_texts_of_a_number_when_claimed_then_they_are_counted_in_their_hour(stores: Stores) -> None:
    for message_id, body in (("m1", "hello"), ("m2", "HELLO"), ("m3", "x")):
        recent = look_up(stores, message_id, ANN).recent
        counted = count(ANN, body, recent, NOW)
        key = ReplyKey(message_id, counted=counted)
        stores.answers.claim(key, token="t", now=NOW, lease_until=LEASE)
    recent = look_up(stores, "m4", ANN).recent
    assert (recent.texts, recent.repeats, recent.told) == (3, 1, False)
    notice = ReplyKey(count(ANN, "x", recent, NOW).notice)
    stores.answers.claim(notice, token="t", now=NOW, lease_until=LEASE)
    assert look_up(stores, "m5", ANN).recent.told
    stores.answers.settle(notice, DeliveryStatus.QUEUED, token="t", now=NOW, reason="ThrottlingException")
    assert not look_up(stores, "m5", ANN).recent.told, "it could not be sent yet"
    later = stores.desk.look_up(InboundQuery("m6", ANN, None, (), NOW + timedelta(hours=1)))
    assert later.recent.texts == 0


def test_given_calls_of_a_number_when_reserved_then_once_each_up_to_the_limit(
    stores: Stores,
) -> None:
    def reserve(message_id: str, person: str = ANN, now: datetime = NOW) -> bool:
        return stores.calls.reserve(message_id, person, most=2, now=now)

    assert [reserve("m1"), reserve("m1"), reserve("m2"), reserve("m3")] == [True, True, True, False]
    assert reserve("m1"), "it has its place"
    assert reserve("m4", BOB)
    assert reserve("m5", now=NOW + timedelta(days=1))


def test_given_an_outcome_of_a_call_when_noted_twice_then_the_first_stays(stores: Stores) -> None:
    assert stores.calls.outcome("m") is None
    stores.calls.note("m", CallOutcome.ACCEPTED, now=NOW)
    stores.calls.note("m", CallOutcome.LIMIT_REACHED, now=NOW)
    assert stores.calls.outcome("m") is CallOutcome.ACCEPTED
    assert stores.answers.claim(ReplyKey("m"), token="one", now=NOW, lease_until=LEASE) is SendClaim.GRANTED


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.OPTED_OUT, DeliveryStatus.UNKNOWN])
def test_given_a_reply_to_a_campaign_when_settled_by_anyone_then_it_is_counted_once(
    stores: Stores, status: DeliveryStatus
) -> None:
    key = ReplyKey("m", "c", 2)
    stores.answers.claim(key, token="one", now=NOW, lease_until=NOW)
    assert not list(stores.counters.rows("c"))
    stores.answers.settle(key, DeliveryStatus.QUEUED, token="one", now=NOW)
    stores.answers.claim(key, token="two", now=NOW, lease_until=NOW)
    stores.answers.give_up(key, now=LEASE)
    stores.answers.settle(key, status, token="two", now=LEASE)
    stores.answers.settle(key, status, token="two", now=LEASE)
    report = stores.counted()
    assert (report["replies"], report["bookings"], report["seats_filled"]) == (1, 2, 2)
    assert report["first_booking_at"] == report["last_booking_at"] == LEASE.isoformat()


def test_given_seats_filled_by_campaigns_when_given_back_then_they_are_subtracted(
    stores: Stores,
) -> None:
    stores.put_shift("A1", "")
    stores.put_shift("A2", "")
    sends = Delivery("c", ANN, 1)
    stores.sends.claim(sends, token="t", now=NOW, lease_until=LEASE)
    person = look_up(stores, "m", ANN).campaign_id
    assert person == "c"
    arrival = look_up(stores, "m", ANN, "A1", "A2")
    decision = decide(
        claim,
        ["A1", "A2"],
        arrival.shifts,
        employee=Employee(ANN),
        campaign_id=arrival.campaign_id,
        bookings=arrival.agenda,
        policy=BookingPolicy(),
        now=NOW,
    )
    stores.desk.write(
        Effect("m", ANN, decision.changed, arrival.agenda, decision.bookings, Reply("said", 2), NOW)
    )
    arrival = look_up(stores, "n", ANN, "A1", "A2")
    given_back = decide(
        drop,
        ["A1", "A2"],
        arrival.shifts,
        employee=Employee(ANN),
        campaign_id=None,
        bookings=arrival.agenda,
        policy=BookingPolicy(),
        now=NOW,
    )
    assert given_back.given_back == ("c", "c")
    decided = Reply("said", given_back=given_back.given_back)
    stores.desk.write(Effect("n", ANN, given_back.changed, arrival.agenda, given_back.bookings, decided, NOW))
    kept = look_up(stores, "n", ANN).decided
    assert kept is not None
    assert kept.given_back == ("c", "c")
    for answer in (
        ReplyKey("m", "c", bookings=2, decided=True),
        ReplyKey("n", "c", given_back=kept.given_back, decided=True),
    ):
        stores.answers.claim(answer, token="t", now=NOW, lease_until=LEASE)
        stores.answers.settle(answer, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms")
    counted = stores.counted()
    assert (counted["replies"], counted["bookings"], counted["seats_filled"]) == (2, 2, 0)


def test_given_an_answer_to_no_campaign_when_settled_then_nothing_is_counted(stores: Stores) -> None:
    stores.answers.claim(ReplyKey("m"), token="one", now=NOW, lease_until=LEASE)
    stores.answers.settle(ReplyKey("m"), DeliveryStatus.SENT, token="one", now=NOW)
    assert not list(stores.counters.rows("c"))

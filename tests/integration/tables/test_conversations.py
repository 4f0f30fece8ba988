"""Tests the Conversations table."""

from datetime import datetime, timedelta

import pytest

from shift_sms_runtime.bookings.booking import book, drop
from shift_sms_runtime.callbacks.callback_request import CallbackRequest, CallOutcome
from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.messaging.hourly_limit import hour_name, hour_of
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind, SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.dialogues.dialogue import ANN, BOB, EVE
from tests.support.store_operations import LEASE, NOW, carry_out, read_context
from tests.support.store_pairs import Stores


def test_given_our_text_offers_one_shift_when_replied_to_then_the_shift_is_known(stores: Stores) -> None:
    reply, delivery = ReplyKey(ANN, "m", offered_shift_id="A1"), Delivery("c", BOB, 1, offered_shift_id="A2")
    stores.replies.claim(reply, token="t", now=NOW, lease_until=LEASE)
    stores.replies.settle(reply, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms-1")
    stores.sends.claim(delivery, token="t", now=NOW, lease_until=LEASE)
    stores.sends.settle(delivery, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms-2")
    assert read_context(stores, "m2", ANN, in_reply_to="sms-1").offered_shift_id == "A1"
    assert read_context(stores, "m2", BOB, in_reply_to="sms-2").offered_shift_id == "A2"
    assert read_context(stores, "m2", BOB, in_reply_to="sms-3").offered_shift_id is None


def test_given_texts_of_a_number_when_written_then_counted_in_their_hour(stores: Stores) -> None:
    for message_id, body in (("m1", "hello"), ("m2", "HELLO"), ("m3", "x")):
        context = read_context(stores, message_id, ANN, body)
        stores.inbound.write(context, context.reply_with("reply"))
    recent = read_context(stores, "m4", ANN).recent_texts
    assert (recent.texts, recent.repeats, recent.notified) == (3, 1, False)
    stores.clock.pass_time(hours=1)
    assert read_context(stores, "m6", ANN).recent_texts.texts == 0


def test_given_a_notice_of_the_limit_when_it_waits_then_it_is_not_sent_yet(stores: Stores) -> None:
    notice = ReplyKey(ANN, hour_name(hour_of(NOW)), ReplyKind.LIMIT_NOTICE)
    stores.replies.claim(notice, token="t", now=NOW, lease_until=LEASE)
    assert not read_context(stores, "m", ANN).recent_texts.notified
    stores.replies.settle(notice, DeliveryStatus.QUEUED, token="t", now=NOW, reason="ThrottlingException")
    assert not read_context(stores, "m", ANN).recent_texts.notified
    stores.replies.claim(notice, token="t", now=NOW, lease_until=LEASE)
    stores.replies.settle(notice, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms")
    assert read_context(stores, "m", ANN).recent_texts.notified


def test_given_calls_of_a_number_when_reserved_then_once_each_up_to_the_limit(
    stores: Stores,
) -> None:
    def reserve(message_id: str, person: str = ANN, now: datetime = NOW) -> bool:
        request = CallbackRequest(message_id, person, "", "")
        return stores.call_log.reserve(request, limit=2, now=now)

    assert [reserve("m1"), reserve("m1"), reserve("m2"), reserve("m3")] == [True, True, True, False]
    assert reserve("m1"), "the call was counted before"
    assert reserve("m4", BOB)
    assert reserve("m5", now=NOW + timedelta(days=1))


def test_given_an_outcome_of_a_call_when_recorded_twice_then_the_first_stays(stores: Stores) -> None:
    request = CallbackRequest("m", ANN, "", "")
    assert stores.call_log.outcome(request) is None
    stores.call_log.record(request, CallOutcome.ACCEPTED, now=NOW)
    stores.call_log.record(request, CallOutcome.QUOTA_REACHED, now=NOW)
    assert stores.call_log.outcome(request) is CallOutcome.ACCEPTED
    assert (
        stores.replies.claim(ReplyKey(ANN, "m"), token="one", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
    )


def test_given_a_reply_to_a_campaign_when_written_repeatedly_then_counted_once(stores: Stores) -> None:
    for shift_id in ("A1", "A2"):
        stores.put_shift(shift_id, "")
    stores.sends.claim(Delivery("c", ANN, 1), token="t", now=NOW, lease_until=LEASE)
    context = read_context(stores, "m", ANN, "A1", "A2")
    carry_out(stores, book, "A1", "A2", context=context)
    with pytest.raises(ChangedMeanwhile):
        carry_out(stores, book, "A1", "A2", context=context)
    report = stores.counted()
    assert (report["replies"], report["bookings"], report["seats_filled"]) == (1, 2, 2)
    assert report["first_booking_at"] == report["last_booking_at"] == NOW.isoformat()


def test_given_seats_filled_by_campaigns_when_given_back_then_they_are_subtracted(
    stores: Stores,
) -> None:
    for shift_id in ("A1", "A2"):
        stores.put_shift(shift_id, "")
    stores.sends.claim(Delivery("c", ANN, 1), token="t", now=NOW, lease_until=LEASE)
    carry_out(stores, book, "A1", "A2", message_id="m")
    stores.sends.claim(Delivery("d", ANN, 1), token="t", now=NOW, lease_until=LEASE)
    carry_out(stores, drop, "A1", "A2", message_id="n")
    counted = stores.counted()
    assert (counted["replies"], counted["bookings"], counted["seats_filled"]) == (1, 2, 0)


def test_given_a_reply_to_no_campaign_when_written_then_nothing_is_counted(stores: Stores) -> None:
    stores.put_shift("A1", "")
    carry_out(stores, book, "A1", message_id="m")
    assert not list(stores.counters.rows("c"))


def test_given_two_numbers_when_their_texts_have_one_id_then_each_has_its_own_reply(stores: Stores) -> None:
    for number in (ANN, BOB):
        key = ReplyKey(number, "m")
        assert stores.replies.claim(key, token="t", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
        stores.replies.settle(key, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id="sms")
    assert read_context(stores, "m", ANN).reply_status is DeliveryStatus.SENT
    assert read_context(stores, "m", EVE).reply_status is None


def test_given_ids_longer_than_a_key_when_stored_then_each_is_found(stores: Stores) -> None:
    offering, offered = "s" * 2000, "x" * 2000
    first, second = (ReplyKey(ANN, "\u0436" * 2000 + end, offered_shift_id=offered) for end in ("1", "2"))
    stores.replies.claim(first, token="t", now=NOW, lease_until=LEASE)
    stores.replies.settle(first, DeliveryStatus.SENT, token="t", now=NOW, sms_message_id=offering)
    assert read_context(stores, first.reply_id, ANN).reply_status is DeliveryStatus.SENT
    assert read_context(stores, second.reply_id, ANN, in_reply_to=offering).reply_status is None
    assert read_context(stores, "m", ANN, in_reply_to=offering).offered_shift_id == offered


@pytest.mark.parametrize("kind", list(ReplyKind))
def test_given_one_id_of_each_kind_when_one_is_claimed_then_the_others_are_free(
    stores: Stores, kind: ReplyKind
) -> None:
    stores.replies.claim(ReplyKey(ANN, "m", kind), token="t", now=NOW, lease_until=LEASE)
    for other in set(ReplyKind) - {kind}:
        key = ReplyKey(ANN, "m", other)
        assert stores.replies.claim(key, token="u", now=NOW, lease_until=LEASE) is SendClaim.GRANTED

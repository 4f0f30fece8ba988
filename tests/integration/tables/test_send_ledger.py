"""Tests that texts are claimed and settled once."""

from datetime import datetime

from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.messaging.ledger import ReplyKey, SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.campaign_world import numbers
from tests.support.dialogues.dialogue import ANN
from tests.support.memory.send_ledger import LedgerRow
from tests.support.store_operations import LEASE, NOW, queued
from tests.support.store_pairs import Stores


def test_given_a_claim_on_a_send_when_others_claim_then_they_get_its_status(stores: Stores) -> None:
    key = ReplyKey(ANN, "m")

    def claim_send(token: str, now: datetime = NOW) -> SendClaim | DeliveryStatus:
        return stores.replies.claim(key, token=token, now=now, lease_until=LEASE)

    assert claim_send("one") is SendClaim.GRANTED
    assert claim_send("one") is SendClaim.GRANTED, "a repeated write is granted its own claim"
    assert claim_send("two") is SendClaim.BUSY
    assert claim_send("two", LEASE) is SendClaim.ABANDONED
    stores.replies.settle(key, DeliveryStatus.QUEUED, token="two", now=NOW)
    assert claim_send("two") is SendClaim.BUSY, "only its owner releases a claim"
    stores.replies.settle(key, DeliveryStatus.QUEUED, token="one", now=NOW)
    assert claim_send("three") is SendClaim.GRANTED
    stores.replies.settle(key, DeliveryStatus.SENT, token="three", now=NOW, sms_message_id="sms")
    assert claim_send("four", LEASE) is DeliveryStatus.SENT
    assert stores.replies.settle_abandoned(key, now=LEASE)
    assert claim_send("three", LEASE) is DeliveryStatus.SENT, "a settled text stays settled"


def test_given_an_abandoned_claim_when_settled_then_not_before_its_lease_ends(stores: Stores) -> None:
    key = ReplyKey(ANN, "m")
    assert stores.replies.settle_abandoned(key, now=NOW), "there is no claim"
    stores.replies.claim(key, token="one", now=NOW, lease_until=LEASE)
    assert not stores.replies.settle_abandoned(key, now=NOW)
    assert stores.replies.claim(key, token="two", now=NOW, lease_until=LEASE) is SendClaim.BUSY
    assert stores.replies.settle_abandoned(key, now=LEASE)
    assert stores.replies.claim(key, token="two", now=LEASE, lease_until=LEASE) is DeliveryStatus.UNKNOWN


def test_given_a_claim_settled_as_unknown_when_its_owner_settles_then_counted_once(stores: Stores) -> None:
    (one,) = numbers(1)
    key = Delivery("c", one, 2)
    stores.deliveries.add("c", queued(one), requeue_stopped=False, now=NOW)
    stores.sends.claim(key, token="t", now=NOW, lease_until=NOW)
    stores.sends.settle_abandoned(key, now=LEASE)
    assert (stores.rows()[one].status, stores.rows()[one].reason) == (DeliveryStatus.UNKNOWN, "interrupted")
    assert stores.adds_up()
    stores.sends.settle(key, DeliveryStatus.SENT, token="another", now=LEASE, sms_message_id="x")
    assert stores.rows()[one].status is DeliveryStatus.UNKNOWN
    stores.sends.settle(key, DeliveryStatus.QUEUED, token="t", now=LEASE)
    assert stores.rows()[one].status is DeliveryStatus.UNKNOWN, "it is not sent again"
    for _ in range(2):
        stores.sends.settle(key, DeliveryStatus.SENT, token="t", now=LEASE, sms_message_id="sms")
        assert stores.rows()[one] == LedgerRow(
            DeliveryStatus.SENT, sms_message_id="sms", token="t", segments=2
        )
        assert (stores.counted()["sent"], stores.counted()["unknown"]) == (1, 0)
        assert stores.adds_up()

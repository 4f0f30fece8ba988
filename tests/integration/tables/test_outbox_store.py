"""Tests the outbox together with its ledger rows."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, count_text
from shift_sms_runtime.messaging.ledger import ReplyKind, SendClaim
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import OUR_NUMBER
from tests.support.store_operations import LEASE, NOW
from tests.support.store_pairs import Stores


def outbox_text(
    reply_id: str = "m",
    *,
    to: str = ANN,
    at: datetime = NOW,
    priority: Priority = Priority.REPLY,
    kind: ReplyKind = ReplyKind.STRANGER_REPLY,
) -> OutboxText:
    return OutboxText(to, kind, reply_id, priority, OUR_NUMBER, at, body="hello")


def waiting(stores: Stores, priority: Priority = Priority.REPLY) -> list[OutboxText]:
    return [*stores.outbox.oldest(priority, 10)]


def settle(stores: Stores, text: OutboxText, status: DeliveryStatus) -> None:
    assert stores.replies.claim(text.key, token="t", now=NOW, lease_until=LEASE) is SendClaim.GRANTED
    stores.replies.settle(text.key, status, token="t", now=NOW, sms_message_id="sms")


def test_given_a_text_when_added_twice_then_it_waits_once_as_written(stores: Stores) -> None:
    text = replace(outbox_text(), shift_id="A1", campaign_id="c", follow_up=True)
    assert stores.outbox.add(text) is None
    assert stores.outbox.add(replace(text, body="other")) is DeliveryStatus.QUEUED
    assert waiting(stores) == [text]


def test_given_a_body_rendered_later_when_added_then_the_text_has_none(stores: Stores) -> None:
    text = replace(outbox_text(), body=None)
    stores.outbox.add(text)
    assert waiting(stores) == [text]


def test_given_texts_of_several_times_when_read_then_the_oldest_come_first(stores: Stores) -> None:
    late = outbox_text("m1", at=NOW + timedelta(microseconds=1))
    early = outbox_text("m2", to=BOB)
    notice = outbox_text("m3", priority=Priority.NOTICE, kind=ReplyKind.NOTICE)
    for text in (late, early, notice):
        stores.outbox.add(text)
    assert waiting(stores) == [early, late]
    assert [*stores.outbox.oldest(Priority.REPLY, 1)] == [early]
    assert waiting(stores, Priority.NOTICE) == [notice]


def test_given_two_texts_of_one_number_and_time_when_added_then_both_wait(stores: Stores) -> None:
    texts = [outbox_text(), outbox_text("m2"), outbox_text(kind=ReplyKind.LIMIT_NOTICE)]
    for text in texts:
        stores.outbox.add(text)
    assert sorted(waiting(stores), key=str) == sorted(texts, key=str)


def test_given_a_long_id_when_added_then_the_text_waits(stores: Stores) -> None:
    text = outbox_text("\u00e9" * 2000)
    assert stores.outbox.add(text) is None
    assert waiting(stores) == [text]


@pytest.mark.parametrize(
    ("status", "kind", "left"),
    [
        (DeliveryStatus.SENT, ReplyKind.STRANGER_REPLY, 0),
        (DeliveryStatus.SENT, ReplyKind.OPERATOR_REPLY, 1),
        (DeliveryStatus.OPTED_OUT, ReplyKind.STRANGER_REPLY, 1),
        (DeliveryStatus.UNKNOWN, ReplyKind.STRANGER_REPLY, 1),
        (DeliveryStatus.QUEUED, ReplyKind.STRANGER_REPLY, 1),
    ],
)
def test_given_a_text_when_settled_then_it_leaves_if_no_follow_up_is_due(
    stores: Stores, status: DeliveryStatus, kind: ReplyKind, left: int
) -> None:
    text = outbox_text(kind=kind)
    stores.outbox.add(text)
    settle(stores, text, status)
    assert len(waiting(stores)) == left
    assert stores.outbox.add(text) is status, "a text is added once"


def test_given_a_settled_text_when_removed_twice_then_it_is_gone(stores: Stores) -> None:
    text = outbox_text()
    stores.outbox.add(text)
    settle(stores, text, DeliveryStatus.FAILED)
    stores.outbox.remove(text)
    stores.outbox.remove(text)
    assert waiting(stores) == []
    assert stores.outbox.add(text) is DeliveryStatus.FAILED


@pytest.mark.parametrize(
    ("kind", "left"), [(ReplyKind.STRANGER_REPLY, 0), (ReplyKind.NOTICE, 1), (ReplyKind.OPERATOR_REPLY, 1)]
)
def test_given_a_queued_text_when_withdrawn_then_it_is_never_sent(
    stores: Stores, kind: ReplyKind, left: int
) -> None:
    text = outbox_text(kind=kind)
    stores.outbox.add(text)
    assert stores.outbox.withdraw(text, "not due") is DeliveryStatus.STOPPED
    assert stores.outbox.withdraw(text, "not due") is DeliveryStatus.STOPPED
    assert len(waiting(stores)) == left
    assert stores.replies.claim(text.key, token="t", now=NOW, lease_until=LEASE) is DeliveryStatus.STOPPED


def test_given_a_text_without_a_ledger_row_when_withdrawn_then_it_is_stopped(stores: Stores) -> None:
    text = outbox_text()
    assert stores.outbox.withdraw(text, "not due") is DeliveryStatus.STOPPED
    assert stores.outbox.add(text) is DeliveryStatus.STOPPED
    assert waiting(stores) == []


def test_given_a_claimed_text_when_withdrawn_then_it_stays(stores: Stores) -> None:
    text = outbox_text()
    stores.outbox.add(text)
    stores.replies.claim(text.key, token="t", now=NOW, lease_until=LEASE)
    assert stores.outbox.withdraw(text, "not due") is DeliveryStatus.SENDING
    assert waiting(stores) == [text]


def test_given_an_abandoned_claim_when_settled_then_the_text_waits(
    stores: Stores,
) -> None:
    text = outbox_text()
    stores.outbox.add(text)
    stores.replies.claim(text.key, token="t", now=NOW, lease_until=LEASE)
    assert stores.replies.settle_abandoned(text.key, now=LEASE)
    assert waiting(stores) == [text]
    stores.replies.settle(text.key, DeliveryStatus.SENT, token="t", now=LEASE, sms_message_id="sms")
    assert waiting(stores) == [], "its sender knew the outcome"


def test_given_texts_when_their_statuses_are_read_then_unknown_texts_are_left_out(stores: Stores) -> None:
    queued, sent = outbox_text("m1"), outbox_text("m2", kind=ReplyKind.NOTICE)
    others = [outbox_text(f"m{number}", to=BOB) for number in range(3, 120)]
    for text in (queued, sent, *others[:100]):
        stores.outbox.add(text)
    settle(stores, sent, DeliveryStatus.SENT)
    statuses = stores.outbox.statuses([text.key for text in (queued, sent, *others)])
    assert (statuses[queued.key], statuses[sent.key]) == (DeliveryStatus.QUEUED, DeliveryStatus.SENT)
    assert set(statuses) == {queued.key, sent.key, *(text.key for text in others[:100])}


def test_given_a_counted_text_when_added_twice_then_it_is_counted_once(stores: Stores) -> None:
    text = replace(outbox_text(), kind=ReplyKind.INBOUND)
    for _ in range(2):
        stores.outbox.add(text, counted=count_text(ANN, "AGENT", RecentTexts(), NOW))
    stores.clock.time = NOW
    assert stores.inbound.read(InboundText("m2", ANN, OUR_NUMBER, "AGENT")).recent_texts.texts == 1

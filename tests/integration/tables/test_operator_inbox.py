"""Tests the OperatorInbox table."""

from datetime import timedelta
from typing import cast

from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.operator_inbox.ports import InboxNoticeStore, ToldManagers
from tests.support.dialogues.dialogue import ANN
from tests.support.managers_world import MAX, MIA
from tests.support.store_operations import NOW, keep_for_operator
from tests.support.store_pairs import Stores


def test_given_an_item_when_two_outcomes_are_recorded_then_the_first_stays(stores: Stores) -> None:
    keep_for_operator(stores, "m")
    stores.operator_inbox.record_outcome("m", InboxStatus.REPLIED, "", now=NOW)
    stores.operator_inbox.record_outcome("m", InboxStatus.NOT_SENT, "too late", now=NOW)
    assert stores.inbox_outcomes() == {"m": ("replied", "")}


def test_given_notices_when_begun_then_those_of_a_manager_are_apart(stores: Stores) -> None:
    half_hour = timedelta(minutes=30)
    store = cast("InboxNoticeStore", stores.operator_inbox)

    def begins(minutes: float, number: str = MAX) -> bool:
        at = NOW + timedelta(minutes=minutes)
        return store.begin_notice(number, at, not_since=at - half_hour)

    assert begins(0)
    assert begins(0), "the same text continues"
    assert [begins(minutes) for minutes in (-5, 10, 29.9)] == [False] * 3
    assert begins(0), "the same text still continues"
    assert begins(10, MIA), "another manager was not told"
    assert begins(30)
    assert not begins(0), "a later text has begun a notice"
    assert store.managers().told == {MAX: NOW + half_hour, MIA: NOW + timedelta(minutes=10)}


def test_given_managers_who_wait_when_repeated_then_the_first_time_stays(stores: Stores) -> None:
    store = cast("InboxNoticeStore", stores.operator_inbox)
    assert store.managers() == ToldManagers(told={}, waits={})
    first, later = NOW + timedelta(hours=8), NOW + timedelta(hours=9)
    many = {f"+1425555{number:04}": first for number in range(120)}
    store.wait(many, now=NOW)
    store.wait({"+14255550000": later, "+14255559999": later}, now=NOW + timedelta(minutes=1))
    found = store.managers()
    assert found.waits == {**many, "+14255559999": later}
    assert found.waited_at == NOW + timedelta(minutes=1)
    store.wait({}, now=NOW + timedelta(minutes=2))
    assert store.managers().waited_at == NOW + timedelta(minutes=2)


def test_given_managers_who_wait_when_removed_then_those_of_another_time_stay(stores: Stores) -> None:
    store = cast("InboxNoticeStore", stores.operator_inbox)
    first, later = NOW + timedelta(hours=8), NOW + timedelta(hours=9)
    store.wait({MAX: first, MIA: first, ANN: later}, now=NOW)
    known = ToldManagers(told={}, waits={MAX: first, MIA: first, ANN: first}, waited_at=NOW)
    for _ in range(2):
        store.end_waiting(MAX, known, told=True)
        store.end_waiting(MIA, known, told=False)
        store.end_waiting(ANN, known, told=True)
    assert store.managers() == ToldManagers(told={MAX: first}, waits={ANN: later}, waited_at=NOW)


def test_given_a_later_text_when_a_manager_was_not_told_then_they_still_wait(stores: Stores) -> None:
    store = cast("InboxNoticeStore", stores.operator_inbox)
    until, later = NOW + timedelta(hours=8), NOW + timedelta(minutes=1)
    store.wait({MAX: until, MIA: until}, now=NOW)
    known = store.managers()
    store.wait({}, now=later)
    store.end_waiting(MAX, known, told=False)
    store.end_waiting(MIA, known, told=True)
    assert store.managers() == ToldManagers(told={MIA: until}, waits={MAX: until}, waited_at=later)


def test_given_open_texts_when_listed_then_their_senders_are(stores: Stores) -> None:
    store = cast("InboxNoticeStore", stores.operator_inbox)
    assert store.open_senders() == set()
    for message_id in ("m1", "m2", "m3"):
        keep_for_operator(stores, message_id)
    assert store.open_senders() == {ANN}
    for message_id in ("m1", "m2", "m3"):
        assert store.open_senders() == {ANN}
        stores.operator_inbox.record_outcome(message_id, InboxStatus.REPLIED, "", now=NOW)
    assert store.open_senders() == set()

"""Tests the OperatorInbox table."""

from datetime import timedelta
from typing import cast

from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.operator_inbox.ports import InboxNoticeLimit
from tests.support.store_operations import NOW, keep_for_operator
from tests.support.store_pairs import Stores


def test_given_an_item_when_two_outcomes_are_recorded_then_the_first_stays(stores: Stores) -> None:
    keep_for_operator(stores, "m")
    stores.operator_inbox.record_outcome("m", InboxStatus.REPLIED, "", now=NOW)
    stores.operator_inbox.record_outcome("m", InboxStatus.NOT_SENT, "too late", now=NOW)
    assert stores.inbox_outcomes() == {"m": ("replied", "")}


def test_given_notices_when_begun_then_they_are_apart(stores: Stores) -> None:
    half_hour = timedelta(minutes=30)

    def begins(minutes: float) -> bool:
        at = NOW + timedelta(minutes=minutes)
        limit = cast("InboxNoticeLimit", stores.operator_inbox)
        return limit.begin_notice(at, not_since=at - half_hour)

    assert begins(0)
    assert begins(0), "the same text continues"
    assert [begins(minutes) for minutes in (-5, 10, 29.9)] == [False] * 3
    assert begins(0), "the same text still continues"
    assert begins(30)
    assert not begins(0), "a later text has begun a notice"

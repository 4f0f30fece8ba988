"""Tests the OperatorInbox table."""

from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from tests.support.store_operations import NOW, keep_for_operator
from tests.support.store_pairs import Stores


def test_given_an_item_when_two_outcomes_are_recorded_then_the_first_stays(stores: Stores) -> None:
    keep_for_operator(stores, "m")
    stores.operator_inbox.record_outcome("m", InboxStatus.REPLIED, "", now=NOW)
    stores.operator_inbox.record_outcome("m", InboxStatus.NOT_SENT, "too late", now=NOW)
    assert stores.inbox_outcomes() == {"m": ("replied", "")}

"""Tests the OperatorInbox table."""

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus, OperatorReply
from tests.support.dialogues.dialogue import ANN, GUS
from tests.support.store_operations import NOW
from tests.support.store_pairs import Stores


def test_given_a_message_when_answered_then_what_came_of_it_first_stays(stores: Stores) -> None:
    message = InboxItem("m", ANN, GUS, "where is the key", NOW)
    stores.messages.keep(message)
    stores.messages.keep(message)
    answer = OperatorReply("m", ANN, GUS, "under the mat")
    stores.messages.answered(answer, InboxStatus.ANSWERED, "", now=NOW)
    stores.messages.answered(answer, InboxStatus.NOT_ANSWERED, "too late", now=NOW)
    assert stores.message_status() == {"m": ("answered", "")}

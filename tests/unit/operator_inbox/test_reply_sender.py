"""Tests that an operator's reply is sent at most once."""

import pytest

from shift_sms_runtime.messaging.outgoing_text import SendResult, Unknown
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.operator_inbox import reply_sender
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus, read_operator_reply
from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
from tests.support.clock import Deadline
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import OUR_NUMBER, InboundWorld
from tests.support.send_results import OPTED_OUT


@pytest.mark.parametrize(
    ("text", "opted_out", "results", "outcome"),
    [
        ("Your badge is here", False, [], (InboxStatus.REPLIED, "")),
        ("\u201cSure\u201d", False, [], (InboxStatus.REPLIED, "")),
        ("x" * 1531, False, [], (InboxStatus.NOT_SENT, reply_sender.TOO_LONG)),
        ("no", True, [], (InboxStatus.NOT_SENT, reply_sender.OPTED_OUT)),
        ("no", False, [Unknown("x")], (InboxStatus.NOT_SENT, reply_sender.OUTCOME_UNKNOWN)),
        ("no", False, [OPTED_OUT], (InboxStatus.NOT_SENT, "the text was not sent: opted-out")),
    ],
)
def test_given_an_operator_reply_when_delivered_again_then_it_is_sent_once(
    text: str, opted_out: bool, results: list[SendResult], outcome: tuple[InboxStatus, str]
) -> None:
    world = InboundWorld()
    world.employees.rows[ANN].opted_out = opted_out
    world.phones.results = list(results)
    sender = OperatorReplySender(
        inbox=world.operator_inbox,
        employees=world.employees,
        send_once=SendOnce(world.conversations, world.phones, world.clock),
        clock=world.clock,
    )
    item = {"message_id": "m", "phone_number": ANN, "reply_from": OUR_NUMBER, "reply": text}
    reply = read_operator_reply({**item, "message_status": "open"})
    assert reply is not None
    assert read_operator_reply({**item, "message_status": "replied"}) is None
    assert sender.handle(reply, Deadline(world.clock)) is outcome[0]
    assert world.operator_inbox.outcomes["m"] == outcome
    # The function died before it recorded the outcome, or the operator has set the item to open.
    world.operator_inbox.outcomes.clear()
    sender.handle(reply, Deadline(world.clock))
    assert world.operator_inbox.outcomes["m"] == outcome
    assert len(world.phones.heard(ANN)) == (outcome[0] is InboxStatus.REPLIED)

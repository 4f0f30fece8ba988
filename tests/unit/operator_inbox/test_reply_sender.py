"""Tests that a reply of an operator is sent once."""

import pytest

from shift_sms_runtime.messaging.outgoing_text import SendResult, Unknown
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.operator_inbox import reply_sender
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus, read_operator_reply
from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
from tests.support.clock import Deadline
from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import OUR_NUMBER, REFUSED, InboundWorld


@pytest.mark.parametrize(
    ("words", "opted_out", "results", "said"),
    [
        ("Your badge is here", False, [], (InboxStatus.ANSWERED, "")),
        ("\u201cSure\u201d", False, [], (InboxStatus.ANSWERED, "")),
        ("x" * 1531, False, [], (InboxStatus.NOT_ANSWERED, reply_sender.TOO_LONG)),
        ("no", True, [], (InboxStatus.NOT_ANSWERED, reply_sender.OPTED_OUT)),
        ("no", False, [Unknown("x")], (InboxStatus.NOT_ANSWERED, reply_sender.NOT_KNOWN)),
        ("no", False, [REFUSED], (InboxStatus.NOT_ANSWERED, "the text was not sent: opted-out")),
    ],
)
def test_given_an_operator_reply_when_its_record_comes_often_then_it_is_sent_once(
    words: str, opted_out: bool, results: list[SendResult], said: tuple[InboxStatus, str]
) -> None:
    world = InboundWorld()
    world.employees.rows[ANN].opted_out = opted_out
    world.phones.results = list(results)
    answers = OperatorReplySender(
        world.messages, world.employees, SendOnce(world.conversations, world.phones, world.clock), world.clock
    )
    item = {"message_id": "m", "phone_number": ANN, "answer_from": OUR_NUMBER, "answer": words}
    answer = read_operator_reply({**item, "message_status": "open"})
    assert answer is not None
    assert read_operator_reply({**item, "message_status": "answered"}) is None
    assert answers.handle(answer, Deadline(world.clock)) is said[0]
    assert world.messages.status["m"] == said
    # Before it could be written down, the function died; or the operator has opened the message again.
    world.messages.status.clear()
    answers.handle(answer, Deadline(world.clock))
    assert world.messages.status["m"] == said
    assert len(world.phones.heard(ANN)) == (said[0] is InboxStatus.ANSWERED)

"""Send what an operator wrote to answer an employee's words, once."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.domain.deliveries import Answer, DeliveryStatus, OutgoingText
from shift_sms_runtime.domain.front_desk import Contact
from shift_sms_runtime.domain.messages import MessageStatus, OperatorAnswer
from shift_sms_runtime.domain.sms_text import measure, with_gsm_twins
from shift_sms_runtime.services.contacts import Contacts
from shift_sms_runtime.services.send_once import Clock, Patience, SendOnce

TOO_LONG = "the answer is too long for one text"
NOT_KNOWN = "whether the text was sent is not known, so it is not sent again"
OPTED_OUT = "the employee wants no texts"


class AnswerDesk(Protocol):
    """The Messages table."""

    def answered(self, answer: OperatorAnswer, status: MessageStatus, error: str, *, now: datetime) -> None:
        """Write what became of the answer to a message that is open; ``error`` is for the operator."""


class OperatorAnswers:
    """Sends one answer after the other."""

    def __init__(self, desk: AnswerDesk, contacts: Contacts, sends: SendOnce[Answer], clock: Clock) -> None:
        self._desk = desk
        self._contacts = contacts
        self._sends = sends
        self._clock = clock

    def handle(self, answer: OperatorAnswer, patience: Patience) -> MessageStatus:
        """Send it and write that down. A message has one answer, whatever is written on it later.

        Raises:
            TryAgainLater: it could not be sent yet.
        """
        error = self._send(answer, with_gsm_twins(answer.words), patience)
        status = MessageStatus.NOT_ANSWERED if error else MessageStatus.ANSWERED
        self._desk.answered(answer, status, error, now=self._clock())
        return status

    def _send(self, answer: OperatorAnswer, body: str, patience: Patience) -> str:
        """Returns why not; empty when it was sent."""
        if not measure(body).sendable:
            return TOO_LONG
        contact = self._contacts.of([answer.phone_number]).get(answer.phone_number, Contact())
        if contact.opted_out:
            return OPTED_OUT
        text = OutgoingText(answer.phone_number, answer.answer_from, body)
        status = self._sends.send(Answer(f"answer#{answer.message_id}"), text, patience).status
        if status is DeliveryStatus.SENT:
            return ""
        return NOT_KNOWN if status is DeliveryStatus.UNKNOWN else f"the text was not sent: {status}"

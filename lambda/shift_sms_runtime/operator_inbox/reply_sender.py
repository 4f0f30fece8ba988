"""Sends what an operator wrote in reply to an employee, once."""

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.messaging.encoding import measure, with_gsm_twins
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus, OperatorReply
from shift_sms_runtime.operator_inbox.ports import AnswerDesk

TOO_LONG = "the answer is too long for one text"


NOT_KNOWN = "whether the text was sent is not known, so it is not sent again"


OPTED_OUT = "the employee wants no texts"


class OperatorReplySender:
    """Sends one answer after the other."""

    def __init__(
        self, desk: AnswerDesk, contacts: Employees, sends: SendOnce[ReplyKey], clock: Clock
    ) -> None:
        self._desk = desk
        self._contacts = contacts
        self._sends = sends
        self._clock = clock

    def handle(self, answer: OperatorReply, patience: InvocationDeadline) -> InboxStatus:
        """Send it and write that down. A message has one answer, whatever is written on it later.

        Raises:
            TryAgainLater: it could not be sent yet.
        """
        error = self._send(answer, with_gsm_twins(answer.words), patience)
        status = InboxStatus.NOT_ANSWERED if error else InboxStatus.ANSWERED
        self._desk.answered(answer, status, error, now=self._clock())
        return status

    def _send(self, answer: OperatorReply, body: str, patience: InvocationDeadline) -> str:
        """Returns why not; empty when it was sent."""
        if not measure(body).sendable:
            return TOO_LONG
        number = answer.phone_number
        if self._contacts.of([number]).get(number, Employee(number)).opted_out:
            return OPTED_OUT
        text = OutgoingText(answer.phone_number, answer.answer_from, body)
        key = ReplyKey(answer.phone_number, answer.message_id, ReplyKind.OPERATOR_REPLY)
        status = self._sends.send(key, text, patience).status
        if status is DeliveryStatus.SENT:
            return ""
        return NOT_KNOWN if status is DeliveryStatus.UNKNOWN else f"the text was not sent: {status}"

"""Sends an operator's reply to the employee, at most once."""

from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.messaging.encoding import measure, with_gsm_substitutes
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus, OperatorReply
from shift_sms_runtime.operator_inbox.ports import OperatorInbox

TOO_LONG = "the reply is too long for one text"


OUTCOME_UNKNOWN = "it is unknown whether the text was sent, so it is not sent again"


OPTED_OUT = "the employee has opted out"


class OperatorReplySender:
    """Sends the replies of operators."""

    def __init__(
        self,
        *,
        inbox: OperatorInbox,
        employees: Employees,
        send_once: SendOnce[ReplyKey],
        clock: Clock,
    ) -> None:
        self._inbox = inbox
        self._employees = employees
        self._send_once = send_once
        self._clock = clock

    def handle(self, reply: OperatorReply, deadline: InvocationDeadline) -> InboxStatus:
        """Sends a reply and records the outcome on its item.

        A repeated call sends nothing, even if the operator has edited the reply.

        Raises:
            TryAgainLater: the reply could not be sent yet.
        """
        error = self._send(reply, deadline)
        status = InboxStatus.NOT_SENT if error else InboxStatus.REPLIED
        self._inbox.record_outcome(reply, status, error, now=self._clock())
        return status

    def _send(self, reply: OperatorReply, deadline: InvocationDeadline) -> str:
        """Returns why the reply was not sent; empty if it was sent."""
        number, body = reply.phone_number, with_gsm_substitutes(reply.text)
        if not measure(body).sendable:
            return TOO_LONG
        employee = self._employees.of([number]).get(number)
        if employee is not None and employee.opted_out:
            return OPTED_OUT
        key = ReplyKey(number, reply.message_id, ReplyKind.OPERATOR_REPLY)
        status = self._send_once.send(key, OutgoingText(number, reply.reply_from, body), deadline).status
        if status is DeliveryStatus.SENT:
            return ""
        return OUTCOME_UNKNOWN if status is DeliveryStatus.UNKNOWN else f"the text was not sent: {status}"

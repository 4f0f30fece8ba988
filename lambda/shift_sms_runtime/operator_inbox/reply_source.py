"""Sends an operator's reply unless its employee has opted out.

Records the outcome on the item.
"""

from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, SendOutcome
from shift_sms_runtime.operator_inbox.reply_outcomes import ReplyOutcomes
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText

OPTED_OUT = "the employee has opted out"


class OperatorReplySource:
    """Implements `TextSource` for the replies of operators."""

    def __init__(self, employees: Employees, outcomes: ReplyOutcomes) -> None:
        self._employees = employees
        self._outcomes = outcomes

    def render(self, text: OutboxText) -> RenderedText | None:
        """See `TextSource.render`. The reply is sent as it was first written."""
        if text.body is None or self._opted_out(text.phone_number):
            return None
        return RenderedText(text.body, text.key)

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """See `TextSource.record_outcome`."""
        if outcome.status is DeliveryStatus.STOPPED and self._opted_out(text.phone_number):
            self._outcomes.record_error(text.reply_id, OPTED_OUT)
        else:
            self._outcomes.record(text.reply_id, outcome.status)

    def _opted_out(self, number: str) -> bool:
        employee = self._employees.of([number]).get(number)
        return employee is not None and employee.opted_out

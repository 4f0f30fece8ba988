"""Records on the items of the operator inbox whether their replies were sent."""

from collections.abc import Callable

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.operator_inbox.ports import OperatorInbox

OUTCOME_UNKNOWN = "it is unknown whether the text was sent, so it is not sent again"
WAITED_TOO_LONG = "the text could not be sent in time"

_ERRORS = {
    DeliveryStatus.SENT: "",
    DeliveryStatus.DELIVERED: "",
    DeliveryStatus.UNKNOWN: OUTCOME_UNKNOWN,
    DeliveryStatus.STOPPED: WAITED_TOO_LONG,
}


class ReplyOutcomes:
    """Records the outcomes of operators' replies."""

    def __init__(
        self, inbox: OperatorInbox, clock: Clock, *, on_outcome: Callable[[InboxStatus], None]
    ) -> None:
        """Creates a recorder.

        Args:
            inbox: the operator inbox.
            clock: the time.
            on_outcome: called for each outcome. If an outcome is recorded again, it is called again.
        """
        self._inbox = inbox
        self._clock = clock
        self._on_outcome = on_outcome

    def record(self, message_id: str, status: DeliveryStatus) -> None:
        """Records the final status of a reply on its item."""
        self.record_error(message_id, _ERRORS.get(status, f"the text was not sent: {status}"))

    def record_error(self, message_id: str, error: str) -> None:
        """Records on an item why its reply was not sent.

        `error` is empty for a reply that was sent.
        """
        status = InboxStatus.NOT_SENT if error else InboxStatus.REPLIED
        # Before the write. After a crash between the two, the outcome is recorded again, so no alarm is lost.
        self._on_outcome(status)
        self._inbox.record_outcome(message_id, status, error, now=self._clock())

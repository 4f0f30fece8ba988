"""The reply to a number that is not approved."""

from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.policy import InboundPolicy, StrangerReply
from shift_sms_runtime.inbound.reply import InboundOutcome
from shift_sms_runtime.language.locale import Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import OutgoingText
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce


class Strangers:
    """Replies to each stranger at most once per day, if the policy allows it."""

    def __init__(
        self, *, send_once: SendOnce[ReplyKey], locales: Locales, policy: InboundPolicy, clock: Clock
    ) -> None:
        self._send_once = send_once
        self._locales = locales
        self._policy = policy
        self._clock = clock

    def handle(self, text: InboundText, deadline: InvocationDeadline) -> InboundOutcome:
        """Replies to a text of a stranger, if the reply of the day is due.

        Raises:
            TryAgainLater: the reply could not be sent yet.
        """
        if self._policy.stranger_reply is StrangerReply.ONCE_PER_DAY:
            day = self._clock().date().isoformat()
            key = ReplyKey(text.sender, day, ReplyKind.STRANGER_REPLY)
            body = make_sendable(self._locales.of("").say(Template.STRANGER))
            self._send_once.send(key, OutgoingText(text.sender, text.reply_from, body), deadline)
        return InboundOutcome.STRANGER

"""Texts that are not carried out: of strangers, or beyond the limits of a number."""

from dataclasses import replace

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.policy import InboundPolicy, StrangerReply
from shift_sms_runtime.language.intents import Intent, ListShifts, SayNo, SayYes, UrgentText
from shift_sms_runtime.language.locale import Locale, Locales, Template
from shift_sms_runtime.messaging.encoding import make_sendable
from shift_sms_runtime.messaging.hourly_limit import Verdict, hour_name, judge
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.outbox.outbox_text import OutboxText


class Refusals:
    """Decides which texts are not carried out, and writes the replies to them."""

    def __init__(self, *, locales: Locales, policy: InboundPolicy) -> None:
        self._locales = locales
        self._policy = policy

    def judge(self, intent: Intent, context: InboundContext) -> Verdict:
        """Returns whether a text is handled, ignored, or ignored with a notice.

        The text is of an approved number.

        The hourly limit never applies to an urgent text. Only a text repeated by a machine is ignored.
        """
        return judge(
            context.recent_texts,
            context.counted,
            texts_per_hour=0 if isinstance(intent, UrgentText) else self._policy.texts_per_hour,
            may_repeat=_may_repeat(intent, context),
        )

    def limit_notice(self, context: InboundContext, locale: Locale) -> OutboxText:
        """Returns the notice of the hourly limit, of which each number gets one per hour."""
        hour = hour_name(context.counted.hour)
        return _refusal(context, ReplyKind.LIMIT_NOTICE, hour, locale.say(Template.TOO_MANY_TEXTS))

    def stranger_reply(self, context: InboundContext) -> OutboxText | None:
        """Returns the reply to a stranger, one per day and number.

        Returns None if the policy is silence.
        """
        if self._policy.stranger_reply is StrangerReply.SILENT:
            return None
        day = context.now.date().isoformat()
        body = self._locales.of("").say(Template.STRANGER)
        return _refusal(context, ReplyKind.STRANGER_REPLY, day, body)


def _refusal(context: InboundContext, kind: ReplyKind, period: str, body: str) -> OutboxText:
    return replace(context.outbox_text, kind=kind, reply_id=period, body=make_sendable(body))


def _may_repeat(intent: Intent, context: InboundContext) -> bool:
    """Returns whether the same text makes sense many times in a row.

    Such texts ask for a list, or answer an offer.
    """
    answers_offer = isinstance(intent, SayYes | SayNo) and context.offered_shift_id is not None
    return answers_offer or isinstance(intent, ListShifts)

"""Decides which texts an employee may repeat, and which are ignored as too many or too often the same."""

from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.language.intents import Intent, ListShifts, SayNo, SayYes
from shift_sms_runtime.messaging.hourly_limit import TextCount, Verdict, judge


def judge_text(intent: Intent, context: InboundContext, counted: TextCount, policy: InboundPolicy) -> Verdict:
    """Returns whether a text is handled, ignored, or ignored with a notice."""
    return judge(
        context.recent_texts,
        counted,
        texts_per_hour=policy.texts_per_hour,
        may_repeat=_may_repeat(intent, context),
    )


def _may_repeat(intent: Intent, context: InboundContext) -> bool:
    """Returns whether the same text makes sense many times in a row: a list, or the answer to an offer."""
    answers_offer = isinstance(intent, SayYes | SayNo) and context.offered_shift_id is not None
    return answers_offer or isinstance(intent, ListShifts)

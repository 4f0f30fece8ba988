"""How fast campaigns send, and with how many senders, from the rate of the number."""

import math
from dataclasses import dataclass
from fractions import Fraction

# Twice what one turn, claim, send and settle take: senders must be enough on a slow day too.
_SECONDS_PER_TEXT = Fraction(25, 100)
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: its most, 1000, is out of reach at any rate.
_MIN_CONCURRENCY = 2
# A work item is big enough to be worth an invocation, and small enough that a sender is done with it in time.
_SECONDS_PER_ITEM = 20
_MIN_RECIPIENTS_PER_ITEM = 5
# Little of what the queue keeps, and no long wait for a campaign behind another.
_MAX_QUEUED_SECONDS = 6 * 60 * 60
_MAX_RECIPIENTS_PER_ITEM = 50


@dataclass(frozen=True)
class SendRate:
    """How fast campaigns are sent, and by how many."""

    parts_per_second: float
    """Message parts per second that all senders of campaigns may send together."""
    senders: int
    recipients_per_item: int
    most_waiting: int
    """Message parts of one campaign that wait in the queue; further recipients are planned when there are fewer."""

    @classmethod
    def of(cls, messages_per_second: int, answers_share_percent: int) -> "SendRate":
        """`answers_share_percent` of what the number may send is left to answers."""
        rate = Fraction(messages_per_second * (100 - answers_share_percent), 100)
        senders = max(_MIN_CONCURRENCY, math.ceil(rate * _SECONDS_PER_TEXT))
        recipients = round(_SECONDS_PER_ITEM * rate / senders)
        return cls(
            parts_per_second=float(rate),
            senders=senders,
            recipients_per_item=min(_MAX_RECIPIENTS_PER_ITEM, max(_MIN_RECIPIENTS_PER_ITEM, recipients)),
            most_waiting=int(rate * _MAX_QUEUED_SECONDS),
        )

"""Derives the rate and the number of senders of campaigns from the rate of the number."""

import math
from dataclasses import dataclass
from fractions import Fraction

# Twice the usual time of permit, claim, send and settle, so that slow calls leave enough senders.
_SECONDS_PER_TEXT = Fraction(25, 100)
# The minimum of Lambda. No allowed rate reaches its maximum, 1,000.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_MIN_CONCURRENCY = 2
# Long enough to justify an invocation, short enough for the timeout.
_SECONDS_PER_ITEM = 20
_MIN_RECIPIENTS_PER_ITEM = 5
# Far below the retention of the queue. It also bounds how long a second campaign waits for the first.
_MAX_QUEUED_SECONDS = 6 * 60 * 60
_MAX_RECIPIENTS_PER_ITEM = 50


@dataclass(frozen=True)
class SendRate:
    """The rate of campaigns, and the senders and work items that follow from it."""

    parts_per_second: float
    """Message parts per second of all senders together."""
    senders: int
    """Concurrent executions of the sender."""
    recipients_per_item: int
    """Recipients of one work item."""
    most_waiting: int
    """Message parts of one campaign that may wait in the queue. The planner pauses while more are waiting."""

    @classmethod
    def of(cls, messages_per_second: int, answers_share_percent: int) -> "SendRate":
        """Computes the rate.

        Args:
            messages_per_second: Message parts per second that the number may send.
            answers_share_percent: Percent of them that are kept free for replies.
        """
        rate = Fraction(messages_per_second * (100 - answers_share_percent), 100)
        senders = max(_MIN_CONCURRENCY, math.ceil(rate * _SECONDS_PER_TEXT))
        recipients = round(_SECONDS_PER_ITEM * rate / senders)
        return cls(
            parts_per_second=float(rate),
            senders=senders,
            recipients_per_item=min(_MAX_RECIPIENTS_PER_ITEM, max(_MIN_RECIPIENTS_PER_ITEM, recipients)),
            most_waiting=int(rate * _MAX_QUEUED_SECONDS),
        )

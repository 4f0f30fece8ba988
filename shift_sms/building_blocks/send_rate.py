"""Derives the numbers of senders, and the size of work items, from the rate of the number."""

import math
from dataclasses import dataclass
from fractions import Fraction

# Twice the usual time of permit, claim, send and settle, so that slow calls leave enough senders.
_SECONDS_PER_TEXT = Fraction(25, 100)
# The minimum of Lambda. No allowed rate reaches its maximum, 1,000.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_MIN_CONCURRENCY = 2
# Each worker has attributes in the row of the permits, which every reservation writes.
_MAX_OUTBOX_WORKERS = 30
# Long enough to justify an invocation, short enough for the timeout.
_SECONDS_PER_ITEM = 20
_MIN_RECIPIENTS_PER_ITEM = 5
# Far below the retention of the queue. It also bounds how long a second campaign waits for the first.
_MAX_QUEUED_SECONDS = 6 * 60 * 60
_MAX_RECIPIENTS_PER_ITEM = 50


@dataclass(frozen=True)
class SendRate:
    """The senders and work items that follow from the rate of a number."""

    senders: int
    """Concurrent executions of the sender."""
    recipients_per_item: int
    """Recipients of one work item."""
    most_waiting: int
    """Message parts of one campaign that may wait in the queue.

    The planner pauses while more are waiting.
    """

    @classmethod
    def of(cls, messages_per_second: int) -> "SendRate":
        """Computes them for a number that may send `messages_per_second` message parts."""
        senders = max(_MIN_CONCURRENCY, math.ceil(messages_per_second * _SECONDS_PER_TEXT))
        recipients = round(Fraction(_SECONDS_PER_ITEM * messages_per_second, senders))
        return cls(
            senders=senders,
            recipients_per_item=min(_MAX_RECIPIENTS_PER_ITEM, max(_MIN_RECIPIENTS_PER_ITEM, recipients)),
            most_waiting=messages_per_second * _MAX_QUEUED_SECONDS,
        )


def count_outbox_workers(messages_per_second: int) -> int:
    """Returns how many workers send the texts in the outbox of a number with this rate."""
    workers = math.ceil(messages_per_second * _SECONDS_PER_TEXT)
    return min(_MAX_OUTBOX_WORKERS, max(_MIN_CONCURRENCY, workers))

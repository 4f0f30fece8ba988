"""Derives the number of workers of the outbox from the rate of the number."""

import math
from fractions import Fraction

# Twice the usual time of permit, claim, send and settle, so that slow calls leave enough workers.
_SECONDS_PER_TEXT = Fraction(25, 100)
# The minimum of Lambda, which also lets one worker replace the other.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_MIN_WORKERS = 2
# Each worker has attributes in the row of the permits, which every reservation writes.
_MAX_WORKERS = 30


def count_workers(messages_per_second: int) -> int:
    """Returns how many workers send the texts that wait.

    Args:
        messages_per_second: Message parts per second that the number may send.
    """
    return min(_MAX_WORKERS, max(_MIN_WORKERS, math.ceil(messages_per_second * _SECONDS_PER_TEXT)))

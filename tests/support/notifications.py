"""Builds the envelope of SNS and the ids of inbound texts."""

import itertools
import json


def notification(message: object, timestamp: str | None = None) -> str:
    """Returns a message in the envelope that SNS puts into a queue."""
    envelope = {"Type": "Notification", "Message": json.dumps(message)}
    return json.dumps(envelope | ({"Timestamp": timestamp} if timestamp else {}))


message_ids = (f"inbound-{number}" for number in itertools.count(1))
"""A new id for every inbound text of a test run."""

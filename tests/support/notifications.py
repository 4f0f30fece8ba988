"""Builds the envelope of SNS and the ids of inbound texts."""

import itertools
import json


def notification(message: object, sent: str | None = None) -> str:
    """The envelope in which SNS hands a message to a queue."""
    envelope = {"Type": "Notification", "Message": json.dumps(message)}
    return json.dumps(envelope | ({"Timestamp": sent} if sent else {}))


message_ids = (f"inbound-{number}" for number in itertools.count(1))
"""A new id for every inbound text of a test run."""

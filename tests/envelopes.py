"""What messages come in."""

import json


def notification(message: object, sent: str | None = None) -> str:
    """The envelope in which SNS hands a message to a queue."""
    envelope = {"Type": "Notification", "Message": json.dumps(message)}
    return json.dumps(envelope | ({"Timestamp": sent} if sent else {}))

"""The SQS client: checks messages and hands them to the simulated queues."""

import hashlib
import re
from typing import Any, Protocol

from lab.simulation.aws.calls import Calls, Response
from lab.simulation.aws.client import SimulatedClient, check_request, client_error

_SERVICE = "sqs"
_MAX_DELAY_SECONDS = 900
_MAX_MESSAGE_BYTES = 1024 * 1024
"""Source: SendMessage in the SQS API reference."""
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Queues(Protocol):
    """The queues of the account, by name."""

    def send(self, queue: str, body: str, *, delay: float) -> str:
        """Sends a message and returns its id.

        Raises:
            KeyError: there is no such queue.
        """


class SqsClient(SimulatedClient):
    """The boto3 client of SQS, for senders. Lambda receives from the queues itself."""

    service = _SERVICE

    def __init__(self, queues: Queues, *, calls: Calls | None = None, max_attempts: int = 1) -> None:
        """See `SimulatedClient`."""
        super().__init__(calls=calls, max_attempts=max_attempts)
        self._queues = queues

    def send_message(self, **request: Any) -> Response:
        """See SendMessage in the SQS API reference."""
        return self._request("SendMessage", request, lambda: self._send(request))

    def _send(self, request: dict[str, Any]) -> Response:
        operation, body, delay = "SendMessage", request.get("MessageBody", ""), request.get("DelaySeconds", 0)
        check_request(_SERVICE, operation, request)
        if not 0 <= delay <= _MAX_DELAY_SECONDS:
            raise client_error(
                _SERVICE,
                operation,
                "InvalidParameterValue",
                f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            )
        if not body:
            raise client_error(
                _SERVICE,
                operation,
                "MissingParameter",
                "The request must contain the parameter MessageBody.",
            )
        if _NOT_ALLOWED.search(body):
            raise client_error(_SERVICE, operation, "InvalidMessageContents")
        if len(body.encode()) > _MAX_MESSAGE_BYTES:
            raise client_error(
                _SERVICE,
                operation,
                "InvalidParameterValue",
                f"One or more parameters are invalid. Reason: Message must be shorter than {_MAX_MESSAGE_BYTES} bytes.",
            )
        try:
            message_id = self._queues.send(request["QueueUrl"].rpartition("/")[2], body, delay=delay)
        except KeyError:
            raise client_error(
                _SERVICE, operation, "QueueDoesNotExist", "The specified queue does not exist."
            ) from None
        digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        return {"MessageId": message_id, "MD5OfMessageBody": digest}

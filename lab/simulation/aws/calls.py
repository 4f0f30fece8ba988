"""The one hook through which every request to a simulated service passes."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Response = dict[str, Any]


class Calls(Protocol):
    """Carries requests to the services.

    An implementation may switch to another function, wait, or inject a fault.
    """

    def call(
        self, service: str, operation: str, request: Mapping[str, Any], effect: Callable[[], Response]
    ) -> Response:
        """Carries one request to a service.

        It is one attempt, of which botocore may make several per call.

        Args:
            service: The name of the boto3 client: `dynamodb`, `sqs`, `scheduler`, `pinpoint-sms-voice-v2`, `connect`.
            operation: The operation as in the service model, such as `UpdateItem`.
            request: The parameters.
            effect: Carries the request out on the service, atomically, and returns its response.
        """

    def wait(self, seconds: float) -> None:
        """Waits before botocore's next attempt."""


class DirectCalls:
    """Carries requests out at once, and waits for no time."""

    def call(
        self, _service: str, _operation: str, _request: Mapping[str, Any], effect: Callable[[], Response]
    ) -> Response:
        """See `Calls.call`."""
        return effect()

    def wait(self, seconds: float) -> None:
        """See `Calls.wait`."""

"""The ways in which a request can fail, each as the caller sees it."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from lab.simulation.aws.calls import Response
from lab.simulation.aws.client import client_error


class Fault(Enum):
    """How one attempt at a request fails. The value is the name in the fault table."""

    THROTTLE = "throttle"
    SERVER_ERROR = "5xx"
    TIMEOUT_BEFORE = "timeout before the effect"
    TIMEOUT_AFTER = "timeout after the effect"
    MALFORMED = "malformed response"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"


class Crashed(BaseException):
    """The function instance was stopped, as by SIGKILL. Handlers do not catch it."""


_THROTTLES: Mapping[str, tuple[str, int]] = {
    "dynamodb": ("ThrottlingException", 400),
    "sqs": ("ThrottlingException", 400),
    "scheduler": ("ThrottlingException", 429),
    "pinpoint-sms-voice-v2": ("ThrottlingException", 400),
    "connect": ("TooManyRequestsException", 429),
}
_SERVER_ERRORS: Mapping[str, str] = {
    "dynamodb": "InternalServerError",
    "sqs": "InternalFailure",
    "scheduler": "InternalServerException",
    "pinpoint-sms-voice-v2": "InternalServerException",
    "connect": "InternalServiceException",
}


def throttled(service: str, operation: str) -> ClientError:
    """Returns the error of a throttled request."""
    code, status = _THROTTLES[service]
    return client_error(service, operation, code, "Rate exceeded", status=status)


def server_error(service: str, operation: str) -> ClientError:
    """Returns the error of a request that failed in the service. It may have taken effect."""
    return client_error(service, operation, _SERVER_ERRORS[service], "Internal error", status=500)


def carry_out(fault: Fault, service: str, operation: str, effect: Callable[[], Response]) -> Response:
    """Carries a request out with a fault.

    The caller cannot tell a timeout before the effect from one after it.

    Raises:
        Exception: what botocore raises for this fault.
        Crashed: the function instance was stopped.
    """
    match fault:
        case Fault.THROTTLE:
            raise throttled(service, operation)
        case Fault.SERVER_ERROR:
            raise server_error(service, operation)
        case Fault.TIMEOUT_BEFORE:
            raise ReadTimeoutError(endpoint_url=_endpoint(service))
        case Fault.CRASH_BEFORE:
            raise Crashed
    effect()
    match fault:
        case Fault.TIMEOUT_AFTER:
            raise ReadTimeoutError(endpoint_url=_endpoint(service))
        case Fault.MALFORMED:
            raise ResponseParserError("Unable to parse response, invalid JSON received")
        case _:
            raise Crashed


def _endpoint(service: str) -> Any:
    return f"https://{service}.us-east-1.amazonaws.com/"

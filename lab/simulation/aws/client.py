"""What all clients share: errors as botocore raises them, and botocore's retries."""

import itertools
import random
from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker, TransientRetryableChecker

from lab.phone_network.api.validation import Violation, ViolationKind, violations
from lab.simulation.aws.calls import Calls, DirectCalls, Response

_MAX_WAIT_SECONDS = 20
_RETRYABLE = (TransientRetryableChecker(), ThrottledRetryableChecker())


@cache
def service_model(service: str) -> ServiceModel:
    """Returns botocore's model of a service."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def client_exceptions(service: str) -> Any:
    """Returns what a boto3 client has as `exceptions`."""
    return ClientExceptionsFactory().create_client_exceptions(service_model(service))


def client_error(
    service: str, operation: str, code: str, message: str = "", *, status: int | None = None, **members: Any
) -> ClientError:
    """Returns an error response as botocore raises it.

    Args:
        service: The name of the boto3 client.
        operation: The operation as in the service model.
        code: The error code.
        message: The message of the service.
        status: The HTTP status; by default the one of the service model, or 400.
        **members: Further members of the response, such as `CancellationReasons`.
    """
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status or _status(service, code), "RetryAttempts": 0},
        **members,
    }
    error: ClientError = client_exceptions(service).from_code(code)(response, operation)
    return error


@cache
def _status(service: str, code: str) -> int:
    for shape in service_model(service).error_shapes:
        error = shape.metadata.get("error", {})
        if code in (shape.name, error.get("code")):
            return int(error.get("httpStatusCode", 400))
    return 400


class UnsupportedParameterError(Exception):
    """The simulated service does not implement this parameter of the operation."""


class SimulatedClient:
    """A boto3 client of one simulated service.

    `exceptions` has the exception classes of the real client.
    """

    service: str

    def __init__(self, *, calls: Calls | None = None, max_attempts: int = 1) -> None:
        """Sets up a client.

        Args:
            calls: Carries the requests to the service; by default without faults.
            max_attempts: `total_max_attempts` of the client's configuration.
        """
        self._calls = calls or DirectCalls()
        self._max_attempts = max_attempts
        self.exceptions = client_exceptions(self.service)

    def _request(
        self, operation: str, request: Mapping[str, Any], effect: Callable[[], Response]
    ) -> Response:
        """Makes a request in as many attempts as botocore's standard mode would.

        botocore waits between 0 and 2**(attempt - 1) seconds. Source: "Retries" in the Boto3 developer guide.
        """
        for attempt in itertools.count(1):
            try:
                response = self._calls.call(self.service, operation, request, effect)
            except (ClientError, BotocoreConnectionError, HTTPClientError) as error:
                if attempt >= self._max_attempts or not self._retryable(error, operation):
                    if isinstance(error, ClientError):
                        error.response["ResponseMetadata"]["RetryAttempts"] = attempt - 1
                    raise
                longest = min(2 ** (attempt - 1), _MAX_WAIT_SECONDS)
                self._calls.wait(random.uniform(0, longest))  # noqa: S311 - spreads retries, protects nothing
            else:
                response.setdefault("ResponseMetadata", {"HTTPStatusCode": 200, "RetryAttempts": attempt - 1})
                return response
        raise AssertionError

    def _retryable(self, error: Exception, operation: str) -> bool:
        context = RetryContext(
            attempt_number=1, operation_model=service_model(self.service).operation_model(operation)
        )
        if isinstance(error, ClientError):
            context.parsed_response = error.response
            context.http_response = SimpleNamespace(
                status_code=error.response["ResponseMetadata"]["HTTPStatusCode"]
            )
        else:
            context.caught_exception = error
        return any(checker.is_retryable(context) for checker in _RETRYABLE)


def check_parameters(operation: str, request: Mapping[str, Any], supported: frozenset[str]) -> None:
    """Checks that a request has supported parameters only.

    Raises:
        UnsupportedParameterError: it has others.
    """
    if not supported.issuperset(request):
        raise UnsupportedParameterError(f"{operation}: {', '.join(sorted(request.keys() - supported))}")


def violations_of_model(service: str, operation: str, request: Mapping[str, Any]) -> list[Violation]:
    """Returns how a request violates the service model."""
    shape = service_model(service).operation_model(operation).input_shape
    return [] if shape is None else list(violations(shape, request))


def check_request(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Checks a request against the service model.

    Raises:
        ParamValidationError: botocore would not send it.
        ClientError: the service would reject it with a ValidationException.
    """
    found = violations_of_model(service, operation, request)
    unsent = [one for one in found if one.kind is not ViolationKind.CONSTRAINT]
    if unsent:
        raise ParamValidationError(report="\n".join(f"{one.field}: {one.message}" for one in unsent))
    if found:
        message = "; ".join(f"{one.field}: {one.message}" for one in found)
        raise client_error(service, operation, "ValidationException", message)

"""Processes a request in AWS's order: route, signature, validation, permission, effect."""

import socket
from collections.abc import Mapping, Sequence

from lab.phone_network.api.attempts import Attempts
from lab.phone_network.api.authorization import AccessDeniedError, Authorize, access_key_id
from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.faults import ApiCall, Faults, Moment
from lab.phone_network.api.operation import Operation
from lab.phone_network.api.validation import violations
from lab.phone_network.api.wire import HttpRequest, HttpResponse, Route, failure, route, success

_DEFAULT_SERVICE = "pinpoint-sms-voice-v2"


class RequestPipeline:
    """Serves the operations of several AWS APIs at one address."""

    def __init__(
        self,
        operations: Mapping[str, Operation],
        *,
        region: str,
        authorize: Authorize,
        faults: Faults,
        attempts: Attempts,
    ) -> None:
        self._operations = operations
        self._region = region
        self._authorize = authorize
        self._faults = faults
        self._attempts = attempts

    def handle(self, request: HttpRequest, connection: socket.socket) -> HttpResponse:
        """Returns the response to `request`.

        Raises:
            ConnectionDroppedError: a fault closes the connection without a response.
        """
        service = _DEFAULT_SERVICE
        try:
            found = route(request, self._operations)
            service = found.service
            return self._perform(found, request, connection)
        except ServiceError as error:
            return failure(service, error)

    def _perform(self, found: Route, request: HttpRequest, connection: socket.socket) -> HttpResponse:
        operation = self._operations[found.model.name]
        key = access_key_id(
            request.headers.get("authorization"),
            service=found.model.service_model.signing_name,
            region=self._region,
        )
        parameters = found.parameters(request.body)
        with self._attempts.recording(found.model.name, parameters) as result:
            if found.model.input_shape and (broken := list(violations(found.model.input_shape, parameters))):
                raise operation.invalid(broken)
            self._check_permission(key, operation.action, operation.resources(parameters))

            call = ApiCall(found.service, found.model.name, parameters, connection.getpeername(), connection)
            self._faults.apply(Moment.BEFORE_EFFECT, call)
            result.update(operation.perform(parameters))
            self._faults.apply(Moment.AFTER_EFFECT, call)
        return success(found.model, result)

    def _check_permission(self, key: str, action: str, resources: Sequence[str]) -> None:
        try:
            for resource in resources:
                self._authorize(key, action, resource)
        except AccessDeniedError as denial:
            # End User Messaging uses JSON 1.0, which returns every client error as 400; REST APIs return 403.
            status = 400 if action.startswith("sms-voice:") else 403
            raise ServiceError("AccessDeniedException", str(denial), status=status) from denial

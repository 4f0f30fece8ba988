"""The proxy between the functions and the embedded cloud.

The gateway injects faults into a function's calls: delays, errors, or the end of the function's process. It
also authorizes schedules by their group, as AWS does and the embedded cloud does not.
"""

import http.client
import json
import socket
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from lab.phone_network import AccessDeniedError, ApiCall, Authorize, Moment
from lab.phone_network.api.authorization import access_key_id
from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.faults import Faults
from lab.phone_network.api.server import LoopbackServer
from lab.phone_network.api.wire import HttpRequest, HttpResponse

_SCHEDULES = "/schedules/"
_SCHEDULE_OPERATIONS = {
    "POST": "CreateSchedule",
    "PUT": "UpdateSchedule",
    "DELETE": "DeleteSchedule",
    "GET": "GetSchedule",
}
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_TIMEOUT_SECONDS = 60


class Gateway:
    """Forwards every request unchanged to `upstream`, the URL of the running cloud."""

    def __init__(self, *, region: str, account: str) -> None:
        self.upstream = ""
        self.authorize: Authorize | None = None
        self.denied: Counter[str] = Counter()
        """The number of calls denied for a missing permission, by operation."""
        self.calls: Counter[str] = Counter()
        """The number of calls by operation."""
        self.on_response: Callable[[ApiCall, HttpResponse], None] | None = None
        """Receives each call and its response."""
        self.faults = Faults()
        self._region = region
        self._account = account
        self._server = LoopbackServer(self._handle)

    @property
    def url(self) -> str:
        """The AWS endpoint URL of the functions."""
        return self._server.url

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def _handle(self, request: HttpRequest, connection: socket.socket) -> HttpResponse:
        call = _api_call(request, connection)
        if call is None:
            return self._forward(request)
        self.calls[call.operation] += 1
        try:
            if call.service == "scheduler":
                self._check_schedule(request, call)
            self.faults.apply(Moment.BEFORE_EFFECT, call)
            response = self._forward(request)
            self.faults.apply(Moment.AFTER_EFFECT, call)
        except ServiceError as error:
            response = _error_response(error)
        if response.status >= 400 and b"AccessDenied" in response.body:
            self.denied[call.operation] += 1
        if self.on_response is not None:
            self.on_response(call, response)
        return response

    def _check_schedule(self, request: HttpRequest, call: ApiCall) -> None:
        if self.authorize is None:
            return
        key = access_key_id(request.headers.get("authorization"), service="scheduler", region=self._region)
        group = call.parameters.get("GroupName", "default")
        schedule = f"schedule/{group}/{call.parameters['Name']}"
        try:
            self.authorize(
                key,
                f"scheduler:{call.operation}",
                f"arn:aws:scheduler:{self._region}:{self._account}:{schedule}",
            )
        except AccessDeniedError as denial:
            raise ServiceError("AccessDeniedException", str(denial), status=403) from denial

    def _forward(self, request: HttpRequest) -> HttpResponse:
        upstream = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(
            str(upstream.hostname), upstream.port, timeout=_TIMEOUT_SECONDS
        )
        try:
            # The signature covers the original Host header.
            connection.putrequest(
                request.method,
                request.path + (f"?{request.query}" if request.query else ""),
                skip_host=True,
                skip_accept_encoding=True,
            )
            for name, value in request.headers.items():
                if name not in _HOP_BY_HOP:
                    connection.putheader(name, value)
            connection.putheader("content-length", str(len(request.body)))
            connection.endheaders(request.body)
            response = connection.getresponse()
            headers = {
                name: value for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP
            }
            return HttpResponse(response.status, headers, response.read())
        finally:
            connection.close()


def _api_call(request: HttpRequest, connection: socket.socket) -> ApiCall | None:
    """Returns the call in a request, or None for a request that is only forwarded."""
    target, peer = request.headers.get("x-amz-target", ""), connection.getpeername()
    if "." in target:
        service, _, operation = target.partition(".")
        return ApiCall(service, operation, json.loads(request.body or b"{}"), peer, connection)
    if request.path.startswith(_SCHEDULES) and request.method in _SCHEDULE_OPERATIONS:
        parameters = json.loads(request.body or b"{}")
        parameters["Name"] = request.path.removeprefix(_SCHEDULES)
        if group := dict(parse_qsl(request.query)).get("groupName"):
            parameters["GroupName"] = group
        return ApiCall("scheduler", _SCHEDULE_OPERATIONS[request.method], parameters, peer, connection)
    return None


def _error_response(error: ServiceError) -> HttpResponse:
    body = {"__type": f"com.amazonaws#{error.code}", "message": str(error)}
    return HttpResponse(
        error.status or 400, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode()
    )

"""What stands between the functions and the embedded cloud.

It does what AWS does and the embedded cloud does not: it asks IAM about each statement of a PartiQL batch, by what the
statement does to its table. And it is where a test can strike: any call of a function can be held, refused, or end in
the death of the function, before its effect or after it.
"""

import http.client
import json
import re
import socket
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from lab.phone_network import ApiCall, Authorise, Moment, RefusedError
from lab.phone_network.authorisation import access_key_id
from lab.phone_network.errors import ServiceError
from lab.phone_network.faults import Faults
from lab.phone_network.server import LoopbackServer
from lab.phone_network.wire import HttpRequest, HttpResponse

_STATEMENT = re.compile(
    r'\s*(?P<verb>UPDATE|INSERT\s+INTO|DELETE\s+FROM|SELECT\b.*?\bFROM)\s+"(?P<table>[^".]+)"', re.IGNORECASE
)
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_PATIENCE_SECONDS = 60


class Gateway:
    """Forwards every request as it came to ``upstream``, set when the cloud is up."""

    def __init__(self, *, region: str, account: str) -> None:
        self.upstream = ""
        self.authorise: Authorise | None = None
        self.refused: Counter[str] = Counter()
        """Operations that were refused for want of a permission, and how often."""
        self.faults = Faults()
        self._region = region
        self._account = account
        self._server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """Where the functions find AWS."""
        return self._server.url

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def _answer(self, request: HttpRequest, connection: socket.socket) -> HttpResponse:
        target = request.headers.get("x-amz-target", "")
        if "." not in target:
            return self._forward(request)
        service, _, operation = target.partition(".")
        parameters = json.loads(request.body or b"{}")
        call = ApiCall(service, operation, parameters, connection.getpeername(), connection)
        try:
            if operation == "BatchExecuteStatement":
                self._check_statements(request, parameters)
            self.faults.strike(Moment.BEFORE_EFFECT, call)
            response = self._forward(request)
            self.faults.strike(Moment.AFTER_EFFECT, call)
        except ServiceError as error:
            response = _failure(error)
        if response.status >= 400 and b"AccessDenied" in response.body:
            self.refused[operation] += 1
        return response

    def _check_statements(self, request: HttpRequest, parameters: Mapping[str, Any]) -> None:
        if self.authorise is None:
            return
        key = access_key_id(request.headers.get("authorization"), service="dynamodb", region=self._region)
        for statement in parameters["Statements"]:
            found = _STATEMENT.match(statement["Statement"])
            if found is None:
                raise ServiceError("ValidationException", "Statement wasn't well formed, can't be processed")
            action = f"dynamodb:PartiQL{found['verb'].split()[0].title()}"
            table = f"arn:aws:dynamodb:{self._region}:{self._account}:table/{found['table']}"
            try:
                self.authorise(key, action, table)
            except RefusedError as refusal:
                raise ServiceError("AccessDeniedException", str(refusal)) from refusal

    def _forward(self, request: HttpRequest) -> HttpResponse:
        upstream = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(
            str(upstream.hostname), upstream.port, timeout=_PATIENCE_SECONDS
        )
        try:
            # The signature covers the host that the function addressed: it goes on as it came.
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


def _failure(error: ServiceError) -> HttpResponse:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{error.code}", "message": str(error)}
    return HttpResponse(
        error.status or 400, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode()
    )

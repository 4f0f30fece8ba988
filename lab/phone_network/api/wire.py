"""Converts between HTTP messages and API operations by botocore's service models."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import botocore.session
from botocore.model import OperationModel, ServiceModel, StructureShape

from lab.phone_network.api.errors import ServiceError

SERVICES = ("pinpoint-sms-voice-v2", "connect", "pinpoint", "service-quotas")
"""The services of the phone network, by their names in boto3."""


@dataclass(frozen=True)
class HttpRequest:
    """A received request; header names are lowercase, and `path` excludes the query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpResponse:
    """A response to send; the server adds the content length."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@lru_cache
def service_model(service: str) -> ServiceModel:
    """Loads botocore's model of a service by its boto3 name."""
    loader = botocore.session.get_session().get_component("data_loader")
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@dataclass(frozen=True)
class Route:
    """The requested operation, and the parameters from the request's path."""

    model: OperationModel
    labels: Mapping[str, str]

    @property
    def service(self) -> str:
        """The boto3 name of the service."""
        return self.model.service_model.service_name

    def parameters(self, body: bytes) -> dict[str, Any]:
        """Returns the operation's parameters.

        Raises:
            ServiceError: `body` is not a JSON object (SerializationException).
        """
        try:
            document = json.loads(body or b"{}")
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise ServiceError("SerializationException", "The body is not a JSON object", status=400)
        payload = self.model.input_shape.serialization.get("payload") if self.model.input_shape else None
        return {**({payload: document} if payload else document), **self.labels}


def route(request: HttpRequest, operations: Iterable[str]) -> Route:
    """Returns the route to one of `operations`.

    Raises:
        ServiceError: the request is for another operation (UnknownOperationException).
    """
    target = request.headers.get("x-amz-target")
    for service in SERVICES:
        model = service_model(service)
        for name in operations:
            if name not in model.operation_names:
                continue
            operation = model.operation_model(name)
            if model.protocol == "json":
                if target == f"{model.metadata['targetPrefix']}.{name}":
                    return Route(operation, {})
            elif (labels := _labels(operation, request)) is not None:
                return Route(operation, labels)
    requested = target or f"{request.method} {request.path}"
    raise ServiceError("UnknownOperationException", f"The phone network has no {requested}", status=404)


def _labels(operation: OperationModel, request: HttpRequest) -> dict[str, str] | None:
    template = re.sub(r"\\{(\w+)(?:\\-(\w+))?\\}", _group, re.escape(operation.http["requestUri"]))
    match = re.fullmatch(template, request.path)
    if match is None or request.method != operation.http["method"] or operation.input_shape is None:
        return None
    found = match.groupdict()
    return {
        member: unquote(found[shape.serialization["name"].replace("-", "_")])
        for member, shape in operation.input_shape.members.items()
        if shape.serialization.get("location") == "uri"
    }


def _group(label: re.Match[str]) -> str:
    return f"(?P<{'_'.join(filter(None, label.groups()))}>[^/]+)"


def success(model: OperationModel, result: Mapping[str, Any]) -> HttpResponse:
    """Serializes the result of an operation."""
    payload = model.output_shape.serialization.get("payload") if model.output_shape else None
    status = model.http.get("responseCode", HTTPStatus.OK)
    return _response(model.service_model, status, result[payload] if payload else result)


def failure(service: str, error: ServiceError) -> HttpResponse:
    """Serializes `error` in the format of the service's API."""
    model = service_model(service)
    shape = next((shape for shape in model.error_shapes if shape.name == error.code), None)
    status, name = error.status or HTTPStatus.BAD_REQUEST, "message"
    if isinstance(shape, StructureShape):
        status = shape.metadata.get("error", {}).get("httpStatusCode", status)
        name = next((member for member in shape.members if member.lower() == "message"), name)
    document = {"__type": error.code, name: error.message, **error.members}
    return _response(model, status, document, {"x-amzn-ErrorType": error.code})


def _response(
    model: ServiceModel, status: int, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> HttpResponse:
    is_rpc = model.protocol == "json"
    media_type = f"application/x-amz-json-{model.metadata['jsonVersion']}" if is_rpc else "application/json"
    return HttpResponse(
        status,
        {"Content-Type": media_type, "x-amzn-RequestId": str(uuid4()), **(headers or {})},
        json.dumps(document).encode(),
    )

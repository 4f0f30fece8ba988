"""What a second terminal asks the network: text from a phone, and read what a phone received."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qs

from botocore.exceptions import BotoCoreError, ClientError

from lab.phone_network.api.wire import HttpRequest, HttpResponse
from lab.phone_network.phones.traffic import SentText

PREFIX = "/_phone/"

_QUIET_SECONDS = 0.3
_MAX_WAIT_SECONDS = 60.0


class _Network(Protocol):
    def send_from_phone(self, phone: str, body: str, to: str | None = None) -> str: ...
    def inbox(self, phone: str) -> tuple[SentText, ...]: ...
    def wait_until(self, holds: Callable[[], bool], timeout: float) -> bool: ...


class _BadRequestError(Exception):
    """The second terminal asked for something impossible."""


def answer(network: _Network, request: HttpRequest) -> HttpResponse:
    """Answer `POST /_phone/text` and `GET /_phone/texts?number=`."""
    try:
        match request.method, request.path:
            case "POST", "/_phone/text":
                return _json(200, _text(network, request))
            case "GET", "/_phone/texts":
                return _json(200, _texts(network, request))
            case _:
                return _json(404, {"error": f"no {request.method} {request.path} here"})
    except _BadRequestError as error:
        return _json(400, {"error": str(error)})
    except (BotoCoreError, ClientError) as error:
        return _json(502, {"error": f"the inbound topic refused the text: {error}"})


def _text(network: _Network, request: HttpRequest) -> Mapping[str, Any]:
    document = _document(request)
    phone, body, to = document.get("from"), document.get("body"), document.get("to")
    if not isinstance(phone, str) or not isinstance(body, str) or not isinstance(to, str | None):
        raise _BadRequestError("from and body are required texts, to is an optional one")
    wait_seconds = document.get("wait_seconds", 10)
    if not isinstance(wait_seconds, int | float) or not 0 <= wait_seconds <= _MAX_WAIT_SECONDS:
        raise _BadRequestError(f"wait_seconds is a number from 0 to {_MAX_WAIT_SECONDS:.0f}")
    before = len(network.inbox(phone))
    try:
        message_id = network.send_from_phone(phone, body, to)
    except ValueError as error:
        raise _BadRequestError(str(error)) from error
    replies = _replies(network, phone, before, wait_seconds)
    return {"inbound_message_id": message_id, "replies": [_described(text) for text in replies]}


def _replies(network: _Network, phone: str, before: int, wait_seconds: float) -> tuple[SentText, ...]:
    """Wait for the first reply, then until none has come for a moment."""
    deadline = time.monotonic() + wait_seconds
    heard, patience = before, wait_seconds
    while (now_heard := _hear_more_than(heard, network, phone, patience)) > heard:
        heard = now_heard
        patience = max(0.0, min(_QUIET_SECONDS, deadline - time.monotonic()))
    return network.inbox(phone)[before:]


def _hear_more_than(heard: int, network: _Network, phone: str, patience: float) -> int:
    network.wait_until(lambda: len(network.inbox(phone)) > heard, patience)
    return len(network.inbox(phone))


def _texts(network: _Network, request: HttpRequest) -> Mapping[str, Any]:
    # An unescaped + arrives as a space, and every number begins with one.
    numbers = [number.replace(" ", "+") for number in parse_qs(request.query).get("number", [])]
    if len(numbers) != 1:
        raise _BadRequestError("name one phone: /_phone/texts?number=+14255550101")
    return {"texts": [_described(text) for text in network.inbox(numbers[0])]}


def _document(request: HttpRequest) -> Mapping[str, Any]:
    # A web page in a browser on this machine can post anything but this type without asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise _BadRequestError("content-type must be application/json")
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise _BadRequestError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise _BadRequestError("the body is not a JSON object")
    return document


def _described(text: SentText) -> Mapping[str, Any]:
    return {
        "message_id": text.message_id,
        "body": text.body,
        "parts": text.parts,
        "encoding": text.encoding,
        "origination": text.origination,
        "at": text.at.isoformat(),
    }


def _json(status: int, document: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(status, {"Content-Type": "application/json"}, json.dumps(document).encode())

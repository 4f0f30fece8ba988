"""The HTTP API for a second terminal: texts from a phone, and reads its texts."""

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
    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool: ...


class _BadRequestError(Exception):
    """The request is invalid; the message says why."""


def handle(network: _Network, request: HttpRequest) -> HttpResponse:
    """Handles `POST /_phone/text` and `GET /_phone/texts?number=`."""
    try:
        match request.method, request.path:
            case "POST", "/_phone/text":
                return _json(200, _send_text(network, request))
            case "GET", "/_phone/texts":
                return _json(200, _list_texts(network, request))
            case _:
                return _json(404, {"error": f"unknown operation: {request.method} {request.path}"})
    except _BadRequestError as error:
        return _json(400, {"error": str(error)})
    except (BotoCoreError, ClientError) as error:
        return _json(502, {"error": f"the inbound topic refused the text: {error}"})


def _send_text(network: _Network, request: HttpRequest) -> Mapping[str, Any]:
    document = _parse_body(request)
    phone, body, to = document.get("from"), document.get("body"), document.get("to")
    if not isinstance(phone, str) or not isinstance(body, str) or not isinstance(to, str | None):
        raise _BadRequestError("from and body must be strings; to must be a string or absent")
    wait_seconds = document.get("wait_seconds", 10)
    if not isinstance(wait_seconds, int | float) or not 0 <= wait_seconds <= _MAX_WAIT_SECONDS:
        raise _BadRequestError(f"wait_seconds must be a number from 0 to {_MAX_WAIT_SECONDS:.0f}")
    before = len(network.inbox(phone))
    try:
        message_id = network.send_from_phone(phone, body, to)
    except ValueError as error:
        raise _BadRequestError(str(error)) from error
    replies = _wait_for_replies(network, phone, before, wait_seconds)
    return {"inbound_message_id": message_id, "replies": [_describe(text) for text in replies]}


def _wait_for_replies(
    network: _Network, phone: str, before: int, wait_seconds: float
) -> tuple[SentText, ...]:
    """Waits for the first reply, then until no further reply arrives for `_QUIET_SECONDS`."""
    deadline = time.monotonic() + wait_seconds
    received, timeout = before, wait_seconds
    while (count := _wait_for_more_than(received, network, phone, timeout)) > received:
        received = count
        timeout = max(0.0, min(_QUIET_SECONDS, deadline - time.monotonic()))
    return network.inbox(phone)[before:]


def _wait_for_more_than(received: int, network: _Network, phone: str, timeout: float) -> int:
    network.wait_until(lambda: len(network.inbox(phone)) > received, timeout)
    return len(network.inbox(phone))


def _list_texts(network: _Network, request: HttpRequest) -> Mapping[str, Any]:
    # The + of an E.164 number arrives as a space unless the client escapes it.
    numbers = [number.replace(" ", "+") for number in parse_qs(request.query).get("number", [])]
    if len(numbers) != 1:
        raise _BadRequestError("name one phone: /_phone/texts?number=+14255550101")
    return {"texts": [_describe(text) for text in network.inbox(numbers[0])]}


def _parse_body(request: HttpRequest) -> Mapping[str, Any]:
    # Browsers send other content types across origins without a preflight request.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise _BadRequestError("content-type must be application/json")
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise _BadRequestError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise _BadRequestError("the body is not a JSON object")
    return document


def _describe(text: SentText) -> Mapping[str, Any]:
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

"""Answers the requests of the console's HTTP API."""

import time
from typing import Any

from shift_sms_console import composition
from shift_sms_console.requests import Request, UnreadableRequest
from shift_sms_console.responses import Response
from shift_sms_runtime.telemetry import count_at_once, log_failure, logger

_PLAIN = "text/plain; charset=utf-8"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers one request. An error is logged without the texts and numbers in it."""
    started = time.monotonic()
    try:
        request = Request.parse(event)
    except UnreadableRequest as error:
        return Response(f"{error}\n", status=400, content_type=_PLAIN).to_event()
    console = composition.console()
    try:
        response = console.respond(request)
    except Exception as error:  # noqa: BLE001 - the browser gets a page, and the alarm counts the failure
        log_failure("request failed", error)
        count_at_once("ConsoleRequest", "failed")
        response = console.failed(request)
    logger().info(
        "request answered",
        method=request.method,
        route=console.route(request),
        status=response.status,
        milliseconds=round((time.monotonic() - started) * 1000),
    )
    return response.to_event()

"""Serves the phone page on the loopback interface.

The page can send texts, so the server refuses what another website could make a browser send: requests to a host
name that is not loopback, from another origin, or without the token of the page.
"""

import hashlib
import hmac
import json
import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from lab.phone_network import PhoneNetwork
from lab.phone_network.api.server import LoopbackServer
from lab.phone_network.api.wire import HttpRequest, HttpResponse
from lab.phone_page.fault_injector import BUTTONS, FaultInjector, FaultRefused
from lab.phone_page.lab_view import LabView
from lab.phone_page.numbers import NoSuchPhone, find_phone
from lab.phone_page.rendering import PageRenderer, View

_ASSETS = Path(__file__).with_name("assets")
_MEDIA_TYPES = {
    "phone_page.css": "text/css; charset=utf-8",
    "phone_page.js": "text/javascript; charset=utf-8",
}
_MOST_CHARACTERS = 1600
_WAIT_SECONDS = 20
_LOOK_SECONDS = 1.0
_SETTLE_SECONDS = 0.15
_SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class _Refused(Exception):
    """The request changes nothing; the message says why."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


class PhonePage:
    """The phone page as a context manager, served at `url`."""

    def __init__(
        self, network: PhoneNetwork, view: LabView, faults: FaultInjector, *, console_url: str | None = None
    ) -> None:
        """Configures the page.

        Args:
            network: the phones.
            view: reads what the page shows.
            faults: injects the faults of the page's buttons.
            console_url: the address of the console, for a link.
        """
        self._network = network
        self._view = view
        self._faults = faults
        self._token = secrets.token_urlsafe(32)
        self._renderer = PageRenderer(view, faults, token=self._token, console_url=console_url)
        self._stopping = Event()
        self._server = LoopbackServer(self._handle)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"{self._server.url}/"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.stop()
        self._faults.remove_all()

    def _handle(self, request: HttpRequest, _connection: socket.socket) -> HttpResponse:
        try:
            return self._route(request)
        except _Refused as refusal:
            return self._refuse(request, str(refusal), refusal.status)
        except (FaultRefused, NoSuchPhone) as refusal:
            return self._refuse(request, str(refusal), HTTPStatus.BAD_REQUEST)
        except (BotoCoreError, ClientError) as error:
            return self._refuse(request, f"The embedded cloud refused: {error}", HTTPStatus.BAD_GATEWAY)

    def _route(self, request: HttpRequest) -> HttpResponse:
        match request.method, unquote(request.path).split("/")[1:]:
            case "GET", segments:
                return self._get(segments, parse_qs(request.query))
            case "POST", ["texts"]:
                return self._send_text(request)
            case "POST", ["faults"]:
                return self._inject_fault(request)
        raise _no_such_page()

    def _get(self, segments: Sequence[str], query: Mapping[str, list[str]]) -> HttpResponse:
        match segments:
            case [""]:
                return self._page(View())
            case ["phones", number]:
                return self._page(View(phone=self._phone(number)))
            case ["open"]:
                return _redirect(_page_of(self._phone(_one(query, "who"))))
            case ["changes"]:
                return self._changes(query)
            case ["assets", name] if name in _MEDIA_TYPES:
                return _response(HTTPStatus.OK, _MEDIA_TYPES[name], (_ASSETS / name).read_bytes())
        raise _no_such_page()

    def _page(self, view: View) -> HttpResponse:
        parts = self._renderer.parts(view)
        return _html(HTTPStatus.OK, self._renderer.page(view, parts, _version(parts)))

    def _changes(self, query: Mapping[str, list[str]]) -> HttpResponse:
        """Waits until the page would look different, and returns its parts."""
        shown = _one(query, "after")
        phone = query.get("phone", [""])[0]
        view = View(phone=self._phone(phone) if phone else None)
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            before = self._network.changes
            parts = self._renderer.parts(view)
            version = _version(parts)
            if version != shown or self._stopping.is_set() or time.monotonic() > deadline:
                return _json(HTTPStatus.OK, {"version": version, "parts": parts if version != shown else {}})
            # A change of a table alone, or a fault that happens, is seen at the next look.
            if self._network.wait_until(lambda before=before: self._network.changes != before, _LOOK_SECONDS):  # type: ignore[misc]
                # Texts of a campaign arrive faster than a page can show them one by one.
                self._stopping.wait(_SETTLE_SECONDS)

    def _send_text(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request)
        phone, body = self._phone(_one(form, "phone")), _one(form, "body")
        if not body.strip():
            raise _Refused("Write a text first.")
        if len(body) > _MOST_CHARACTERS:
            raise _Refused(f"A text has at most {_MOST_CHARACTERS} characters; this one has {len(body)}.")
        self._network.send_from_phone(phone, body, self._network.account.phone_numbers[0].number)
        return self._done(request, _page_of(phone))

    def _inject_fault(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request)
        fault = _one(form, "fault")
        if fault == "claim":
            self._faults.claim(_one(form, "shift"), list(self._view.names()))
        elif fault in BUTTONS:
            BUTTONS[fault].inject(self._faults)
        else:
            raise _Refused("There is no such fault.")
        phone = form.get("phone", [""])[0]
        return self._done(request, _page_of(self._phone(phone)) if phone else "/")

    def _phone(self, who: str) -> str:
        return find_phone(who, self._view.names())

    def _form(self, request: HttpRequest) -> Mapping[str, list[str]]:
        """Returns the fields of a form that the page itself sent. Raises _Refused."""
        headers = request.headers
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            raise _Refused("The request comes from another origin.", HTTPStatus.FORBIDDEN)
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise _Refused("The request comes from another site.", HTTPStatus.FORBIDDEN)
        if headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
            raise _Refused("The request is not a form.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        form = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        if not hmac.compare_digest(form.get("token", [""])[0].encode(), self._token.encode()):
            raise _Refused("The page is from an earlier lab. Reload it and try again.", HTTPStatus.FORBIDDEN)
        return form

    def _done(self, request: HttpRequest, page: str) -> HttpResponse:
        return _json(HTTPStatus.OK, {}) if _wants_json(request) else _redirect(page)

    def _refuse(self, request: HttpRequest, message: str, status: HTTPStatus) -> HttpResponse:
        if _wants_json(request):
            return _json(status, {"error": message})
        return _html(status, self._renderer.refusal(message))


def _version(parts: Mapping[str, str]) -> str:
    return hashlib.sha256("\0".join(parts.values()).encode()).hexdigest()[:16]


def _no_such_page() -> _Refused:
    return _Refused("There is no such page.", HTTPStatus.NOT_FOUND)


def _one(form: Mapping[str, list[str]], name: str) -> str:
    values = form.get(name, [])
    if len(values) != 1:
        raise _Refused(f"{name} is missing.")
    return values[0]


def _page_of(phone: str) -> str:
    return f"/phones/{quote(phone, safe='')}"


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _redirect(path: str) -> HttpResponse:
    return HttpResponse(HTTPStatus.SEE_OTHER, {**_SECURITY_HEADERS, "Location": path}, b"")


def _html(status: HTTPStatus, page: str) -> HttpResponse:
    return _response(status, "text/html; charset=utf-8", page.encode())


def _json(status: HTTPStatus, document: Mapping[str, Any]) -> HttpResponse:
    return _response(status, "application/json", json.dumps(document).encode())


def _response(status: HTTPStatus, media_type: str, body: bytes) -> HttpResponse:
    return HttpResponse(status, {**_SECURITY_HEADERS, "Content-Type": media_type}, body)

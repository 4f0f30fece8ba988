"""Serves the console on moto to a real browser, as API Gateway and the function do."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from playwright.sync_api import Browser, BrowserContext

from lab.phone_network.api.server import LoopbackServer
from lab.phone_network.api.wire import HttpRequest, HttpResponse
from shift_sms_console import serve_console
from shift_sms_console.assets import FILES
from tests.support.console_world import ConsoleWorld

WHEELS = Path(__file__).parents[2] / ".venv" / "runtime-wheels"
"""The packages that are bundled with the function."""


@dataclass
class ServedConsole:
    """A console on moto, its address, and a browser."""

    world: ConsoleWorld
    address: str
    browser: Browser

    def signed_in(self, group: str = "manager") -> BrowserContext:
        """Returns a window of an operator who has signed in."""
        window = self.browser.new_context(base_url=self.address)
        cookies = self.world.signed_in(group).cookies
        window.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )
        return window


@contextmanager
def serve_console_on_moto() -> Iterator[str]:
    """Serves what `serve_console` answers, and yields the address."""
    server = LoopbackServer(_answer)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def add_package_assets(root: Path) -> None:
    """Fills a folder with the files that browsers load from packages."""
    for wheel in WHEELS.glob("*.whl"):
        with ZipFile(wheel) as files:
            for name in {path.as_posix() for path in FILES.values()} & set(files.namelist()):
                files.extract(name, root)


def _answer(request: HttpRequest, _connection: socket.socket) -> HttpResponse:
    headers = dict(request.headers)
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "cookies": [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie],
        "headers": headers,
        "requestContext": {"http": {"method": request.method, "path": request.path}},
        "body": base64.b64encode(request.body).decode(),
        "isBase64Encoded": True,
    }
    response = serve_console.handler(event, None)
    body = response["body"]
    headers = dict(response["headers"])
    if response["cookies"]:
        (headers["set-cookie"],) = response["cookies"]
    return HttpResponse(
        response["statusCode"],
        headers,
        base64.b64decode(body) if response["isBase64Encoded"] else body.encode(),
    )

"""An HTTP server on the loopback interface with one thread per connection."""

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from lab.phone_network.api.errors import ConnectionDroppedError
from lab.phone_network.api.wire import HttpRequest, HttpResponse

HandleRequest = Callable[[HttpRequest, socket.socket], HttpResponse]
AfterResponse = Callable[[], None]

_LOOPBACK = "127.0.0.1"
_STOP_POLL_SECONDS = 0.02
_MAX_BODY_BYTES = 256 * 1024
_PLAIN = {"Content-Type": "text/plain"}


class LoopbackServer:
    """Serves `handle` at `url` from `start()` to `stop()`; port 0 chooses a free port.

    `after_response` runs in the thread of the request when its response is written or its connection closed.
    """

    def __init__(
        self, handle: HandleRequest, port: int = 0, after_response: AfterResponse = lambda: None
    ) -> None:
        self._server = _Server((_LOOPBACK, port), handle, after_response)
        self._thread = Thread(
            target=self._server.serve_forever, args=(_STOP_POLL_SECONDS,), name="phone-network", daemon=True
        )

    @property
    def url(self) -> str:
        """The base URL of the server."""
        return f"http://{_LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Starts serving in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stops serving and closes all connections."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.close_connections()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], handle: HandleRequest, after_response: AfterResponse
    ) -> None:
        self.handle = handle
        self.after_response = after_response
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A browser that closes a page drops its waiting request.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        try:
            self._send(self._rejection() or self.server.handle(self._request(), self.connection))
        except (ConnectionDroppedError, ConnectionError):
            self.close_connection = True
        finally:
            self.server.after_response()

    do_GET = _serve  # noqa: N815 (http.server's names)
    do_POST = _serve  # noqa: N815
    do_PUT = _serve  # noqa: N815
    do_DELETE = _serve  # noqa: N815

    def _rejection(self) -> HttpResponse | None:
        # Protects against DNS rebinding: a web page cannot reach the server through a name of its own.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in (_LOOPBACK, "localhost"):
            return self._reject(403, b"loopback only")
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            return self._reject(411, b"Content-Length required")
        if int(length) > _MAX_BODY_BYTES:
            return self._reject(413, b"body too large")
        return None

    def _reject(self, status: int, reason: bytes) -> HttpResponse:
        # The unread body would otherwise be parsed as the next request.
        self.close_connection = True
        return HttpResponse(status, {**_PLAIN, "Connection": "close"}, reason)

    def _request(self) -> HttpRequest:
        path = urlsplit(self.path)
        return HttpRequest(
            method=self.command,
            path=path.path,
            query=path.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
        )

    def _send(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Logs nothing: requests contain phone numbers and message bodies."""

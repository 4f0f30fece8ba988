"""Serves the phone page of a phone network without a deployed system, and requests it as a browser or an attacker."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from lab.phone_network.api.faults import Faults
from lab.phone_page.fault_injector import FaultInjector
from lab.phone_page.lab_view import LabView
from lab.phone_page.page_server import PhonePage
from tests.support.phone_network import PHONE, RunningNetwork

FORM = "application/x-www-form-urlencoded"


@dataclass
class Response:
    """A response of the page."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


@dataclass
class ServedPage:
    """A served phone page, the items of its tables, and what it read."""

    running: RunningNetwork
    page: PhonePage
    faults: FaultInjector
    employees: list[dict[str, Any]] = field(default_factory=list)
    shifts: list[dict[str, Any]] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    redelivery: list[int] = field(default_factory=list)
    """The visibility timeouts that the queues have now besides their own."""

    @property
    def token(self) -> str:
        """The token in the page's forms."""
        found = re.search(r'name="token" value="([^"]+)"', self.get("/").text)
        assert found
        return found[1]

    def get(self, path: str, **headers: str) -> Response:
        """Requests a path."""
        return self.request("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Response:
        """Posts a form as the page does, with the headers of a browser, unless `headers` say otherwise."""
        origin = self.page.url.rstrip("/")
        sent = {"Content-Type": FORM, "Accept": "application/json", "Origin": origin} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.request("POST", path, urlencode(fields), sent)

    def request(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Sends any request."""
        connection = HTTPConnection(urlsplit(self.page.url).netloc, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Response(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()


@contextmanager
def served_page(running: RunningNetwork) -> Iterator[ServedPage]:
    """Serves the page of a running network, with one employee and one shift."""
    employees = [{"phone_number": PHONE, "name": "Ana Duarte"}]
    shifts = [{"shift_id": "XYZ123", "shift_info": "15/08 5h nightshift", "shift_status": "available"}]
    limits: list[int] = []

    def read(items: list[dict[str, Any]], at_most: int) -> list[dict[str, Any]]:
        limits.append(at_most)
        return items[:at_most]

    view = LabView(
        running.network,
        read_employees=lambda at_most: read(employees, at_most),
        read_shifts=lambda at_most: read(shifts, at_most),
    )
    redelivery: list[int] = []

    @contextmanager
    def quick_redelivery(seconds: int) -> Iterator[None]:
        redelivery.append(seconds)
        yield
        redelivery.remove(seconds)

    faults = FaultInjector(running.network, Faults(), quick_redelivery)
    with PhonePage(running.network, view, faults) as page:
        yield ServedPage(running, page, faults, employees, shifts, limits, redelivery)

"""A browser without a screen, for the console that the lab deploys."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from typer.testing import CliRunner

from lab.lab_system import LabSystem
from lab.operator_setup import aws_variables
from lab.settings import ENVIRONMENT
from shift_sms_cli.app import app

PASSWORD = "Correct-Horse-7"
_REDIRECTS = (301, 302, 303)


@dataclass(frozen=True)
class LabPage:
    """A page that the browser shows."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: str

    def form(self, action: str) -> dict[str, str]:
        """Returns the fields of the form with an action, with their values."""
        forms = _Forms()
        forms.feed(self.body)
        return forms.fields[action]


class _Forms(HTMLParser):
    """Collects what a browser sends of each form if its fields are left as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self._action = ""
        self._textarea = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = given.get("action", "")
            self.fields[self._action] = {}
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and "selected" in given:
            self.fields[self._action][self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = given["name"]
            self.fields[self._action][self._textarea] = ""
        elif tag == "input" and "name" in given and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[self._action][given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._action][self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""


class LabBrowser:
    """Follows redirects and keeps the cookies of each host. Every name ends on this machine, as `localhost` does."""

    def __init__(self, system: LabSystem) -> None:
        assert system.outputs.console_url
        self.console = system.outputs.console_url
        self._cookies: dict[tuple[str, str], str] = {}

    def get(self, address: str, *, accept: str = "text/html") -> LabPage:
        """Opens an address of the console, or another one."""
        return self._send("GET", urljoin(self.console, address), accept, None)

    def post(self, address: str, form: Mapping[str, str]) -> LabPage:
        """Sends a form."""
        return self._send("POST", urljoin(self.console, address), "text/html", form)

    def request(self, method: str, address: str, *, accept: str) -> LabPage:
        """Sends a request without a form."""
        return self._send(method, urljoin(self.console, address), accept, None)

    def cookies(self) -> dict[str, str]:
        """Returns the cookies of the console."""
        console = urlsplit(self.console).netloc
        return {name: value for (host, name), value in self._cookies.items() if host == console}

    def set_cookie(self, name: str, value: str) -> None:
        """Sets a cookie of the console."""
        self._cookies[urlsplit(self.console).netloc, name] = value

    def submit(self, address: str, action: str, to: str = "", **fields: str) -> LabPage:
        """Opens a page, fills in the form with an action, and sends it.

        Args:
            address: The page.
            action: The action of the form.
            to: Where a button of the form or htmx sends it instead.
            fields: What the operator types.
        """
        return self.post(to or action, {**self.get(address).form(action), **fields})

    def sign_in(self, email: str) -> LabPage:
        """Signs in on the page of the user pool, and returns the page that the console shows then."""
        page = self.get("/signin/start")
        return self._send(
            "POST",
            urljoin(page.url, "/login"),
            "text/html",
            {**page.form("/login"), "username": email, "password": PASSWORD},
        )

    def _send(self, method: str, url: str, accept: str, form: Mapping[str, str] | None) -> LabPage:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
        headers = {"Host": parts.netloc, "Accept": accept}
        cookies = [f"{name}={value}" for (host, name), value in self._cookies.items() if host == parts.netloc]
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, urlencode(form) if form is not None else None, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[parts.netloc, name] = value
        if response.status in _REDIRECTS:
            return self._send("GET", urljoin(url, response.headers["Location"]), accept, None)
        answered = {name.lower(): value for name, value in response.getheaders()}
        return LabPage(url, response.status, answered, body.decode("utf-8", errors="replace"))


def add_console_user(system: LabSystem, email: str, group: str) -> None:
    """Adds an operator with the command line, and sets a password: the embedded cloud sends no invitation."""
    done = CliRunner().invoke(
        app,
        ["console", "add-user", email, "--group", group, "--env", ENVIRONMENT],
        env=dict(aws_variables(system.cloud.url, system.cloud.region, system.network.url)),
    )
    assert done.exit_code == 0, done.output
    assert f"Console: {system.outputs.console_url}" in done.output
    set_password(system, email)


def set_password(system: LabSystem, email: str) -> None:
    """Gives an operator the password that `sign_in` types."""
    system.cloud.client("cognito-idp").admin_set_user_password(
        UserPoolId=system.outputs.console_user_pool_id, Username=email, Password=PASSWORD, Permanent=True
    )

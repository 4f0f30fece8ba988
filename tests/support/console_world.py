"""The console on moto: requests as API Gateway sends them, and a browser that keeps cookies."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from shift_sms_console import composition, serve_console
from shift_sms_console.assets import FILES
from shift_sms_operator.clients import Clients
from shift_sms_runtime.environment import ServeConsole
from tests.support.open_id_provider import CLIENT_ID, CONFIGURATION_URL, ISSUER, FakeProvider
from tests.support.operator_world import OperatorWorld

LAMBDA = Path(composition.__file__).parents[1]
CONSOLE_URL = "https://abc123.execute-api.us-east-1.amazonaws.com"
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
MANAGER, VIEWER = "ann@example.com", "vera@example.com"


@dataclass(frozen=True)
class Answer:
    """A response as a browser sees it."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: str

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["location"]


@dataclass
class Browser:
    """Sends requests with the cookies that it was given."""

    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, *, accept: str = HTML) -> Answer:
        """Opens an address."""
        return self.send("GET", address, accept=accept)

    def poll(self, address: str) -> Answer:
        """Asks for a part of a page, as htmx does."""
        return self.send("GET", address, accept="*/*", headers={"HX-Request": "true"})

    def post(
        self, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends a form."""
        return self.send("POST", address, form=form or {}, accept=HTML, headers=headers)

    def send(
        self,
        method: str,
        address: str,
        *,
        accept: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends a request."""
        url = urlsplit(address)
        event: dict[str, Any] = {
            "version": "2.0",
            "rawPath": url.path,
            "rawQueryString": url.query,
            "headers": {"accept": accept, **(headers or {})},
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "requestContext": {"http": {"method": method, "path": url.path}},
            "isBase64Encoded": False,
        }
        if form is not None:
            event["headers"]["content-type"] = "application/x-www-form-urlencoded"
            # API Gateway passes bodies of forms on in this encoding.
            event |= {"body": base64.b64encode(urlencode(form).encode()).decode(), "isBase64Encoded": True}
        response = serve_console.handler(event, None)
        for cookie in response["cookies"]:
            name, _, value = cookie.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        body = response["body"]
        return Answer(
            response["statusCode"],
            response["headers"],
            tuple(response["cookies"]),
            base64.b64decode(body).decode("latin-1") if response["isBase64Encoded"] else body,
        )


def add_assets(root: Path) -> None:
    """Fills a folder with the console's own files, and with stand-ins for those of packages, which the asset has."""
    for path in FILES.values():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        own = LAMBDA / path
        target.write_bytes(own.read_bytes() if own.is_file() else b"/* from a package */")


class ConsoleWorld:
    """A deployment with a console, and its OpenID provider."""

    def __init__(
        self,
        operators: OperatorWorld,
        root: Path,
        *,
        console_url: str = CONSOLE_URL,
        clients: Clients | None = None,
    ) -> None:
        """Builds the console as the function does.

        Args:
            operators: The deployment.
            root: An empty folder for the files that browsers load.
            console_url: The address of the console.
            clients: The clients of the account. By default those of moto.
        """
        add_assets(root)
        self.operators = operators
        self.provider = FakeProvider()
        self.console_url = console_url
        self.now: datetime | None = None
        environment = {
            "DEPLOYMENT_STACK": "arn:aws:cloudformation:us-east-1:123456789012:stack/ShiftSms-dev/1",
            "CONSOLE_SESSIONS_TABLE": "ConsoleSessions",
            "CONSOLE_URL": console_url,
            "OIDC_ISSUER": ISSUER,
            "OIDC_CONFIGURATION_URL": CONFIGURATION_URL,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "GROUP_CLAIM": "groups",
        }
        self.console = composition.build(
            ServeConsole.read(environment),
            clients or Clients(operators.session),
            self.provider,
            operators.outputs,
            clock=lambda: self.now or operators.now(),
            root=root,
        )

    def signed_in(self, group: str = "manager", email: str = "") -> Browser:
        """Returns the browser of an operator who has signed in."""
        browser = Browser()
        self.provider.claims |= {
            "groups": [group],
            "email": email or {"manager": MANAGER, "viewer": VIEWER}[group],
        }
        self.sign_in(browser)
        return browser

    def sign_in(self, browser: Browser, to: str = "") -> Answer:
        """Signs in, and returns the answer to the browser's return."""
        start = browser.get("/signin/start" + (f"?{urlencode({'to': to})}" if to else ""))
        return browser.get(f"/signin/callback?{self.provider.authorize(start.location)}")

    def csrf_token(self) -> str:
        """Returns the token that changes of the only session repeat."""
        (row,) = self.operators.rows("ConsoleSessions")
        return str(row["csrf_token"])

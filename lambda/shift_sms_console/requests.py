"""An HTTP request, as API Gateway passes it to the function."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

_MOST_FIELDS = 200
_MOST_BYTES = 256 * 1024
"""No form of the console is larger."""


class UnreadableRequest(ValueError):
    """The query or the body of a request cannot be read."""


@dataclass(frozen=True)
class Request:
    """A request. Names of headers are in lower case. Of fields with the same name, the last one counts."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> "Request":
        """Reads an event of an HTTP API, payload format 2.0.

        Raises:
            UnreadableRequest: the query or the body is too large or not as a browser sends it.
        """
        headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        # API Gateway moves the cookies out of the headers.
        pairs = (event.get("cookies") or []) + headers.pop("cookie", "").split(";")
        cookies = {name.strip(): value.strip() for name, _, value in (pair.partition("=") for pair in pairs)}
        is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        return cls(
            method=event["requestContext"]["http"]["method"].upper(),
            path=event["rawPath"],
            query=_fields(event.get("rawQueryString") or ""),
            form=_fields(_body(event)) if is_form else {},
            headers=headers,
            cookies={name: value for name, value in cookies.items() if name},
        )

    @property
    def changes(self) -> bool:
        """Whether the request may change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def is_navigation(self) -> bool:
        """Whether a browser shows the response as a page."""
        return not self.is_partial and "text/html" in self.headers.get("accept", "")

    @property
    def is_partial(self) -> bool:
        """Whether htmx puts the response into a page that is shown already."""
        return self.headers.get("hx-request") == "true"


def _body(event: Mapping[str, Any]) -> str:
    body = event.get("body") or ""
    if len(body) > _MOST_BYTES:
        raise UnreadableRequest("the body is too large")
    try:
        return base64.b64decode(body).decode() if event.get("isBase64Encoded") else str(body)
    except ValueError as error:
        raise UnreadableRequest("the body is no text") from error


def _fields(text: str) -> dict[str, str]:
    try:
        parsed = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise UnreadableRequest("too many fields") from error
    return {name: values[-1] for name, values in parsed.items()}

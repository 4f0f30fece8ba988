"""An HTTP response, as API Gateway expects it from the function."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Response:
    """A response. Bytes are sent as they are; text as UTF-8."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()

    def adding(self, headers: Mapping[str, str]) -> "Response":
        """Returns the response with further headers. Those that it has already stay."""
        return replace(self, headers={**headers, **self.headers})

    def to_event(self) -> dict[str, Any]:
        """Returns the response in payload format 2.0."""
        is_text = isinstance(self.body, str)
        return {
            "statusCode": self.status,
            "headers": {"content-type": self.content_type, **self.headers},
            "cookies": list(self.cookies),
            "body": self.body if isinstance(self.body, str) else base64.b64encode(self.body).decode(),
            "isBase64Encoded": not is_text,
        }


def redirect(location: str, *cookies: str) -> Response:
    """Returns a redirect that the browser follows with GET."""
    return Response(status=303, headers={"location": location}, cookies=cookies)

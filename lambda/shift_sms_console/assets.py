"""The files that browsers load beside the pages: htmx, the stylesheets and the icon.

The function serves them itself, so that no other host learns who uses the console. htmx and Pico CSS come from packages
that are bundled with it.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from shift_sms_console.requests import Request
from shift_sms_console.responses import Response

_OWN = Path("shift_sms_console") / "static"
FILES = {
    "htmx.js": Path("django_htmx", "static", "django_htmx", "htmx-2.min.js"),
    "pico.css": Path("lona_picocss", "static", "lona-picocss", "dist", "pico", "css", "pico.min.css"),
    "console.css": _OWN / "console.css",
    "icon.svg": _OWN / "icon.svg",
}
"""The files by their name in addresses."""
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PREFIX = "/assets/"
_FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file. Its address changes with its content, so that browsers can keep it."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """A short hash of the content."""
        return hashlib.sha256(self.content).hexdigest()[:12]

    @cached_property
    def compressed(self) -> bytes:
        """The content, compressed the same way each time."""
        return gzip.compress(self.content, mtime=0)


class Assets:
    """The files, read from the folder that has all packages of the function."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._asset = cache(self._read)

    def address(self, name: str) -> str:
        """Returns the path and query of a file."""
        return f"{PREFIX}{name}?v={self._asset(name).digest}"

    def respond(self, request: Request) -> Response | None:
        """Returns the file that a request names; None if there is none."""
        name = request.path.removeprefix(PREFIX)
        if name not in FILES or request.changes:
            return None
        asset = self._asset(name)
        headers = {"cache-control": _FOR_A_YEAR, "etag": f'"{asset.digest}"', "vary": "accept-encoding"}
        content = asset.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            content, headers = asset.compressed, {**headers, "content-encoding": "gzip"}
        return Response(content, content_type=_TYPES[Path(name).suffix], headers=headers)

    def _read(self, name: str) -> Asset:
        return Asset(name, (self._root / FILES[name]).read_bytes())

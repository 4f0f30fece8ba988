"""Takes the pictures of the documentation, if `SCREENSHOTS` names a folder for them."""

import os
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

_DESKTOP: ViewportSize = {"width": 1100, "height": 720}
_PHONE: ViewportSize = {"width": 390, "height": 720}


def take_screenshots(page: Page, name: str) -> None:
    """Takes a page in light and in dark colors, and at the width of a phone."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    shown = page.viewport_size
    kinds: tuple[tuple[str, ViewportSize, Literal["light", "dark"]], ...] = (
        ("light", _DESKTOP, "light"),
        ("dark", _DESKTOP, "dark"),
        ("phone", _PHONE, "light"),
    )
    for kind, size, scheme in kinds:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=Path(folder) / f"{name}-{kind}.png", animations="disabled")
    if shown:
        page.set_viewport_size(shown)

"""Takes the pictures of the documentation, if `SCREENSHOTS` names a folder for them."""

import os
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

_DESKTOP: ViewportSize = {"width": 1100, "height": 720}
_PHONE: ViewportSize = {"width": 390, "height": 720}
Kind = Literal["light", "dark", "phone"]


def are_wanted() -> bool:
    """Returns whether pictures are taken. Pages that are opened for a picture alone are left out otherwise."""
    return bool(os.environ.get("SCREENSHOTS"))


def take_screenshots(page: Page, name: str, *kinds: Kind) -> None:
    """Takes pictures of a page: in light colors, in dark ones, or at the width of a phone."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    shown = page.viewport_size
    for kind in kinds:
        page.set_viewport_size(_PHONE if kind == "phone" else _DESKTOP)
        page.emulate_media(color_scheme="dark" if kind == "dark" else "light")
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=Path(folder) / f"{name}-{kind}.png", animations="disabled")
    if shown:
        page.set_viewport_size(shown)

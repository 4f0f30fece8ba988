"""Opens a page in a window of the user's browser, if this machine has a display."""

import os
import sys
import webbrowser


def open_window(url: str) -> bool:
    """Opens `url` in a window; returns False without a display or a browser."""
    # Without a display, `webbrowser` would start a browser inside the terminal.
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False

"""Starts a browser with Playwright."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import playwright.sync_api as playwright

from lab.browser.chromium import Browser

# The lab's pages are the only ones that are opened, so Chromium's sandbox, which root cannot use, is off.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--font-render-hinting=none",
)


@contextmanager
def open_browser(found: Browser) -> Iterator[playwright.Browser]:
    """Runs a browser without a window, and without a proxy between it and the lab."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=found.executable,
            args=list(_ARGUMENTS),
            env={**os.environ, **found.variables},
        )
        try:
            yield browser
        finally:
            browser.close()

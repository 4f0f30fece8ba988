"""Starts the browser of tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from lab.browser.chromium import NoBrowser, find_browser
from lab.browser.session import open_browser

_TIMEOUT_MILLISECONDS = 45_000
"""How long a test waits for what a page is to show. On a busy machine, the deployed system is slow."""


def started_browser() -> Iterator[Browser]:
    """Yields a browser without a window. Skips the test on a machine without one."""
    try:
        found = find_browser()
    except NoBrowser as reason:
        pytest.skip(str(reason))
    expect.set_options(timeout=_TIMEOUT_MILLISECONDS)
    with open_browser(found) as browser:
        yield browser

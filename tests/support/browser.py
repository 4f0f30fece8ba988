"""Starts the browser of tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from lab.browser.chromium import NoBrowser, find_browser
from lab.browser.session import open_browser


def started_browser() -> Iterator[Browser]:
    """Yields a browser without a window. Skips the test on a machine without one."""
    try:
        found = find_browser()
    except NoBrowser as reason:
        pytest.skip(str(reason))
    with open_browser(found) as browser:
        yield browser

"""Operators of the deployed console."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.lab_system import LabSystem
from tests.support.deployed_lab import wait_until
from tests.support.lab_browser import LabBrowser, add_console_user
from tests.support.lab_operator import LabOperator

MANAGER, VIEWER = "ann@example.com", "vera@example.com"
_SECONDS = 60


@dataclass(frozen=True)
class LabConsole(LabOperator):
    """The browsers of a manager and of a viewer who have signed in, and what their changes have effected."""

    manager: LabBrowser = None  # type: ignore[assignment] # the fields of the base class have defaults
    viewer: LabBrowser = None  # type: ignore[assignment]

    def page(self, address: str) -> str:
        """Returns a page that both operators can read."""
        pages = [browser.get(address) for browser in (self.manager, self.viewer)]
        assert [page.status for page in pages] == [200, 200], pages[0].body
        return pages[0].body

    def form_page(self, address: str) -> str:
        """Returns a page that only serves a change: the manager can read it, the viewer cannot."""
        pages = [browser.get(address) for browser in (self.manager, self.viewer)]
        assert [page.status for page in pages] == [200, 403], pages[0].body
        return pages[0].body

    def change(self, address: str, action: str, to: str = "", **fields: str) -> str:
        """Fills in a form and sends it; returns the page that the browser shows then."""
        page = self.manager.submit(address, action, to, **fields)
        assert page.status == 200, page.body
        return page.body

    def refuses(self, address: str, action: str, to: str = "", **fields: str) -> str:
        """Fills in a form that is refused; returns the page that says why."""
        page = self.manager.submit(address, action, to, **fields)
        assert page.status == 422, page.body
        return page.body

    def shows(self, address: str, text: str) -> bool:
        """Waits until a page shows a text; returns False if it does not."""
        return wait_until(lambda: text in self.manager.get(address).body, _SECONDS)


Scenario = Callable[[LabConsole], None]


@contextmanager
def signed_in(system: LabSystem, folder: Path) -> Iterator[LabConsole]:
    """Yields a manager and a viewer, who sign in with Cognito."""
    browsers = []
    for email, group in ((MANAGER, "manager"), (VIEWER, "viewer")):
        add_console_user(system, email, group)
        browser = LabBrowser(system)
        assert f"{email} ({group})" in browser.sign_in(email).body
        browsers.append(browser)
    yield LabConsole(system, folder, manager=browsers[0], viewer=browsers[1])

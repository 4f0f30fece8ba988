"""Checks pages for accessibility with axe, in light and dark colors."""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_REPORTED = ("serious", "critical")


def assert_accessible(page: Page) -> None:
    """Asserts that axe reports nothing serious about the page as it is shown, in light and in dark colors."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # Colors change in transitions. In the middle of one, the contrast is that of neither scheme.
        page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
        found = _serious(Axe().run(page).response["violations"])
        assert found == [], f"{page.url} in {scheme} colors: {found}"


def _serious(violations: list[dict[str, Any]]) -> list[str]:
    return [
        f"{violation['id']}: {violation['help']} ({node['target']}: {node['html'][:120]})"
        for violation in violations
        if violation["impact"] in _REPORTED
        for node in violation["nodes"]
    ]

"""Tests the console with the sign-in of the embedded cloud."""

from lab.lab_system import LabSystem
from tests.support.lab_browser import LabBrowser, add_console_user


def test_given_the_deployed_console_when_used_then_only_as_the_role_allows(console_system: LabSystem) -> None:
    stranger = LabBrowser(console_system)
    for path in ("/shifts", "/people", "/campaigns", "/inbox", "/no-such-page"):
        assert stranger.get(path, accept="application/json").status == 401
    assert "Sign in" in stranger.get("/").body

    add_console_user(console_system, "ann@example.com", "manager")
    add_console_user(console_system, "vera@example.com", "viewer")

    manager = LabBrowser(console_system)
    page = manager.sign_in("ann@example.com")
    assert (page.status, page.url) == (200, f"{manager.console}/activity")
    assert "ann@example.com (manager)" in page.body
    for asset in ("htmx.js", "pico.css", "console.css", "icon.svg"):
        assert manager.get(f"/assets/{asset}").status == 200

    viewer = LabBrowser(console_system)
    token = viewer.sign_in("vera@example.com").form("/signout")
    assert viewer.post("/shifts", token).status == 403

    assert "You are signed out" in manager.post("/signout", manager.get("/activity").form("/signout")).body
    assert manager.get("/activity", accept="*/*").status == 401

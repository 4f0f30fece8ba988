"""The pages of the console: their titles, and their handlers by method and path."""

from collections.abc import Mapping

from shift_sms_console.pages import activity, inbox, shifts
from shift_sms_console.visit import Routes

NAVIGATION: Mapping[str, str] = {
    "/shifts": "Shifts",
    "/inbox": "Inbox",
    "/activity": "Activity",
}


def routes() -> Routes:
    """Returns the handlers of all pages."""
    return {**shifts.ROUTES, **inbox.ROUTES, **activity.ROUTES}

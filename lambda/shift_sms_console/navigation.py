"""The pages of the console: their titles, and their handlers by method and path."""

from collections.abc import Mapping

from shift_sms_console.pages import activity, campaigns, inbox, people, shifts
from shift_sms_console.visit import Routes

NAVIGATION: Mapping[str, str] = {
    "/shifts": "Shifts",
    "/inbox": "Inbox",
    "/campaigns": "Campaigns",
    "/people": "People",
    "/activity": "Activity",
}


def routes() -> Routes:
    """Returns the handlers of all pages."""
    return {**shifts.ROUTES, **inbox.ROUTES, **campaigns.ROUTES, **people.ROUTES, **activity.ROUTES}

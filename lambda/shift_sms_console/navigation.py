"""The pages of the console: their titles, and their handlers by method and path."""

from collections.abc import Mapping

from shift_sms_console.pages import activity, campaigns, fill_plans, health, inbox, people, shifts
from shift_sms_console.visit import Routes

NAVIGATION: Mapping[str, str] = {
    "/shifts": "Shifts",
    "/inbox": "Inbox",
    "/campaigns": "Campaigns",
    "/people": "People",
    "/activity": "Activity",
    "/doctor": "Health",
}


def routes() -> Routes:
    """Returns the handlers of all pages."""
    pages = (shifts, fill_plans, inbox, campaigns, people, activity, health)
    return {place: handler for page in pages for place, handler in page.ROUTES.items()}

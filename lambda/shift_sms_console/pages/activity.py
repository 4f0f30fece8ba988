"""The page of what operators changed."""

from datetime import UTC, date

from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit

_PAGE = 50


def show(visit: Visit) -> Response:
    """Shows the changes of a day, and follows those of today."""
    today = visit.now.astimezone(UTC).date()
    day = _day(visit.request.query.get("day", ""), today)
    after = visit.request.query.get("after") or None
    zone = visit.operator.deployment.settings.zone
    changes = visit.operator.audit_trail.of_day(day, zone=zone, limit=_PAGE, after=after)
    return visit.show_live(
        "activity.html",
        "activity_list.html",
        follows=after is None and day == today,
        day=day.isoformat(),
        changes=changes,
        zone=zone,
    )


def _day(given: str, today: date) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return today


ROUTES: Routes = {("GET", "/activity"): show}

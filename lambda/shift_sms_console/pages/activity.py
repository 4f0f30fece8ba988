"""The page of what operators changed."""

from datetime import UTC, date
from urllib.parse import urlencode

from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit
from shift_sms_operator.audit.change_texts import DescribedChange
from shift_sms_runtime.audit.audit_record import Subject

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
        address_of=_address_of,
    )


_PAGES = {
    Subject.SHIFT.value: ("/shifts/shift", "code"),
    Subject.EMPLOYEE.value: ("/people/employee", "number"),
    Subject.CAMPAIGN.value: ("/campaigns/campaign", "id"),
    Subject.INBOX.value: ("/inbox/message", "id"),
}


def _address_of(change: DescribedChange) -> str:
    """Returns the address of what was changed; empty if it has no page."""
    if change.kind not in _PAGES or not change.thing_id:
        return ""
    path, field = _PAGES[change.kind]
    return f"{path}?{urlencode({field: change.thing_id})}"


def _day(given: str, today: date) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return today


ROUTES: Routes = {("GET", "/activity"): show}

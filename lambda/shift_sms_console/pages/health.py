"""The page of the deployment's health: the alarms that fire, and what `shift-sms doctor` finds."""

from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit

_SECONDS = 20
"""The most time that the checks take. API Gateway ends the request after 30 seconds, a cold start included."""


def show(visit: Visit) -> Response:
    """Shows the page at once. The browser asks for the report then."""
    return visit.show("health/health.html", report=None, seconds=_SECONDS)


def examine(visit: Visit) -> Response:
    """Shows what an examination finds: as part of the page that is shown, or on a page of its own."""
    report = visit.operator.health.report(seconds=_SECONDS)
    return visit.show(
        "health/report.html" if visit.request.is_partial else "health/health.html",
        report=report,
        seconds=_SECONDS,
        faults=[finding for finding in report.findings if not finding.status.healthy],
        healthy=[finding for finding in report.findings if finding.status.healthy],
        zone=visit.operator.deployment.settings.zone,
        now=visit.now,
    )


# Not `/health`, which load balancers and emulators answer themselves.
ROUTES: Routes = {("GET", "/doctor"): show, ("GET", "/doctor/report"): examine}

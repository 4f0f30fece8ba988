"""The pages of campaigns: the list, composing, launching, progress, stop, relaunch and report."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from shift_sms_console.pages.choices import home_country, segments_known
from shift_sms_console.responses import Response
from shift_sms_console.visit import Routes, Visit, for_managers
from shift_sms_operator.campaigns.charts import bars, curve
from shift_sms_operator.campaigns.prices import Price, shipped_prices
from shift_sms_operator.campaigns.views import CampaignOverview, CampaignPreview, stored_time
from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.language_names import name_of
from shift_sms_operator.employees.phone_numbers import read_phone_number
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import TIME_ATTRIBUTES, Counter

_PAGE = 50
_EXAMINED_WHILE_WRITING = 200
_EXAMINED_BEFORE_LAUNCH = 2000
"""Members whose opt-outs, languages and countries are counted. More would keep the browser waiting."""
_REPORTED = 2000
"""Recipients whose countries, reasons and times a report has. The counters have all of them."""
_RESULTS = (Counter.REPLIES, Counter.BOOKINGS, Counter.SEATS_FILLED)
_FIELDS = ("id", "message", "segment", "send_at")


def board(visit: Visit) -> Response:
    """Shows campaigns, the newest launch first."""
    after = visit.request.query.get("after") or None
    page = visit.operator.campaigns.page(limit=_PAGE, after=after)
    zone = visit.operator.deployment.settings.zone
    return visit.show_live(
        "campaigns/board.html",
        "campaigns/board_list.html",
        campaigns=page,
        overviews={item["campaign_id"]: CampaignOverview.of(item) for item in page.items},
        launched=lambda item: _local(item.get("launched_at"), zone),
    )


def new(visit: Visit) -> Response:
    """Shows the form of a new campaign."""
    named = {"id": f"{visit.now.astimezone(visit.operator.deployment.settings.zone):%Y-%m-%d-%H%M}"}
    return _form(visit, {**named, **visit.request.query})


def preview(visit: Visit) -> Response:
    """Shows the text and the costs of the campaign in the form, while the operator writes it."""
    form = visit.request.form
    if not form.get("id", "").strip() or not form.get("message", "").strip():
        return visit.show("campaigns/preview.html", preview=None, problem="Write a name and a message.")
    try:
        shown = _preview(visit, form, most=_EXAMINED_WHILE_WRITING)
    except Refused as refusal:
        return visit.show("campaigns/preview.html", preview=None, problem=str(refusal))
    return visit.show("campaigns/preview.html", preview=shown, problem="", **_figures(shown))


def review(visit: Visit) -> Response:
    """Shows what a launch would send, and asks."""
    form = visit.request.form
    try:
        if not visit.operator.campaigns.check_new(*_words(form)):
            return visit.go(_address("/campaigns/campaign", id=form["id"].strip(), notice="there-already"))
        shown = _preview(visit, form, most=_EXAMINED_BEFORE_LAUNCH)
    except Refused as refusal:
        return _form(visit, form, problem=str(refusal))
    return visit.show(
        "campaigns/review.html",
        preview=shown,
        values=_values(form),
        action="/campaigns",
        question=f"Launch {shown.campaign_id}?",
        button="Launch",
        tested=False,
        **_figures(shown),
    )


def send_test(visit: Visit) -> Response:
    """Sends the text of the campaign to one number, and shows the question again."""
    form = visit.request.form
    try:
        number = read_phone_number(form.get("number", "").strip(), home_country(visit))
    except BadValue as error:
        raise Refused(f"the test number is no phone number: {error}") from None
    shown = _preview(visit, form, most=_EXAMINED_BEFORE_LAUNCH)
    status = visit.operator.campaigns.send_test(shown, number)
    return visit.show(
        "campaigns/review.html",
        preview=shown,
        values=_values(form),
        action="/campaigns",
        question=f"Launch {shown.campaign_id}?",
        button="Launch",
        tested=f"The test to {number}: {status.value}.",
        **_figures(shown),
    )


def launch(visit: Visit) -> Response:
    """Launches a campaign. Sending the form twice launches it once."""
    form = visit.request.form
    try:
        visit.operator.campaigns.launch(*_words(form))
    except Refused as refusal:
        return _form(visit, form, problem=str(refusal))
    notice = "scheduled" if form.get("send_at", "").strip() else "launched"
    return visit.go(_address("/campaigns/campaign", id=form["id"].strip(), notice=notice))


def show(visit: Visit) -> Response:
    """Shows one campaign and follows its progress."""
    campaign_id = visit.request.query.get("id", "")
    item = visit.operator.campaigns.show(campaign_id)
    overview = CampaignOverview.of(item)
    return visit.show_live(
        "campaigns/campaign.html",
        "campaigns/campaign_facts.html",
        campaign_id=campaign_id,
        item=item,
        overview=overview,
        chart=_chart(bars("Recipients by status", overview.statuses)),
        results=_results(overview),
        remaining=_duration(overview.remaining) if overview.remaining and not overview.ended else "",
        can_stop=overview.status in (None, *_STOPPABLE) and not overview.by_pinpoint,
        can_pause=overview.status in (None, *_PAUSABLE) and not overview.by_pinpoint,
        can_resume=overview.status is CampaignStatus.PAUSED,
        can_relaunch=overview.status in _RELAUNCHABLE and not overview.by_pinpoint,
        zone=visit.operator.deployment.settings.zone,
    )


def report(visit: Visit) -> Response:
    """Shows what came of a campaign: who was reached, when, at what cost, and the bookings."""
    campaign_id = visit.request.query.get("id", "")
    made = visit.operator.campaigns.report(campaign_id, prices=_prices(), most=_REPORTED)
    zone = visit.operator.deployment.settings.zone
    return visit.show(
        "campaigns/report.html",
        campaign_id=campaign_id,
        report=made,
        cost=_usd(made.usd),
        reported=_REPORTED,
        results=_results(made.progress),
        times=[
            (name.removesuffix("_at").replace("_", " "), at.astimezone(zone))
            for name in TIME_ATTRIBUTES
            if (at := stored_time(made.item.get(name)))
        ],
        statuses=_chart(bars("Recipients by status", made.progress.statuses)),
        settled=_chart(curve("recipients done", made.settled, zone)),
    )


def ask_to_stop(visit: Visit) -> Response:
    """Shows how far a campaign is, and asks whether to stop it."""
    overview = visit.operator.campaigns.stop_preview(visit.request.query.get("id", ""))
    return visit.show("campaigns/stop.html", overview=overview)


def stop(visit: Visit) -> Response:
    """Stops a campaign."""
    campaign_id = visit.request.form.get("id", "")
    visit.operator.campaigns.stop(campaign_id)
    return visit.go(_address("/campaigns/campaign", id=campaign_id, notice="stopped"))


def pause(visit: Visit) -> Response:
    """Pauses a campaign."""
    campaign_id = visit.request.form.get("id", "")
    visit.operator.campaigns.pause(campaign_id)
    return visit.go(_address("/campaigns/campaign", id=campaign_id, notice="paused"))


def resume(visit: Visit) -> Response:
    """Resumes a paused campaign."""
    campaign_id = visit.request.form.get("id", "")
    visit.operator.campaigns.resume(campaign_id)
    return visit.go(_address("/campaigns/campaign", id=campaign_id, notice="resumed"))


def ask_to_relaunch(visit: Visit) -> Response:
    """Shows what a relaunch would send, and asks."""
    campaign_id = visit.request.query.get("id", "")
    shown = visit.operator.campaigns.relaunch_preview(
        campaign_id, prices=_prices(), most=_EXAMINED_BEFORE_LAUNCH
    )
    return visit.show(
        "campaigns/review.html",
        preview=shown,
        values={"id": campaign_id},
        action="/campaigns/relaunch",
        question=f"Relaunch {campaign_id} for members that were not tried?",
        button="Relaunch",
        tested=None,
        **_figures(shown),
    )


def relaunch(visit: Visit) -> Response:
    """Launches a campaign again for the members that were not tried."""
    campaign_id = visit.request.form.get("id", "")
    visit.operator.campaigns.relaunch(campaign_id)
    return visit.go(_address("/campaigns/campaign", id=campaign_id, notice="relaunched"))


_PAUSABLE = (
    CampaignStatus.REQUESTED,
    CampaignStatus.SCHEDULED,
    CampaignStatus.LAUNCHING,
    CampaignStatus.LAUNCHED,
)
_STOPPABLE = (*_PAUSABLE, CampaignStatus.PAUSED)
_RELAUNCHABLE = (CampaignStatus.LAUNCHED, CampaignStatus.STOPPED, CampaignStatus.FINISHED)


@cache
def _prices() -> Mapping[str, Price]:
    return shipped_prices()


def _preview(visit: Visit, form: Mapping[str, str], *, most: int) -> CampaignPreview:
    return visit.operator.campaigns.preview(*_words(form), prices=_prices(), most=most)


def _words(form: Mapping[str, str]) -> tuple[str, str, str | None, str | None]:
    segment, send_at = form.get("segment", "").strip(), form.get("send_at", "").strip()
    return form.get("id", "").strip(), form.get("message", ""), segment or None, send_at or None


def _values(form: Mapping[str, str]) -> Mapping[str, str]:
    return {name: form.get(name, "") for name in _FIELDS}


def _form(visit: Visit, form: Mapping[str, str], *, problem: str = "") -> Response:
    return visit.show(
        "campaigns/form.html",
        status=422 if problem else 200,
        values=_values(form),
        default_segment=visit.operator.deployment.settings.default_segment,
        timezone=visit.operator.deployment.settings.timezone,
        segments=segments_known(visit),
        problem=problem,
    )


def _figures(preview: CampaignPreview) -> dict[str, Any]:
    audience = preview.audience
    return {
        "audience": audience,
        "language_name": name_of,
        "cost": _usd(audience.usd) if audience else "not known",
        "duration": _duration(preview.duration),
    }


def _usd(amount: Decimal | None) -> str:
    return "not known" if amount is None else f"{amount:.2f} USD"


def _duration(duration: timedelta | None) -> str:
    if duration is None:
        return "not known"
    minutes, seconds = divmod(max(1, round(duration.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"about {hours} h {minutes} min"
    if minutes:
        return f"about {minutes} min"
    return f"about {seconds} second{'' if seconds == 1 else 's'}"


def _local(stored: object, zone: tzinfo) -> str:
    at = stored_time(stored)
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""


def _results(overview: CampaignOverview) -> list[tuple[str, int]]:
    """Returns what employees did after the texts, by the name of the counter."""
    return [(counter.value.replace("_", " "), overview.counts[counter]) for counter in _RESULTS]


def _chart(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - the chart has escaped its texts


def _address(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"


ROUTES: Routes = {
    ("GET", "/campaigns"): board,
    ("POST", "/campaigns"): launch,
    ("GET", "/campaigns/new"): for_managers(new),
    ("POST", "/campaigns/preview"): preview,
    ("POST", "/campaigns/review"): review,
    ("POST", "/campaigns/test"): send_test,
    ("GET", "/campaigns/campaign"): show,
    ("GET", "/campaigns/report"): report,
    ("GET", "/campaigns/stop"): for_managers(ask_to_stop),
    ("POST", "/campaigns/stop"): stop,
    ("POST", "/campaigns/pause"): pause,
    ("POST", "/campaigns/resume"): resume,
    ("GET", "/campaigns/relaunch"): for_managers(ask_to_relaunch),
    ("POST", "/campaigns/relaunch"): relaunch,
}

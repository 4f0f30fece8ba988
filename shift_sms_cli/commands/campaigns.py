"""`shift-sms campaigns`: preview, launch, watch, show, list, stop, relaunch and report."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from shift_sms_cli.campaigns.html_report import html_report, report_json
from shift_sms_cli.campaigns.preview import (
    TIME,
    cost,
    countries_json,
    preview_json,
    print_costs,
    print_preview,
)
from shift_sms_cli.campaigns.progress import Watch, local_time, print_campaign, summary
from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.output import (
    AfterOption,
    JsonOption,
    LimitOption,
    counting,
    note,
    print_json,
    print_json_page,
    print_line,
    print_more,
    print_table,
    replacing,
    save_csv,
)
from shift_sms_cli.prompts import NO_TERMINAL, YesOption, confirm, is_interactive
from shift_sms_cli.text_cost import in_segments
from shift_sms_operator.campaigns.prices import read_prices
from shift_sms_operator.campaigns.views import (
    CampaignOverview,
    CampaignPreview,
    CampaignReport,
    LaunchOutcome,
)
from shift_sms_operator.composition import Operator
from shift_sms_operator.pages import DEFAULT_LIMIT
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import Counter
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus

_INTERRUPTED = 1

app = typer.Typer(
    no_args_is_help=True, help="Text a message to every member of a segment, and follow what comes of it."
)

CampaignId = Annotated[
    str,
    typer.Argument(
        metavar="CAMPAIGN_ID", help="Your name for the campaign, such as august-1. It is its campaign_id."
    ),
]
Message = Annotated[
    str,
    typer.Argument(
        metavar="MESSAGE",
        help="What to text, with the codes of the shifts. How to reply is added in each language.",
    ),
]
SegmentOption = Annotated[
    str | None,
    typer.Option(
        "--segment",
        metavar="NAME",
        help="The employees to text: a segment, such as night.",
        show_default="the setting default_segment",
    ),
]
SendAtOption = Annotated[
    str | None,
    typer.Option(
        "--send-at",
        metavar="TIME",
        help="When to launch it, such as 2026-08-15T17:00, in the setting timezone, or with an offset.",
        show_default="at once",
    ),
]
PricesOption = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FILE",
        help="Prices to use instead: the prices.json of AWS, or a file like prices.toml of the package.",
    ),
]
TestToOption = Annotated[
    str | None,
    typer.Option("--test-to", metavar="NUMBER", help="First text it to this number, such as your own."),
]


@app.command()
def preview(
    campaign_id: CampaignId,
    message: Message,
    *,
    segment: SegmentOption = None,
    send_at: SendAtOption = None,
    prices: PricesOption = None,
    test_to: TestToOption = None,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows what a campaign would text, to whom, and at what cost. Launches nothing.

    Example: shift-sms campaigns preview august-1 "15/08 5h night XYZ123" --env prod
    """
    operator = connect(env, profile, region)
    shown = _counted(partial(operator.campaigns.preview, campaign_id, message, segment, send_at), prices)
    if json:
        print_json(preview_json(shown))
    else:
        print_preview(shown)
    _send_test(operator, shown, test_to)


@app.command()
def launch(
    campaign_id: CampaignId,
    message: Message,
    *,
    segment: SegmentOption = None,
    send_at: SendAtOption = None,
    prices: PricesOption = None,
    test_to: TestToOption = None,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows what preview shows, asks, and texts everyone in the segment, now or later.

    Example: shift-sms campaigns launch august-1 "15/08 5h night XYZ123" --send-at 2026-08-14T09:00
    """
    operator = connect(env, profile, region)
    campaigns = operator.campaigns
    words = (campaign_id, message, segment, send_at)
    if not campaigns.check_new(*words):
        print_line(f"The campaign {campaign_id} with this message is there already and texts nobody again.")
        return
    shown = _counted(partial(campaigns.preview, *words), prices)
    print_preview(shown)
    later = "" if shown.send_at is None else f" at {shown.send_at:{TIME}}"
    _ask_to_send(operator, shown, test_to, f"Launch {campaign_id}{later}?", yes=yes)
    if campaigns.launch(*words) is LaunchOutcome.ALREADY_THERE:
        print_line(f"The campaign {campaign_id} has been launched meanwhile, with the same message.")
    else:
        done = "launched" if shown.send_at is None else f"scheduled for {shown.send_at:{TIME}}"
        print_line(f"{campaign_id} is {done}. {_how_to_follow(campaign_id, env)}")


@app.command()
def watch(
    campaign_id: CampaignId,
    *,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Follows a campaign until everyone was texted, skipped or refused.

    Example: shift-sms campaigns watch august-1 --env prod
    """
    campaigns = connect(env, profile, region).campaigns
    if campaigns.overview(campaign_id).by_pinpoint:
        raise Refused(f"Amazon Pinpoint sends the campaign {campaign_id} and counts it; look there")
    try:
        ended = Watch(lambda: campaigns.overview(campaign_id)).follow()
    except KeyboardInterrupt:
        note(f"no longer watched; the campaign {campaign_id} goes on until campaigns stop stops it")
        raise typer.Exit(_INTERRUPTED) from None
    if ended.error:
        print_line(f"{ended.status}: {ended.error}", style="yellow")


@app.command()
def show(
    campaign_id: CampaignId,
    *,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Shows the message, the status and the numbers of one campaign.

    Example: shift-sms campaigns show august-1 --env prod
    """
    operator = connect(env, profile, region)
    item = operator.campaigns.show(campaign_id)
    if json:
        print_json(item)
    else:
        print_campaign(item, operator.deployment.settings.zone)


@app.command("list")
def list_campaigns(
    *,
    limit: LimitOption = DEFAULT_LIMIT,
    after: AfterOption = None,
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Lists campaigns, the newest launch first.

    Example: shift-sms campaigns list --limit 10 --env prod
    """
    operator = connect(env, profile, region)
    page = operator.campaigns.page(limit=limit, after=after)
    if json:
        print_json_page(page.items, page.cursor)
        return
    print_table(
        ["campaign", "launched", "status", "recipients", "waiting", "bookings", "message"],
        [_row(item, operator.deployment.settings.zone) for item in page.items],
    )
    print_more(page.cursor)


@app.command()
def stop(
    campaign_id: CampaignId,
    *,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Stops a campaign: no further employee is texted. Relaunch reaches the others.

    Example: shift-sms campaigns stop august-1 --env prod
    """
    operator = connect(env, profile, region)
    campaigns = operator.campaigns
    before = campaigns.stop_preview(campaign_id)
    if before.status is CampaignStatus.STOPPED:
        print_line(f"{campaign_id} was stopped before and is left as it is: {before.error}")
        return
    print_campaign(campaigns.show(campaign_id), operator.deployment.settings.zone)
    print_line(_left(before))
    confirm(f"Stop {campaign_id}?", yes=yes)
    before = campaigns.stop(campaign_id)
    print_line(f"{campaign_id} is stopped. Texts that are being sent at this moment still leave.")


@app.command()
def pause(
    campaign_id: CampaignId,
    *,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Pauses a campaign: the recipients who are not texted yet wait until it is resumed.

    Example: shift-sms campaigns pause august-1 --env prod
    """
    before = connect(env, profile, region).campaigns.pause(campaign_id)
    if before.status is CampaignStatus.PAUSED:
        print_line(f"{campaign_id} was paused before.")
    else:
        print_line(f"{campaign_id} is paused. Texts that are being sent at this moment still leave.")


@app.command()
def resume(
    campaign_id: CampaignId,
    *,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Resumes a paused campaign where it was.

    Example: shift-sms campaigns resume august-1 --env prod
    """
    before = connect(env, profile, region).campaigns.resume(campaign_id)
    done = "is resumed" if before.status is CampaignStatus.PAUSED else "goes on already"
    print_line(f"{campaign_id} {done}. {_how_to_follow(campaign_id, env)}")


@app.command()
def relaunch(
    campaign_id: CampaignId,
    *,
    prices: PricesOption = None,
    test_to: TestToOption = None,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Texts the members that were not tried: new ones, and those that a stop skipped.

    Example: shift-sms campaigns relaunch august-1 --env prod
    """
    operator = connect(env, profile, region)
    campaigns = operator.campaigns
    shown = _counted(partial(campaigns.relaunch_preview, campaign_id), prices)
    print_preview(shown)
    _ask_to_send(operator, shown, test_to, f"Relaunch {campaign_id}?", yes=yes)
    campaigns.relaunch(campaign_id)
    print_line(f"{campaign_id} is relaunched. {_how_to_follow(campaign_id, env)}")


@app.command()
def report(
    campaign_id: CampaignId,
    *,
    prices: PricesOption = None,
    json: JsonOption = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file; - prints it.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one HTML file with charts.")
    ] = None,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Reports who was reached, the cost by country, and the bookings.

    Example: shift-sms campaigns report august-1 --html august-1.html --env prod
    """
    operator = connect(env, profile, region)
    with counting("recipients") as counted:
        made = operator.campaigns.report(campaign_id, prices=read_prices(prices), on_progress=counted)
    if html is not None:
        _write(html, html_report(made, zone=operator.deployment.settings.zone))
    if csv is not None:
        _write_csv(csv, made)
    if json:
        print_json(report_json(made, countries_json(made.countries)))
    elif html is None and csv is None:
        _print_report(made, operator.deployment.settings.zone)


def _how_to_follow(campaign_id: str, env: str) -> str:
    return f"Follow it: shift-sms campaigns watch {shlex.quote(campaign_id)} --env {shlex.quote(env)}"


def _counted(preview: Callable[..., CampaignPreview], prices: Path | None) -> CampaignPreview:
    """Returns a preview, and shows meanwhile how many members were counted."""
    with counting("members") as counted:
        return preview(prices=read_prices(prices), on_progress=counted)


def _ask_to_send(
    operator: Operator, shown: CampaignPreview, test_to: str | None, question: str, *, yes: bool
) -> None:
    """Sends the test text and asks. Without a terminal and without `--yes`, sends nothing."""
    if not yes and not is_interactive():
        raise Refused(NO_TERMINAL)
    _send_test(operator, shown, test_to)
    confirm(question, yes=yes)


def _send_test(operator: Operator, shown: CampaignPreview, to: str | None) -> None:
    if to is None:
        return
    status = operator.campaigns.send_test(shown, to)
    if status is DeliveryStatus.QUEUED:
        note(f"the test to {to} waits until the number is free, and is sent then")
    elif status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED):
        note(f"the test to {to} is sent")
    else:
        raise Refused(f"the test to {to} was not sent: {status.value}; nothing was launched")


def _left(progress: CampaignOverview) -> str:
    if progress.status is not CampaignStatus.LAUNCHED:
        return "It is still being planned: more recipients may wait than are counted."
    return f"{progress.waiting} of {progress.targeted} recipients are waiting and will not be texted."


def _row(item: Mapping[str, Any], zone: tzinfo) -> list[object]:
    return [
        item["campaign_id"],
        local_time(item.get("listed_at", ""), zone),
        item.get("campaign_status", "not launched yet"),
        item.get(Counter.TARGETED),
        item.get("waiting"),
        item.get(Counter.BOOKINGS),
        item.get("campaign_message", ""),
    ]


def _print_report(made: CampaignReport, zone: tzinfo) -> None:
    print_campaign(made.item, zone)
    print_line(f"{summary(made.progress)}; {in_segments(made.segments)} billed, {cost(made.countries)}")
    print_costs(made.countries)
    if made.reasons:
        print_table(["why recipients got no text", "recipients"], made.reasons.items())


def _csv_rows(made: CampaignReport) -> Iterator[tuple[object, object, object]]:
    for name, value in sorted(made.item.items()):
        yield name, "", value
    yield "segments_billed", "", made.segments
    yield "usd", "", "" if made.usd is None else made.usd
    for one in made.countries:
        yield "recipients", one.country, one.recipients
        yield "segments", one.country, one.segments
        yield "usd", one.country, "" if one.usd is None else one.usd
    for reason, count in made.reasons.items():
        yield f"not texted: {reason}", "", count


def _write_csv(file: Path, made: CampaignReport) -> None:
    header, rows = ("figure", "country", "value"), _csv_rows(made)
    if save_csv(None if str(file) == "-" else file, header, rows) is not None:
        note(f"{file} is written")


def _write(file: Path, text: str) -> None:
    with replacing(file) as opened:
        opened.write(text)
    note(f"{file} is written")

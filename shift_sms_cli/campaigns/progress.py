"""Prints how far a campaign is, and follows it to its end."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn

from shift_sms_cli.campaigns.preview import characters, duration
from shift_sms_cli.output import console, print_line
from shift_sms_operator.campaigns.views import CampaignOverview
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, Counter

_SECONDS_BETWEEN_LOOKS = 1.0
_SILENT_SECONDS = 180
"""After so long without a change, the operator is told where to look."""

_DETAILS = (
    ("error", "campaign_error"),
    ("message", "campaign_message"),
    ("segment", "segment"),
    ("scheduled for", "send_at"),
    ("in Pinpoint", "pinpoint_campaign_id"),
    ("encoding", "encoding"),
    ("SMS segments", "segments_per_text"),
    ("by language", "segments_by_language"),
)
_TIMES = ("first_send_at", "last_send_at", "first_booking_at", "last_booking_at")


def print_campaign(item: Mapping[str, Any], zone: tzinfo) -> None:
    """Prints the item of a campaign, with times in a zone. What it does not have is left out."""
    status = item.get("campaign_status", "not launched yet")
    print_line(f"campaign {item['campaign_id']}: {status}", style="bold")
    rows: list[tuple[str, object]] = [(label, item[name]) for label, name in _DETAILS if name in item]
    if "launched_at" in item:
        rows.append(("launched", local_time(item["launched_at"], zone)))
    if item.get("not_gsm"):
        rows.append(("not GSM", characters(str(item["not_gsm"]))))
    if Counter.TARGETED in item:
        rows += [(_label(name), item.get(name, 0)) for name in (Counter.TARGETED, "waiting")]
        rows += [(_label(name), item[name]) for name in STATUS_COUNTERS if item.get(name)]
        others = (Counter.SEGMENTS_SPENT, Counter.REPLIES, Counter.BOOKINGS, Counter.SEATS_FILLED)
        rows += [(_label(name), item.get(name, 0)) for name in others]
        rows += [(_label(name), local_time(item[name], zone)) for name in _TIMES if name in item]
    else:
        rows.append(("recipients", "not counted yet"))
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        print_line(f"  {label:{width}}  {value}")


def local_time(stored: object, zone: tzinfo) -> str:
    """Returns a stored time in a zone, with the zone; what is no time as it is."""
    try:
        at = datetime.fromisoformat(str(stored))
    except ValueError:
        return str(stored)
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _label(name: str) -> str:
    if name == Counter.SEGMENTS_SPENT:
        return "segments billed"
    return str(name).replace("_", " ").removesuffix(" at")


def summary(progress: CampaignOverview) -> str:
    """Returns one line about the progress."""
    parts = [
        f"{progress.status or 'not launched yet'}: {progress.settled} of {progress.targeted}",
        f"sent {progress.sent}",
    ]
    rate = progress.texts_per_second
    if rate is not None and progress.waiting:
        parts.append(f"{rate:.1f} a second")
    parts += [f"bookings {progress.counts[Counter.BOOKINGS]}", f"replies {progress.counts[Counter.REPLIES]}"]
    remaining = progress.remaining
    if progress.waiting and remaining is not None and not progress.ended:
        parts.append(f"about {duration(remaining)} left")
    return ", ".join(parts)


class Watch:
    """Follows a campaign until it ends."""

    def __init__(
        self,
        look: Callable[[], CampaignOverview],
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`look` returns the progress. It reads one item."""
        self._look = look
        self._sleep = sleep
        self._now = now

    def follow(self) -> CampaignOverview:
        """Shows the progress until the campaign has ended; returns the last one."""
        progress = self._look()
        if console().is_terminal:
            with Live(_bar(progress), console=console(), auto_refresh=False) as live:
                progress = self._until_ended(
                    progress, lambda seen: live.update(_bar(seen), refresh=True), live.console.print
                )
        else:
            print_line(summary(progress))
            progress = self._until_ended(progress, lambda seen: print_line(summary(seen)), print_line)
        return progress

    def _until_ended(
        self,
        progress: CampaignOverview,
        show: Callable[[CampaignOverview], object],
        tell: Callable[[str], object],
    ) -> CampaignOverview:
        changed_at, told = self._now(), False
        while not progress.ended:
            self._sleep(_SECONDS_BETWEEN_LOOKS)
            seen = self._look()
            if seen != progress:
                progress, changed_at, told = seen, self._now(), False
                show(progress)
            elif not told and self._now() - changed_at > _SILENT_SECONDS:
                told = True
                tell(_reason_for_silence(progress))
        return progress


def _reason_for_silence(progress: CampaignOverview) -> str:
    match progress.status:
        case CampaignStatus.PAUSED:
            return f"it is paused; go on with campaigns resume {progress.campaign_id}"
        case CampaignStatus.SCHEDULED:
            return "it is launched at its send_at"
    return (
        f"nothing has changed for {_SILENT_SECONDS // 60} minutes; if no recipient waits for the end of quiet hours,"
        " look for dead letters with queues list, and for the reason with doctor"
    )


def _bar(progress: CampaignOverview) -> Progress:
    bar = Progress(BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}"))
    bar.add_task(summary(progress), total=progress.targeted or None, completed=progress.settled)
    return bar

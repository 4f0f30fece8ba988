"""Adds up the counters of a campaign and writes the summary on its item."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, SUMMARY_VERSION, Counter, CounterRow
from shift_sms_runtime.campaigns.ports import CampaignCounters, Campaigns


def summarize(rows: Iterable[CounterRow]) -> dict[str, Any]:
    """Returns the summary of counter rows as attributes of a campaign item."""
    counts = dict.fromkeys(Counter, 0)
    times: dict[str, str] = {}
    version = 0
    for row in rows:
        version += row.writes
        for counter, count in row.counts.items():
            counts[counter] += count
        for name, time in row.times.items():
            earliest_or_latest = min if name.startswith("first") else max
            times[name] = earliest_or_latest(times.get(name, time), time)
    summary: dict[str, Any] = {counter.value: count for counter, count in counts.items()}
    summary["waiting"] = counts[Counter.TARGETED] - sum(counts[counter] for counter in STATUS_COUNTERS)
    for which in ("first", "last"):
        if "first_send_at" in times and f"{which}_booking_at" in times:
            first_send = datetime.fromisoformat(times["first_send_at"])
            elapsed = datetime.fromisoformat(times[f"{which}_booking_at"]) - first_send
            summary[f"seconds_to_{which}_booking"] = round(elapsed.total_seconds())
    return summary | times | {SUMMARY_VERSION: version}


class CampaignSummarizer:
    """Writes summaries on campaign items. A summary never replaces a newer one."""

    def __init__(self, counters: CampaignCounters, campaigns: Campaigns) -> None:
        self._counters = counters
        self._campaigns = campaigns

    def campaign_id(self, row_key: Mapping[str, Any]) -> str:
        """Returns the campaign of a counter row that has changed."""
        return self._counters.campaign_id(row_key)

    def handle(self, campaign_id: str) -> None:
        """Writes the sum of a campaign's counters, and the status FINISHED once no planned recipient is waiting."""
        # Must precede the counters: counts that were read earlier may lack recipients of this launch.
        planned_launch = self._campaigns.planned_launch(campaign_id)
        summary = summarize(self._counters.rows(campaign_id))
        self._campaigns.write_summary(campaign_id, summary, planned_launch=planned_launch)

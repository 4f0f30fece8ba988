"""Sums the counters of a campaign and writes the sum on its item."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shift_sms_runtime.campaigns.counters import BY_STATUS, VERSION, Counter, CounterRow
from shift_sms_runtime.campaigns.ports import CampaignCounters, ProgressBoard


def summed(rows: Iterable[CounterRow]) -> dict[str, Any]:
    """The attributes of a campaign item that say how it is doing."""
    counts = dict.fromkeys(Counter, 0)
    times: dict[str, str] = {}
    version = 0
    for row in rows:
        version += row.writes
        for counter, count in row.counts.items():
            counts[counter] += count
        for name, time in row.times.items():
            choose = min if name.startswith("first") else max
            times[name] = choose(times.get(name, time), time)
    report: dict[str, Any] = {counter.value: count for counter, count in counts.items()}
    report["waiting"] = counts[Counter.TARGETED] - sum(counts[counter] for counter in BY_STATUS)
    for which in ("first", "last"):
        if "first_send_at" in times and f"{which}_booking_at" in times:
            since = datetime.fromisoformat(times["first_send_at"])
            taken = datetime.fromisoformat(times[f"{which}_booking_at"]) - since
            report[f"seconds_to_{which}_booking"] = round(taken.total_seconds())
    return report | times | {VERSION: version}


class CampaignSummarizer:
    """Adds up a campaign's counters. Of two sums written in the wrong order the newer stays."""

    def __init__(self, counters: CampaignCounters, board: ProgressBoard) -> None:
        self._counters = counters
        self._board = board

    def handle(self, campaign_id: str) -> None:
        """Add up and write, from the counters as they are now."""
        self._board.report(campaign_id, summed(self._counters.rows(campaign_id)))

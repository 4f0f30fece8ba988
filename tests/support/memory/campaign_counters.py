"""Keeps the counters and launch plans of campaigns in memory."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shift_sms_runtime.campaigns.counters import CounterDelta, CounterRow
from shift_sms_runtime.campaigns.launch_plan import LaunchPlan, PlanState
from shift_sms_runtime.campaigns.reconciliation.held_message import HeldMessage
from shift_sms_runtime.campaigns.work_items import Page


class MemoryCampaignCounters:
    """Implements `CampaignCounters` in memory, with three rows per campaign as if several functions wrote them."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, CounterRow]] = {}
        self._writers = itertools.cycle(range(3))

    def add(self, delta: CounterDelta) -> None:
        """Adds to the counters."""
        rows = self._rows.setdefault(delta.campaign_id, {})
        writer = next(self._writers)
        row = rows.get(writer, CounterRow({}, 0))
        counts, times = dict(row.counts), dict(row.times)
        for counter, count in delta.counts.items():
            if count:
                counts[counter] = counts.get(counter, 0) + count
        for event, at in (("send", delta.sent_at), ("booking", delta.booked_at)):
            if at is not None:
                times.setdefault(f"first_{event}_at", at.isoformat())
                times[f"last_{event}_at"] = at.isoformat()
        rows[writer] = CounterRow(counts, row.writes + 1, times)

    def rows(self, campaign_id: str) -> list[CounterRow]:
        return list(self._rows.get(campaign_id, {}).values())

    def campaign_id(self, row_key: Mapping[str, Any]) -> str:
        return str(row_key["campaign_shard"]).rpartition("#")[0]


@dataclass(frozen=True)
class LaunchPlanRow:
    """The progress of planning a campaign."""

    launch_id: str
    status: str = "unfinished"
    after: str = ""


class MemoryLaunchPlans:
    """Implements `LaunchPlans` in memory."""

    def __init__(self, counters: MemoryCampaignCounters | None = None) -> None:
        self.rows: dict[str, LaunchPlanRow] = {}
        self._counters = counters or MemoryCampaignCounters()

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> LaunchPlan:
        row = self.rows.get(campaign_id)
        replaces = relaunch and row is not None and row.launch_id != launch_id
        if row is not None and row.status == "unfinished" and not replaces:
            return LaunchPlan(PlanState.UNFINISHED, row.launch_id, row.after)
        if row is not None and row.status == "finished" and not replaces:
            return LaunchPlan(PlanState.FINISHED, row.launch_id)
        self.rows[campaign_id] = LaunchPlanRow(launch_id)
        return LaunchPlan(PlanState.BEGUN, launch_id)

    def request_summary(self, campaign_id: str) -> None:
        self._counters.add(CounterDelta(campaign_id, {}))

    def find(self, campaign_id: str) -> LaunchPlan | None:
        row = self.rows.get(campaign_id)
        if row is None or row.status == "void":
            return None
        finished = row.status == "finished"
        return LaunchPlan(PlanState.FINISHED if finished else PlanState.UNFINISHED, row.launch_id, row.after)

    def is_due(self, page: Page) -> bool:
        row = self.rows.get(page.campaign_id, LaunchPlanRow(""))
        return (row.launch_id, row.status) == (page.launch_id, "unfinished") and row.after <= page.after

    def advance(self, page: Page, after: str) -> None:
        if self.is_due(page):
            self.rows[page.campaign_id] = replace(self.rows[page.campaign_id], after=after)

    def finish(self, page: Page, *, void: bool = False) -> None:
        if self.is_due(page):
            status = "void" if void else "finished"
            self.rows[page.campaign_id] = replace(self.rows[page.campaign_id], status=status)


class MemoryHeldMessages:
    """Implements `HeldMessages` in memory."""

    def __init__(self) -> None:
        self.messages: list[HeldMessage] = []

    def hold(self, message: HeldMessage) -> None:
        self.messages = [one for one in self.messages if replace(one, version=message.version) != message]
        self.messages.append(message)

    def page(self, campaign_id: str, limit: int) -> list[HeldMessage]:
        held = [one for one in self.messages if one.campaign_id == campaign_id]
        return sorted(held, key=lambda one: one.until)[:limit]

    def remove(self, message: HeldMessage) -> None:
        self.messages = [one for one in self.messages if one != message]

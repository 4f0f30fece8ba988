"""Keeps campaign items in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shift_sms_runtime.campaigns.campaign import (
    RELAUNCH_REMAINING,
    CampaignState,
    CampaignStatus,
    LaunchState,
)
from shift_sms_runtime.campaigns.counters import SUMMARY_ATTRIBUTES, SUMMARY_VERSION
from shift_sms_runtime.tables.campaigns import listing
from tests.support.clock import NOON

_LISTED = ("listing", "listed_at")
_PLANNED = (CampaignStatus.LAUNCHED, CampaignStatus.FINISHED)


class MemoryCampaigns:
    """Implements `Campaigns` in memory."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOON) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self._clock = clock

    def state(self, campaign_id: str) -> CampaignState | None:
        row = self.rows.get(campaign_id)
        if row is None:
            return None
        status = row.get("campaign_status")
        return CampaignState(
            CampaignStatus(status) if status in list(CampaignStatus) else None,
            row.get("launch_id"),
            row.get("launched_at", ""),
            row.get("send_at"),
        )

    def stop_reason(self, campaign_id: str, launch_id: str) -> str | None:
        if campaign_id not in self.rows:
            return "the campaign item was deleted"
        row = self.rows[campaign_id]
        if row.get("campaign_status") == CampaignStatus.STOPPED:
            return str(row.get("campaign_error", "stopped by the operator"))
        if row.get("campaign_status") == CampaignStatus.FAILED:
            return str(row.get("campaign_error", "put again, and failed"))
        paused = row.get("campaign_status") == CampaignStatus.PAUSED
        if row.get("launch_id") == launch_id or (paused and "launch_id" not in row):
            waits = paused or row.get("campaign_status") == CampaignStatus.SCHEDULED
            return LaunchState.PAUSED if waits else None
        if row.get("campaign_status") == CampaignStatus.SCHEDULED:
            return LaunchState.REPLACED
        return LaunchState.REPLACED if "launch_id" in row else LaunchState.NEW_ITEM_PENDING

    def planned_launch(self, campaign_id: str) -> str | None:
        row = self.rows.get(campaign_id, {})
        return row.get("launch_id") if row.get("campaign_status") in _PLANNED else None

    def claim_launch(self, campaign_id: str) -> bool:
        if campaign_id not in self.rows or "campaign_status" in self.rows[campaign_id]:
            return False
        self._write(campaign_id, CampaignStatus.LAUNCHING, self._listing())
        return True

    def release_launch(self, campaign_id: str) -> None:
        self.rows.get(campaign_id, {}).pop("campaign_status", None)

    def mark_launching(
        self,
        campaign_id: str,
        launch_id: str,
        details: Mapping[str, str | int],
        *,
        status_when_put: str | None,
    ) -> bool:
        if campaign_id not in self.rows:
            return False
        row = self.rows[campaign_id]
        status = row.get("campaign_status")
        if status not in (None, CampaignStatus.LAUNCHING, status_when_put):
            return False
        if row.get("launch_id") == launch_id and status != CampaignStatus.LAUNCHING:
            return False
        for name in ("campaign_error", "not_gsm", *SUMMARY_ATTRIBUTES):
            row.pop(name, None)
        self._write(
            campaign_id, CampaignStatus.LAUNCHING, {"launch_id": launch_id, **self._listing(), **details}
        )
        return True

    def mark_scheduled(self, campaign_id: str, *, status_when_put: str | None) -> bool:
        row = self.rows.get(campaign_id)
        allowed = (None, CampaignStatus.SCHEDULED, status_when_put)
        if row is None or row.get("campaign_status") not in allowed:
            return False
        for name in ("launch_id", "campaign_error", "not_gsm", *SUMMARY_ATTRIBUTES):
            row.pop(name, None)
        self._write(campaign_id, CampaignStatus.SCHEDULED, self._listing())
        return True

    def request_launch(self, campaign_id: str, seen: CampaignState, *, relaunch: bool) -> bool:
        row = self.rows.get(campaign_id, {})
        if (row.get("campaign_status"), row.get("launch_id")) != (seen.status, seen.launch_id):
            return False
        again = {"relaunch": RELAUNCH_REMAINING} if relaunch else {}
        self._write(campaign_id, CampaignStatus.REQUESTED, again)
        return True

    def mark_launched(self, campaign_id: str, launch_id: str) -> bool:
        row = self.rows.get(campaign_id, {})
        kept = (
            CampaignStatus.STOPPED,
            CampaignStatus.PAUSED,
            CampaignStatus.SCHEDULED,
            CampaignStatus.FINISHED,
        )
        if row.get("launch_id") != launch_id or row.get("campaign_status") in kept:
            return False
        row.pop("campaign_error", None)
        self._write(campaign_id, CampaignStatus.LAUNCHED)
        return True

    def mark_launched_by_pinpoint(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        if self.rows.get(campaign_id, {}).get("campaign_status") != CampaignStatus.STOPPED:
            self.rows.get(campaign_id, {}).pop("campaign_error", None)
            self._write(campaign_id, CampaignStatus.LAUNCHED, details)

    def mark_failed(self, campaign_id: str, error: str) -> None:
        self._end(campaign_id, CampaignStatus.FAILED, error)

    def stop(self, campaign_id: str, reason: str) -> None:
        self._end(campaign_id, CampaignStatus.STOPPED, reason)

    def _end(self, campaign_id: str, status: CampaignStatus, error: str) -> None:
        listed = {name: value for name, value in self.rows.get(campaign_id, {}).items() if name in _LISTED}
        self._write(campaign_id, status, {"campaign_error": error, **self._listing(), **listed})

    def _listing(self) -> dict[str, str]:
        return listing(self._clock())

    def write_summary(
        self, campaign_id: str, summary: Mapping[str, Any], *, planned_launch: str | None
    ) -> None:
        row = self.rows.get(campaign_id)
        if row is None or row.get(SUMMARY_VERSION, -1) >= summary[SUMMARY_VERSION]:
            return
        row |= summary
        if planned_launch is not None and self.planned_launch(campaign_id) == planned_launch:
            self._write(
                campaign_id, CampaignStatus.LAUNCHED if summary["waiting"] else CampaignStatus.FINISHED
            )

    def _write(
        self, campaign_id: str, status: CampaignStatus, details: Mapping[str, str | int] | None = None
    ) -> None:
        if campaign_id in self.rows:
            self.rows[campaign_id] |= {"campaign_status": status.value, **(details or {})}

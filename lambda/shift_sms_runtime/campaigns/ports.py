"""Protocols for the tables that campaigns read and write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from shift_sms_runtime.campaigns.campaign import CampaignState
from shift_sms_runtime.campaigns.counters import CounterRow
from shift_sms_runtime.campaigns.deliveries import NewDelivery, SkipResult
from shift_sms_runtime.campaigns.launch_plan import LaunchPlan
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.records import record


@record
class SendCheck:
    """Whether a campaign or a fill plan may send texts now."""

    stop_reason: str | None = None
    """Why it must not; None if it may."""
    zone: ZoneInfo | None = None
    """The time zone of recipients who have none. None if the texts do not wait for quiet hours to end."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Why some recipients must not be texted, by phone number."""


class Campaigns(Protocol):
    """The Campaigns table.

    Writes add the status and counts to an operator's item and never restore a deleted one.
    """

    def state(self, campaign_id: str) -> CampaignState | None:
        """Returns what decides on a campaign next; None if there is no such item."""

    def stop_reason(self, campaign_id: str, launch_id: str) -> str | None:
        """Returns why this launch must not send further texts; None if it continues.

        The reason is a `LaunchState`, or a text for the operator if the campaign has ended.
        """

    def planned_launch(self, campaign_id: str) -> str | None:
        """Returns the id of the launch whose recipients are all planned; None while there is none."""

    def claim_launch(self, campaign_id: str) -> bool:
        """Marks a new campaign as launching, for the retired engine.

        Returns False if it already has a status.
        """

    def release_launch(self, campaign_id: str) -> None:
        """Undoes `claim_launch`."""

    def mark_launching(
        self,
        campaign_id: str,
        launch_id: str,
        details: Mapping[str, str | int],
        *,
        status_when_put: str | None,
    ) -> bool:
        """Marks a campaign as launching, and removes the counts of an earlier launch.

        Sets `details` as attributes.

        Returns:
            False if the status has changed since the item was put.
        """

    def mark_scheduled(self, campaign_id: str, *, status_when_put: str | None) -> bool:
        """Marks a campaign as scheduled, and removes what an earlier launch has written.

        Returns:
            False if the status has changed since the item was put.
        """

    def request_launch(self, campaign_id: str, seen: CampaignState, *, relaunch: bool) -> bool:
        """Requests the launch of a campaign. A `relaunch` replaces the plan of an earlier launch.

        Returns:
            False if the campaign has changed since `seen`.
        """

    def mark_launched(self, campaign_id: str, launch_id: str) -> bool:
        """Marks a campaign as launched.

        Returns:
            False if it is paused, scheduled or has ended, or if a later launch has replaced this one.
        """

    def mark_launched_by_pinpoint(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """Marks a campaign of the retired engine as launched, and sets `details` as attributes."""

    def mark_failed(self, campaign_id: str, error: str) -> None:
        """Marks a campaign as failed, with `error` as `campaign_error`."""

    def stop(self, campaign_id: str, reason: str) -> None:
        """Marks a campaign as stopped, with `reason` as `campaign_error`."""

    def write_summary(
        self, campaign_id: str, summary: Mapping[str, Any], *, planned_launch: str | None
    ) -> None:
        """Writes a summary on the campaign item, unless the item is deleted or has a newer summary.

        Args:
            campaign_id: The campaign.
            summary: The counts and times.
            planned_launch: The launch whose recipients the counts cover, read before the counts. If it is still the
                launch of the item, the status becomes FINISHED if no recipient is waiting, and LAUNCHED otherwise.
        """


class LaunchPlans(Protocol):
    """The progress of planning campaigns.

    A plan is kept as long as deliveries, even if its campaign is deleted.
    """

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> LaunchPlan:
        """Begins a plan, unless the campaign has one.

        A `relaunch` replaces the plan of an earlier launch.
        """

    def find(self, campaign_id: str) -> LaunchPlan | None:
        """Returns the plan of a campaign; None if it has none, or a void one.

        Its state is UNFINISHED, FINISHED or TOO_OLD.
        """

    def is_due(self, page: Page) -> bool:
        """Returns whether a page still has to be planned.

        A page that `advance` has passed is not due. A page that is received before `advance` has reached it is due.
        """

    def advance(self, page: Page, after: str) -> None:
        """Moves the plan on to the page after the member `after`.

        Changes nothing if the plan is further already.
        """

    def finish(self, page: Page, *, void: bool = False) -> None:
        """Finishes a plan: no page follows.

        After a `void` plan, the next launch counts as the first.
        """

    def request_summary(self, campaign_id: str) -> None:
        """Requests that the counters of a campaign are summarized, for an item that may be new."""


class CampaignCounters(Protocol):
    """The counters of campaigns."""

    def rows(self, campaign_id: str) -> Iterable[CounterRow]:
        """Returns all counter rows of one campaign."""

    def campaign_id(self, row_key: Mapping[str, Any]) -> str:
        """Returns the campaign of a counter row."""


class SegmentMembers(Protocol):
    """The members of segments."""

    def page(
        self, segment: str, after: str, limit: int, *, added_until: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """Returns a page of members in a fixed order, and where the next page begins.

        The next page begins after the returned member. It is None on the last page.

        Members are returned as they were written. Those added later than `added_until` are left out, so a page can be
        empty although another one follows.
        """


class Deliveries(Protocol):
    """The Deliveries table: writes that involve no send."""

    def add(
        self,
        campaign_id: str,
        rows: Sequence[NewDelivery],
        *,
        requeue_stopped: bool,
        stopped_by: datetime | None = None,
        now: datetime,
    ) -> list[str]:
        """Adds the rows that do not exist, and counts them in the same transaction.

        Args:
            campaign_id: The campaign.
            rows: At most `MAX_ROWS_PER_WRITE` rows.
            requeue_stopped: Whether rows that a stop has skipped are queued again.
            stopped_by: Rows that were skipped after this are not queued again; None for no such limit.
            now: The current time.

        Returns:
            The phone numbers of these rows that wait for a sender.
        """

    def skip(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> SkipResult:
        """Settles waiting rows without a send."""

    def statuses(self, campaign_id: str, numbers: Sequence[str]) -> Mapping[str, DeliveryStatus]:
        """Returns the statuses of the numbers that have a row."""


class RunningFillPlans(Protocol):
    """The fill plans whose texts are sent like those of a campaign."""

    def check(self, campaign_id: str, text_version: str) -> SendCheck:
        """Returns whether the plan may send texts now, and to whom it may not.

        It may if it runs, a seat is free, and the text still describes the shift. Employees are skipped who have a
        place in the shift, or were sick.

        Args:
            campaign_id: The campaign id of the plan.
            text_version: The version of the shift that the text describes; empty if it is not known.
        """


class ShiftIds(Protocol):
    """The ids of shifts."""

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """Returns the ids that shifts have. Takes at most 100 ids."""

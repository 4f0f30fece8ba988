"""What campaigns need of their tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shift_sms_runtime.campaigns.campaign import CampaignStatus, LaunchPlan
from shift_sms_runtime.campaigns.counters import CounterRow
from shift_sms_runtime.campaigns.deliveries import NewDelivery, SkipResult
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class Campaigns(Protocol):
    """The Campaigns table: status and counts beside what the operator has written. A deleted item stays deleted."""

    def status(self, campaign_id: str) -> CampaignStatus | None:
        """Returns the status of a campaign; None for a new one.

        Raises:
            CampaignGone: there is no such item.
        """

    def stop_reason(self, campaign_id: str, launch_id: str) -> str | None:
        """Returns why this launch must not text anyone: a `LaunchState`, or the reason written for the operator.

        None while the launch goes on.
        """

    def claim_launch(self, campaign_id: str) -> bool:
        """Marks a new campaign as launching; False if it has a status already."""

    def release_launch(self, campaign_id: str) -> None:
        """Takes back `claim_launch`."""

    def mark_launching(
        self, campaign_id: str, launch_id: str, details: Mapping[str, str | int], *, put_status: str | None
    ) -> bool:
        """Marks a campaign as launching, sets `details` as attributes and removes the counts of an earlier launch.

        Returns False if the campaign has another status than `put_status`, the status of the item when it was put.
        """

    def mark_launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """Marks a campaign as launched unless it was stopped, and sets `details` as attributes."""

    def mark_failed(self, campaign_id: str, error: str) -> None:
        """Marks a campaign as failed. The operator reads `error` as `campaign_error`."""

    def stop(self, campaign_id: str, reason: str) -> None:
        """Marks a campaign as stopped. The operator reads `reason` as `campaign_error`."""

    def write_summary(self, campaign_id: str, summary: Mapping[str, Any]) -> None:
        """Sets the attributes of a summary, unless the item is gone or has those of a newer summary."""


class LaunchPlans(Protocol):
    """How far campaigns are planned. Plans are kept as long as deliveries, even if the campaign item is deleted."""

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> LaunchPlan:
        """Begins a plan, unless the campaign has one. A `relaunch` begins a new one and ends the earlier launch."""

    def is_due(self, page: Page) -> bool:
        """Returns whether a page is still to be planned.

        An earlier page was planned, and the page after it is in the queue. A page that arrives before `advance` has
        named it is due as well.
        """

    def advance(self, page: Page, after: str) -> None:
        """Makes the page that begins after the member `after` the next one, unless a later page already is."""

    def finish(self, page: Page, *, void: bool = False) -> None:
        """Ends a plan: no page follows. A `void` plan is forgotten, so that the next launch is the first."""

    def request_summary(self, campaign_id: str) -> None:
        """Has the counters of a campaign written on its item, which may be new."""


class CampaignCounters(Protocol):
    """The counters of campaigns."""

    def rows(self, campaign_id: str) -> Iterable[CounterRow]:
        """Returns all counter rows of one campaign."""


class SegmentMembers(Protocol):
    """The members of segments."""

    def page(
        self, segment: str, after: str, limit: int, *, added_by: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """Returns members as they were written, in a fixed order, and the member after which the next page begins.

        That is None after the last page. Members added after `added_by` are left out, so a page may be empty although
        another one follows.
        """


class Deliveries(Protocol):
    """The Deliveries table, as far as rows are written without a send."""

    def open(
        self, campaign_id: str, rows: Sequence[NewDelivery], *, reopen: bool, now: datetime
    ) -> list[str]:
        """Writes the rows that do not exist yet, at most `MAX_ROWS_PER_WRITE`, and counts them in the same write.

        With `reopen`, rows that a stop has skipped are queued again. Returns the phone numbers that wait for a sender.
        """

    def skip(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> SkipResult:
        """Settles rows that wait, without a send."""


class ShiftIds(Protocol):
    """The ids of shifts."""

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """Returns those of the ids, at most 100, that a shift has."""

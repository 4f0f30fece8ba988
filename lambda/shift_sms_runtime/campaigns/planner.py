"""Plans a campaign, one page at a time: a row for each member, and work items.

Rows are written before work items and never overwritten. The next page is queued before the current one counts as
planned. So handling a page twice neither duplicates nor loses a recipient. The rows show which recipients still wait,
and a sender skips a recipient whose row is settled.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from shift_sms_runtime.campaigns.campaign import LaunchState
from shift_sms_runtime.campaigns.deliveries import MAX_ROWS_PER_WRITE, NewDelivery
from shift_sms_runtime.campaigns.ports import (
    CampaignCounters,
    Campaigns,
    Deliveries,
    LaunchPlans,
    SegmentMembers,
)
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.campaigns.reconciliation.holder import CampaignHolder
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.queue_messages import Queue

T = TypeVar("T")

MEMBERS_PER_PAGE = 10 * MAX_ROWS_PER_WRITE
"""Ten transactions, which take a second or two."""

CLOCK_TOLERANCE = timedelta(hours=1)
"""Members added up to this long after the launch are recipients, because clocks differ."""

_POSTPONEMENT = timedelta(minutes=15)

_AFTER_THIS_PAGE = timedelta(minutes=1)
"""After this time, the page that is planned now is finished or delivered again."""


class PlanOutcome(StrEnum):
    """The outcome of one page, for the log and metrics."""

    QUEUED = "queued"
    PLANNED_BEFORE = "planned-before"
    ENDED = "ended"
    """The launch does not continue."""
    HELD = "held"
    """The campaign is paused."""
    POSTPONED = "postponed"
    """Too many segments wait in the dispatch queue."""
    NO_MEMBERS = "no-members"
    """The segment has no members, so the campaign has failed."""


class CampaignPlanner:
    """Plans pages of segments."""

    def __init__(
        self,
        *,
        segment_members: SegmentMembers,
        deliveries: Deliveries,
        plans: LaunchPlans,
        pages: Queue[Page],
        dispatch: Queue[WorkItem],
        campaigns: Campaigns,
        counters: CampaignCounters,
        holder: CampaignHolder,
        requests: Queue[CampaignRequest],
        recipients_per_item: int,
        most_waiting: int,
        clock: Clock,
    ) -> None:
        """`most_waiting` limits the segments of one campaign that wait in the dispatch queue."""
        self._segment_members = segment_members
        self._deliveries = deliveries
        self._plans = plans
        self._pages = pages
        self._dispatch = dispatch
        self._campaigns = campaigns
        self._counters = counters
        self._holder = holder
        self._requests = requests
        self._recipients_per_item = recipients_per_item
        self._most_waiting = most_waiting
        self._clock = clock

    def handle(self, page: Page) -> PlanOutcome:
        """Plans one page, unless it was planned before or its launch does not continue."""
        if not self._plans.is_due(page):
            return PlanOutcome.PLANNED_BEFORE
        reason = self._campaigns.stop_reason(page.campaign_id, page.launch_id)
        if reason is not None:
            return self._end_plan(page, reason)
        waiting = self._waiting_segments(page)
        # SQS deletes a message after its retention period. Putting the page again starts a new period. If the number
        # has not changed since, the work items of the waiting recipients are lost, and planning continues.
        if waiting >= self._most_waiting and waiting != page.waiting_when_postponed:
            self._pages.put([replace(page, waiting_when_postponed=waiting)], delay=_POSTPONEMENT)
            return PlanOutcome.POSTPONED
        members, after = self._read_members(page)
        queued = self._add_deliveries(page, members)
        if not self._plans.is_due(page):
            # Another delivery of this page was faster and has queued the work items and the next page.
            return PlanOutcome.PLANNED_BEFORE
        self._dispatch.put(
            [
                WorkItem(
                    page.campaign_id,
                    page.launch_id,
                    page.body,
                    page.segments_per_text,
                    tuple(numbers),
                    page.offered_shift_id,
                    languages=page.languages,
                    bodies=page.bodies,
                )
                for numbers in batches(queued, self._recipients_per_item)
            ]
        )
        return self._queue_next_page(page, members, after)

    def _queue_next_page(self, page: Page, members: Sequence[str], after: str | None) -> PlanOutcome:
        """Queues the next page, or finishes the plan after the last one."""
        if after is not None:
            self._pages.put([replace(page, after=after, waiting_when_postponed=None)])
            self._plans.advance(page, after)
        elif _has_recipients(page, members):
            if not self._campaigns.mark_launched(page.campaign_id, page.launch_id):
                # The operator may have paused the campaign, and may resume it before the plan is finished.
                self._requests.put([CampaignRequest(page.campaign_id)], delay=_AFTER_THIS_PAGE)
            # All recipients may be settled already, so that no counter changes any more.
            self._plans.request_summary(page.campaign_id)
            self._plans.finish(page)
        else:
            self._campaigns.mark_failed(page.campaign_id, self._no_recipients_error(page))
            self._plans.finish(page, void=True)
            return PlanOutcome.NO_MEMBERS
        return PlanOutcome.QUEUED

    def _end_plan(self, page: Page, reason: str) -> PlanOutcome:
        """Finishes the plan of a launch that does not continue, or holds the page of a paused one.

        Raises:
            TryAgainLater: the new item of the campaign has not been launched yet.
        """
        if reason is LaunchState.NEW_ITEM_PENDING:
            raise TryAgainLater(reason)
        if reason is LaunchState.PAUSED:
            self._holder.hold(page, until=self._clock())
            return PlanOutcome.HELD
        # An interrupted planner may have written that the campaign failed, without finishing its plan.
        void = reason is not LaunchState.REPLACED and self._skip_page(page, reason)
        self._plans.finish(page, void=void)
        return PlanOutcome.ENDED

    def _skip_page(self, page: Page, reason: str) -> bool:
        """Settles rows that an interrupted planner has written for this page.

        They may be in no work item.

        Returns:
            Whether the launch has no recipients.
        """
        members, after = self._read_members(page)
        numbers = [row.phone_number for row in _new_deliveries(members)]
        self._deliveries.skip(page.campaign_id, numbers, DeliveryStatus.STOPPED, reason, now=self._clock())
        return after is None and not _has_recipients(page, members)

    def _read_members(self, page: Page) -> tuple[list[str], str | None]:
        """Returns the members on a page, without those added since the launch.

        Planning may take days.
        """
        launched_at = datetime.fromisoformat(page.launched_at) if page.launched_at else None
        added_until = launched_at + CLOCK_TOLERANCE if launched_at else None
        return self._segment_members.page(page.segment, page.after, MEMBERS_PER_PAGE, added_until=added_until)

    def _no_recipients_error(self, page: Page) -> str:
        """Returns the error for the operator of a launch without recipients."""
        members, _ = self._segment_members.page(page.segment, "", 1)
        if members:
            return (
                f"segment {page.segment!r} had no members when this campaign was launched:"
                " put the item again to reach the members added since"
            )
        return (
            f"segment {page.segment!r} has no members: add members to the SegmentMembers table,"
            " or name another segment"
        )

    def _waiting_segments(self, page: Page) -> int:
        """Returns the number of segments of this campaign that wait to be sent."""
        return int(summarize(self._counters.rows(page.campaign_id))["waiting"]) * page.segments_per_text

    def _add_deliveries(self, page: Page, members: Iterable[str]) -> list[str]:
        """Adds a row for each member that has none.

        Returns the phone numbers that wait for a sender.
        """
        waiting: list[str] = []
        for batch in batches(_new_deliveries(members), MAX_ROWS_PER_WRITE):
            waiting += self._deliveries.add(
                page.campaign_id, batch, requeue_stopped=page.relaunched, now=self._clock()
            )
        return waiting


def _has_recipients(last_page: Page, members: Sequence[str]) -> bool:
    """Returns whether a launch has recipients, or an earlier launch may have had some."""
    return bool(members or last_page.after or last_page.relaunched)


def _new_deliveries(members: Iterable[str]) -> list[NewDelivery]:
    rows: dict[str, NewDelivery] = {}
    for member in members:
        try:
            number = to_e164(member)
        except NotAPhoneNumber:
            rows.setdefault(member, NewDelivery(member, DeliveryStatus.FAILED, "INVALID_NUMBER"))
        else:
            rows.setdefault(number, NewDelivery(number, DeliveryStatus.QUEUED))
    return list(rows.values())


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yields the items in order, `size` at a time."""
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch

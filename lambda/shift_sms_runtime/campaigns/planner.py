"""Plans a campaign: writes a row and a work item for each member of a segment, one page at a time.

Rows are written before work items and never overwritten. The next page is in the queue before this one counts as
planned. So a page that is handled twice adds no recipient twice and loses none: the rows tell which recipients still
wait, and senders learn from a row that its text has gone out.
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
from shift_sms_runtime.campaigns.summary import summarize
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.queue_messages import Queue

T = TypeVar("T")

MEMBERS_PER_PAGE = 10 * MAX_ROWS_PER_WRITE
"""Ten transactions, a second or two of work."""

CLOCKS_DIFFER = timedelta(hours=1)
"""A member added this long after the launch was added after it by every clock."""

_UNTIL_FEWER_WAIT = timedelta(minutes=15)


class PlanOutcome(StrEnum):
    """The result of one page, for the log and metrics."""

    QUEUED = "queued"
    PLANNED_BEFORE = "planned-before"
    ENDED = "ended"
    """The launch does not go on."""
    PUT_OFF = "put-off"
    """Too many message parts wait already."""
    NO_MEMBERS = "no-members"
    """The segment has no members: the campaign has failed."""


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
        recipients_per_item: int,
        most_waiting: int,
        clock: Clock,
    ) -> None:
        """`most_waiting` limits the message parts of one campaign that wait in the dispatch queue."""
        self._segment_members = segment_members
        self._deliveries = deliveries
        self._plans = plans
        self._pages = pages
        self._dispatch = dispatch
        self._campaigns = campaigns
        self._counters = counters
        self._recipients_per_item = recipients_per_item
        self._most_waiting = most_waiting
        self._clock = clock

    def handle(self, page: Page) -> PlanOutcome:
        """Plans one page, unless it was planned before or its launch does not go on."""
        if not self._plans.is_due(page):
            return PlanOutcome.PLANNED_BEFORE
        reason = self._campaigns.stop_reason(page.campaign_id, page.launch_id)
        if reason is not None:
            return self._end(page, reason)
        waiting = self._waiting(page)
        # SQS deletes a message after its retention period; a page that is put again starts a new one. If nothing has
        # moved since, the waiting recipients have no work items any more, and planning goes on.
        if waiting >= self._most_waiting and waiting != page.seen_waiting:
            self._pages.put([replace(page, seen_waiting=waiting)], delay=_UNTIL_FEWER_WAIT)
            return PlanOutcome.PUT_OFF
        members, after = self._members(page)
        queued = self._open(page, members)
        if not self._plans.is_due(page):
            # Another delivery of this page was faster, and has queued what follows.
            return PlanOutcome.PLANNED_BEFORE
        self._dispatch.put(
            [
                WorkItem(
                    page.campaign_id, page.launch_id, page.body, page.segments, tuple(numbers), page.offers
                )
                for numbers in batches(queued, self._recipients_per_item)
            ]
        )
        return self._go_on(page, members, after)

    def _go_on(self, page: Page, members: Sequence[str], after: str | None) -> PlanOutcome:
        """Queues the next page, or ends the plan after the last one."""
        if after is not None:
            self._pages.put([replace(page, after=after, seen_waiting=None)])
            self._plans.advance(page, after)
        elif members or page.after or page.relaunched:
            self._campaigns.mark_launched(page.campaign_id, {})
            self._plans.finish(page)
        else:
            self._campaigns.mark_failed(page.campaign_id, self._why_empty(page))
            self._plans.finish(page, void=True)
            return PlanOutcome.NO_MEMBERS
        return PlanOutcome.QUEUED

    def _end(self, page: Page, reason: str) -> PlanOutcome:
        """Ends the plan of a launch that does not go on."""
        if reason is LaunchState.UNDECIDED:
            raise TryAgainLater(reason)
        if reason is not LaunchState.REPLACED:
            self._skip(page, reason)
        self._plans.finish(page)
        return PlanOutcome.ENDED

    def _skip(self, page: Page, reason: str) -> None:
        """Settles the rows that an interrupted planner of this page has written: they may have no work item."""
        members, _ = self._members(page)
        numbers = [row.phone_number for row in _rows(members)]
        self._deliveries.skip(page.campaign_id, numbers, DeliveryStatus.STOPPED, reason, now=self._clock())

    def _members(self, page: Page) -> tuple[list[str], str | None]:
        """Returns the members on a page. Planning may take days: members added since the launch are left out."""
        launched_at = datetime.fromisoformat(page.launched_at) if page.launched_at else None
        added_by = launched_at + CLOCKS_DIFFER if launched_at else None
        return self._segment_members.page(page.segment, page.after, MEMBERS_PER_PAGE, added_by=added_by)

    def _why_empty(self, page: Page) -> str:
        """Returns the error for the operator when a launch has no recipients."""
        there, _ = self._segment_members.page(page.segment, "", 1)
        if there:
            return (
                f"segment {page.segment!r} had no members when this campaign was launched:"
                " put the item again to reach the members added since"
            )
        return (
            f"segment {page.segment!r} has no members: add members to the SegmentMembers table,"
            " or name another segment"
        )

    def _waiting(self, page: Page) -> int:
        """Returns the message parts of this campaign that are queued and not sent."""
        return int(summarize(self._counters.rows(page.campaign_id))["waiting"]) * page.segments

    def _open(self, page: Page, members: Iterable[str]) -> list[str]:
        """Writes a row for each member that has none; returns the phone numbers that wait for a sender."""
        waiting: list[str] = []
        for batch in batches(_rows(members), MAX_ROWS_PER_WRITE):
            waiting += self._deliveries.open(
                page.campaign_id, batch, reopen=page.relaunched, now=self._clock()
            )
        return waiting


def _rows(members: Iterable[str]) -> list[NewDelivery]:
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

"""One page of a segment: a ledger row and a place in the dispatch queue for each member, then the next page.

Rows are written before the queue is filled and never overwritten, and the next page is on its way before this one
counts as done. So a page that is handled again adds nobody twice and loses nobody: recipients are found in their rows,
and senders find out from the row that a text has already gone out.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from shift_sms_runtime.campaigns.campaign import LaunchState
from shift_sms_runtime.campaigns.deliveries import NewDelivery
from shift_sms_runtime.campaigns.ports import (
    CampaignBoard,
    CampaignCounters,
    CampaignHalts,
    Deliveries,
    PlanProgress,
    SegmentMembers,
)
from shift_sms_runtime.campaigns.summary import summed
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.queue_messages import Queue

T = TypeVar("T")


MEMBERS_PER_PAGE = 990
"""Ten transactions of the ledger, a second or two of work."""


_UNTIL_FEWER_WAIT = timedelta(minutes=15)


CLOCKS_DIFFER = timedelta(hours=1)
"""Whoever was added so long after the launch was it certainly, by whichever clock."""


ROWS_PER_WRITE = 99
"""A DynamoDB transaction has 100 items; one of them counts."""


class Planned(StrEnum):
    """What became of one page, for logs and metrics."""

    QUEUED = "queued"
    BEFORE = "before"
    HALTED = "halted"
    LATER = "later"
    NOBODY = "nobody"
    """The segment is empty: the campaign has failed."""


class CampaignPlanner:
    """Handles one page after the other."""

    def __init__(
        self,
        *,
        roster: SegmentMembers,
        ledger: Deliveries,
        plans: PlanProgress,
        pages: Queue[Page],
        dispatch: Queue[WorkItem],
        board: CampaignBoard,
        halts: CampaignHalts,
        counters: CampaignCounters,
        recipients_per_item: int,
        most_waiting: int,
        clock: Clock,
    ) -> None:
        """``most_waiting`` are message parts: a campaign that has as many queued is planned on when there are fewer."""
        self._roster = roster
        self._ledger = ledger
        self._plans = plans
        self._pages = pages
        self._dispatch = dispatch
        self._board = board
        self._halts = halts
        self._counters = counters
        self._recipients_per_item = recipients_per_item
        self._most_waiting = most_waiting
        self._clock = clock

    def handle(self, page: Page) -> Planned:
        """Plan one page, unless it was planned before or nobody is to be texted any more."""
        if not self._plans.is_at(page):
            return Planned.BEFORE
        over = self._halts.halted(page.campaign_id, page.launch_id)
        if over is not None:
            return self._halt(page, over)
        waiting = self._waiting(page)
        # A queue forgets what waits in it for days; a page that is put again begins its days anew. Where nothing has
        # moved since, what waits has no work item any more, and there is nothing to wait for.
        if waiting >= self._most_waiting and waiting != page.seen_waiting:
            self._pages.put([replace(page, seen_waiting=waiting)], delay=_UNTIL_FEWER_WAIT)
            return Planned.LATER
        members, after = self._members(page)
        queued = self._open(page, members)
        if not self._plans.is_at(page):
            # Another copy of this page was quicker: what follows it is not to be queued twice.
            return Planned.BEFORE
        self._dispatch.put(
            [
                WorkItem(
                    page.campaign_id, page.launch_id, page.body, page.segments, tuple(numbers), page.offers
                )
                for numbers in batches(queued, self._recipients_per_item)
            ]
        )
        return self._go_on(page, members, after)

    def _go_on(self, page: Page, members: Sequence[str], after: str | None) -> Planned:
        """Put the next page, or end the launch."""
        if after is not None:
            self._pages.put([replace(page, after=after, seen_waiting=None)])
            self._plans.advance(page, after)
        elif members or page.after or page.relaunched:
            self._board.launched(page.campaign_id, {})
            self._plans.finish(page)
        else:
            self._board.failed(page.campaign_id, self._why_nobody(page))
            self._plans.finish(page, void=True)
            return Planned.NOBODY
        return Planned.QUEUED

    def _halt(self, page: Page, over: str) -> Planned:
        if over is LaunchState.UNDECIDED:
            raise TryAgainLater(over)
        if over is not LaunchState.REPLACED:
            self._leave_out(page, over)
        self._plans.finish(page)
        return Planned.HALTED

    def _leave_out(self, page: Page, reason: str) -> None:
        """Settle the rows that an interrupted planner of this page has begun: no sender may ever hear of them."""
        members, _ = self._members(page)
        numbers = [row.phone_number for row in _rows(members)]
        self._ledger.leave_out(page.campaign_id, numbers, DeliveryStatus.STOPPED, reason, now=self._clock())

    def _members(self, page: Page) -> tuple[list[str], str | None]:
        """Who is on a page; planning may take days, and who is added meanwhile is not swept in."""
        launched_at = datetime.fromisoformat(page.launched_at) if page.launched_at else None
        added_by = launched_at + CLOCKS_DIFFER if launched_at else None
        return self._roster.page(page.segment, page.after, MEMBERS_PER_PAGE, added_by=added_by)

    def _why_nobody(self, page: Page) -> str:
        """For the campaign item, and for people."""
        there, _ = self._roster.page(page.segment, "", 1)
        if there:
            return (
                f"nobody was in segment {page.segment!r} when this was launched:"
                " put it up again to reach those who were added since"
            )
        return (
            f"nobody is in segment {page.segment!r}: add members to the SegmentMembers table,"
            " or name another segment"
        )

    def _waiting(self, page: Page) -> int:
        """Message parts of this campaign that are queued and not sent."""
        return int(summed(self._counters.rows(page.campaign_id))["waiting"]) * page.segments

    def _open(self, page: Page, members: Iterable[str]) -> list[str]:
        """See that each member has a row; returns those that wait for a sender."""
        waiting: list[str] = []
        for batch in batches(_rows(members), ROWS_PER_WRITE):
            waiting += self._ledger.open(page.campaign_id, batch, reopen=page.relaunched, now=self._clock())
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
    """The items in order, ``size`` at a time."""
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch

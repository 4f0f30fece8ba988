"""One page of a segment: a ledger row and a place in the dispatch queue for each member, then the next page.

Rows are written before the queue is filled and never overwritten, and the next page is on its way before this one
counts as done. So a page that is handled again adds nobody twice and loses nobody: recipients are found in their rows,
and senders find out from the row that a text has already gone out.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shift_sms_runtime.domain.deliveries import DeliveryStatus, LeftOut, NewDelivery
from shift_sms_runtime.domain.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.domain.work_items import Page, WorkItem
from shift_sms_runtime.services.launch import CampaignBoard
from shift_sms_runtime.services.roster_engine import PagesQueue
from shift_sms_runtime.services.send_once import Clock

T = TypeVar("T")

MEMBERS_PER_PAGE = 990
"""Ten transactions of the ledger, a second or two of work."""
NO_DELAY = timedelta()
ROWS_PER_WRITE = 99
"""A DynamoDB transaction has 100 items; one of them counts."""


class Roster(Protocol):
    """Who a campaign reaches."""

    def page(self, segment: str, after: str, limit: int) -> tuple[list[str], str | None]:
        """Members as they were written, in a fixed order, and after whom the next page begins; None: there is none."""


class DeliveryLedger(Protocol):
    """Where rows begin, and end that were never sent."""

    def open(
        self, campaign_id: str, rows: Sequence[NewDelivery], *, reopen: bool, now: datetime
    ) -> list[str]:
        """Write the rows that are not there yet, at most ``ROWS_PER_WRITE``, and count them in the same step.

        With ``reopen``, rows that a stop left out are queued again. Returns the numbers whose rows wait for a sender.
        """

    def leave_out(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> LeftOut:
        """Settle rows that wait, without a send."""


class PlanProgress(Protocol):
    """How far the launch of a campaign has come."""

    def is_at(self, page: Page) -> bool:
        """Whether this page is due. One before it was handled, and the next is on its way; one that arrives before its
        own coming was noted is due as well."""

    def advance(self, page: Page, after: str) -> None:
        """The next page is the one that is due, unless a later one is already."""

    def finish(self, page: Page, *, void: bool = False) -> None:
        """There is no further page. ``void`` forgets the launch: the next one under this id is the first."""


class DispatchQueue(Protocol):
    """Where work items wait for a sender."""

    def put(self, items: Sequence[WorkItem], *, delay: timedelta = NO_DELAY) -> None:
        """Hand over all of them, to be seen after ``delay``, at most 15 minutes."""


class CampaignHalts(Protocol):
    """Whether a campaign is over before its recipients are."""

    def halted(self, campaign_id: str) -> str | None:
        """Why nobody is to be texted any more; None while the campaign goes on."""


class CampaignPlanning:
    """Handles one page after the other."""

    def __init__(
        self,
        *,
        roster: Roster,
        ledger: DeliveryLedger,
        plans: PlanProgress,
        pages: PagesQueue,
        dispatch: DispatchQueue,
        board: CampaignBoard,
        halts: CampaignHalts,
        recipients_per_item: int,
        clock: Clock,
    ) -> None:
        self._roster = roster
        self._ledger = ledger
        self._plans = plans
        self._pages = pages
        self._dispatch = dispatch
        self._board = board
        self._halts = halts
        self._recipients_per_item = recipients_per_item
        self._clock = clock

    def handle(self, page: Page) -> int:
        """Plan one page; returns how many recipients were queued."""
        if not self._plans.is_at(page):
            return 0
        if self._halts.halted(page.campaign_id) is not None:
            self._plans.finish(page)
            return 0
        members, after = self._roster.page(page.segment, page.after, MEMBERS_PER_PAGE)
        queued = self._queue(page, members)
        if after is not None:
            self._pages.put_page(replace(page, after=after))
            self._plans.advance(page, after)
        elif members or page.after or page.relaunched:
            self._board.launched(page.campaign_id, {})
            self._plans.finish(page)
        else:
            self._board.failed(
                page.campaign_id,
                f"nobody is in segment {page.segment!r}: add members to the SegmentMembers table,"
                " or name another segment",
            )
            self._plans.finish(page, void=True)
        return queued

    def _queue(self, page: Page, members: Iterable[str]) -> int:
        waiting: list[str] = []
        for batch in batches(_rows(members), ROWS_PER_WRITE):
            waiting += self._ledger.open(page.campaign_id, batch, reopen=page.relaunched, now=self._clock())
        self._dispatch.put(
            [
                WorkItem(page.campaign_id, page.body, page.segments, tuple(numbers))
                for numbers in batches(waiting, self._recipients_per_item)
            ]
        )
        return len(waiting)


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

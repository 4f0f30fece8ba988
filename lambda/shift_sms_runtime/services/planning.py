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
from typing import Protocol, TypeVar

from shift_sms_runtime.domain.campaigns import Halt
from shift_sms_runtime.domain.deliveries import DeliveryStatus, LeftOut, NewDelivery
from shift_sms_runtime.domain.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.domain.progress import summed
from shift_sms_runtime.domain.work_items import Page, WorkItem
from shift_sms_runtime.services.launch import CampaignBoard
from shift_sms_runtime.services.progress import ProgressCounters
from shift_sms_runtime.services.roster_engine import NO_DELAY, PagesQueue
from shift_sms_runtime.services.send_once import Clock, TryAgainLater

T = TypeVar("T")

MEMBERS_PER_PAGE = 990
"""Ten transactions of the ledger, a second or two of work."""
_UNTIL_FEWER_WAIT = timedelta(minutes=15)
CLOCKS_DIFFER = timedelta(hours=1)
"""Whoever was added so long after the launch was it certainly, by whichever clock."""
ROWS_PER_WRITE = 99
"""A DynamoDB transaction has 100 items; one of them counts."""


class Roster(Protocol):
    """Who a campaign reaches."""

    def page(
        self, segment: str, after: str, limit: int, *, added_by: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """Members as they were written, in a fixed order, and after whom the next page begins; None: there is none.

        Who was added after ``added_by``, by the row, is left out: so a page may be empty and others follow it.
        """


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

    def halted(self, campaign_id: str, launch_id: str) -> str | None:
        """Why nobody is to be texted any more: a ``Halt``, or words for people; None while this launch goes on."""


class Planned(StrEnum):
    """What became of one page, for logs and metrics."""

    QUEUED = "queued"
    BEFORE = "before"
    HALTED = "halted"
    LATER = "later"
    NOBODY = "nobody"
    """The segment is empty: the campaign has failed."""


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
        counters: ProgressCounters,
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
            self._pages.put_page(replace(page, seen_waiting=waiting), delay=_UNTIL_FEWER_WAIT)
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
            self._pages.put_page(replace(page, after=after, seen_waiting=None))
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
        if over is Halt.UNDECIDED:
            raise TryAgainLater(over)
        if over is not Halt.REPLACED:
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

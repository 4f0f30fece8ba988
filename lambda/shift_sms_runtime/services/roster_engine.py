"""The default engine: a ledger row and a place in the dispatch queue for every member of the segment.

Rows are written before the queue is filled and never overwritten, so an interrupted launch can be repeated from the
start: it adds no recipient twice, and the sender finds out from the row that a text has already gone out.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from shift_sms_runtime.domain.campaigns import Campaign, CampaignNotSendable, compose
from shift_sms_runtime.domain.deliveries import DeliveryStatus, NewDelivery
from shift_sms_runtime.domain.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.domain.sms_text import measure
from shift_sms_runtime.domain.work_items import WorkItem
from shift_sms_runtime.services.send_once import Clock

T = TypeVar("T")

RECIPIENTS_PER_ITEM = 10
"""At the default of one text a second, what a sender gets done well within its time."""
ROWS_PER_WRITE = 25
"""Statements in one DynamoDB batch."""


class Roster(Protocol):
    """Who a campaign reaches."""

    def members(self, segment: str) -> Iterator[str]:
        """Phone numbers as they were written, page by page."""


class DeliveryLedger(Protocol):
    """Where rows begin."""

    def open(self, campaign_id: str, rows: Sequence[NewDelivery], *, now: datetime) -> None:
        """Write the rows that are not there yet, at most ``ROWS_PER_WRITE``."""


class DispatchQueue(Protocol):
    """Where work items wait for a sender."""

    def put(self, items: Sequence[WorkItem]) -> None:
        """Hand over all of them."""


class RosterEngine:
    """Sends through AWS End User Messaging, to a roster in DynamoDB."""

    def __init__(
        self,
        roster: Roster,
        ledger: DeliveryLedger,
        queue: DispatchQueue,
        *,
        agent_offered: bool,
        clock: Clock,
    ) -> None:
        self._roster = roster
        self._ledger = ledger
        self._queue = queue
        self._agent_offered = agent_offered
        self._clock = clock

    def launch(self, campaign: Campaign) -> Mapping[str, str | int]:
        """Queue the campaign's text for every member of its segment.

        Raises:
            CampaignNotSendable: the text is too long, or nobody is in the segment.
        """
        body = compose(campaign.message, agent_offered=self._agent_offered)
        targeted: set[str] = set()
        for page in _batches(self._roster.members(campaign.segment), RECIPIENTS_PER_ITEM * 10):
            rows = _rows(page)
            for batch in _batches(rows, ROWS_PER_WRITE):
                self._ledger.open(campaign.campaign_id, batch, now=self._clock())
            queued = [row.phone_number for row in rows if row.status is DeliveryStatus.QUEUED]
            self._queue.put(
                [
                    WorkItem(campaign.campaign_id, body, tuple(numbers))
                    for numbers in _batches(queued, RECIPIENTS_PER_ITEM)
                ]
            )
            targeted.update(row.phone_number for row in rows)
        if not targeted:
            raise CampaignNotSendable(
                f"nobody is in segment {campaign.segment!r}: add members to the SegmentMembers table,"
                " or name another segment"
            )
        return {
            "recipients": len(targeted),
            "segments_per_text": measure(body).segments,
            "launched_at": self._clock().isoformat(),
        }


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


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch

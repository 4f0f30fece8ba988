"""What campaigns need of their tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shift_sms_runtime.campaigns.campaign import CampaignStatus, LaunchPlan
from shift_sms_runtime.campaigns.counters import CounterRow
from shift_sms_runtime.campaigns.deliveries import NewDelivery, Skipped
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class CampaignBoard(Protocol):
    """The Campaigns table, where progress is written beside what the operator wrote. A deleted item stays deleted."""

    def status(self, campaign_id: str) -> CampaignStatus | None:
        """Where the campaign stands; None for a new one.

        Raises:
            CampaignGone: there is no such item any more.
        """

    def begin(self, campaign_id: str) -> bool:
        """Mark a new campaign as launching; False when somebody has before."""

    def give_back(self, campaign_id: str) -> None:
        """Take the mark of ``begin`` off again."""

    def launching(
        self, campaign_id: str, launch_id: str, details: Mapping[str, str | int], *, over: str | None
    ) -> bool:
        """Mark as launching, with ``details`` as further attributes and no progress yet.

        False when the campaign has come to another status than ``over``, that of the item as it was put.
        """

    def launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """Mark as launched, unless it was stopped, with ``details`` as further attributes."""

    def failed(self, campaign_id: str, error: str) -> None:
        """Mark as failed and write ``campaign_error`` for the operator."""

    def stop(self, campaign_id: str, reason: str) -> None:
        """Nobody is to be texted any more; ``reason`` is for the operator."""


class LaunchPlans(Protocol):
    """Remembers each campaign's launch for as long as its ledger, whatever becomes of the campaign item."""

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> LaunchPlan:
        """Begin a launch, unless the campaign has had one. A ``relaunch`` begins again, and ends an earlier one."""

    def touch(self, campaign_id: str) -> None:
        """Have the campaign's progress written on its item, which may be new."""


class ShiftIds(Protocol):
    """The Shifts table."""

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """Those of the ids, at most 100, under which there is a shift."""


class SegmentMembers(Protocol):
    """Who a campaign reaches."""

    def page(
        self, segment: str, after: str, limit: int, *, added_by: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """Members as they were written, in a fixed order, and after whom the next page begins; None: there is none.

        Who was added after ``added_by``, by the row, is left out: so a page may be empty and others follow it.
        """


class Deliveries(Protocol):
    """Where rows begin, and end that were never sent."""

    def open(
        self, campaign_id: str, rows: Sequence[NewDelivery], *, reopen: bool, now: datetime
    ) -> list[str]:
        """Write the rows that are not there yet, at most ``ROWS_PER_WRITE``, and count them in the same step.

        With ``reopen``, rows that a stop left out are queued again. Returns the numbers whose rows wait for a sender.
        """

    def leave_out(
        self, campaign_id: str, numbers: Sequence[str], status: DeliveryStatus, reason: str, *, now: datetime
    ) -> Skipped:
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


class CampaignHalts(Protocol):
    """Whether a campaign is over before its recipients are."""

    def halted(self, campaign_id: str, launch_id: str) -> str | None:
        """Why nobody is to be texted any more: a ``Halt``, or words for people; None while this launch goes on."""


class CampaignStop(CampaignHalts, Protocol):
    """Whether a campaign is over, and the power to end it."""

    def stop(self, campaign_id: str, reason: str) -> None:
        """Nobody is to be texted any more; ``reason`` is for the operator."""


class CampaignCounters(Protocol):
    """The counters of campaigns."""

    def rows(self, campaign_id: str) -> Iterable[CounterRow]:
        """All rows of one campaign."""


class ProgressBoard(Protocol):
    """The Campaigns table, as far as progress is written on it."""

    def report(self, campaign_id: str, progress: Mapping[str, Any]) -> None:
        """Write the attributes, unless the item is gone or has newer ones."""

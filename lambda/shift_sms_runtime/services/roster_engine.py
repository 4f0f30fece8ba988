"""The default engine: AWS End User Messaging sends to a roster in DynamoDB.

A launch only measures the text and puts the first page of the segment into a queue; from there on each page puts the
next (``planning``). So no segment is too large, and a launch that is interrupted goes on where it was.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from shift_sms_runtime.domain.campaigns import Campaign, CampaignNotSendable, CampaignStatus, compose
from shift_sms_runtime.domain.catalogue import Catalogue
from shift_sms_runtime.domain.plans import Plan, PlanState
from shift_sms_runtime.domain.text_parts import possible_ids, take_apart
from shift_sms_runtime.domain.work_items import Page
from shift_sms_runtime.services.launch import CampaignBoard, Launch
from shift_sms_runtime.services.send_once import Clock

NO_DELAY = timedelta()
_MOST_IDS = 100
LAUNCHED_BEFORE = (
    "this campaign_id was launched before: nobody was texted again."
    " To reach members that were not tried, put it up again with relaunch = remaining"
)
TOO_OLD = (
    "this campaign_id was launched over 60 days ago, and who was texted then is about to be forgotten:"
    " put it up under a new campaign_id"
)


class LaunchPlans(Protocol):
    """Remembers each campaign's launch for as long as its ledger, whatever becomes of the campaign item."""

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> Plan:
        """Begin a launch, unless the campaign has had one. A ``relaunch`` begins again, and ends an earlier one."""

    def touch(self, campaign_id: str) -> None:
        """Have the campaign's progress written on its item, which may be new."""


class PagesQueue(Protocol):
    """Where pages of segments wait for the planner."""

    def put_page(self, page: Page, *, delay: timedelta = NO_DELAY) -> None:
        """Hand over one page, to be seen after ``delay``, at most 15 minutes."""


class ShiftIds(Protocol):
    """The Shifts table."""

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """Those of the ids, at most 100, under which there is a shift."""


class RosterEngine:
    """Starts the planning of a campaign."""

    def __init__(
        self,
        plans: LaunchPlans,
        pages: PagesQueue,
        board: CampaignBoard,
        shifts: ShiftIds,
        catalogue: Catalogue,
        *,
        agent_offered: bool,
        keep_typography: bool,
        clock: Clock,
    ) -> None:
        self._plans = plans
        self._pages = pages
        self._board = board
        self._shifts = shifts
        self._catalogue = catalogue
        self._agent_offered = agent_offered
        self._keep_typography = keep_typography
        self._clock = clock

    def launch(self, campaign: Campaign, launch_id: str) -> Launch:
        """Have the campaign's text planned for every member of its segment.

        Raises:
            CampaignNotSendable: the text is too long.
        """
        text = compose(
            campaign.message,
            self._catalogue,
            agent_offered=self._agent_offered,
            keep_typography=self._keep_typography,
        )
        plan = self._plans.begin(campaign.campaign_id, launch_id, relaunch=campaign.relaunch)
        if plan.state is PlanState.TOO_OLD:
            raise CampaignNotSendable(TOO_OLD)
        if plan.launch_id != launch_id:
            # Nor is anybody texted any more whom the launch before has left: the item that began it is gone.
            self._board.stop(campaign.campaign_id, LAUNCHED_BEFORE)
            self._plans.touch(campaign.campaign_id)
            return Launch(CampaignStatus.STOPPED)
        if plan.state is PlanState.DONE_BEFORE:
            return Launch(CampaignStatus.LAUNCHED)
        launched_at = self._clock().isoformat()
        # Before the planner has a page: it may be done with all of them in a moment, and what it writes must stay.
        going = self._board.launching(
            campaign.campaign_id,
            launch_id,
            {**text.details, "launched_at": launched_at},
            over=campaign.status,
        )
        if not going:
            return Launch(CampaignStatus.STOPPED)
        # What an earlier launch has achieved belongs on the item too.
        self._plans.touch(campaign.campaign_id)
        self._pages.put_page(
            Page(
                campaign.campaign_id,
                plan.launch_id,
                campaign.segment,
                text.body,
                text.size.segments,
                plan.after,
                campaign.relaunch,
                offers=self._only_shift(campaign.message),
                launched_at=launched_at,
            )
        )
        return Launch(CampaignStatus.LAUNCHING)

    def _only_shift(self, message: str) -> str | None:
        """The shift that a message names, if it names one: YES to it can mean nothing else."""
        ids = possible_ids(take_apart(message), most=_MOST_IDS, as_written=True)
        there = self._shifts.existing(ids) if ids else ()
        return there[0] if len(there) == 1 else None

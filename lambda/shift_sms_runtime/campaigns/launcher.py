"""Launches campaigns: turns a new campaign item into texts on their way, or writes on the item why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shift_sms_runtime.campaigns.campaign import (
    Campaign,
    CampaignGone,
    CampaignNotSendable,
    CampaignStatus,
    PlanState,
    compose,
    read_campaign,
)
from shift_sms_runtime.campaigns.ports import CampaignBoard, LaunchPlans, ShiftIds
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.language.locale import Locale
from shift_sms_runtime.language.shift_codes import candidate_ids
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.queue_messages import Queue


@dataclass(frozen=True)
class Launch:
    """What an engine made of a campaign; when all of it is done, ``details`` go on the item."""

    status: CampaignStatus
    details: Mapping[str, str | int] = field(default_factory=dict)


class CampaignEngine(Protocol):
    """What brings a campaign to its recipients."""

    def launch(self, campaign: Campaign, launch_id: str) -> Launch:
        """Start the campaign; safe to repeat under the same ``launch_id``.

        Raises:
            CampaignNotSendable: the operator has to change something.
        """


class CampaignLauncher:
    """Handles one new campaign item after the other."""

    def __init__(self, board: CampaignBoard, engine: CampaignEngine, *, default_segment: str) -> None:
        self._board = board
        self._engine = engine
        self._default_segment = default_segment

    def handle(self, item: Mapping[str, Any], launch_id: str) -> CampaignStatus | None:
        """Launch a campaign from its item; None when it was launched before or is gone.

        ``launch_id`` is the same when the same putting of the item is handled again.
        """
        campaign_id = str(item["campaign_id"])
        try:
            status = self._board.status(campaign_id)
        except CampaignGone:
            return None
        # A copy of a launched item arrives with its status, and is new all the same.
        if status is not None and status.final and "campaign_status" not in item:
            return None
        try:
            campaign = read_campaign(item, default_segment=self._default_segment)
            launch = self._engine.launch(campaign, launch_id)
        except CampaignNotSendable as problem:
            self._board.failed(campaign_id, str(problem))
            return CampaignStatus.FAILED
        if launch.status is CampaignStatus.LAUNCHED:
            self._board.launched(campaign_id, launch.details)
        return launch.status


_MOST_IDS = 100


LAUNCHED_BEFORE = (
    "this campaign_id was launched before: nobody was texted again."
    " To reach members that were not tried, put it up again with relaunch = remaining"
)


TOO_OLD = (
    "this campaign_id was launched over 60 days ago, and who was texted then is about to be forgotten:"
    " put it up under a new campaign_id"
)


class EndUserMessagingEngine:
    """Starts the planning of a campaign."""

    def __init__(
        self,
        plans: LaunchPlans,
        pages: Queue[Page],
        board: CampaignBoard,
        shifts: ShiftIds,
        catalogue: Locale,
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
        first_page = Page(
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
        self._pages.put([first_page])
        return Launch(CampaignStatus.LAUNCHING)

    def _only_shift(self, message: str) -> str | None:
        """The shift that a message names, if it names one: YES to it can mean nothing else."""
        ids = candidate_ids(message, most=_MOST_IDS, as_written=True)
        there = self._shifts.existing(ids) if ids else ()
        return there[0] if len(there) == 1 else None

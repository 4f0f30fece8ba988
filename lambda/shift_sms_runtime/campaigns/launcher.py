"""Launches campaigns: starts the planning of a new campaign item, or writes on the item why not."""

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
from shift_sms_runtime.campaigns.ports import Campaigns, LaunchPlans, ShiftIds
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.language.locale import Locale
from shift_sms_runtime.language.shift_codes import candidate_ids
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.queue_messages import Queue

LAUNCHED_BEFORE = (
    "this campaign_id was launched before, and no recipient was texted again."
    " To text the members that were not tried, put the item again with relaunch = remaining"
)

TOO_OLD = (
    "this campaign_id was launched more than 60 days ago, and the record of who was texted is about to expire:"
    " put the campaign under a new campaign_id"
)

_MOST_IDS = 100


@dataclass(frozen=True)
class Launch:
    """What an engine has done with a campaign. `details` are attributes for the item of a launched campaign."""

    status: CampaignStatus
    details: Mapping[str, str | int] = field(default_factory=dict)


class CampaignEngine(Protocol):
    """Brings the text of a campaign to its recipients."""

    def launch(self, campaign: Campaign, launch_id: str) -> Launch:
        """Starts the campaign. Repeating it with the same `launch_id` is safe.

        Raises:
            CampaignNotSendable: the operator has to change something.
        """


class CampaignLauncher:
    """Launches the campaigns of new items."""

    def __init__(self, campaigns: Campaigns, engine: CampaignEngine, *, default_segment: str) -> None:
        self._campaigns = campaigns
        self._engine = engine
        self._default_segment = default_segment

    def handle(self, item: Mapping[str, Any], launch_id: str) -> CampaignStatus | None:
        """Launches the campaign of an item.

        Args:
            item: The item as it was put.
            launch_id: The same each time the same put is delivered.

        Returns:
            The campaign's status; None if it was launched before or is deleted.
        """
        campaign_id = str(item["campaign_id"])
        try:
            status = self._campaigns.status(campaign_id)
        except CampaignGone:
            return None
        # A copy of a launched item is put with its status and is a new campaign all the same.
        if status is not None and status.final and "campaign_status" not in item:
            return None
        try:
            campaign = read_campaign(item, default_segment=self._default_segment)
            launch = self._engine.launch(campaign, launch_id)
        except CampaignNotSendable as problem:
            self._campaigns.mark_failed(campaign_id, str(problem))
            return CampaignStatus.FAILED
        if launch.status is CampaignStatus.LAUNCHED:
            self._campaigns.mark_launched(campaign_id, launch.details)
        return launch.status


class EndUserMessagingEngine:
    """Has campaigns planned and sent through AWS End User Messaging."""

    def __init__(
        self,
        plans: LaunchPlans,
        pages: Queue[Page],
        campaigns: Campaigns,
        shifts: ShiftIds,
        locale: Locale,
        *,
        agent_offered: bool,
        keep_typography: bool,
        clock: Clock,
    ) -> None:
        self._plans = plans
        self._pages = pages
        self._campaigns = campaigns
        self._shifts = shifts
        self._locale = locale
        self._agent_offered = agent_offered
        self._keep_typography = keep_typography
        self._clock = clock

    def launch(self, campaign: Campaign, launch_id: str) -> Launch:
        """Queues the first page of the campaign's segment.

        Raises:
            CampaignNotSendable: the text is too long, or the campaign is too old to be launched again.
        """
        text = compose(
            campaign.message,
            self._locale,
            agent_offered=self._agent_offered,
            keep_typography=self._keep_typography,
        )
        plan = self._plans.begin(campaign.campaign_id, launch_id, relaunch=campaign.relaunch)
        if plan.state is PlanState.TOO_OLD:
            raise CampaignNotSendable(TOO_OLD)
        if plan.launch_id != launch_id:
            # The item that began the earlier launch is gone, so its waiting recipients are not texted either.
            self._campaigns.stop(campaign.campaign_id, LAUNCHED_BEFORE)
            self._plans.request_summary(campaign.campaign_id)
            return Launch(CampaignStatus.STOPPED)
        if plan.state is PlanState.DONE_BEFORE:
            return Launch(CampaignStatus.LAUNCHED)
        launched_at = self._clock().isoformat()
        # Before the planner has a page: it may finish all pages at once, and the status that it writes must stay.
        marked = self._campaigns.mark_launching(
            campaign.campaign_id,
            launch_id,
            {**text.details, "launched_at": launched_at},
            put_status=campaign.status,
        )
        if not marked:
            return Launch(CampaignStatus.STOPPED)
        # The item may be new, and the counters of an earlier launch belong on it.
        self._plans.request_summary(campaign.campaign_id)
        first_page = Page(
            campaign.campaign_id,
            plan.launch_id,
            campaign.segment,
            text.body,
            text.size.segments,
            plan.after,
            campaign.relaunch,
            offered_shift_id=self._only_shift(campaign.message),
            launched_at=launched_at,
        )
        self._pages.put([first_page])
        return Launch(CampaignStatus.LAUNCHING)

    def _only_shift(self, message: str) -> str | None:
        """Returns the shift that a message names, if it names exactly one: then YES can mean no other."""
        ids = candidate_ids(message, most=_MOST_IDS, as_written=True)
        there = self._shifts.existing(ids) if ids else ()
        return there[0] if len(there) == 1 else None

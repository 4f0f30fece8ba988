"""Launches campaigns: starts planning, or writes why a campaign cannot be sent."""

from collections.abc import Mapping
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from shift_sms_runtime.campaigns.campaign import (
    Campaign,
    CampaignComposer,
    CampaignNotSendable,
    CampaignStatus,
    LaunchState,
    read_campaign,
)
from shift_sms_runtime.campaigns.launch_plan import PlanState
from shift_sms_runtime.campaigns.ports import Campaigns, LaunchPlans, ShiftIds
from shift_sms_runtime.campaigns.work_items import Page
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

_MAX_IDS = 100


class CampaignEngine(Protocol):
    """Launches campaigns through one AWS service."""

    def launch(self, campaign: Campaign, launch_id: str) -> CampaignStatus:
        """Starts the campaign, and writes its status on the item. Repeating the call with one `launch_id` is safe.

        Raises:
            CampaignNotSendable: the campaign cannot be sent as written.
        """


class CampaignLauncher:
    """Launches the campaigns of items that were put."""

    def __init__(
        self, campaigns: Campaigns, engine: CampaignEngine, *, default_segment: str, zone: ZoneInfo
    ) -> None:
        """`zone` is the time zone of a `send_at` without an offset."""
        self._campaigns = campaigns
        self._engine = engine
        self._default_segment = default_segment
        self._zone = zone

    def handle(self, item: Mapping[str, Any], launch_id: str) -> CampaignStatus | None:
        """Launches the campaign of an item.

        Args:
            item: The item as it was put.
            launch_id: Identifies the put. Every delivery of the same put has the same id.

        Returns:
            The status of the campaign; None if it was launched before or its item is deleted.
        """
        campaign_id = str(item["campaign_id"])
        state = self._campaigns.state(campaign_id)
        if state is None:
            return None
        status = state.status
        # Reconciling requests the launch when it is due, and when the operator resumes a campaign that has not begun.
        if status is CampaignStatus.SCHEDULED or (
            status is CampaignStatus.PAUSED and state.launch_id != launch_id
        ):
            return status
        # A copy of a launched campaign's item has a status when it is put, but is a new campaign.
        if status is not None and status.final and "campaign_status" not in item:
            return None
        try:
            campaign = read_campaign(item, default_segment=self._default_segment, zone=self._zone)
            return self._engine.launch(campaign, launch_id)
        except CampaignNotSendable as error:
            self._campaigns.mark_failed(campaign_id, str(error))
            return CampaignStatus.FAILED


class EndUserMessagingEngine:
    """Launches campaigns that are planned here and sent through AWS End User Messaging."""

    def __init__(
        self,
        plans: LaunchPlans,
        pages: Queue[Page],
        campaigns: Campaigns,
        shifts: ShiftIds,
        composer: CampaignComposer,
        *,
        clock: Clock,
    ) -> None:
        self._plans = plans
        self._pages = pages
        self._campaigns = campaigns
        self._shifts = shifts
        self._composer = composer
        self._clock = clock

    def launch(self, campaign: Campaign, launch_id: str) -> CampaignStatus:
        """Queues the first page of the campaign's segment, or schedules the campaign.

        Raises:
            CampaignNotSendable: the text is too long in one language, or the campaign is too old for a relaunch.
        """
        texts = self._composer.compose(campaign.message)
        if campaign.send_at is not None and campaign.send_at > self._clock():
            if self._replaces_launch(campaign):
                return self._stop(campaign.campaign_id)
            scheduled = self._campaigns.mark_scheduled(campaign.campaign_id, status_when_put=campaign.status)
            return CampaignStatus.SCHEDULED if scheduled else CampaignStatus.STOPPED
        plan = self._plans.begin(campaign.campaign_id, launch_id, relaunch=campaign.relaunch)
        if plan.state is PlanState.TOO_OLD:
            raise CampaignNotSendable(TOO_OLD)
        if plan.launch_id != launch_id:
            return self._stop(campaign.campaign_id)
        if plan.state is PlanState.FINISHED:
            return CampaignStatus.LAUNCHED
        launched_at = self._clock().isoformat()
        # Must precede the first page: the planner may finish all pages at once, and its status must stay.
        marked = self._campaigns.mark_launching(
            campaign.campaign_id,
            launch_id,
            {**texts.details, "launched_at": launched_at},
            status_when_put=campaign.status,
        )
        # An earlier delivery may have been interrupted before the first page, and the campaign paused since. The
        # planner then holds the page.
        if not marked and self._campaigns.stop_reason(campaign.campaign_id, launch_id) != LaunchState.PAUSED:
            return CampaignStatus.STOPPED
        # The item may be new and lack the counts of an earlier launch.
        self._plans.request_summary(campaign.campaign_id)
        first_page = Page(
            campaign.campaign_id,
            plan.launch_id,
            campaign.segment,
            texts.default.body,
            texts.longest.size.segments,
            plan.after,
            campaign.relaunch,
            languages=tuple(texts.others),
            bodies=tuple(texts.others.values()),
            offered_shift_id=self._only_shift(campaign.message),
            launched_at=launched_at,
        )
        self._pages.put([first_page])
        return CampaignStatus.LAUNCHING

    def _replaces_launch(self, campaign: Campaign) -> bool:
        """Returns whether the item has replaced that of an earlier launch, and is not a relaunch."""
        if campaign.relaunch or self._plans.find(campaign.campaign_id) is None:
            return False
        # An old record that is delivered again must not stop a campaign that has gone on since.
        state = self._campaigns.state(campaign.campaign_id)
        return state is not None and state.status in (None, campaign.status)

    def _stop(self, campaign_id: str) -> CampaignStatus:
        """Stops a campaign that was launched before, whose waiting recipients must not be texted either."""
        self._campaigns.stop(campaign_id, LAUNCHED_BEFORE)
        self._plans.request_summary(campaign_id)
        return CampaignStatus.STOPPED

    def _only_shift(self, message: str) -> str | None:
        """Returns the one shift that a message names, which YES books.

        Returns None if it names none or several.
        """
        ids = candidate_ids(message, most=_MAX_IDS)
        existing = self._shifts.existing(ids) if ids else ()
        return existing[0] if len(existing) == 1 else None

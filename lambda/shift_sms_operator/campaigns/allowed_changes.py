"""Which changes of its status a campaign allows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shift_sms_operator.campaigns.views import CampaignOverview, stored_time
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.launch_plan import MAX_RELAUNCH_AGE


def check_stop(progress: CampaignOverview) -> None:
    """Raises Refused if stopping a campaign would do nothing."""
    campaign_id = progress.campaign_id
    if progress.by_pinpoint:
        raise Refused(f"Amazon Pinpoint sends the campaign {campaign_id}; it can only be stopped there")
    if progress.status is CampaignStatus.FINISHED:
        raise Refused(f"the campaign {campaign_id} is finished: nothing is left to stop")
    if progress.status is CampaignStatus.FAILED:
        raise Refused(f"the campaign {campaign_id} failed and texts nobody: {progress.error}")


def check_pause(progress: CampaignOverview) -> None:
    """Raises Refused if a campaign has ended, or if another engine sends it."""
    campaign_id = progress.campaign_id
    if progress.by_pinpoint:
        raise Refused(f"Amazon Pinpoint sends the campaign {campaign_id}; it can only be paused there")
    if progress.status in (CampaignStatus.FINISHED, CampaignStatus.STOPPED, CampaignStatus.FAILED):
        raise Refused(f"the campaign {campaign_id} is {progress.status}: nothing is left to pause")


def check_resume(progress: CampaignOverview) -> None:
    """Raises Refused if a campaign is not paused."""
    if progress.status is not CampaignStatus.PAUSED:
        status = progress.status or "not launched yet"
        raise Refused(f"the campaign {progress.campaign_id} is {status}: only a paused one can be resumed")


def check_relaunch(item: Mapping[str, Any], now: datetime) -> None:
    """Raises Refused if a campaign cannot be relaunched."""
    campaign_id, progress = item["campaign_id"], CampaignOverview.of(item)
    if progress.by_pinpoint:
        raise Refused(
            f"Amazon Pinpoint sent the campaign {campaign_id}, and its recipients are not known here;"
            " launch another one"
        )
    if progress.status in (None, CampaignStatus.REQUESTED, CampaignStatus.LAUNCHING):
        raise Refused(
            f"the campaign {campaign_id} is being launched; wait until campaigns show {campaign_id} says"
            f" launched, or stop it first"
        )
    if progress.status in (CampaignStatus.PAUSED, CampaignStatus.SCHEDULED):
        raise Refused(
            f"the campaign {campaign_id} is {progress.status} and will go on; stop it before a relaunch"
        )
    times = (stored_time(item.get(name)) for name in ("first_send_at", "launched_at"))
    if any(time is not None and time < now - MAX_RELAUNCH_AGE for time in times):
        raise Refused(
            f"the campaign {campaign_id} began more than {MAX_RELAUNCH_AGE.days} days ago, and the record of"
            " its recipients is about to expire; launch another one"
        )

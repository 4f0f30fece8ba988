"""The events that follow from a change of a campaign."""

from collections.abc import Iterator, Mapping
from typing import Any

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import Counter
from shift_sms_runtime.domain_events.domain_event import (
    CampaignDetail,
    CampaignEvent,
    CampaignFailed,
    CampaignFinished,
    CampaignLaunched,
    CampaignPaused,
    CampaignResumed,
    CampaignStopped,
    DomainEvent,
    short,
)
from shift_sms_runtime.domain_events.table_change import TableChange

_EVENT_TYPES: Mapping[str, type[CampaignEvent]] = {
    CampaignStatus.LAUNCHED: CampaignLaunched,
    CampaignStatus.PAUSED: CampaignPaused,
    CampaignStatus.FINISHED: CampaignFinished,
    CampaignStatus.STOPPED: CampaignStopped,
    CampaignStatus.FAILED: CampaignFailed,
}


def campaign_events(change: TableChange) -> Iterator[DomainEvent]:
    """Yields the event of a change of the status. A campaign that is put or deleted has none."""
    if change.before is None or change.after is None:
        return
    earlier, status = change.before.get("campaign_status"), change.after.get("campaign_status")
    # A finished campaign is launched again while a recipient waits, without a new launch.
    reopened = (earlier, status) == (CampaignStatus.FINISHED, CampaignStatus.LAUNCHED)
    resumed = (earlier, status) == (CampaignStatus.PAUSED, CampaignStatus.LAUNCHING)
    event_type = CampaignResumed if resumed else _EVENT_TYPES.get(str(status))
    if status == earlier or reopened or event_type is None:
        return
    yield event_type(**change.occurrence(event_type), campaign=_state(change.after))


def _state(item: Mapping[str, Any]) -> CampaignDetail:
    return CampaignDetail(
        campaign_id=str(item["campaign_id"]),
        counts={str(counter): int(item[counter]) for counter in Counter if counter in item},
        launch_id=short(item.get("launch_id")),
        segment=short(item.get("segment")),
    )

"""The progress of planning a campaign, which the CampaignCounters table keeps."""

from datetime import timedelta
from enum import StrEnum

from shift_sms_runtime.records import record

MAX_RELAUNCH_AGE = timedelta(days=60)
"""How long after its first launch a campaign can be relaunched.

The period ends well before the deliveries expire.
"""


class PlanState(StrEnum):
    """What a launch finds when it begins to plan its campaign."""

    BEGUN = "begun"
    """There was no plan to continue: this launch has begun one."""
    UNFINISHED = "unfinished"
    """An earlier launch or delivery has begun the plan and not finished it."""
    FINISHED = "finished"
    """An earlier launch, or an earlier delivery of this one, has planned every recipient."""
    TOO_OLD = "too-old"
    """The campaign is too old for a relaunch: the record of who was texted is about to expire."""


@record
class LaunchPlan:
    """The progress of planning a campaign. The next page begins after the member `after`."""

    state: PlanState
    launch_id: str
    after: str = ""

"""The retired engine: one Amazon Pinpoint campaign for each campaign item.

Only `aws/pinpoint.py` and `composition.py` import this module, so the engine can be deleted without editing others.
"""

from typing import Protocol

from shift_sms_runtime.campaigns.campaign import (
    Campaign,
    CampaignNotSendable,
    CampaignStatus,
    check_length,
    prepare_message,
)
from shift_sms_runtime.campaigns.ports import Campaigns


class PinpointRefused(Exception):
    """Pinpoint refused to create the campaign. The message is its reason."""


class PinpointBusy(Exception):
    """Pinpoint did not accept the request but may accept it later."""


class PinpointOutcomeUnknown(Exception):
    """It is unknown whether Pinpoint created the campaign."""


class PinpointCampaigns(Protocol):
    """Creates campaigns in Amazon Pinpoint."""

    def create(self, *, name: str, message: str) -> str:
        """Creates an SMS campaign that starts immediately, and returns its id.

        Raises:
            PinpointRefused: the campaign was not created.
            PinpointBusy: the campaign was not created and may be created later.
            PinpointOutcomeUnknown: the campaign may have been created.
        """


class PinpointEngine:
    """Creates at most one Pinpoint campaign for each campaign item."""

    def __init__(
        self, pinpoint: PinpointCampaigns, campaigns: Campaigns, *, keep_typography: bool = False
    ) -> None:
        self._pinpoint = pinpoint
        self._campaigns = campaigns
        self._keep_typography = keep_typography

    def launch(self, campaign: Campaign, _launch_id: str) -> CampaignStatus:
        """Creates a Pinpoint campaign whose name is the item's id.

        Its text is the message without instructions.

        Raises:
            CampaignNotSendable: the text is too long, Pinpoint refused it, or the outcome of an attempt is unknown.
            PinpointBusy: the launch should be repeated.
        """
        if campaign.send_at is not None:
            raise CampaignNotSendable("the Pinpoint engine cannot schedule campaigns: remove send_at")
        text = check_length(prepare_message(campaign.message, keep_typography=self._keep_typography))
        if not self._campaigns.claim_launch(campaign.campaign_id):
            raise CampaignNotSendable(
                "an earlier attempt was interrupted: check in Amazon Pinpoint whether the campaign exists;"
                " if not, put it again under a new campaign_id"
            )
        try:
            pinpoint_id = self._pinpoint.create(name=campaign.campaign_id, message=text.body)
        except PinpointRefused as refusal:
            raise CampaignNotSendable(f"Amazon Pinpoint refused the campaign: {refusal}") from refusal
        except PinpointOutcomeUnknown as unknown:
            raise CampaignNotSendable(
                f"Amazon Pinpoint did not answer ({unknown}): check there whether the campaign exists;"
                " if not, put it again under a new campaign_id"
            ) from unknown
        except PinpointBusy:
            self._campaigns.release_launch(campaign.campaign_id)
            raise
        self._campaigns.mark_launched_by_pinpoint(
            campaign.campaign_id, {**text.details, "pinpoint_campaign_id": pinpoint_id}
        )
        return CampaignStatus.LAUNCHED

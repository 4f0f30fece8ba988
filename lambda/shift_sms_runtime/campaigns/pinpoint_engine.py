"""What Amazon Pinpoint can answer to one request for a campaign."""

from typing import Protocol

from shift_sms_runtime.campaigns.campaign import Campaign, CampaignNotSendable, CampaignStatus, compose_alone
from shift_sms_runtime.campaigns.launcher import Launch
from shift_sms_runtime.campaigns.ports import CampaignBoard


class PinpointRefused(Exception):
    """Pinpoint answered that it did not create the campaign; the message is its reason."""


class PinpointBusy(Exception):
    """Pinpoint did not take the request and may take it later."""


class PinpointUnknown(Exception):
    """Whether the campaign was created did not come back."""


class PinpointCampaigns(Protocol):
    """Creates campaigns in Amazon Pinpoint."""

    def create(self, *, name: str, message: str) -> str:
        """Create an SMS campaign that starts at once; returns its id.

        Raises:
            PinpointRefused, PinpointBusy, PinpointUnknown: as they say.
        """


class PinpointEngine:
    """One Pinpoint campaign for one item, at most."""

    def __init__(
        self, campaigns: PinpointCampaigns, board: CampaignBoard, *, keep_typography: bool = False
    ) -> None:
        self._campaigns = campaigns
        self._board = board
        self._keep_typography = keep_typography

    def launch(self, campaign: Campaign, _launch_id: str) -> Launch:
        """Create the campaign, named by the item's id, with the item's message as its text.

        Raises:
            CampaignNotSendable: the text is too long, Pinpoint refused, or an earlier attempt ended without an answer.
            PinpointBusy: to be tried again.
        """
        text = compose_alone(campaign.message, keep_typography=self._keep_typography)
        if not self._board.begin(campaign.campaign_id):
            raise CampaignNotSendable(
                "an earlier attempt was interrupted: look in Amazon Pinpoint whether the campaign exists;"
                " if not, put it up again under a new campaign_id"
            )
        try:
            pinpoint_id = self._campaigns.create(name=campaign.campaign_id, message=text.body)
        except PinpointRefused as refusal:
            raise CampaignNotSendable(f"Amazon Pinpoint refused the campaign: {refusal}") from refusal
        except PinpointUnknown as unknown:
            raise CampaignNotSendable(
                f"Amazon Pinpoint did not answer ({unknown}): look there whether the campaign exists;"
                " if not, put it up again under a new campaign_id"
            ) from unknown
        except PinpointBusy:
            self._board.give_back(campaign.campaign_id)
            raise
        return Launch(CampaignStatus.LAUNCHED, {**text.details, "pinpoint_campaign_id": pinpoint_id})

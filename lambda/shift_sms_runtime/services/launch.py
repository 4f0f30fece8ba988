"""Turn a new campaign item into texts on their way, or say on the item why not."""

from collections.abc import Mapping
from typing import Any, Protocol

from shift_sms_runtime.domain.campaigns import (
    Campaign,
    CampaignGone,
    CampaignNotSendable,
    CampaignStatus,
    read_campaign,
)


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

    def launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """Mark as launched, with ``details`` as further attributes."""

    def failed(self, campaign_id: str, error: str) -> None:
        """Mark as failed and write ``campaign_error`` for the operator."""


class CampaignEngine(Protocol):
    """What brings a campaign to its recipients."""

    def launch(self, campaign: Campaign) -> Mapping[str, str | int]:
        """Start the campaign; safe to repeat. Returns attributes for the campaign item.

        Raises:
            CampaignNotSendable: the operator has to change something.
        """


class CampaignLaunch:
    """Handles one new campaign item after the other."""

    def __init__(self, board: CampaignBoard, engine: CampaignEngine, *, default_segment: str) -> None:
        self._board = board
        self._engine = engine
        self._default_segment = default_segment

    def handle(self, item: Mapping[str, Any]) -> CampaignStatus | None:
        """Launch a campaign from its item; None when it was launched before or is gone."""
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
            details = self._engine.launch(campaign)
        except CampaignNotSendable as problem:
            self._board.failed(campaign_id, str(problem))
            return CampaignStatus.FAILED
        self._board.launched(campaign_id, details)
        return CampaignStatus.LAUNCHED

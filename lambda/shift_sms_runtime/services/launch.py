"""Turn a new campaign item into texts on their way, or say on the item why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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

    def launching(
        self, campaign_id: str, launch_id: str, details: Mapping[str, str | int], *, over: str | None
    ) -> bool:
        """Mark as launching, with ``details`` as further attributes and no progress yet.

        False when the campaign has come to another status than ``over``, that of the item as it was put.
        """

    def launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """Mark as launched, unless it was stopped, with ``details`` as further attributes."""

    def failed(self, campaign_id: str, error: str) -> None:
        """Mark as failed and write ``campaign_error`` for the operator."""

    def stop(self, campaign_id: str, reason: str) -> None:
        """Nobody is to be texted any more; ``reason`` is for the operator."""


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


class CampaignLaunch:
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

"""Protocols of the table and the timers that reconciling campaigns uses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.campaigns.reconciliation.held_message import HeldMessage


class HeldMessages(Protocol):
    """The messages of campaigns that wait outside their queues."""

    def hold(self, message: HeldMessage) -> None:
        """Holds a message. Then request that its campaign is reconciled."""

    def page(self, campaign_id: str, limit: int) -> Sequence[HeldMessage]:
        """Returns the first held messages of a campaign in the order of `until`. The read is consistent."""

    def remove(self, message: HeldMessage) -> None:
        """Removes a message, if it is held with the version that was read.

        A sender may have received the returned message and held it again. Then it stays.
        """


class CampaignTimers(Protocol):
    """One-time schedules, at most one per campaign."""

    def set(self, campaign_id: str, at: datetime) -> None:
        """Schedules the next reconciliation of a campaign. Replaces an earlier schedule."""

    def clear(self, campaign_id: str) -> None:
        """Removes the schedule of a campaign, if it has one."""

"""Write on the campaign item how the campaign is doing."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from shift_sms_runtime.domain.progress import CounterRow, summed


class ProgressCounters(Protocol):
    """The counters of campaigns."""

    def rows(self, campaign_id: str) -> Iterable[CounterRow]:
        """All rows of one campaign."""


class ProgressBoard(Protocol):
    """The Campaigns table, as far as progress is written on it."""

    def report(self, campaign_id: str, progress: Mapping[str, Any]) -> None:
        """Write the attributes, unless the item is gone or has newer ones."""


class CampaignProgress:
    """Adds up a campaign's counters. Of two sums written in the wrong order the newer stays."""

    def __init__(self, counters: ProgressCounters, board: ProgressBoard) -> None:
        self._counters = counters
        self._board = board

    def handle(self, campaign_id: str) -> None:
        """Add up and write, from the counters as they are now."""
        self._board.report(campaign_id, summed(self._counters.rows(campaign_id)))

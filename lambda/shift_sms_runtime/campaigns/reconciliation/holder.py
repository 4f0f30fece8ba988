"""Holds the pages and work items of a campaign that have to wait."""

from datetime import datetime

from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.campaigns.reconciliation.held_message import HeldKind, HeldMessage
from shift_sms_runtime.campaigns.reconciliation.ports import HeldMessages
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.queue_messages import Queue


class CampaignHolder:
    """Holds messages, and requests that their campaign is reconciled.

    The request follows the write. So a reconciliation either finds the message, or another one comes that does: a
    campaign that was resumed in between goes on.
    """

    def __init__(self, held: HeldMessages, requests: Queue[CampaignRequest]) -> None:
        self._held = held
        self._requests = requests

    def hold(self, message: Page | WorkItem, *, until: datetime) -> None:
        """Holds a message until a time; a message of a paused campaign until it is resumed, too."""
        kind = HeldKind.PAGE if isinstance(message, Page) else HeldKind.WORK_ITEM
        self._held.hold(HeldMessage(message.campaign_id, kind, message.to_json(), until))
        self._requests.put([CampaignRequest(message.campaign_id)])

"""Send one work item of a campaign: each of its recipients at most once."""

from collections import Counter

from shift_sms_runtime.domain.deliveries import DeliveryKey, DeliveryStatus, OutgoingText
from shift_sms_runtime.domain.work_items import WorkItem
from shift_sms_runtime.services.send_once import AnotherIsSending, Patience, SendOnce


class CampaignSending:
    """Handles one work item after the other, no faster than it may."""

    def __init__(
        self, deliveries: SendOnce[DeliveryKey], *, origination_identity: str, sends_per_second: float
    ) -> None:
        self._deliveries = deliveries
        self._origination_identity = origination_identity
        self._pause = 1 / sends_per_second

    def handle(self, item: WorkItem, patience: Patience) -> Counter[DeliveryStatus]:
        """Text every recipient that has not been texted; returns how many came to which status now.

        Raises:
            TryAgainLater: some are left; who was texted stays texted once.
        """
        outcomes: Counter[DeliveryStatus] = Counter()
        held: AnotherIsSending | None = None
        for number in item.recipients:
            text = OutgoingText(number, self._origination_identity, item.body)
            try:
                outcome = self._deliveries.send(DeliveryKey(item.campaign_id, number), text, patience)
            except AnotherIsSending as another:
                held = another
                continue
            if outcome is not None:
                outcomes[outcome] += 1
                patience.wait(self._pause)
        if held is not None:
            raise held
        return outcomes

"""Send one work item of a campaign: each of its recipients at most once."""

from collections.abc import Callable

from shift_sms_runtime.domain.deliveries import DeliveryKey, DeliveryStatus, OutgoingText
from shift_sms_runtime.domain.work_items import WorkItem
from shift_sms_runtime.services.send_once import AnotherIsSending, Patience, SendOnce


class CampaignSending:
    """Handles one work item after the other, no faster than it may."""

    def __init__(
        self,
        deliveries: SendOnce[DeliveryKey],
        *,
        origination_identity: str,
        sends_per_second: float,
        tally: Callable[[DeliveryStatus], None],
    ) -> None:
        """``tally`` hears of every text that came to a status."""
        self._deliveries = deliveries
        self._origination_identity = origination_identity
        self._pause = 1 / sends_per_second
        self._tally = tally

    def handle(self, item: WorkItem, patience: Patience) -> None:
        """Text every recipient that has not been texted.

        Raises:
            TryAgainLater: some are left; who was texted stays texted once.
        """
        held: AnotherIsSending | None = None
        for number in item.recipients:
            text = OutgoingText(number, self._origination_identity, item.body)
            try:
                outcome = self._deliveries.send(DeliveryKey(item.campaign_id, number), text, patience)
            except AnotherIsSending as another:
                held = another
                continue
            if outcome is not None:
                self._tally(outcome)
                patience.wait(self._pause)
        if held is not None:
            raise held

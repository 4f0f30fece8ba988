"""Builds delivery events of one text of a campaign."""

import json
from datetime import timedelta
from typing import Any

from shift_sms_runtime.campaigns.deliveries import Delivery
from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, EventOrder
from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.clock import Clock
from tests.support.memory.deliveries import MemoryDeliveries, miscounted
from tests.support.memory.send_ledger import LedgerRow

ANN = "+14255550101"

ROW = Delivery("c", ANN, 2)

EVENT: dict[str, Any] = {
    "eventType": "TEXT_SUCCESSFUL",
    "eventVersion": "1.0",
    "eventTimestamp": 1686975103470,
    "isFinal": True,
    "originationPhoneNumber": "+12065550152",
    "destinationPhoneNumber": ANN,
    "isInternationalSend": False,
    "mcc": "310",
    "mnc": "800",
    "messageId": "sms-1",
    "messageRequestTimestamp": 1686975103170,
    "messageEncoding": "GSM",
    "messageType": "PROMOTIONAL",
    "messageStatus": "SUCCESSFUL",
    "messageStatusDescription": "Message has been accepted by phone carrier",
    "context": {"campaign_id": "c"},
    "totalMessageParts": 2,
    "totalMessagePrice": 0.09582,
    "totalCarrierFee": 0.0,
}

STATUSES = {
    "TEXT_PENDING": DeliveryStatus.SENT,
    "TEXT_QUEUED": DeliveryStatus.SENT,
    "TEXT_SENT": DeliveryStatus.SENT,
    "TEXT_UNKNOWN": DeliveryStatus.SENT,
    "TEXT_SUCCESSFUL": DeliveryStatus.DELIVERED,
    "TEXT_DELIVERED": DeliveryStatus.DELIVERED,
    "TEXT_PROTECT_BLOCKED": DeliveryStatus.BLOCKED_COUNTRY,
    "TEXT_INVALID": DeliveryStatus.FAILED,
    "TEXT_INVALID_MESSAGE": DeliveryStatus.FAILED,
    "TEXT_UNREACHABLE": DeliveryStatus.FAILED,
    "TEXT_CARRIER_UNREACHABLE": DeliveryStatus.FAILED,
    "TEXT_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_CARRIER_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_SPAM": DeliveryStatus.FAILED,
    "TEXT_TTL_EXPIRED": DeliveryStatus.FAILED,
}


def event_notification(event: object) -> str:
    """Returns the SNS notification of an event."""
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)})


def event(
    event_type: str, at: int = 1, *, final: bool = True, sms_message_id: str = "sms-1"
) -> DeliveryEvent:
    """Returns an event of Ann's text."""
    order = EventOrder(final, at, event_type)
    return DeliveryEvent("c", ANN, sms_message_id, 2, STATUSES[event_type], order)


class OneDelivery(MemoryDeliveries):
    """The Deliveries table with one row, and what a sender and events do to it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.rows["c", ANN] = LedgerRow(DeliveryStatus.QUEUED)
        self.recorder = DeliveryEventRecorder(self, self.clock)

    @property
    def row(self) -> LedgerRow:
        return self.rows["c", ANN]

    def claim_as(self, token: str, seconds: float = 30) -> None:
        lease_until = self.clock() + timedelta(seconds=seconds)
        self.claim(ROW, token=token, now=self.clock(), lease_until=lease_until)

    def settle_as(
        self, token: str, status: DeliveryStatus, sms_message_id: str = "", reason: str = ""
    ) -> None:
        self.settle(ROW, status, token=token, now=self.clock(), sms_message_id=sms_message_id, reason=reason)

    def sent(self) -> None:
        self.claim_as("one")
        self.settle_as("one", DeliveryStatus.SENT, "sms-1")

    def counters_agree(self) -> bool:
        counted: dict[str, int] = {}
        for counters in self.counters.rows("c"):
            for counter, count in counters.counts.items():
                counted[counter.value] = counted.get(counter.value, 0) + count
        rows = self.of("c")
        everything = dict.fromkeys((status.value.replace("-", "_") for status in DeliveryStatus), 0)
        return miscounted(rows, everything | {"targeted": 1, "segments_spent": 0} | counted) == []

"""The phone network of the lab: End User Messaging, Connect and Pinpoint, which no emulator has.

`PhoneNetwork` serves the three APIs to boto3 and plays the phones; `EmbeddedCloudIam` ties its
permissions to the embedded cloud's, `publish_to_topic` its inbound texts and `publish_events_to_topic`
its delivery events to SNS topics there.
"""

from lab.phone_network.account import (
    Account,
    ConfigurationSet,
    ConnectInstance,
    PhoneNumber,
    PinpointApplication,
    Pool,
)
from lab.phone_network.attempts import Attempt, Outcome
from lab.phone_network.authorisation import Authorise, RefusedError, allow_everyone
from lab.phone_network.delivery_events import DeliveryEvent, PublishEvents
from lab.phone_network.faults import (
    ApiCall,
    Fault,
    Moment,
    drop_connection,
    hang,
    internal_error,
    refuse,
    throttle,
)
from lab.phone_network.handsets import InboundPayload, Publish
from lab.phone_network.iam import EmbeddedCloudIam
from lab.phone_network.limits import Limits
from lab.phone_network.network import PhoneNetwork
from lab.phone_network.receipts import (
    SIMULATED_FAILURES,
    FinalReceipt,
    RandomReceipts,
    Receipt,
    ReceiptPolicy,
)
from lab.phone_network.topics import publish_events_to_topic, publish_to_topic
from lab.phone_network.traffic import Call, Campaign, SentText

__all__ = [
    "SIMULATED_FAILURES",
    "Account",
    "ApiCall",
    "Attempt",
    "Authorise",
    "Call",
    "Campaign",
    "ConfigurationSet",
    "ConnectInstance",
    "DeliveryEvent",
    "EmbeddedCloudIam",
    "Fault",
    "FinalReceipt",
    "InboundPayload",
    "Limits",
    "Moment",
    "Outcome",
    "PhoneNetwork",
    "PhoneNumber",
    "PinpointApplication",
    "Pool",
    "Publish",
    "PublishEvents",
    "RandomReceipts",
    "Receipt",
    "ReceiptPolicy",
    "RefusedError",
    "SentText",
    "allow_everyone",
    "drop_connection",
    "hang",
    "internal_error",
    "publish_events_to_topic",
    "publish_to_topic",
    "refuse",
    "throttle",
]

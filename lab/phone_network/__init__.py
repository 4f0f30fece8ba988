"""Emulates End User Messaging, Connect and Pinpoint, which no other emulator has.

`PhoneNetwork` serves the three APIs to boto3 and simulates the phones. `EmbeddedCloudIam` checks
permissions in the embedded cloud. `publish_to_topic` sends inbound texts to an SNS topic there, and
`publish_events_to_topic` sends delivery events.
"""

from lab.phone_network.account import (
    Account,
    ConfigurationSet,
    ConnectInstance,
    PhoneNumber,
    PinpointApplication,
    Pool,
)
from lab.phone_network.api.attempts import Attempt, Outcome
from lab.phone_network.api.authorization import AccessDeniedError, Authorize, allow_all
from lab.phone_network.api.faults import (
    ApiCall,
    Fault,
    Moment,
    drop_connection,
    hang,
    internal_error,
    refuse,
    throttle,
)
from lab.phone_network.api.iam import EmbeddedCloudIam
from lab.phone_network.delivery.carrier_reports import (
    SIMULATED_FAILURES,
    CarrierReport,
    CarrierReportPolicy,
    FinalReportOnly,
    RandomReports,
)
from lab.phone_network.delivery.delivery_events import DeliveryEvent, PublishEvents
from lab.phone_network.delivery.topics import publish_events_to_topic, publish_to_topic
from lab.phone_network.limits import Limits
from lab.phone_network.network import PhoneNetwork
from lab.phone_network.phones.handsets import InboundPayload, Publish
from lab.phone_network.phones.traffic import Call, Campaign, InboundText, SentText

__all__ = [
    "SIMULATED_FAILURES",
    "AccessDeniedError",
    "Account",
    "ApiCall",
    "Attempt",
    "Authorize",
    "Call",
    "Campaign",
    "CarrierReport",
    "CarrierReportPolicy",
    "ConfigurationSet",
    "ConnectInstance",
    "DeliveryEvent",
    "EmbeddedCloudIam",
    "Fault",
    "FinalReportOnly",
    "InboundPayload",
    "InboundText",
    "Limits",
    "Moment",
    "Outcome",
    "PhoneNetwork",
    "PhoneNumber",
    "PinpointApplication",
    "Pool",
    "Publish",
    "PublishEvents",
    "RandomReports",
    "SentText",
    "allow_all",
    "drop_connection",
    "hang",
    "internal_error",
    "publish_events_to_topic",
    "publish_to_topic",
    "refuse",
    "throttle",
]

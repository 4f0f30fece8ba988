"""The phone network of the lab: End User Messaging, Connect and Pinpoint, which no emulator has.

`PhoneNetwork` serves the three APIs to boto3 and plays the phones; `EmbeddedCloudIam` ties its
permissions to the embedded cloud's, `publish_to_topic` its inbound texts to an SNS topic there.
"""

from lab.phone_network.account import Account, ConnectInstance, PhoneNumber, PinpointApplication, Pool
from lab.phone_network.authorisation import Authorise, RefusedError, allow_everyone
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
from lab.phone_network.inbound_topic import publish_to_topic
from lab.phone_network.network import PhoneNetwork
from lab.phone_network.traffic import Call, Campaign, SentText

__all__ = [
    "Account",
    "ApiCall",
    "Authorise",
    "Call",
    "Campaign",
    "ConnectInstance",
    "EmbeddedCloudIam",
    "Fault",
    "InboundPayload",
    "Moment",
    "PhoneNetwork",
    "PhoneNumber",
    "PinpointApplication",
    "Pool",
    "Publish",
    "RefusedError",
    "SentText",
    "allow_everyone",
    "drop_connection",
    "hang",
    "internal_error",
    "publish_to_topic",
    "refuse",
    "throttle",
]

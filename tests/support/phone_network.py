"""Runs a phone network for tests, with boto3 clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from lab.phone_network import (
    Account,
    Authorize,
    ConfigurationSet,
    ConnectInstance,
    DeliveryEvent,
    InboundPayload,
    PhoneNetwork,
    PhoneNumber,
    PinpointApplication,
    Pool,
    allow_all,
)

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient
    from mypy_boto3_pinpoint import PinpointClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

REGION = "us-east-1"
OURS = "+12065550100"
POOLED = "+12065550101"
PHONE = "+14255550101"
INSTANCE = "11111111-2222-3333-4444-555555555555"
APPLICATION = "application1"
ARN_PREFIX = f"arn:aws:sms-voice:{REGION}:000000000000"


def account(**changes: Any) -> Account:
    """Returns the default account with `changes`."""
    defaults: dict[str, Any] = {
        "account_id": "000000000000",
        "region": REGION,
        "phone_numbers": (
            PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=100),
            PhoneNumber(number=POOLED, phone_number_id="phone-2", messages_per_second=100),
        ),
        "pools": (Pool(pool_id="pool-1", phone_number_ids=("phone-2",)),),
        "configuration_sets": (
            "events",
            ConfigurationSet(name="failures", matching_event_types=frozenset({"TEXT_CARRIER_UNREACHABLE"})),
        ),
        "connect_instances": (
            ConnectInstance(
                instance_id=INSTANCE,
                contact_flow_ids=frozenset({"flow-1"}),
                queue_ids=frozenset({"queue-1"}),
                phone_numbers=frozenset({"+12065550199"}),
            ),
        ),
        "pinpoint_applications": (
            PinpointApplication(application_id=APPLICATION, segment_ids=frozenset({"segment-1"})),
        ),
    }
    return Account(**(defaults | changes))


@dataclass
class RunningNetwork:
    """A running network, its publications, and clients without validation and retries."""

    network: PhoneNetwork
    published: list[InboundPayload]
    events: list[DeliveryEvent]
    access_key_id: str

    @cached_property
    def sms(self) -> "PinpointSMSVoiceV2Client":
        client: PinpointSMSVoiceV2Client = self._client("pinpoint-sms-voice-v2")
        return client

    @cached_property
    def connect(self) -> "ConnectClient":
        client: ConnectClient = self._client("connect")
        return client

    @cached_property
    def pinpoint(self) -> "PinpointClient":
        client: PinpointClient = self._client("pinpoint")
        return client

    def _client(self, service: Any) -> Any:
        config = Config(
            parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=50
        )
        session = _session(self.access_key_id)
        return session.client(service, endpoint_url=self.network.url, config=config)

    def send(self, body: str = "hello", **changes: Any) -> str:
        """Sends a text with the default parameters and `changes`; returns its message id."""
        defaults = {"DestinationPhoneNumber": PHONE, "OriginationIdentity": OURS, "MessageBody": body}
        return self.sms.send_text_message(**(defaults | changes))["MessageId"]

    def call(self, **changes: Any) -> str:
        """Starts a call with the default parameters and `changes`; returns its contact id."""
        defaults = {
            "DestinationPhoneNumber": PHONE,
            "ContactFlowId": "flow-1",
            "InstanceId": INSTANCE,
            "QueueId": "queue-1",
        }
        return self.connect.start_outbound_voice_contact(**(defaults | changes))["ContactId"]

    def campaign(self, application: str = APPLICATION, **changes: Any) -> str:
        """Creates a campaign with the default request and `changes`; returns its id."""
        defaults = {
            "Name": "campaign-1",
            "SegmentId": "segment-1",
            "MessageConfiguration": {"SMSMessage": {"Body": "Shifts!", "MessageType": "TRANSACTIONAL"}},
            "Schedule": {"StartTime": "IMMEDIATE"},
        }
        request: Any = defaults | changes
        response = self.pinpoint.create_campaign(ApplicationId=application, WriteCampaignRequest=request)
        return response["CampaignResponse"]["Id"]


@cache
def _session(access_key_id: str) -> boto3.Session:
    # Shared because a session caches the service models.
    return boto3.Session(aws_access_key_id=access_key_id, aws_secret_access_key="secret", region_name=REGION)


@contextmanager
def running_network(
    owned: Account | None = None, *, authorize: Authorize = allow_all, access_key_id: str = "test"
) -> Iterator[RunningNetwork]:
    """Runs a network for the account `owned`; the clients use `access_key_id`."""
    published: list[InboundPayload] = []
    events: list[DeliveryEvent] = []
    with PhoneNetwork(
        owned or account(), authorize=authorize, publish=published.append, publish_events=events.extend
    ) as network:
        made = RunningNetwork(network, published, events, access_key_id)
        yield made
        for name in ("sms", "connect", "pinpoint"):
            if name in vars(made):
                getattr(made, name).close()

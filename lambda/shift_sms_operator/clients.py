"""The boto3 clients of operations."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from shift_sms_runtime.aws.clients import ONE_ATTEMPT

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_PATIENT = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 5},
    max_pool_connections=32,
)
"""For calls that are safe to repeat. An operator prefers a slow answer to an error."""


class Clients:
    """The boto3 clients, each made at its first use."""

    def __init__(
        self,
        session: "boto3.Session",
        *,
        endpoint_url: str | None = None,
        service_endpoint_urls: Mapping[str, str] | None = None,
    ) -> None:
        """Takes the session.

        Args:
            session: Has the credentials and the region.
            endpoint_url: The endpoint of a lab; by default those of the session's configuration.
            service_endpoint_urls: The endpoints of services that another program of the lab serves.
        """
        self._session = session
        self._endpoint_url = endpoint_url
        self._service_endpoint_urls = service_endpoint_urls or {}
        self._made: dict[tuple[str, Config], Any] = {}

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The tables."""
        client: DynamoDBClient = self.make("dynamodb")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """The queues."""
        client: SQSClient = self.make("sqs")
        return client

    @cached_property
    def sns(self) -> "SNSClient":
        """The topics."""
        client: SNSClient = self.make("sns")
        return client

    @cached_property
    def sms(self) -> "PinpointSMSVoiceV2Client":
        """AWS End User Messaging SMS. A call is attempted once: repeating one could text an employee twice."""
        client: PinpointSMSVoiceV2Client = self.make("pinpoint-sms-voice-v2", ONE_ATTEMPT)
        return client

    def make(self, service: str, config: Config = _PATIENT) -> Any:
        """Returns the client of a service with a configuration. It is made at the first use."""
        if (service, config) not in self._made:
            client: Any = self._session.client  # its overloads want a literal
            endpoint_url = self._service_endpoint_urls.get(service, self._endpoint_url)
            self._made[service, config] = client(service, config=config, endpoint_url=endpoint_url)
        return self._made[service, config]

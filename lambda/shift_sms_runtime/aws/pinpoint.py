"""Amazon Pinpoint: creates campaigns as the blog post does.

Source: CreateCampaign in the Amazon Pinpoint API reference.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from shift_sms_runtime.aws.clients import NO_RESPONSE
from shift_sms_runtime.campaigns.pinpoint_engine import PinpointBusy, PinpointOutcomeUnknown, PinpointRefused

if TYPE_CHECKING:
    from mypy_boto3_pinpoint import PinpointClient


class Pinpoint:
    """Creates SMS campaigns for one segment. The client must not retry: `clients.ONE_ATTEMPT`."""

    def __init__(self, client: "PinpointClient", *, application_id: str, segment_id: str) -> None:
        self._client = client
        self._application_id = application_id
        self._segment_id = segment_id

    def create(self, *, name: str, message: str) -> str:
        """See `PinpointCampaigns.create`."""
        try:
            response = self._client.create_campaign(
                ApplicationId=self._application_id,
                WriteCampaignRequest={
                    "Name": name,
                    "SegmentId": self._segment_id,
                    "MessageConfiguration": {"SMSMessage": {"Body": message, "MessageType": "TRANSACTIONAL"}},
                    "Schedule": {"StartTime": "IMMEDIATE", "Frequency": "ONCE"},
                },
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "TooManyRequestsException":
                raise PinpointBusy(code) from error
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                raise PinpointOutcomeUnknown(code) from error
            raise PinpointRefused(f"{code}: {error.response['Error'].get('Message', '')}") from error
        except ConnectTimeoutError as error:
            raise PinpointBusy(type(error).__name__) from error
        except EndpointConnectionError as error:
            # The name of an endpoint that AWS has shut down does not resolve, so a retry would fail too.
            raise PinpointRefused(f"{type(error).__name__}: its endpoint cannot be reached") from error
        except NO_RESPONSE as error:
            raise PinpointOutcomeUnknown(type(error).__name__) from error
        # botocore returns a response without fields for a body that is not JSON.
        created: Mapping[str, Any] = cast("Any", response).get("CampaignResponse") or {}
        pinpoint_id = created.get("Id")
        if not pinpoint_id:
            raise PinpointOutcomeUnknown("a response without an id")
        return str(pinpoint_id)

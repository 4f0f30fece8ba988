"""Amazon Pinpoint campaigns as they were until AWS retired them on 2026-10-30.

Source: CreateCampaign in the API reference and https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-campaigns.html
Campaigns are recorded but not executed: the network has no endpoints.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lab.phone_network.account import Account
from lab.phone_network.api.errors import ServiceError
from lab.phone_network.api.operation import Operation, Parameters
from lab.phone_network.api.validation import Violation
from lab.phone_network.phones.traffic import Campaign, Traffic

_REQUIRED = ("Name", "SegmentId", "Schedule", "MessageConfiguration")


class Pinpoint:
    """The operations of `pinpoint`."""

    def __init__(self, account: Account, traffic: Traffic) -> None:
        self._account = account
        self._traffic = traffic

    def operations(self) -> Mapping[str, Operation]:
        """Returns the operations by name."""
        return {
            "CreateCampaign": Operation(
                action="mobiletargeting:CreateCampaign",
                resources=lambda p: [self._application_arn(p["ApplicationId"])],
                perform=self._create,
                invalid=_invalid,
            )
        }

    def _application_arn(self, application_id: str) -> str:
        return self._account.arn("mobiletargeting", f"apps/{application_id}")

    def _create(self, parameters: Parameters) -> Mapping[str, Any]:
        request = parameters["WriteCampaignRequest"]
        application = self._account.pinpoint_application(parameters["ApplicationId"])
        if application is None:
            raise ServiceError("NotFoundException", "Application not found")
        if missing := [name for name in _REQUIRED if not request.get(name)]:
            raise ServiceError("BadRequestException", f"Required: {', '.join(missing)}")
        if request["SegmentId"] not in application.segment_ids:
            raise ServiceError("NotFoundException", "Segment not found")
        campaign = Campaign(
            campaign_id=uuid4().hex,
            application_id=application.application_id,
            segment_id=request["SegmentId"],
            name=request["Name"],
            body=request["MessageConfiguration"].get("SMSMessage", {}).get("Body"),
            request=request,
        )
        self._traffic.schedule(campaign)
        now = datetime.now(UTC).isoformat()
        return {
            "CampaignResponse": {
                **request,
                "Id": campaign.campaign_id,
                "ApplicationId": campaign.application_id,
                "Arn": f"{self._application_arn(campaign.application_id)}/campaigns/{campaign.campaign_id}",
                "CreationDate": now,
                "LastModifiedDate": now,
                "SegmentVersion": request.get("SegmentVersion", 1),
                "State": {"CampaignStatus": "SCHEDULED"},
                "Version": 1,
            }
        }


def _invalid(broken: Sequence[Violation]) -> ServiceError:
    return ServiceError(
        "BadRequestException", "; ".join(f"{violation.field}: {violation.message}" for violation in broken)
    )

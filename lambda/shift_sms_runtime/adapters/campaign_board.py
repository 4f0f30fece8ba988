"""The Campaigns table. Every write asks that the item is still there: a write must not bring a deleted campaign back,
for a new item is a new campaign."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import plain, wire
from shift_sms_runtime.domain.campaigns import CampaignGone, CampaignStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef


class DynamoCampaignBoard:
    """Progress of campaigns, beside what the operator wrote."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def status(self, campaign_id: str) -> CampaignStatus | None:
        """See ``CampaignBoard.status``."""
        item = self._client.get_item(
            TableName=self._table, Key=wire({"campaign_id": campaign_id}), ConsistentRead=True
        ).get("Item")
        if item is None:
            raise CampaignGone(campaign_id)
        status = plain(item).get("campaign_status")
        return CampaignStatus(status) if status in list(CampaignStatus) else None

    def begin(self, campaign_id: str) -> bool:
        """See ``CampaignBoard.begin``."""
        return self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHING.value},
            condition="attribute_exists(campaign_id) AND attribute_not_exists(campaign_status)",
        )

    def give_back(self, campaign_id: str) -> None:
        """See ``CampaignBoard.give_back``."""
        self._write(campaign_id, {}, remove="campaign_status")

    def launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """See ``CampaignBoard.launched``."""
        self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHED.value, **details},
            remove="campaign_error",
        )

    def failed(self, campaign_id: str, error: str) -> None:
        """See ``CampaignBoard.failed``."""
        self._write(campaign_id, {"campaign_status": CampaignStatus.FAILED.value, "campaign_error": error})

    def _write(
        self,
        campaign_id: str,
        values: Mapping[str, str | int],
        *,
        remove: str | None = None,
        condition: str = "attribute_exists(campaign_id)",
    ) -> bool:
        sets = ", ".join(f"{name} = :{name}" for name in values)
        request: UpdateItemInputTypeDef = {
            "TableName": self._table,
            "Key": wire({"campaign_id": campaign_id}),
            "UpdateExpression": (f"SET {sets}" if sets else "") + (f" REMOVE {remove}" if remove else ""),
            "ConditionExpression": condition,
        }
        if values:
            request["ExpressionAttributeValues"] = wire({f":{name}": value for name, value in values.items()})
        try:
            self._client.update_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

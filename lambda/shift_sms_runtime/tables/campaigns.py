"""The Campaigns table: the operator's attributes, and the status and counts.

Its key is `campaign_id`.

Every write has the condition that the item exists. Otherwise it would recreate a deleted item, and the new item would
launch the campaign again.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import plain, wire
from shift_sms_runtime.campaigns.campaign import CampaignGone, CampaignStatus, LaunchState
from shift_sms_runtime.campaigns.counters import SUMMARY_ATTRIBUTES, SUMMARY_VERSION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef

_EXISTS = "attribute_exists(campaign_id)"
_EARLIER_LAUNCH_ATTRIBUTES = ("campaign_error", "not_gsm", *SUMMARY_ATTRIBUTES)


class DynamoCampaigns:
    """Reads and writes the status and counts of campaigns."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def status(self, campaign_id: str) -> CampaignStatus | None:
        """See `Campaigns.status`."""
        item = self._item(campaign_id)
        if item is None:
            raise CampaignGone(campaign_id)
        status = item.get("campaign_status")
        return CampaignStatus(status) if status in list(CampaignStatus) else None

    def stop_reason(self, campaign_id: str, launch_id: str) -> str | None:
        """See `Campaigns.stop_reason`."""
        item = self._item(campaign_id)
        if item is None:
            return "the campaign item was deleted"
        if item.get("campaign_status") == CampaignStatus.STOPPED:
            return str(item.get("campaign_error", "stopped by the operator"))
        if item.get("launch_id") == launch_id:
            return None
        if item.get("campaign_status") == CampaignStatus.FAILED:
            # The new item could not be launched, so no later launch will replace this one.
            return str(item.get("campaign_error", "put again, and failed"))
        return LaunchState.REPLACED if "launch_id" in item else LaunchState.NEW_ITEM_PENDING

    def claim_launch(self, campaign_id: str) -> bool:
        """See `Campaigns.claim_launch`."""
        return self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHING.value},
            condition=f"{_EXISTS} AND attribute_not_exists(campaign_status)",
        )

    def release_launch(self, campaign_id: str) -> None:
        """See `Campaigns.release_launch`."""
        self._write(campaign_id, {}, remove=["campaign_status"])

    def mark_launching(
        self,
        campaign_id: str,
        launch_id: str,
        details: Mapping[str, str | int],
        *,
        status_when_put: str | None,
    ) -> bool:
        """See `Campaigns.mark_launching`."""
        status = CampaignStatus.LAUNCHING.value
        values = {"campaign_status": status, "launch_id": launch_id, **details}
        unchanged = (
            "attribute_not_exists(campaign_status) OR campaign_status IN (:campaign_status, :status_when_put)"
        )
        return self._write(
            campaign_id,
            values,
            remove=[name for name in _EARLIER_LAUNCH_ATTRIBUTES if name not in values],
            condition=f"{_EXISTS} AND ({unchanged})",
            condition_values={":status_when_put": status_when_put or status},
        )

    def mark_launched(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """See `Campaigns.mark_launched`."""
        self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHED.value, **details},
            remove=["campaign_error"],
            condition=f"{_EXISTS} AND NOT campaign_status = :stopped",
            condition_values={":stopped": CampaignStatus.STOPPED.value},
        )

    def mark_failed(self, campaign_id: str, error: str) -> None:
        """See `Campaigns.mark_failed`."""
        self._write(campaign_id, {"campaign_status": CampaignStatus.FAILED.value, "campaign_error": error})

    def stop(self, campaign_id: str, reason: str) -> None:
        """See `Campaigns.stop`."""
        self._write(campaign_id, {"campaign_status": CampaignStatus.STOPPED.value, "campaign_error": reason})

    def write_summary(self, campaign_id: str, summary: Mapping[str, Any]) -> None:
        """See `Campaigns.write_summary`."""
        is_newer = f"attribute_not_exists({SUMMARY_VERSION}) OR {SUMMARY_VERSION} < :{SUMMARY_VERSION}"
        self._write(campaign_id, summary, condition=f"{_EXISTS} AND ({is_newer})")

    def _item(self, campaign_id: str) -> dict[str, Any] | None:
        item = self._client.get_item(
            TableName=self._table, Key=wire({"campaign_id": campaign_id}), ConsistentRead=True
        ).get("Item")
        return None if item is None else plain(item)

    def _write(
        self,
        campaign_id: str,
        values: Mapping[str, Any],
        *,
        remove: Sequence[str] = (),
        condition: str = _EXISTS,
        condition_values: Mapping[str, str] | None = None,
    ) -> bool:
        """Sets and removes attributes. Returns False if the condition failed.

        The condition can use the written values and `condition_values`.
        """
        # Some names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        removes = ", ".join(f"#{name}" for name in remove)
        expression = (f"SET {sets} " if sets else "") + (f"REMOVE {removes}" if removes else "")
        request: UpdateItemInputTypeDef = {
            "TableName": self._table,
            "Key": wire({"campaign_id": campaign_id}),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *remove)},
        }
        expression_values = {
            **{f":{name}": value for name, value in values.items()},
            **(condition_values or {}),
        }
        if expression_values:
            request["ExpressionAttributeValues"] = wire(expression_values)
        try:
            self._client.update_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

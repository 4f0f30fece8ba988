"""The Campaigns table: the operator's attributes, and the status and counts.

Its key is `campaign_id`.

The index `by-time` on `listing` and `listed_at` has all campaigns, the newest launch last. `listing` is the same on
each item: people put campaigns, so one partition is enough. The first write to an item adds both attributes.

Every write has the condition that the item exists. Otherwise it would recreate a deleted item, and the new item would
launch the campaign again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.cursors import cursor_of, start_key
from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, sortable_time, transact, wire
from shift_sms_runtime.campaigns.campaign import (
    OPERATOR_ATTRIBUTES,
    RELAUNCH_REMAINING,
    CampaignState,
    CampaignStatus,
    LaunchState,
)
from shift_sms_runtime.campaigns.counters import SUMMARY_ATTRIBUTES, SUMMARY_VERSION
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateItemInputTypeDef

_EXISTS = "attribute_exists(campaign_id)"
_BY_TIME = "by-time"
"""The index on `listing` and `listed_at`."""
_LISTING = "campaigns"
_SEEN = (*OPERATOR_ATTRIBUTES, "campaign_status", "launch_id")
"""The attributes that an operator's decision depends on."""
_PLANNED = (CampaignStatus.LAUNCHED, CampaignStatus.FINISHED)
_EARLIER_LAUNCH_ATTRIBUTES = ("campaign_error", "not_gsm", *SUMMARY_ATTRIBUTES)


def campaign_key(campaign_id: str) -> dict[str, str]:
    """Returns the key of a campaign."""
    return {"campaign_id": campaign_id}


def listing(now: datetime) -> dict[str, str]:
    """Returns the attributes that put a campaign into the index `by-time`."""
    return {"listing": _LISTING, "listed_at": sortable_time(now)}


class DynamoCampaigns:
    """Reads and writes the status and counts of campaigns."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def state(self, campaign_id: str) -> CampaignState | None:
        """See `Campaigns.state`."""
        item = self._item(campaign_id)
        if item is None:
            return None
        status = item.get("campaign_status")
        return CampaignState(
            CampaignStatus(status) if status in list(CampaignStatus) else None,
            item.get("launch_id"),
            str(item.get("launched_at", "")),
            item.get("send_at"),
        )

    def stop_reason(self, campaign_id: str, launch_id: str) -> str | None:
        """See `Campaigns.stop_reason`."""
        item = self._item(campaign_id)
        if item is None:
            return "the campaign item was deleted"
        if item.get("campaign_status") == CampaignStatus.STOPPED:
            return str(item.get("campaign_error", "stopped by the operator"))
        if item.get("campaign_status") == CampaignStatus.FAILED:
            # The item could not be launched again, so no later launch will replace this one.
            return str(item.get("campaign_error", "put again, and failed"))
        paused = item.get("campaign_status") == CampaignStatus.PAUSED
        if item.get("launch_id", launch_id if paused else None) == launch_id:
            # An operator can schedule a campaign that was launched. The rest waits for its `send_at`.
            waits = paused or item.get("campaign_status") == CampaignStatus.SCHEDULED
            return LaunchState.PAUSED if waits else None
        if item.get("campaign_status") == CampaignStatus.SCHEDULED:
            return LaunchState.REPLACED
        return LaunchState.REPLACED if "launch_id" in item else LaunchState.NEW_ITEM_PENDING

    def planned_launch(self, campaign_id: str) -> str | None:
        """See `Campaigns.planned_launch`."""
        item = self._item(campaign_id) or {}
        return item.get("launch_id") if item.get("campaign_status") in _PLANNED else None

    def claim_launch(self, campaign_id: str) -> bool:
        """See `Campaigns.claim_launch`."""
        return self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHING.value, **self._listing()},
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
        values = {"campaign_status": status, "launch_id": launch_id, **self._listing(), **details}
        unchanged = (
            "attribute_not_exists(campaign_status) OR campaign_status IN (:campaign_status, :status_when_put)"
        )
        # The status of a copy is also the status that this launch may have reached by an earlier delivery.
        earlier_launch = (
            "attribute_not_exists(launch_id) OR launch_id <> :launch_id OR campaign_status = :campaign_status"
        )
        return self._write(
            campaign_id,
            values,
            remove=[name for name in _EARLIER_LAUNCH_ATTRIBUTES if name not in values],
            condition=f"{_EXISTS} AND ({unchanged}) AND ({earlier_launch})",
            condition_values={":status_when_put": status_when_put or status},
        )

    def mark_scheduled(self, campaign_id: str, *, status_when_put: str | None) -> bool:
        """See `Campaigns.mark_scheduled`."""
        status = CampaignStatus.SCHEDULED.value
        return self._write(
            campaign_id,
            {"campaign_status": status, **self._listing()},
            remove=["launch_id", *_EARLIER_LAUNCH_ATTRIBUTES],
            condition=f"{_EXISTS} AND (attribute_not_exists(campaign_status)"
            " OR campaign_status IN (:campaign_status, :status_when_put))",
            condition_values={":status_when_put": status_when_put or status},
        )

    def request_launch(self, campaign_id: str, seen: CampaignState, *, relaunch: bool) -> bool:
        """See `Campaigns.request_launch`."""
        again = {"relaunch": RELAUNCH_REMAINING} if relaunch else {}
        launch_id = {":launch_id": seen.launch_id} if seen.launch_id is not None else {}
        same_launch = "launch_id = :launch_id" if launch_id else "attribute_not_exists(launch_id)"
        return self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.REQUESTED.value, **again},
            condition=f"{_EXISTS} AND campaign_status = :seen AND {same_launch}",
            condition_values={":seen": seen.status.value if seen.status else "", **launch_id},
        )

    def mark_launched(self, campaign_id: str, launch_id: str) -> bool:
        """See `Campaigns.mark_launched`."""
        return self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHED.value},
            remove=["campaign_error"],
            condition="launch_id = :launch_id"
            " AND NOT campaign_status IN (:stopped, :paused, :scheduled, :finished)",
            condition_values={
                ":launch_id": launch_id,
                ":stopped": CampaignStatus.STOPPED.value,
                ":paused": CampaignStatus.PAUSED.value,
                ":scheduled": CampaignStatus.SCHEDULED.value,
                ":finished": CampaignStatus.FINISHED.value,
            },
        )

    def mark_launched_by_pinpoint(self, campaign_id: str, details: Mapping[str, str | int]) -> None:
        """See `Campaigns.mark_launched_by_pinpoint`."""
        self._write(
            campaign_id,
            {"campaign_status": CampaignStatus.LAUNCHED.value, **details},
            remove=["campaign_error"],
            condition=f"{_EXISTS} AND NOT campaign_status = :stopped",
            condition_values={":stopped": CampaignStatus.STOPPED.value},
        )

    def mark_failed(self, campaign_id: str, error: str) -> None:
        """See `Campaigns.mark_failed`."""
        self._end(campaign_id, CampaignStatus.FAILED, error)

    def stop(self, campaign_id: str, reason: str) -> None:
        """See `Campaigns.stop`."""
        self._end(campaign_id, CampaignStatus.STOPPED, reason)

    def _end(self, campaign_id: str, status: CampaignStatus, error: str) -> None:
        self._write(
            campaign_id,
            {"campaign_status": status.value, "campaign_error": error},
            if_not_exists=self._listing(),
        )

    def _listing(self) -> dict[str, str]:
        return listing(self._clock())

    def write_summary(
        self, campaign_id: str, summary: Mapping[str, Any], *, planned_launch: str | None
    ) -> None:
        """See `Campaigns.write_summary`."""
        is_newer = f"(attribute_not_exists({SUMMARY_VERSION}) OR {SUMMARY_VERSION} < :{SUMMARY_VERSION})"
        if planned_launch is not None:
            status = CampaignStatus.LAUNCHED if summary["waiting"] else CampaignStatus.FINISHED
            written = self._write(
                campaign_id,
                {**summary, "campaign_status": status.value},
                condition=f"{is_newer} AND launch_id = :launch_id AND campaign_status IN (:launched, :finished)",
                condition_values={
                    ":launch_id": planned_launch,
                    ":launched": CampaignStatus.LAUNCHED.value,
                    ":finished": CampaignStatus.FINISHED.value,
                },
            )
            if written:
                return
        self._write(campaign_id, summary, condition=f"{_EXISTS} AND {is_newer}")

    def _item(self, campaign_id: str) -> dict[str, Any] | None:
        item = self._client.get_item(
            TableName=self._table, Key=wire(campaign_key(campaign_id)), ConsistentRead=True
        ).get("Item")
        return None if item is None else plain(item)

    def _write(
        self,
        campaign_id: str,
        values: Mapping[str, Any],
        *,
        remove: Sequence[str] = (),
        if_not_exists: Mapping[str, str] | None = None,
        condition: str = _EXISTS,
        condition_values: Mapping[str, str] | None = None,
    ) -> bool:
        """Sets and removes attributes. Returns False if the condition failed.

        The condition can use the written values and `condition_values`.
        """
        # Some names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
        missing = if_not_exists or {}
        sets = ", ".join(
            [
                *(f"#{name} = :{name}" for name in values),
                *(f"#{name} = if_not_exists(#{name}, :{name})" for name in missing),
            ]
        )
        removes = ", ".join(f"#{name}" for name in remove)
        expression = (f"SET {sets} " if sets else "") + (f"REMOVE {removes}" if removes else "")
        request: UpdateItemInputTypeDef = {
            "TableName": self._table,
            "Key": wire(campaign_key(campaign_id)),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *missing, *remove)},
        }
        expression_values = {
            **{f":{name}": value for name, value in {**values, **missing}.items()},
            **(condition_values or {}),
        }
        if expression_values:
            request["ExpressionAttributeValues"] = wire(expression_values)
        try:
            self._client.update_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


class DynamoCampaignItems:
    """Reads and writes campaign items as operators do.

    `also` are further actions of the same transaction, such as the audit record.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, campaign_id: str) -> dict[str, Any] | None:
        """Returns an item as it is now; None if there is none."""
        key = wire({"campaign_id": campaign_id})
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return None if item is None else plain(item)

    def page(self, *, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Returns items, the newest launch first, and the cursor of the next page.

        Raises:
            UnusableCursor: `after` is no cursor of this query.
        """
        response = self._client.query(
            TableName=self._table,
            IndexName=_BY_TIME,
            KeyConditionExpression="listing = :listing",
            ExpressionAttributeValues=wire({":listing": _LISTING}),
            ScanIndexForward=False,
            Limit=limit,
            **start_key(after, "campaign_id", "listing", "listed_at"),
        )
        ids = [str(plain(entry)["campaign_id"]) for entry in response["Items"]]
        keys = [{"campaign_id": campaign_id} for campaign_id in ids]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, ()) if keys else ()
        items = {row["campaign_id"]: row for row in rows}
        # The index may still have an item that was deleted a moment ago.
        listed = [items[campaign_id] for campaign_id in ids if campaign_id in items]
        return listed, cursor_of(response.get("LastEvaluatedKey"))

    def put_new(
        self, item: Mapping[str, object], *, also: "Sequence[TransactWriteItemTypeDef]"
    ) -> Mapping[str, Any] | None:
        """Puts an item. Returns the item that has its id already; None if the new one was put."""
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": wire(item),
                "ConditionExpression": "attribute_not_exists(campaign_id)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }
        try:
            transact(self._client, [put, *also])
        except ConditionsFailed as failed:
            condition = failed.by_action[0]
            return (condition.row if condition else None) or {}
        return None

    def replace(
        self,
        item: Mapping[str, object],
        *,
        seen: Mapping[str, Any],
        also: "Sequence[TransactWriteItemTypeDef]",
    ) -> bool:
        """Puts an item in the place of the one that was seen. Returns False if that has changed meanwhile."""
        condition, names, values = _unchanged(seen)
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": wire(item),
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": wire(values),
            }
        }
        return self._transact([put, *also])

    def write_status(
        self,
        seen: Mapping[str, Any],
        status: CampaignStatus,
        *,
        reason: str | None = None,
        also: "Sequence[TransactWriteItemTypeDef]",
    ) -> bool:
        """Writes the status of the campaign that was seen, and a reason as `campaign_error` if there is one.

        Returns False if the campaign has changed meanwhile.
        """
        condition, names, values = _unchanged(seen)
        values[":status"] = status.value
        expression = "SET #campaign_status = :status"
        if reason is not None:
            values[":reason"] = reason
            expression += ", campaign_error = :reason"
        update: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._table,
                "Key": wire({"campaign_id": seen["campaign_id"]}),
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": wire(values),
            }
        }
        return self._transact([update, *also])

    def _transact(self, actions: "Sequence[TransactWriteItemTypeDef]") -> bool:
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            return False
        return True


def _unchanged(seen: Mapping[str, Any]) -> tuple[str, dict[str, str], dict[str, object]]:
    """Returns the condition that an item is as it was seen, with its names and values."""
    conditions = ["campaign_id = :campaign_id"]
    conditions += [
        f"#{name} = :{name}" if name in seen else f"attribute_not_exists(#{name})" for name in _SEEN
    ]
    values = {f":{name}": seen[name] for name in ("campaign_id", *_SEEN) if name in seen}
    return " AND ".join(conditions), {f"#{name}": name for name in _SEEN}, values

"""The CampaignCounters table: counters, launch plans and send permits.

The key is `campaign_id` and `part`:

| campaign_id | part | holds |
|---|---|---|
| a campaign | `count-00` to `count-63` | counters; only the sum of all rows has a meaning |
| a campaign | `plan` | how far the campaign is planned |
| `#permits` | an origination identity | the time from which the identity is free to send |
"""

import contextlib
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from shift_sms_runtime.aws.dynamodb import plain, sortable_time, wire
from shift_sms_runtime.campaigns.campaign import MAX_RELAUNCH_AGE, LaunchPlan, PlanState
from shift_sms_runtime.campaigns.counters import TIMES, Counter, CounterDelta, CounterRow
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.messaging.ports import Permit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

COUNTER_RETENTION = timedelta(days=90)
"""As long as the deliveries of a campaign."""
COUNTER_ROWS = 64
"""More than functions that are likely to write at the same moment: transactions on one row conflict."""
_COUNTERS = "count-"
_PLAN = "plan"
_GOING_ON, _DONE, _VOID = "going-on", "done", "void"
_PERMITS = "#permits"
_MICROSECOND = timedelta(microseconds=1)
_NEARLY_NOW = timedelta(milliseconds=20)
"""A permit that began no longer ago than this is still used."""


@cache
def _own_counters() -> str:
    """Returns the `part` of the row that this function instance adds to.

    An instance handles one record at a time, so its writes do not conflict with each other.
    """
    return f"{_COUNTERS}{random.randrange(COUNTER_ROWS):02}"  # noqa: S311 - spreads writers, guards nothing


def counter_action(table: str, delta: CounterDelta, *, now: datetime) -> "TransactWriteItemTypeDef":
    """Returns the action that adds to the counters of a campaign, for the transaction of what is counted."""
    adds = {counter.value: count for counter, count in delta.counts.items() if count}
    values: dict[str, object] = {":one": 1, ":expires_at": _expiry(now)}
    sets = ["expires_at = :expires_at"]
    for what, at in (("send", delta.sent_at), ("booking", delta.booked_at)):
        if at is not None:
            sets += [
                f"first_{what}_at = if_not_exists(first_{what}_at, :{what})",
                f"last_{what}_at = :{what}",
            ]
            values[f":{what}"] = at.isoformat()
    action: TransactWriteItemTypeDef = {
        "Update": {
            "TableName": table,
            "Key": wire({"campaign_id": delta.campaign_id, "part": _own_counters()}),
            "UpdateExpression": f"SET {', '.join(sets)} ADD writes :one"
            + "".join(f", #{name} :{name}" for name in adds),
            "ExpressionAttributeValues": wire(values | {f":{name}": count for name, count in adds.items()}),
        }
    }
    if adds:
        action["Update"]["ExpressionAttributeNames"] = {f"#{name}": name for name in adds}
    return action


class DynamoCampaignCounters:
    """Reads the counters of campaigns, consistently: a sum has every write that caused it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def rows(self, campaign_id: str) -> Iterator[CounterRow]:
        """See `CampaignCounters.rows`."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="campaign_id = :campaign_id AND begins_with(part, :counters)",
            ExpressionAttributeValues=wire({":campaign_id": campaign_id, ":counters": _COUNTERS}),
            ConsistentRead=True,
        )
        for page in pages:
            yield from map(_counter_row, page["Items"])


class DynamoLaunchPlans:
    """Keeps how far campaigns are planned."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> LaunchPlan:
        """See `LaunchPlans.begin`."""
        now = datetime.now(UTC)
        begun = LaunchPlan(PlanState.BEGUN, launch_id)
        if self._put(campaign_id, launch_id, over=_VOID, first_begun=sortable_time(now)):
            return begun
        row = self._row(campaign_id)
        if relaunch and row["launch_id"] != launch_id:
            if datetime.fromisoformat(row["first_begun"]) < now - MAX_RELAUNCH_AGE:
                return LaunchPlan(PlanState.TOO_OLD, row["launch_id"])
            # An unfinished plan is replaced too: a stop may have skipped recipients that it has planned.
            if self._put(campaign_id, launch_id, over=row["plan_status"], first_begun=row["first_begun"]):
                return begun
            row = self._row(campaign_id)
        if row["plan_status"] == _DONE:
            return LaunchPlan(PlanState.DONE_BEFORE, row["launch_id"])
        return LaunchPlan(PlanState.GOES_ON, row["launch_id"], row["page_after"])

    def is_due(self, page: Page) -> bool:
        """See `LaunchPlans.is_due`."""
        row = self._row(page.campaign_id)
        going_on = (row.get("plan_status"), row.get("launch_id")) == (_GOING_ON, page.launch_id)
        return going_on and bool(row["page_after"] <= page.after)

    def advance(self, page: Page, after: str) -> None:
        """See `LaunchPlans.advance`."""
        self._update(page, {"page_after": after})

    def finish(self, page: Page, *, void: bool = False) -> None:
        """See `LaunchPlans.finish`."""
        self._update(page, {"plan_status": _VOID if void else _DONE})

    def request_summary(self, campaign_id: str) -> None:
        """See `LaunchPlans.request_summary`: the stream of the counters leads to a summary."""
        action = counter_action(self._table, CounterDelta(campaign_id, {}), now=datetime.now(UTC))
        self._client.update_item(**action["Update"])

    def _row(self, campaign_id: str) -> dict[str, Any]:
        item = self._client.get_item(
            TableName=self._table, Key=_plan_key(campaign_id), ConsistentRead=True
        ).get("Item")
        return plain(item) if item else {}

    def _put(self, campaign_id: str, launch_id: str, *, over: str, first_begun: str) -> bool:
        """Begins a plan if there is none, or one with the status `over`."""
        plan = {
            "launch_id": launch_id,
            "plan_status": _GOING_ON,
            "page_after": "",
            "first_begun": first_begun,
            "expires_at": _expiry(datetime.now(UTC)),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_plan_key(campaign_id) | wire(plan),
                ConditionExpression="attribute_not_exists(campaign_id) OR plan_status = :over",
                ExpressionAttributeValues=wire({":over": over}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _update(self, page: Page, values: Mapping[str, str]) -> None:
        """Changes the plan, unless a later page has changed it."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_plan_key(page.campaign_id),
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
                ConditionExpression="launch_id = :launch_id AND page_after <= :due AND plan_status = :going_on",
                ExpressionAttributeValues=wire(
                    {
                        ":launch_id": page.launch_id,
                        ":due": page.after,
                        ":going_on": _GOING_ON,
                        **{f":{name}": value for name, value in values.items()},
                    }
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


class DynamoSendPermits:
    """Reserves sending time of an origination identity: one row, which every reservation moves on."""

    def __init__(self, client: "DynamoDBClient", table: str, origination_identity: str) -> None:
        self._client = client
        self._table = table
        self._key = wire({"campaign_id": _PERMITS, "part": origination_identity})

    def reserve(self, span: timedelta, latest: datetime) -> Permit:
        """See `SendPermits.reserve`."""
        length, refused = span // _MICROSECOND, self._client.exceptions.ConditionalCheckFailedException
        while True:
            now = _microseconds(datetime.now(UTC))
            try:
                end = self._move(
                    "if_not_exists(free_from, :now) + :length",
                    "attribute_not_exists(free_from) OR free_from <= :latest",
                    {":now": now, ":length": length, ":latest": _microseconds(latest)},
                )
            except refused as refusal:
                row = plain(cast("Mapping[str, Any]", refusal.response.get("Item", {})))
                return Permit(_time(int(row["free_from"])), reserved=False)
            if end - length >= now - _NEARLY_NOW // _MICROSECOND:
                return Permit(_time(end - length))
            # No sender has reserved for a while, and that time is gone: one of the senders that notice starts anew.
            with contextlib.suppress(refused):
                begun = {":end": now + length, ":mine": end, ":now": now}
                self._move(":end", "free_from = :mine OR free_from < :now", begun)
                return Permit(_time(now))

    def _move(self, to: str, condition: str, values: Mapping[str, int]) -> int:
        moved = self._client.update_item(
            TableName=self._table,
            Key=self._key,
            UpdateExpression=f"SET free_from = {to}",
            ConditionExpression=condition,
            ExpressionAttributeValues=wire(values),
            ReturnValues="UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )["Attributes"]
        return int(plain(moved)["free_from"])


def _microseconds(time: datetime) -> int:
    return int(time.timestamp() * 1e6)


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


def _counter_row(item: Mapping[str, Any]) -> CounterRow:
    row = plain(item)
    return CounterRow(
        counts={counter: int(row[counter]) for counter in Counter if counter in row},
        writes=int(row["writes"]),
        times={name: row[name] for name in TIMES if name in row},
    )


def _plan_key(campaign_id: str) -> dict[str, Any]:
    return wire({"campaign_id": campaign_id, "part": _PLAN})


def _expiry(now: datetime) -> int:
    return int((now + COUNTER_RETENTION).timestamp())

"""The CampaignCounters table: counters, launch plans, and what is held of a campaign.

The key is `campaign_shard` and `part`:

| campaign_shard | part | holds |
|---|---|---|
| `<campaign_id>#0` to `<campaign_id>#63` | `counters` | counters; only the sum of all rows is meaningful |
| `<campaign_id>#0` | `plan` | the progress of planning |
| `<campaign_id>#0` | `held#<until>#<hash>` | a page or work item that waits for quiet hours or a pause to end |

`until` is in UTC, so that the parts sort by it. The hash is that of the message.

A partition key accepts 1,000 write units per second, and a transactional write of up to 1 KB takes 2. Each text is
counted when it is settled and when its delivery event is recorded. So 500 texts per second take 500 × 2 × 2 = 2,000
units, on average 32 per key. The writers are some 125 senders with 4 texts per second each, and 10 functions that
record 50 events per second each. A key takes more than 500 units only if 5 of these 10 chose the same of 64 rows.
Source: "Partitions" and "Read and write operations" in the DynamoDB developer guide.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import plain, read_batch, sortable_time, wire
from shift_sms_runtime.campaigns.counters import TIME_ATTRIBUTES, Counter, CounterDelta, CounterRow
from shift_sms_runtime.campaigns.launch_plan import MAX_RELAUNCH_AGE, LaunchPlan, PlanState
from shift_sms_runtime.campaigns.reconciliation.held_message import HeldKind, HeldMessage
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from shift_sms_runtime.campaigns.work_items import Page

COUNTER_RETENTION = timedelta(days=90)
"""The same as for deliveries."""
COUNTER_ROWS = 64
"""More rows than functions that are likely to write at the same time.

Transactions on one row conflict. One BatchGetItem reads all rows.
"""
_COUNTERS, _PLAN, _HELD = "counters", "plan", "held#"
_UNFINISHED, _FINISHED, _VOID = "unfinished", "finished", "void"


_counter_row: ContextVar[int] = ContextVar("_counter_row")


def _own_counter_row() -> int:
    """Returns the number of the row to which this thread adds.

    A thread handles one record at a time, so its own writes do not conflict.
    """
    row = _counter_row.get(None)
    if row is None:
        row = random.randrange(COUNTER_ROWS)  # noqa: S311 - spreads writers, protects nothing
        _counter_row.set(row)
    return row


def counter_action(table: str, delta: CounterDelta, *, now: datetime) -> "TransactWriteItemTypeDef":
    """Returns the action that adds to the counters of a campaign.

    It belongs in the transaction that is counted.
    """
    adds = {counter.value: count for counter, count in delta.counts.items() if count}
    values: dict[str, object] = {":one": 1, ":expires_at": _expiry(now)}
    sets = ["expires_at = :expires_at"]
    for event, at in (("send", delta.sent_at), ("booking", delta.booked_at)):
        if at is not None:
            sets += [
                f"first_{event}_at = if_not_exists(first_{event}_at, :{event})",
                f"last_{event}_at = :{event}",
            ]
            values[f":{event}"] = at.isoformat()
    action: TransactWriteItemTypeDef = {
        "Update": {
            "TableName": table,
            "Key": wire(_counter_key(delta.campaign_id, _own_counter_row())),
            "UpdateExpression": f"SET {', '.join(sets)} ADD writes :one"
            + "".join(f", #{name} :{name}" for name in adds),
            "ExpressionAttributeValues": wire(values | {f":{name}": count for name, count in adds.items()}),
        }
    }
    if adds:
        action["Update"]["ExpressionAttributeNames"] = {f"#{name}": name for name in adds}
    return action


class DynamoCampaignCounters:
    """Implements `CampaignCounters` on DynamoDB.

    Reads are consistent: a summary covers the write that caused it.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def rows(self, campaign_id: str) -> Iterator[CounterRow]:
        """See `CampaignCounters.rows`."""
        keys = [_counter_key(campaign_id, row) for row in range(COUNTER_ROWS)]
        return map(_read_counters, read_batch(self._client, {self._table: keys}).get(self._table, ()))

    def campaign_id(self, row_key: Mapping[str, Any]) -> str:
        """See `CampaignCounters.campaign_id`."""
        return str(row_key["campaign_shard"]).rpartition("#")[0]


class DynamoLaunchPlans:
    """Implements `LaunchPlans` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def begin(self, campaign_id: str, launch_id: str, *, relaunch: bool) -> LaunchPlan:
        """See `LaunchPlans.begin`."""
        now = self._clock()
        new_plan = LaunchPlan(PlanState.BEGUN, launch_id)
        if self._put(campaign_id, launch_id, replaceable=_VOID, first_begun=sortable_time(now)):
            return new_plan
        row = self._read_plan(campaign_id)
        if relaunch and row["launch_id"] != launch_id:
            if datetime.fromisoformat(row["first_begun"]) < now - MAX_RELAUNCH_AGE:
                return LaunchPlan(PlanState.TOO_OLD, row["launch_id"])
            # An unfinished plan is replaced too: a stop may have skipped recipients on pages that are planned.
            if self._put(
                campaign_id, launch_id, replaceable=row["plan_status"], first_begun=row["first_begun"]
            ):
                return new_plan
            row = self._read_plan(campaign_id)
        if row["plan_status"] == _FINISHED:
            return LaunchPlan(PlanState.FINISHED, row["launch_id"])
        return LaunchPlan(PlanState.UNFINISHED, row["launch_id"], row["page_after"])

    def find(self, campaign_id: str) -> LaunchPlan | None:
        """See `LaunchPlans.find`."""
        row = self._read_plan(campaign_id)
        if row.get("plan_status") not in (_UNFINISHED, _FINISHED):
            return None
        if datetime.fromisoformat(row["first_begun"]) < self._clock() - MAX_RELAUNCH_AGE:
            return LaunchPlan(PlanState.TOO_OLD, row["launch_id"])
        state = PlanState.FINISHED if row["plan_status"] == _FINISHED else PlanState.UNFINISHED
        return LaunchPlan(state, row["launch_id"], row["page_after"])

    def is_due(self, page: "Page") -> bool:
        """See `LaunchPlans.is_due`."""
        row = self._read_plan(page.campaign_id)
        is_current = (row.get("plan_status"), row.get("launch_id")) == (_UNFINISHED, page.launch_id)
        return is_current and bool(row["page_after"] <= page.after)

    def advance(self, page: "Page", after: str) -> None:
        """See `LaunchPlans.advance`."""
        self._update(page, {"page_after": after})

    def finish(self, page: "Page", *, void: bool = False) -> None:
        """See `LaunchPlans.finish`."""
        self._update(page, {"plan_status": _VOID if void else _FINISHED})

    def request_summary(self, campaign_id: str) -> None:
        """See `LaunchPlans.request_summary`.

        A write to the counters reaches the summarizer through the stream.
        """
        action = counter_action(self._table, CounterDelta(campaign_id, {}), now=self._clock())
        self._client.update_item(**action["Update"])

    def _read_plan(self, campaign_id: str) -> dict[str, Any]:
        item = self._client.get_item(
            TableName=self._table, Key=_plan_key(campaign_id), ConsistentRead=True
        ).get("Item")
        return plain(item) if item else {}

    def _put(self, campaign_id: str, launch_id: str, *, replaceable: str, first_begun: str) -> bool:
        """Writes a new plan.

        Returns False if there is a plan with a status other than `replaceable`.
        """
        plan = {
            "launch_id": launch_id,
            "plan_status": _UNFINISHED,
            "page_after": "",
            "first_begun": first_begun,
            "expires_at": _expiry(self._clock()),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_plan_key(campaign_id) | wire(plan),
                ConditionExpression="attribute_not_exists(campaign_shard) OR plan_status = :replaceable",
                ExpressionAttributeValues=wire({":replaceable": replaceable}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _update(self, page: "Page", values: Mapping[str, str]) -> None:
        """Changes the plan, unless a later page or launch has changed it."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_plan_key(page.campaign_id),
                UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
                ConditionExpression="launch_id = :launch_id AND page_after <= :due AND plan_status = :unfinished",
                ExpressionAttributeValues=wire(
                    {
                        ":launch_id": page.launch_id,
                        ":due": page.after,
                        ":unfinished": _UNFINISHED,
                        **{f":{name}": value for name, value in values.items()},
                    }
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


class DynamoHeldMessages:
    """Implements `HeldMessages` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def hold(self, message: HeldMessage) -> None:
        """See `HeldMessages.hold`."""
        row = {
            "kind": message.kind.value,
            "message": message.body,
            "hold_version": message.version,
            "expires_at": _expiry(self._clock()),
        }
        self._client.put_item(TableName=self._table, Item=_held_key(message) | wire(row))

    def page(self, campaign_id: str, limit: int) -> Sequence[HeldMessage]:
        """See `HeldMessages.page`."""
        rows = self._client.query(
            TableName=self._table,
            KeyConditionExpression="campaign_shard = :shard AND begins_with(part, :held)",
            ExpressionAttributeValues=wire({":shard": f"{campaign_id}#0", ":held": _HELD}),
            ConsistentRead=True,
            Limit=limit,
        )["Items"]
        return [_read_held(campaign_id, plain(row)) for row in rows]

    def remove(self, message: HeldMessage) -> None:
        """See `HeldMessages.remove`."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=_held_key(message),
                # A row of an earlier release has no version.
                ConditionExpression="attribute_not_exists(hold_version) OR hold_version = :version",
                ExpressionAttributeValues=wire({":version": message.version}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _held_key(message: HeldMessage) -> dict[str, Any]:
    digest = hashlib.sha256(message.body.encode()).hexdigest()[:32]
    part = f"{_HELD}{sortable_time(message.until)}#{digest}"
    return wire({"campaign_shard": f"{message.campaign_id}#0", "part": part})


def _read_held(campaign_id: str, row: Mapping[str, Any]) -> HeldMessage:
    until = datetime.fromisoformat(str(row["part"]).split("#")[1])
    return HeldMessage(
        campaign_id, HeldKind(row["kind"]), str(row["message"]), until, str(row.get("hold_version", ""))
    )


def _read_counters(row: Mapping[str, Any]) -> CounterRow:
    return CounterRow(
        counts={counter: int(row[counter]) for counter in Counter if counter in row},
        writes=int(row["writes"]),
        times={name: row[name] for name in TIME_ATTRIBUTES if name in row},
    )


def _counter_key(campaign_id: str, row: int) -> dict[str, str]:
    return {"campaign_shard": f"{campaign_id}#{row}", "part": _COUNTERS}


def _plan_key(campaign_id: str) -> dict[str, Any]:
    return wire({"campaign_shard": f"{campaign_id}#0", "part": _PLAN})


def _expiry(now: datetime) -> int:
    return int((now + COUNTER_RETENTION).timestamp())

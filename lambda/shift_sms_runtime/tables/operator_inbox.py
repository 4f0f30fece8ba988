"""The OperatorInbox table: texts that a person has to read, and what operators write to them."""

import contextlib
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.aws.cursors import cursor_of, start_key
from shift_sms_runtime.aws.dynamodb import (
    ConditionsFailed,
    plain,
    read_batch,
    sortable_time,
    transact,
    update,
    wire,
)
from shift_sms_runtime.operator_inbox.inbox_item import FollowUp, InboxItem, InboxStatus
from shift_sms_runtime.operator_inbox.ports import ToldManagers
from shift_sms_runtime.tables.audit_trail import audit_put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

_BY_STATUS = "by-status"
"""The index on `message_status` and `received_at`."""
_KEPT = timedelta(days=90)
"""How long an item is kept after the text was received."""


_NOTICES = "#notice"
"""The key of the item that says when managers were told, and who is told when quiet hours end.

It is in no list, and no text has this id.
"""

_TOLD, _WAITS = "told#", "waits#"
"""The beginnings of its attributes, before phone numbers: when a manager was told, and until when one waits."""

_WAITED_AT = "waited_at"

_MANAGERS_PER_WRITE = 50
"""An expression has at most 4 KB. Source: "Service quotas" in the DynamoDB developer guide."""

_MOST_OPEN = 100
"""How many open texts are read to find out whether one waits for an operator."""


def inbox_key(message_id: str) -> dict[str, str]:
    """Returns the key of an item."""
    return {"message_id": message_id}


def inbox_item_update(table: str, item: InboxItem) -> "UpdateTypeDef":
    """Returns the write that adds an item. It changes nothing if the table has the item already."""
    row = {
        "phone_number": item.phone_number,
        "reply_from": item.reply_from,
        "text": item.text,
        "received_at": sortable_time(item.received_at),
        "message_status": InboxStatus.OPEN.value,
        "expires_at": int((item.received_at + _KEPT).timestamp()),
        **({"urgent": True} if item.urgent else {}),
        **({"sick_call": True} if item.sick_call else {}),
    }
    return {
        "TableName": table,
        "Key": wire(inbox_key(item.message_id)),
        "UpdateExpression": "SET " + ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in row),
        # `text` is a reserved word. Source: "Reserved words" in the DynamoDB developer guide.
        "ExpressionAttributeNames": {f"#{name}": name for name in row},
        "ExpressionAttributeValues": wire({f":{name}": value for name, value in row.items()}),
    }


class ItemChanged(Exception):
    """Nothing was written, because the item has changed. `row` is the item now; None if it was deleted."""

    def __init__(self, row: Mapping[str, Any] | None) -> None:
        super().__init__("the item has changed")
        self.row = row


class DynamoOperatorInbox:
    """Implements `OperatorInbox` and `InboxNoticeStore` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        """See `OperatorInbox.record_outcome`. Waits while an operator writes the same item."""
        with contextlib.suppress(ConditionsFailed):
            update(
                self._client,
                {
                    "TableName": self._table,
                    "Key": wire(inbox_key(message_id)),
                    "UpdateExpression": "SET message_status = :status, replied_at = :at"
                    + (", reply_error = :error" if error else " REMOVE reply_error"),
                    "ConditionExpression": "message_status = :open",
                    "ExpressionAttributeValues": wire(
                        {":status": status.value, ":at": sortable_time(now), ":open": InboxStatus.OPEN.value}
                        | ({":error": error} if error else {})
                    ),
                },
            )

    def managers(self) -> ToldManagers:
        """See `InboxNoticeStore.managers`."""
        response = self._client.get_item(
            TableName=self._table, Key=wire(inbox_key(_NOTICES)), ConsistentRead=True
        )
        times = {
            name: datetime.fromisoformat(str(time))
            for name, time in plain(response.get("Item", {})).items()
            if name.startswith((_TOLD, _WAITS, _WAITED_AT))
        }
        return ToldManagers(
            told=_by_number(times, _TOLD), waits=_by_number(times, _WAITS), waited_at=times.get(_WAITED_AT)
        )

    def begin_notice(self, number: str, at: datetime, *, not_since: datetime) -> bool:
        """See `InboxNoticeStore.begin_notice`."""
        return self._update_notices(
            "SET #told = :at",
            "attribute_not_exists(#told) OR #told = :at OR #told <= :not_since",
            names={"#told": f"{_TOLD}{number}"},
            times={":at": at, ":not_since": not_since},
        )

    def wait(self, until: Mapping[str, datetime], *, now: datetime) -> None:
        """See `WaitingManagers.wait`."""
        managers = [*until.items()]
        for start in range(0, max(len(managers), 1), _MANAGERS_PER_WRITE):
            part = dict(managers[start : start + _MANAGERS_PER_WRITE])
            names = {f"#{place}": f"{_WAITS}{number}" for place, number in enumerate(part)}
            waits = [f"{name} = if_not_exists({name}, :{name[1:]})" for name in names]
            self._update_notices(
                "SET " + ", ".join(["#now = :now", *waits]),
                names={"#now": _WAITED_AT, **names},
                times={":now": now, **{f":{place}": end for place, end in enumerate(part.values())}},
            )

    def end_waiting(self, number: str, known: ToldManagers, *, told: bool) -> None:
        """See `InboxNoticeStore.end_waiting`."""
        names, times = {"#waits": f"{_WAITS}{number}"}, {":until": known.waits[number]}
        expression, condition = "REMOVE #waits", "#waits = :until"
        if told:
            expression += " SET #told = :until"
            names["#told"] = f"{_TOLD}{number}"
        elif known.waited_at is not None:
            condition += " AND #waited_at = :waited_at"
            names["#waited_at"], times[":waited_at"] = _WAITED_AT, known.waited_at
        self._update_notices(expression, condition, names=names, times=times)

    def _update_notices(
        self,
        expression: str,
        condition: str = "",
        *,
        names: Mapping[str, str],
        times: Mapping[str, datetime],
    ) -> bool:
        """Updates the item of notices. Returns whether the condition held."""
        request: UpdateTypeDef = {
            "TableName": self._table,
            "Key": wire(inbox_key(_NOTICES)),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": dict(names),
            "ExpressionAttributeValues": wire({name: _exact_time(time) for name, time in times.items()}),
        }
        if condition:
            request["ConditionExpression"] = condition
        try:
            update(self._client, request)
        except ConditionsFailed:
            return False
        return True

    def open_senders(self) -> Set[str] | None:
        """See `InboxNoticeStore.open_senders`. Reads the newest texts."""
        response = self._client.query(
            TableName=self._table,
            IndexName=_BY_STATUS,
            KeyConditionExpression="message_status = :status",
            ExpressionAttributeValues=wire({":status": InboxStatus.OPEN.value}),
            ScanIndexForward=False,
            Limit=_MOST_OPEN,
        )
        if "LastEvaluatedKey" in response:
            return None
        items = [plain(item) for item in response["Items"]]
        return {
            str(item.get("phone_number"))
            for item in items
            if item.get("text") and not item.get("sick_call") and not str(item.get("reply", "")).strip()
        }


def _by_number(times: Mapping[str, datetime], prefix: str) -> dict[str, datetime]:
    return {name.removeprefix(prefix): time for name, time in times.items() if name.startswith(prefix)}


def _exact_time(time: datetime) -> str:
    """Returns a time as a string that sorts, to the microsecond: notices are named after it."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


class DynamoInboxItems:
    """Reads items for operators, and writes what operators do with them.

    Each write and its audit record are one transaction.
    """

    def __init__(self, client: "DynamoDBClient", *, operator_inbox: str, audit_trail: str) -> None:
        """`operator_inbox` and `audit_trail` are the names of the tables."""
        self._client = client
        self._table = operator_inbox
        self._audit_trail = audit_trail

    def page(
        self, status: InboxStatus, *, limit: int, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Reads up to `limit` items of a status, the oldest first. Returns them and the cursor of the next page.

        Raises:
            UnusableCursor: `after` is no cursor of this query.
        """
        return self._query(status, limit, **start_key(after, "message_id", "message_status", "received_at"))

    def oldest(self, status: InboxStatus, *, limit: int) -> list[dict[str, Any]]:
        """Reads the oldest items of a status, at most `limit`."""
        found: list[dict[str, Any]] = []
        start: dict[str, Any] = {}
        while True:
            items, cursor = self._query(status, limit - len(found), **start)
            found += items
            if cursor is None or len(found) >= limit:
                return found
            start = start_key(cursor, "message_id", "message_status", "received_at")

    def of(self, message_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Reads items by id with strong consistency. Omits those that do not exist."""
        keys = [inbox_key(one) for one in dict.fromkeys(message_ids)]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, [])
        return {str(row["message_id"]): row for row in rows}

    def reply(self, message_id: str, text: str, record: AuditRecord) -> None:
        """Writes the reply on an open item that has none, which sends it.

        Raises:
            ItemChanged: the item is not open, or has a reply.
        """
        self._change(
            {
                **self._open_without_reply(message_id),
                "UpdateExpression": "SET reply = :reply",
            },
            {":reply": text},
            record,
        )

    def close(self, message_id: str, at: datetime, record: AuditRecord) -> None:
        """Marks an open item without a reply as closed.

        Raises:
            ItemChanged: the item is not open, or has a reply.
        """
        self._change(
            {
                **self._open_without_reply(message_id),
                "UpdateExpression": "SET message_status = :closed, closed_at = :at",
            },
            {":closed": InboxStatus.CLOSED.value, ":at": sortable_time(at)},
            record,
        )

    def add_follow_up(self, follow_up: FollowUp, record: AuditRecord, *, most: int) -> None:
        """Adds a follow-up, an item of its own, which sends it. The item that it follows names it.

        Raises:
            ItemChanged: the item is open, or has `most` follow-ups, or this one was added before.
        """
        row = {
            "message_id": follow_up.message_id,
            "follow_up_to": follow_up.follow_up_to,
            "phone_number": follow_up.phone_number,
            "reply_from": follow_up.reply_from,
            "reply": follow_up.text,
            "received_at": sortable_time(follow_up.written_at),
            "message_status": InboxStatus.OPEN.value,
            "expires_at": int((follow_up.written_at + _KEPT).timestamp()),
        }
        followed: UpdateTypeDef = {
            "TableName": self._table,
            "Key": wire(inbox_key(follow_up.follow_up_to)),
            "UpdateExpression": "SET follow_ups = list_append(if_not_exists(follow_ups, :none), :added)",
            "ConditionExpression": "attribute_exists(message_id) AND message_status <> :open"
            " AND NOT contains(follow_ups, :id)"
            " AND (attribute_not_exists(follow_ups) OR size(follow_ups) < :most)",
            "ExpressionAttributeValues": wire(
                {
                    ":none": [],
                    ":added": [follow_up.message_id],
                    ":id": follow_up.message_id,
                    ":open": InboxStatus.OPEN.value,
                    ":most": most,
                }
            ),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        self._transact([{"Update": followed}, {"Put": {"TableName": self._table, "Item": wire(row)}}], record)

    def _open_without_reply(self, message_id: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": wire(inbox_key(message_id)),
            # A reply of spaces is none. Source: `read_operator_reply`.
            "ConditionExpression": "message_status = :open"
            " AND (attribute_not_exists(reply) OR reply IN (:empty, :space))",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _change(self, change: dict[str, Any], values: Mapping[str, object], record: AuditRecord) -> None:
        known = {":open": InboxStatus.OPEN.value, ":empty": "", ":space": " "}
        update_action: Any = {**change, "ExpressionAttributeValues": wire({**values, **known})}
        self._transact([{"Update": update_action}], record)

    def _transact(self, actions: "list[TransactWriteItemTypeDef]", record: AuditRecord) -> None:
        try:
            transact(self._client, [*actions, {"Put": audit_put(self._audit_trail, record)}])
        except ConditionsFailed as failed:
            condition = failed.by_action[0]
            raise ItemChanged(condition.row if condition else None) from None

    def _query(
        self, status: InboxStatus, limit: int, **start: Any
    ) -> tuple[list[dict[str, Any]], str | None]:
        response = self._client.query(
            TableName=self._table,
            IndexName=_BY_STATUS,
            KeyConditionExpression="message_status = :status",
            ExpressionAttributeValues=wire({":status": status.value}),
            Limit=limit,
            **start,
        )
        return [plain(item) for item in response["Items"]], cursor_of(response.get("LastEvaluatedKey"))

"""The OperatorInbox table: texts that a person has to read, and what operators write to them."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
from shift_sms_runtime.tables.audit_trail import audit_put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef

_BY_STATUS = "by-status"
"""The index on `message_status` and `received_at`."""
_KEPT = timedelta(days=90)
"""How long an item is kept after the text was received."""


_LAST_NOTICE = "#notice"
"""The key of the item that says of which text managers were told last. It is in no list, and no text has this id."""


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
    """Implements `OperatorInbox` and `InboxNoticeLimit` on DynamoDB."""

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

    def begin_notice(self, at: datetime, *, not_since: datetime) -> bool:
        """See `InboxNoticeLimit.begin_notice`."""
        values = {":at": sortable_time(at), ":not_since": sortable_time(not_since)}
        try:
            update(
                self._client,
                {
                    "TableName": self._table,
                    "Key": wire(inbox_key(_LAST_NOTICE)),
                    "UpdateExpression": "SET told_at = :at",
                    "ConditionExpression": "attribute_not_exists(told_at) OR told_at = :at"
                    " OR told_at <= :not_since",
                    "ExpressionAttributeValues": wire(values),
                },
            )
        except ConditionsFailed:
            return False
        return True


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

"""The AuditTrail table: key `subject` and `entry`, and the index `by-day` of the changes of one day (UTC).

A record is put in the transaction of its change. Putting it again has no effect, because the operation's id is part of
the key.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.aws.cursors import cursor_of, start_key
from shift_sms_runtime.aws.dynamodb import plain, sortable_time, wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef

_BY_DAY = "by-day"
"""The index on `day` and `entry`."""


def audit_put(table: str, record: AuditRecord) -> "PutTypeDef":
    """Returns the write that adds a record."""
    item: dict[str, object] = {
        "subject": record.subject,
        "entry": f"{sortable_time(record.at)}#{record.record_id}",
        "actor": record.actor,
        "action": record.action,
        "before": dict(record.before),
        "after": dict(record.after),
    }
    if record.listed_by_day:
        # Without `day`, the record is not in the index. A large import would write too much to the key of its day.
        item["day"] = record.at.astimezone(UTC).date().isoformat()
    if record.expires_at is not None:
        item["expires_at"] = int(record.expires_at.timestamp())
    return {"TableName": table, "Item": wire(item)}


class DynamoAuditTrail:
    """Reads the changes by operators, the newest first, one page at a time."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, record: AuditRecord) -> None:
        """Adds a record of what is no write to a table, such as a redrive of a queue."""
        put: Any = audit_put(self._table, record)
        self._client.put_item(**put)

    def page(self, subject: str, *, limit: int, after: str | None) -> tuple[list[AuditRecord], str | None]:
        """Returns the changes of one subject and the cursor of the next page.

        Raises:
            UnusableCursor: `after` is no cursor of this query.
        """
        return self._query(
            KeyConditionExpression="subject = :subject",
            ExpressionAttributeValues=wire({":subject": subject}),
            ConsistentRead=True,
            Limit=limit,
            **start_key(after, "subject", "entry"),
        )

    def day(self, day: date, *, limit: int, after: str | None) -> tuple[list[AuditRecord], str | None]:
        """Returns the changes of one day (UTC) and the cursor of the next page.

        Raises:
            UnusableCursor: `after` is no cursor of this query.
        """
        return self._query(
            IndexName=_BY_DAY,
            KeyConditionExpression="#day = :day",
            # A reserved word. Source: "Reserved words" in the DynamoDB developer guide.
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues=wire({":day": day.isoformat()}),
            Limit=limit,
            **start_key(after, "subject", "entry", "day"),
        )

    def _query(self, **request: Any) -> tuple[list[AuditRecord], str | None]:
        response = self._client.query(TableName=self._table, ScanIndexForward=False, **request)
        records = [_read(plain(item)) for item in response["Items"]]
        return records, cursor_of(response.get("LastEvaluatedKey"))


def _read(item: Mapping[str, Any]) -> AuditRecord:
    at, _, record_id = str(item["entry"]).partition("#")
    expires_at = item.get("expires_at")
    return AuditRecord(
        subject=str(item["subject"]),
        record_id=record_id,
        at=datetime.fromisoformat(at),
        actor=str(item["actor"]),
        action=str(item["action"]),
        before=item["before"],
        after=item["after"],
        expires_at=None if expires_at is None else datetime.fromtimestamp(int(expires_at), UTC),
        listed_by_day="day" in item,
    )

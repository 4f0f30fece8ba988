"""Claims and settles sends with conditional writes, for rows of any table.

`tables/deliveries.py` defines the rows of campaign texts, `tables/conversations.py` those of all other texts. They also
define the actions that are written in the same transaction as a claim or a status change.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, transact, update, wire
from shift_sms_runtime.messaging.ledger import SendClaim, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Key = TypeVar("Key")
Key_contra = TypeVar("Key_contra", contravariant=True)

_CLAIM = (
    "SET #status = :sending, claim_token = :token, lease_until = :lease_until,"
    " expires_at = if_not_exists(expires_at, :expires_at)"
)
_CLAIMABLE = "attribute_not_exists(#status) OR #status = :queued"


class LedgerRows(Protocol[Key_contra]):
    """The rows of one ledger: their table, their keys, and actions written with them."""

    table: str
    retention: timedelta
    """How long a row is kept after its first claim."""

    def key(self, key: Key_contra) -> Mapping[str, str]:
        """Returns the key attributes of a row."""

    def claim_actions(self, key: Key_contra, *, now: datetime) -> Sequence["TransactWriteItemTypeDef"]:
        """Returns the actions that are written together with a claim."""

    def change_attributes(self, key: Key_contra, change: StatusChange) -> Mapping[str, object]:
        """Returns further attributes to set when the status of a row changes."""

    def change_actions(self, key: Key_contra, change: StatusChange) -> Sequence["TransactWriteItemTypeDef"]:
        """Returns the actions that are written together with a status change."""


class DynamoSendLedger(Generic[Key]):
    """Implements `SendLedger` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", rows: LedgerRows[Key]) -> None:
        self._client = client
        self._rows = rows

    def claim(
        self, key: Key, *, token: str, now: datetime, lease_until: datetime
    ) -> SendClaim | DeliveryStatus:
        """See `SendLedger.claim`."""
        refused = self._write(
            key,
            _CLAIM,
            _CLAIMABLE,
            {
                ":sending": DeliveryStatus.SENDING.value,
                ":queued": DeliveryStatus.QUEUED.value,
                ":token": token,
                ":lease_until": int(lease_until.timestamp()),
                ":expires_at": int((now + self._rows.retention).timestamp()),
            },
            further_actions=self._rows.claim_actions(key, now=now),
        )
        if refused is None:
            return SendClaim.GRANTED
        status = DeliveryStatus(str(refused["status"]))
        if status is not DeliveryStatus.SENDING:
            return status
        if refused.get("claim_token") == token:
            return SendClaim.GRANTED
        return SendClaim.BUSY if refused["lease_until"] > now.timestamp() else SendClaim.ABANDONED

    def settle(
        self,
        key: Key,
        status: DeliveryStatus,
        *,
        token: str,
        now: datetime,
        reason: str = "",
        sms_message_id: str = "",
    ) -> None:
        """See `SendLedger.settle`."""
        settled_at = now.isoformat() if status.final else ""
        attributes = {"reason": reason, "sms_message_id": sms_message_id, "settled_at": settled_at}
        own_claim = {":token": token}
        change = StatusChange(DeliveryStatus.SENDING, status, now, sms_message_id)
        refused = self._change_status(key, change, attributes, "claim_token = :token", own_claim)
        if refused is not None and refused.get("status") == DeliveryStatus.UNKNOWN and status.final:
            # Another function settled this claim as abandoned, but this function has the outcome. A status that a
            # delivery event wrote is not UNKNOWN, so it stays.
            change = StatusChange(DeliveryStatus.UNKNOWN, status, now, sms_message_id)
            self._change_status(key, change, attributes, "claim_token = :token", own_claim)

    def settle_abandoned(self, key: Key, *, now: datetime) -> bool:
        """See `SendLedger.settle_abandoned`."""
        change = StatusChange(DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN, now)
        attributes = {"reason": "interrupted", "settled_at": now.isoformat()}
        expired = {":now": int(now.timestamp())}
        refused = self._change_status(key, change, attributes, "lease_until <= :now", expired)
        return refused is None or refused.get("status") != DeliveryStatus.SENDING

    def _change_status(
        self,
        key: Key,
        change: StatusChange,
        attributes: Mapping[str, str],
        condition: str,
        values: Mapping[str, object],
    ) -> Mapping[str, Any] | None:
        """Changes the status of a row.

        Returns the row if its status or the condition did not match.
        """
        written_attributes: dict[str, object] = {name: value for name, value in attributes.items() if value}
        written_attributes |= self._rows.change_attributes(key, change)
        sets = ", ".join(["#status = :after", *(f"#{name} = :{name}" for name in written_attributes)])
        # The token stays, so that the owner of an abandoned claim can still settle it.
        removed_names = ["lease_until"] if "reason" in written_attributes else ["lease_until", "reason"]
        return self._write(
            key,
            f"SET {sets} REMOVE {', '.join(removed_names)}",
            f"#status = :before AND {condition}",
            {
                ":before": change.before.value,
                ":after": change.after.value,
                **{f":{name}": value for name, value in written_attributes.items()},
                **values,
            },
            further_actions=self._rows.change_actions(key, change),
            # Some of the names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
            names={f"#{name}": name for name in written_attributes},
        )

    def _write(
        self,
        key: Key,
        expression: str,
        condition: str,
        values: Mapping[str, object],
        *,
        further_actions: Sequence["TransactWriteItemTypeDef"],
        names: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any] | None:
        """Writes a row and further actions under a condition.

        Returns the row if the condition failed.
        """
        action: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._rows.table,
                "Key": wire(self._rows.key(key)),
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#status": "status", **(names or {})},
                "ExpressionAttributeValues": wire(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }
        try:
            if further_actions:
                transact(self._client, [action, *further_actions])
            else:
                update(self._client, action["Update"])
        except ConditionsFailed as failed:
            failed_condition = failed.by_action[0]
            return (failed_condition.row if failed_condition else None) or {}
        return None
